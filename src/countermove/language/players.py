"""Players: what they want, how sharply they choose, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from countermove.language.declare import Declared
from countermove.language.effects import read_costs, read_effects
from countermove.language.expressions import Expression, Number
from countermove.language.faults import Faults
from countermove.language.formulas import Reading, read_formula
from countermove.language.model import Action, Player
from countermove.language.names import check_name
from countermove.language.odds import constant, first_wrong
from countermove.language.priors import read_belief_points, read_belief_spacing
from countermove.language.sections import is_true, read_cites, read_note
from countermove.language.tree import Entry, Fields, Tree, entries, fields, text_of

_ONE = Expression(Number(1.0), "1")


def action_names(declared: Declared, faults: Faults) -> dict[str, tuple[str, ...]]:
    """Player -> its actions in order; names that may not name an action are faults."""
    found = {}
    for player in declared.entries("players"):
        section = fields(player.value)
        actions = entries(section.get("actions") if section is not None else None)
        for action in actions:
            check_name("action", action.key, action.location, faults)
        found[player.key] = tuple(action.key for action in actions)
    return found


def read_players(declared: Declared, reading: Reading) -> tuple[Player, ...]:
    """The players, in the order written."""
    players = []
    for entry in declared.entries("players"):
        section = fields(entry.value)
        if section is not None:
            players.append(_player(entry, section, reading))
    return tuple(players)


def _player(entry: Entry, section: Fields, reading: Reading) -> Player:
    earned = reading.borne_by(entry.key)
    interests, interest_cites = _interests(section.get("interests"), earned)
    final, final_cites = _interests(section.get("final"), earned)
    cited = {**interest_cites, **{name: c for name, c in final_cites.items() if c}}
    actions = entries(section.get("actions"))
    return Player(
        entry.key,
        text_of(section.get("name")) or entry.key,
        _number(section.get("rationality"), "rationality", reading) or _ONE,
        _number(section.get("discount"), "discount", reading) or _ONE,
        interests,
        final,
        tuple(_action(action, entry.key, reading) for action in actions),
        read_note(section),
        read_cites(section, reading.claims, reading.faults),
        cited,
        entry.location,
        reading.scope.types.get(entry.key, ()),
        reading.priors.get(entry.key, ()),
        read_belief_points(section, entry.key, reading),
        read_belief_spacing(section, entry.key, reading),
    )


def _action(entry: Entry, mover: str, reading: Reading) -> Action:
    section = fields(entry.value) or Fields({}, entry.location)
    when = section.get("when")
    otherwise = is_true(section, "otherwise")
    if otherwise and when is not None:
        reading.faults.add(
            "CM084",
            "an action with 'otherwise: true' is legal only where nothing else is, so that it has "
            "no 'when'",
            when.location,
            text=text_of(when),
            remedy="remove one of the two",
        )
    return Action(
        entry.key,
        read_formula(when, reading, kind="condition"),
        otherwise,
        read_costs(section.get("costs"), reading, mover),
        read_effects(section.get("effects"), reading, mover),
        read_note(section),
        read_cites(section, reading.claims, reading.faults),
        entry.location,
    )


def _interests(
    tree: Tree | None, reading: Reading
) -> tuple[dict[str, Expression], dict[str, tuple[str, ...]]]:
    interests: dict[str, Expression] = {}
    cited: dict[str, tuple[str, ...]] = {}
    for entry in entries(tree):
        check_name("interest", entry.key, entry.location, reading.faults)
        section = fields(entry.value)
        value: Tree | None = entry.value
        if section is not None and "by" not in section:
            cited[entry.key] = read_cites(section, reading.claims, reading.faults)
            value = section.get("value")
        expression = read_formula(value, reading, kind="interest")
        if expression is not None:
            interests[entry.key] = expression
    return interests, cited


def _number(tree: Tree | None, key: str, reading: Reading) -> Expression | None:
    """A rationality or discount: a number, or an expression of parameters alone."""
    expression = read_formula(tree, reading, kind="parameter")
    if expression is None:
        return None
    values = constant(expression.node, reading.worlds)
    if values is None:
        return expression
    lowest = values > 0 if key == "rationality" else values >= 0
    fine = lowest & (values <= (np.inf if key == "rationality" else 1)) & np.isfinite(values)
    found = first_wrong(~fine, values, reading.worlds)
    if found is not None:
        _out_of_range(key, *found, expression, reading.faults)
    return expression


def _out_of_range(
    key: str, value: float, where: str, expression: Expression, faults: Faults
) -> None:
    sharp = key == "rationality"
    faults.add(
        "CM085",
        f"the {key} is {value:g}{where}",
        expression.location,
        text=expression.text,
        expected="a number above 0" if sharp else "a number from 0 to 1",
        remedy="4 is a usual rationality"
        if sharp
        else "0.97 is a usual discount a month; 1 counts all periods alike",
    )


def uncited_interests(player: Player) -> Mapping[str, bool]:
    """Interest -> whether neither it nor its player cites a claim."""
    names = {**player.interests, **player.final}
    return {name: not (player.cites or player.interest_cites.get(name)) for name in names}
