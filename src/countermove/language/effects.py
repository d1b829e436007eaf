"""Effects, outcomes, their odds and what they cost."""

from __future__ import annotations

from countermove.errors import Location, nearest_name
from countermove.language.expressions import Expression
from countermove.language.faults import Faults
from countermove.language.formulas import Reading, read_formula
from countermove.language.model import Effect, Outcome, Outcomes, Variable
from countermove.language.odds import check_odds, check_sum, remainder
from countermove.language.redraws import KEYS, read_redraws, refuse_redraws
from countermove.language.state import find_level
from countermove.language.tree import (
    Entry,
    Fields,
    Leaf,
    Tree,
    fields,
    items,
    shown,
    text_of,
)

_OPTIONS = ("probability", "when")


def read_effects(tree: Tree | None, reading: Reading, mover: str) -> tuple[Effect | Outcomes, ...]:
    """A list of effects and groups of outcomes; ``mover`` pays bare costs ('' in an event)."""
    found: list[Effect | Outcomes] = []
    for item in items(tree):
        section = fields(item)
        if section is None:
            continue
        if "outcomes" in section:
            group = read_outcomes(section, reading, mover)
            found.extend([group] if group is not None else [])
        else:
            effect = _effect(section, reading)
            found.extend([effect] if effect is not None else [])
    return tuple(found)


def read_outcomes(section: Fields, reading: Reading, mover: str) -> Outcomes | None:
    """A group of exclusive outcomes, with ``rest`` replaced by what the others leave."""
    sections = [s for s in map(fields, items(section.get("outcomes"))) if s is not None]
    rest = [s for s in sections if text_of(s.get("probability")) == "rest"]
    for extra in rest[1:]:
        _second_rest(extra, reading.faults)
    stated = {id(s): _odds(s.get("probability"), reading) for s in sections if s not in rest}
    nodes = [expression.node for expression in stated.values() if expression is not None]
    check_sum(nodes, section.location, reading)
    outcomes = []
    for part in sections:
        probability = stated.get(id(part))
        if part in rest:
            place = part.entries["probability"].value.location
            probability = Expression(remainder(nodes), "rest", place)
        redraws = read_redraws(part, reading, mover)
        effects = read_effects(part.get("effects"), reading, mover)
        costs = read_costs(part.get("costs"), reading, mover)
        if probability is not None:
            flat = _flat(effects, reading.faults)
            outcomes.append(Outcome(probability, flat, costs, part.location, redraws))
    when = read_formula(section.get("when"), reading, kind="condition")
    return Outcomes(tuple(outcomes), when, section.location) if outcomes else None


def _flat(effects: tuple[Effect | Outcomes, ...], faults: Faults) -> tuple[Effect, ...]:
    """An outcome's effects; a group of outcomes inside an outcome is a fault."""
    for effect in effects:
        if isinstance(effect, Outcomes):
            faults.add(
                "CM082",
                "outcomes cannot stand inside an outcome",
                effect.location,
                text="outcomes",
                remedy="list every combination as an outcome of its own, or use a second event",
            )
    return tuple(effect for effect in effects if isinstance(effect, Effect))


def read_costs(tree: Tree | None, reading: Reading, mover: str) -> dict[str, Expression]:
    """Player -> loss; a bare cost is the mover's."""
    section = fields(tree)
    if tree is None or (isinstance(tree, Leaf) and tree.value is None):
        return {}
    if section is None or "by" in section:
        if not mover:
            _nobody_pays(tree, reading.faults)
            return {}
        cost = read_formula(tree, reading.borne_by(mover), kind="cost")
        return {mover: cost} if cost is not None else {}
    costs = {}
    for entry in section:
        if entry.key not in reading.scope.players:
            if entry.key not in reading.scope.faulty:
                known = list(reading.scope.players)
                reading.faults.unknown("CM059", "player", entry.key, known, entry.location)
            continue
        cost = read_formula(entry.value, reading.borne_by(entry.key), kind="cost")
        if cost is not None:
            costs[entry.key] = cost
    return costs


def _effect(section: Fields, reading: Reading) -> Effect | None:
    refuse_redraws(section, reading.faults)
    changes = [entry for entry in section if entry.key not in (*_OPTIONS, *KEYS)]
    probability = _odds(section.get("probability"), reading)
    when = read_formula(section.get("when"), reading, kind="condition")
    if not changes and any(key in section for key in KEYS):
        return None
    if len(changes) != 1:
        _not_one_variable(section, changes, reading.faults)
        return None
    change = changes[0]
    if change.key in reading.scope.faulty:
        return None
    variable = reading.scope.variables.get(change.key)
    if variable is None:
        known = [*reading.scope.variables, *_OPTIONS]
        reading.faults.unknown("CM059", "variable", change.key, known, change.location)
        return None
    shift, level = _change(change, variable, reading.faults)
    if shift is None and level is None:
        return None
    return Effect(change.key, shift, level, probability, when, section.location)


def _odds(tree: Tree | None, reading: Reading) -> Expression | None:
    if text_of(tree) == "rest" and tree is not None:
        reading.faults.add(
            "CM081",
            "'rest' stands only among outcomes and in the odds of a policy",
            tree.location,
            text="rest",
            remedy="write the odds out, or group the effects as outcomes",
        )
        return None
    expression = read_formula(tree, reading, kind="probability")
    if expression is not None:
        check_odds(expression, reading)
    return expression


def _change(change: Entry, variable: Variable, faults: Faults) -> tuple[int | None, int | None]:
    """The shift or the level that an effect brings about; neither where it has faults."""
    value: Tree | None = change.value
    setting = fields(value)
    if setting is not None:
        value = setting.get("set")
    if not isinstance(value, Leaf) or value.value is None:
        return None, None
    if setting is None and isinstance(value.value, int) and not isinstance(value.value, bool):
        return _shift(value.value, value, variable, faults), None
    level = find_level(variable.levels, variable.numbers, value)
    if level is None and isinstance(value.value, (str, int)):
        _no_such_level(value, variable, faults)
    return None, level


def _shift(shift: int, value: Leaf, variable: Variable, faults: Faults) -> int | None:
    highest = len(variable.levels) - 1
    if shift == 0:
        why, remedy = "a shift of 0 does nothing", "remove the effect"
    elif not variable.ordered:
        why, remedy = f"{variable.name!r} has no order to shift along", "name the level to set"
    elif abs(shift) > max(highest, 1):
        why = f"a shift of {shift:+d} is more than {variable.name!r} has levels"
        remedy = f"shift it by {highest} levels at the most, or name the level to set"
        if shift in variable.numbers:
            remedy = (
                f"a number shifts by levels; to set one write {{{variable.name}: {{set: {shift}}}}}"
            )
    else:
        return shift
    faults.add("CM078", why, value.location, text=value.text, remedy=remedy)
    return None


def _no_such_level(value: Leaf, variable: Variable, faults: Faults) -> None:
    near = nearest_name(value.text, variable.levels)
    faults.add(
        "CM032",
        f"{value.text[:40]!r} is no level of {variable.name!r}",
        value.location,
        text=value.text,
        expected="one of: " + ", ".join(variable.levels[:12]),
        nearest=near,
        remedy=f"write {near!r}" if near else "write one of its levels",
    )


def _not_one_variable(section: Fields, changes: list[Entry], faults: Faults) -> None:
    listed = ", ".join(entry.key for entry in changes) or "none"
    near = next((option for e in changes if (option := _option_meant(e.key))), "")
    faults.add(
        "CM077",
        f"an effect changes exactly one variable; this one names {listed}",
        section.location,
        text=shown(section),
        expected="{variable: level} with probability and when, if any",
        nearest=near,
        remedy=f"write {near!r}" if near else "write an effect for each variable",
    )


def _option_meant(key: str) -> str:
    """The option that a key abbreviates or misspells, if any."""
    begun = (option for option in _OPTIONS if len(key) > 2 and option.startswith(key))
    return next(begun, "") or nearest_name(key, _OPTIONS)


def _second_rest(section: Fields, faults: Faults) -> None:
    faults.add(
        "CM081",
        "only one outcome of a group may take the rest",
        section.entries["probability"].value.location,
        text="rest",
        remedy="give the others their own odds",
    )


def _nobody_pays(tree: Tree, faults: Faults) -> None:
    place: Location = tree.location
    faults.add(
        "CM083",
        "an event has no mover to pay a bare cost",
        place,
        text=shown(tree),
        expected="a map of players to losses",
        remedy="say who pays: costs: {player: 0.2}",
    )
