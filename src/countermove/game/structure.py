"""A game's structure: everything that does not change with the numbers.

Successors, which table entries multiply to each branch's odds, which tables give costs, payoffs and
measures. Axis letters: S states, A actions, E branches of a step (all states and actions), F
factors, K charges (an action and a column it pays into), C columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game.branches import any_timed, factor, flat
from countermove.game.columns import Column, Reading
from countermove.game.program import StepProgram
from countermove.game.reach import Indices, Mask, Reach, StepReach
from countermove.game.tables import Levels, Table, Tables
from countermove.language.model import Scenario

Ints = NDArray[np.int32]
UInts = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table read at every state: its entries are ``flat[table.offset + rows]``; rows is [S]."""

    table: Table
    rows: Ints


@dataclass(frozen=True, slots=True)
class Charge:
    """What playing an action adds to a column, at the state where it is played."""

    action: int
    column: int
    sign: float
    lookup: Lookup | None  # None: only what its extras add


@dataclass(frozen=True, slots=True)
class Extra:
    """Earned along branches: charge ``charge`` of state ``state[i]`` gets the product of factors."""

    charge: int
    sign: float
    state: Indices
    factors: Ints  # [n, F], places in the flat vector, -1 for none


@dataclass(frozen=True, slots=True)
class Absorb:
    """A column that becomes 1 on some branches (``hit``, [E]) while a condition holds."""

    column: int
    hit: NDArray[np.uint8]
    condition: Lookup | None


@dataclass(frozen=True, slots=True)
class StepStructure:
    """One step, for all states. Branches are ordered by state, then action."""

    program: StepProgram
    player: int  # the mover's column; -1 for an event
    pointer: NDArray[np.int64]  # [S * A + 1]
    successor: UInts  # [E]
    factors: Ints  # [E, F], places in the flat vector, -1 for none
    timed: Indices  # the branches whose odds time enters
    legal: tuple[Lookup | None, ...]  # by action
    guards: tuple[Lookup, ...]
    charges: tuple[Charge, ...]
    extras: tuple[Extra, ...]
    absorbs: tuple[Absorb, ...]
    happened: NDArray[np.uint8]  # [E], has chance brought anything about? (events)

    @property
    def n_actions(self) -> int:
        """The number of actions; 1 for an event."""
        return len(self.program.deeds)


@dataclass(frozen=True, slots=True)
class Flow:
    """What a column earns at a period's end: each period, at the last one, or at the close.

    ``close`` is the last period or where the game ``ends``.
    """

    column: int
    at: str  # "each", "last" or "close"
    lookup: Lookup
    elapsed: bool = False  # times the periods gone by
    keep: bool = False  # the column's keep is one minus this


@dataclass(frozen=True, slots=True)
class Structure:
    """A game without its numbers."""

    scenario: Scenario
    tables: Tables
    n_flat: int
    levels: Levels  # [S, V]
    columns: tuple[Column, ...]
    readings: dict[str, Reading]
    steps: tuple[StepStructure, ...]
    flows: tuple[Flow, ...]
    ends: Lookup | None
    carry: UInts  # [S], the state in which the next period begins
    present: list[list[Indices]]  # [period - start_period][step], states there before each step
    start: int
    start_period: int
    periods: int
    reach: Reach
    predicted_bytes: int

    @property
    def n_states(self) -> int:
        """The number of public states ever reachable."""
        return len(self.levels)


@dataclass(slots=True)
class Reader:
    """Lookups of tables at all states; rows are computed once a domain."""

    levels: Levels
    _rows: dict[tuple[str, ...], Ints]

    def __init__(self, levels: Levels) -> None:
        self.levels = levels
        self._rows = {}

    def at(self, table: Table) -> Lookup:
        """The lookup of a table at every state."""
        if not table.domain.dense:
            return Lookup(table, table.domain.rows(self.levels).astype(np.int32))
        key = table.domain.variables
        if key not in self._rows:
            self._rows[key] = table.domain.rows(self.levels).astype(np.int32)
        return Lookup(table, self._rows[key])


def step_structure(
    step: StepReach, tables: Tables, reader: Reader, columns: tuple[Column, ...]
) -> StepStructure:
    """Put a step's chunks in order; the tables must have been placed."""
    n_states, n_actions = len(reader.levels), len(step.program.deeds)
    owner, successor, factors, happened = _ordered(step, n_actions)
    pointer = np.zeros(n_states * n_actions + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=n_states * n_actions), out=pointer[1:])
    charges, extras = _charges(step, tables, reader, columns, owner // n_actions, factors, happened)
    players = [c.player for c in columns if c.kind == "payoff"]
    return StepStructure(
        step.program,
        players.index(step.program.name) if step.program.kind == "move" else -1,
        pointer,
        successor.astype(np.uint32),
        flat(tables, factors),
        np.flatnonzero(any_timed(tables, factors)).astype(np.int32),
        tuple(None if d.legal is None else reader.at(d.legal) for d in step.program.deeds),
        tuple(reader.at(g) for g in step.program.guards),
        charges,
        extras,
        _absorbs(step, tables, reader, columns, owner % n_actions, happened),
        happened.astype(np.uint8),
    )


def _ordered(
    step: StepReach, n_actions: int
) -> tuple[NDArray[np.int64], Indices, NDArray[np.int64], Mask]:
    """All chunks' branches, sorted by state and action: owner, successor, factors, happened."""
    if not step.chunks:
        none = np.empty(0, np.int32)
        return none.astype(np.int64), none, np.empty((0, 0), np.int64), none.astype(bool)
    owner = np.concatenate([c.origin.astype(np.int64) * n_actions + c.action for c in step.chunks])
    width = max(c.factors.shape[1] for c in step.chunks)
    factors = np.concatenate(
        [
            np.pad(c.factors, ((0, 0), (0, width - c.factors.shape[1])), constant_values=-1)
            for c in step.chunks
        ]
    )
    order = np.argsort(owner, kind="stable")
    successor = np.concatenate([c.successor for c in step.chunks])
    happened = np.concatenate([c.happened for c in step.chunks])
    return owner[order], successor[order], factors[order], happened[order]


def _charges(
    step: StepReach,
    tables: Tables,
    reader: Reader,
    columns: tuple[Column, ...],
    origin: NDArray[np.int64],
    factors: NDArray[np.int64],
    happened: Mask,
) -> tuple[tuple[Charge, ...], tuple[Extra, ...]]:
    payoff = {c.player: i for i, c in enumerate(columns) if c.kind == "payoff"}
    charges = [
        Charge(a, payoff[player], -1.0, reader.at(cost))
        for a, deed in enumerate(step.program.deeds)
        for player, cost in deed.costs
    ]
    extras = []
    for action, reward in step.rewards:
        charges.append(Charge(action, payoff[reward.player], -1.0, None))
        at = reward.origin.astype(np.int32)
        extras.append(Extra(len(charges) - 1, -1.0, at, flat(tables, reward.factors)))
    for i, column in enumerate(columns):
        if column.kind != "count" or step.program.name not in (column.player, column.event):
            continue
        condition = None if column.expression is None else condition_table(tables, column)
        lookup = reader.at(condition) if condition is not None else reader.at(certain(tables))
        if column.event and not column.opportunities:
            charges.append(Charge(0, i, 1.0, None))
            paid = factors[happened]
            if condition is not None:
                at_state = factor(condition, lookup.rows[origin[happened]].astype(np.int64))
                paid = np.hstack([paid, at_state[:, None]])
            where = origin[happened].astype(np.int32)
            extras.append(Extra(len(charges) - 1, 1.0, where, flat(tables, paid)))
        else:
            charges += [
                Charge(a, i, 1.0, lookup)
                for a, deed in enumerate(step.program.deeds)
                if column.opportunities or deed.name == column.action
            ]
    return tuple(charges), tuple(extras)


def _absorbs(
    step: StepReach,
    tables: Tables,
    reader: Reader,
    columns: tuple[Column, ...],
    action: NDArray[np.int64],
    happened: Mask,
) -> tuple[Absorb, ...]:
    found = []
    for i, column in enumerate(columns):
        if column.kind != "ever_count" or step.program.name not in (column.player, column.event):
            continue
        if column.opportunities:
            hit = np.ones(len(happened), bool)
        elif column.event:
            hit = happened
        else:
            names = [deed.name for deed in step.program.deeds]
            hit = action == names.index(column.action)
        condition = None
        if column.expression is not None:
            condition = reader.at(condition_table(tables, column))
        found.append(Absorb(i, hit.astype(np.uint8), condition))
    return tuple(found)


def certain(tables: Tables) -> Table:
    """The table that is 1 everywhere."""
    return tables.add("value", [None], "certainty")


def condition_table(tables: Tables, column: Column) -> Table:
    """The condition under which a column counts."""
    return tables.add("value", [column.expression], f"the condition of measure {column.name!r}")


def column_tables(scenario: Scenario, tables: Tables, columns: tuple[Column, ...]) -> None:
    """Register every table that the columns will need, before the tables are placed."""
    certain(tables)
    for column in columns:
        if column.expression is not None:
            condition_table(tables, column)
    for player in scenario.players:
        for name, expression in (*player.interests.items(), *player.final.items()):
            tables.add("value", [expression], f"interest {name!r} of {player.name!r}")


def flows_of(
    scenario: Scenario, tables: Tables, reader: Reader, columns: tuple[Column, ...]
) -> tuple[Flow, ...]:
    """What each column earns at the ends of periods."""
    flows = []
    for i, column in enumerate(columns):
        if column.kind == "payoff":
            player = scenario.player(column.player)
            for at, interests in (("each", player.interests), ("close", player.final)):
                for name, expression in interests.items():
                    what = f"interest {name!r} of {player.name!r}"
                    lookup = reader.at(tables.add("value", [expression], what))
                    flows.append(Flow(i, at, lookup))
        elif column.kind in ("sum", "final", "ever", "time"):
            lookup = reader.at(condition_table(tables, column))
            absorbing = column.kind in ("ever", "time")
            at = "last" if column.kind == "final" else "each"
            flows.append(Flow(i, at, lookup, elapsed=column.kind == "time", keep=absorbing))
    return tuple(flows)
