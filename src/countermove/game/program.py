"""A scenario's steps as programs over tables: which table each effect, guard and cost looks up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from countermove.errors import SizeLimitError
from countermove.game.domains import Layout, last_name
from countermove.game.tables import Table, Tables
from countermove.language.expressions import Expression, Node, reads
from countermove.language.model import Action, Effect, Event, Outcomes, Redraw, Scenario, Step

MAX_PROFILES = 4096  # of the actions of a simultaneous move


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
    """Exclusive outcomes, each a run of changes with costs by player and types drawn anew."""

    odds: Table
    outcomes: tuple[tuple[Change, ...], ...]
    costs: tuple[tuple[tuple[str, Table], ...], ...]
    redraws: tuple[tuple[Redraw, ...], ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action, an event seen as the only action of chance, or a profile of several actions.

    ``words`` are for messages, one of each action. In a profile all marks are set first, then each
    action's run follows in the movers' order; ``parts`` are the actions' numbers, mover by mover.
    """

    name: str
    words: tuple[str, ...]
    legal: tuple[Table, ...]  # all must hold
    otherwise: bool
    costs: tuple[tuple[str, Table], ...]
    run: tuple[Change | Branching, ...]
    marks: tuple[Change, ...]  # set last(player)
    redraws: tuple[Redraw, ...] = ()
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MoverProgram:
    """One who moves at a step; ``label`` tells a player's visits apart (``us``, ``us#2``)."""

    player: str
    label: str
    types: tuple[str, ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class StepProgram:
    """One step of the period; ``deeds`` are its profiles, one action a mover (or the event)."""

    kind: str  # "move", "joint" or "event"
    name: str
    label: str
    guards: tuple[Table, ...]
    deeds: tuple[Deed, ...]
    movers: tuple[MoverProgram, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The players who move, or the event."""
        return tuple(m.player for m in self.movers) or (self.name,)

    def playing(self, player: str, action: str) -> tuple[int, ...]:
        """The profiles in which a player takes an action; any at all if that is empty."""
        mover = next(i for i, m in enumerate(self.movers) if m.player == player)
        names = [deed.name for deed in self.movers[mover].deeds]
        return tuple(
            i for i, deed in enumerate(self.deeds) if action in ("", names[deed.parts[mover]])
        )


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
    types = {p.name: len(p.types) for p in scenario.players if p.types}
    return Layout(tuple(names), tuple(len(n) for n in numbers), tuple(numbers), types)


def step_programs(scenario: Scenario, tables: Tables) -> tuple[StepProgram, ...]:
    """The period's steps in order. Raises ``SizeLimitError`` past ``MAX_PROFILES``."""
    visits: dict[str, int] = {}

    def label(name: str) -> str:
        visits[name] = visits.get(name, 0) + 1
        return name if visits[name] == 1 else f"{name}#{visits[name]}"

    programs = []
    for step in scenario.order:
        if step.kind == "event":
            programs.append(_event_program(scenario, tables, step, label(step.name)))
        else:
            labels = [label(player) for player in step.players or (step.name,)]
            programs.append(_move_program(scenario, tables, step, labels))
    return tuple(programs)


def _event_program(scenario: Scenario, tables: Tables, step: Step, label: str) -> StepProgram:
    event = scenario.event(step.name)
    deed = _deed(tables, event, f"event {event.name!r}", ())
    guards = _guards(tables, [step.when, event.when], label)
    return StepProgram("event", step.name, label, guards, (deed,))


def _move_program(scenario: Scenario, tables: Tables, step: Step, labels: list[str]) -> StepProgram:
    names = step.players or (step.name,)
    movers = tuple(_mover(scenario, tables, n, a) for n, a in zip(names, labels, strict=True))
    label = "+".join(labels)
    guards = _guards(tables, [step.when], label)
    return StepProgram(step.kind, step.name, label, guards, _profiles(movers), movers)


def _guards(tables: Tables, guards: list[Expression | None], label: str) -> tuple[Table, ...]:
    what = f"the guard of step {label!r}"
    return tuple(tables.add("value", [g], what) for g in guards if g is not None)


def _mover(scenario: Scenario, tables: Tables, name: str, label: str) -> MoverProgram:
    player = scenario.player(name)
    last = last_name(name)
    deeds = tuple(
        _deed(
            tables,
            action,
            f"action {action.name!r} of {name!r}",
            _marks(tables.layout, last, position + 1),
            (position,),
        )
        for position, action in enumerate(player.actions)
    )
    return MoverProgram(name, label, player.types, deeds)


def _profiles(movers: tuple[MoverProgram, ...]) -> tuple[Deed, ...]:
    """The deeds of a move; of a simultaneous one, one for each profile, the last mover fastest."""
    if len(movers) == 1:
        return movers[0].deeds
    number = prod(len(m.deeds) for m in movers)
    if number > MAX_PROFILES:
        who = ", ".join(f"{m.player} ({len(m.deeds)} actions)" for m in movers)
        raise SizeLimitError(
            f"CM113: a simultaneous move of {who} has {number:,} combinations of actions; at most "
            f"{MAX_PROFILES:,} are allowed. Let some move one after another, or give them fewer "
            "actions."
        )
    return tuple(_together(deeds) for deeds in product(*(m.deeds for m in movers)))


def _together(deeds: tuple[Deed, ...]) -> Deed:
    return Deed(
        "+".join(d.name for d in deeds),
        tuple(w for d in deeds for w in d.words),
        tuple(t for d in deeds for t in d.legal),
        otherwise=False,  # each mover's own action says so
        costs=tuple(c for d in deeds for c in d.costs),
        run=tuple(item for d in deeds for item in d.run),
        marks=tuple(m for d in deeds for m in d.marks),
        parts=tuple(p for d in deeds for p in d.parts),
    )


def _marks(layout: Layout, last: str, position: int) -> tuple[Change, ...]:
    if last not in layout.names:
        return ()
    column = layout.column(last)
    return (Change(column, layout.sizes[column] - 1, None, position, None),)


def _deed(
    tables: Tables,
    what: Action | Event,
    words: str,
    marks: tuple[Change, ...],
    parts: tuple[int, ...] = (),
) -> Deed:
    legal: tuple[Table, ...] = ()
    if isinstance(what, Action) and what.when is not None:
        legal = (tables.add("value", [what.when], f"the guard of {words}"),)
    return Deed(
        what.name,
        (words,),
        legal,
        isinstance(what, Action) and what.otherwise,
        _costs(tables, what.costs, words),
        tuple(_item(tables, item, words) for item in what.effects),
        marks,
        what.redraws if isinstance(what, Event) else (),
        parts,
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
        tuple(o.redraws for o in item.outcomes),
    )


def _change(tables: Tables, effect: Effect, words: str) -> Change:
    column = tables.layout.column(effect.variable)
    odds = None
    if effect.probability is not None or effect.when is not None:
        what = f"the probability of {words} acting on {effect.variable!r}"
        odds = tables.add("odds", [effect.probability], what, when=effect.when)
    return Change(column, tables.layout.sizes[column] - 1, effect.shift, effect.level, odds)
