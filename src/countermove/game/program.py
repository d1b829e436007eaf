"""A scenario's steps as programs over tables: which table each effect, guard and cost looks up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from countermove.game.tables import Layout, Table, Tables, last_name
from countermove.language.expressions import Expression, Node, reads
from countermove.language.model import Action, Effect, Event, Outcomes, Scenario, Step


@dataclass(frozen=True, slots=True)
class Change:
    """A variable's column shifts by levels, held at the ends, or is set to a level."""

    column: int
    top: int  # the highest level's position
    shift: int | None
    level: int | None
    odds: Table | None  # None: certain


@dataclass(frozen=True, slots=True)
class Branching:
    """Exclusive outcomes, each a run of changes with costs by player."""

    odds: Table
    outcomes: tuple[tuple[Change, ...], ...]
    costs: tuple[tuple[tuple[str, Table], ...], ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action, or an event seen as the only action of chance; ``words`` are for messages."""

    name: str
    words: str
    legal: Table | None  # None: always
    otherwise: bool
    costs: tuple[tuple[str, Table], ...]
    run: tuple[Change | Branching, ...]
    marks: Change | None  # sets last(player)


@dataclass(frozen=True, slots=True)
class StepProgram:
    """One step of the period; ``label`` tells a player's visits apart (``us``, ``us#2``)."""

    kind: str  # "move" or "event"
    name: str
    label: str
    guards: tuple[Table, ...]
    deeds: tuple[Deed, ...]


def lasts_read(scenario: Scenario) -> tuple[str, ...]:
    """The players whose latest action some expression reads, in the scenario's order."""
    seen = {player for node in all_nodes(scenario) for player in reads(node).lasts}
    return tuple(p.name for p in scenario.players if p.name in seen)


def all_nodes(scenario: Scenario) -> list[Node]:
    """Every expression of the scenario that the game evaluates."""
    found: list[Expression | None] = [scenario.ends]
    for player in scenario.players:
        found += [*player.interests.values(), *player.final.values()]
        for action in player.actions:
            found += [action.when, *action.costs.values(), *_effect_expressions(action.effects)]
    for event in scenario.events:
        found += [event.when, *event.costs.values(), *_effect_expressions(event.effects)]
    found += [step.when for step in scenario.order]
    for measure in scenario.measures.values():
        found += [measure.expression, measure.given]
    for policy in scenario.policies.values():
        for rule in policy.rules:
            found += [rule.when, *(p for _, p in rule.mixture)]
    return [e.node for e in found if e is not None]


def _effect_expressions(effects: tuple[Effect | Outcomes, ...]) -> list[Expression | None]:
    found: list[Expression | None] = []
    for item in effects:
        if isinstance(item, Effect):
            found += [item.probability, item.when]
        else:
            found.append(item.when)
            for outcome in item.outcomes:
                found += [outcome.probability, *outcome.costs.values()]
                found += _effect_expressions(outcome.effects)
    return found


def layout_of(scenario: Scenario) -> Layout:
    """The columns of a matrix of levels: the variables, then the latest actions that are read."""
    names = [v.name for v in scenario.variables]
    numbers = [np.asarray(v.numbers, dtype=np.float64) for v in scenario.variables]
    for player in lasts_read(scenario):
        names.append(last_name(player))
        numbers.append(np.arange(len(scenario.player(player).actions) + 1, dtype=np.float64))
    return Layout(tuple(names), tuple(len(n) for n in numbers), tuple(numbers))


def step_programs(scenario: Scenario, tables: Tables) -> tuple[StepProgram, ...]:
    """The period's steps in order."""
    visits: dict[str, int] = {}
    programs = []
    for step in scenario.order:
        visits[step.name] = visits.get(step.name, 0) + 1
        label = step.name if visits[step.name] == 1 else f"{step.name}#{visits[step.name]}"
        programs.append(_step_program(scenario, tables, step, label))
    return tuple(programs)


def _step_program(scenario: Scenario, tables: Tables, step: Step, label: str) -> StepProgram:
    guards = [step.when]
    if step.kind == "event":
        event = scenario.event(step.name)
        guards.append(event.when)
        deeds: tuple[Deed, ...] = (_deed(tables, event, f"event {event.name!r}", None),)
    else:
        player = scenario.player(step.name)
        last = last_name(player.name)
        deeds = tuple(
            _deed(
                tables,
                action,
                f"action {action.name!r} of {player.name!r}",
                _mark(tables.layout, last, position + 1),
            )
            for position, action in enumerate(player.actions)
        )
    what = f"the guard of step {label!r}"
    found = tuple(tables.add("value", [g], what) for g in guards if g is not None)
    return StepProgram(step.kind, step.name, label, found, deeds)


def _mark(layout: Layout, last: str, position: int) -> Change | None:
    if last not in layout.names:
        return None
    column = layout.column(last)
    return Change(column, layout.sizes[column] - 1, None, position, None)


def _deed(tables: Tables, what: Action | Event, words: str, marks: Change | None) -> Deed:
    legal = None
    if isinstance(what, Action) and what.when is not None:
        legal = tables.add("value", [what.when], f"the guard of {words}")
    return Deed(
        what.name,
        words,
        legal,
        isinstance(what, Action) and what.otherwise,
        _costs(tables, what.costs, words),
        tuple(_item(tables, item, words) for item in what.effects),
        marks,
    )


def _costs(
    tables: Tables, costs: Mapping[str, Expression], words: str
) -> tuple[tuple[str, Table], ...]:
    return tuple(
        (player, tables.add("value", [cost], f"the cost of {words} to {player!r}"))
        for player, cost in costs.items()
    )


def _item(tables: Tables, item: Effect | Outcomes, words: str) -> Change | Branching:
    if isinstance(item, Effect):
        return _change(tables, item, words)
    return Branching(
        tables.add(
            "outcomes",
            [o.probability for o in item.outcomes],
            f"the outcomes of {words}",
            when=item.when,
        ),
        tuple(tuple(_change(tables, e, words) for e in o.effects) for o in item.outcomes),
        tuple(_costs(tables, o.costs, f"an outcome of {words}") for o in item.outcomes),
    )


def _change(tables: Tables, effect: Effect, words: str) -> Change:
    column = tables.layout.column(effect.variable)
    odds = None
    if effect.probability is not None or effect.when is not None:
        what = f"the probability of {words} acting on {effect.variable!r}"
        odds = tables.add("odds", [effect.probability], what, when=effect.when)
    return Change(column, tables.layout.sizes[column] - 1, effect.shift, effect.level, odds)
