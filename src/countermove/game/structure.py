"""A game's structure: everything that does not change with the numbers.

Successors, which table entries multiply to each branch's odds, which tables give costs, payoffs and
measures. Axis letters: S states, A actions, E branches of a step (all states and actions), F
factors, K charges (an action and a column it pays into), C columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.branches import any_timed, factor, flat, rewards_of
from countermove.game.columns import Column, Reading
from countermove.game.program import Deed, StepProgram
from countermove.game.reach import Indices, Mask, Registry, StepReach
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
    """Earned along branches: charge ``charge`` of ``state[i]`` gets the product of factors."""

    charge: int
    sign: float
    state: Indices
    factors: Ints  # [n, F], places in the flat vector, -1 for none


@dataclass(frozen=True, slots=True)
class Hung:
    """What a charge comes to on single branches, for the simulator.

    On branch ``branch[i]`` it is ``sign`` times the entry at ``place[i]`` (times 1 where -1).
    """

    charge: int
    sign: float
    branch: Indices
    place: Ints


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
    hung: tuple[Hung, ...]
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
    registry: Registry
    predicted_bytes: int
    ranges: Mapping[str, tuple[float, float]]  # of the parameters, within which it holds

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


@dataclass(frozen=True, slots=True)
class _Branches:
    """A step's branches in order: by state, then action."""

    origin: NDArray[np.int64]
    action: NDArray[np.int64]
    successor: Indices
    factors: NDArray[np.int64]
    happened: Mask
    paid: NDArray[np.int64]


def step_structure(
    step: StepReach, tables: Tables, reader: Reader, columns: tuple[Column, ...]
) -> StepStructure:
    """Put a step's chunks in order; the tables must have been placed."""
    n_states, n_actions = len(reader.levels), len(step.program.deeds)
    branches = _ordered(step, n_actions)
    owner = branches.origin * n_actions + branches.action
    pointer = np.zeros(n_states * n_actions + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=n_states * n_actions), out=pointer[1:])
    earned = _Earned(tables, reader, branches)
    for action, deed in enumerate(step.program.deeds):
        earned.costs(action, deed, columns)
    for i, column in enumerate(columns):
        if column.kind == "count" and step.program.name in (column.player, column.event):
            earned.count(i, column, step.program)
    players = [c.player for c in columns if c.kind == "payoff"]
    return StepStructure(
        step.program,
        players.index(step.program.name) if step.program.kind == "move" else -1,
        pointer,
        branches.successor.astype(np.uint32),
        flat(tables, branches.factors),
        np.flatnonzero(any_timed(tables, branches.factors)).astype(np.int32),
        tuple(None if d.legal is None else reader.at(d.legal) for d in step.program.deeds),
        tuple(reader.at(g) for g in step.program.guards),
        tuple(earned.charges),
        tuple(earned.extras),
        tuple(earned.hung),
        _absorbs(step, tables, reader, columns, branches),
        branches.happened.astype(np.uint8),
    )


def _ordered(step: StepReach, n_actions: int) -> _Branches:
    """All chunks' branches, sorted by state and action."""
    # Deeds that never come about leave no chunk, yet their rewards are asked for.
    rewards = max(len(rewards_of(deed)) for deed in step.program.deeds)
    if not step.chunks:
        none = np.empty(0, np.int64)
        factors, paid = np.empty((0, 0), np.int64), np.empty((0, rewards), np.int64)
        return _Branches(none, none, none.astype(np.int32), factors, none.astype(bool), paid)
    origin = np.concatenate([c.origin for c in step.chunks]).astype(np.int64)
    action = np.concatenate([c.action for c in step.chunks]).astype(np.int64)
    order = np.argsort(origin * n_actions + action, kind="stable")
    return _Branches(
        origin[order],
        action[order],
        np.concatenate([c.successor for c in step.chunks])[order],
        _stack([c.factors for c in step.chunks])[order],
        np.concatenate([c.happened for c in step.chunks])[order],
        _stack([c.paid for c in step.chunks], rewards)[order],
    )


def _stack(parts: list[NDArray[np.int64]], least: int = 0) -> NDArray[np.int64]:
    """Matrices of different widths one above another, padded with -1 to ``least`` or more."""
    width = max(least, *(p.shape[1] for p in parts))
    return np.concatenate(
        [np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=-1) for p in parts]
    )


@dataclass(slots=True)
class _Earned:
    """What a step's actions add to the columns, collected."""

    tables: Tables
    reader: Reader
    branches: _Branches
    charges: list[Charge] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    hung: list[Hung] = field(default_factory=list)

    def costs(self, action: int, deed: Deed, columns: tuple[Column, ...]) -> None:
        """What an action costs whom: when it is chosen, and by outcome."""
        payoff = {c.player: i for i, c in enumerate(columns) if c.kind == "payoff"}
        for player, cost in deed.costs:
            self.charges.append(Charge(action, payoff[player], -1.0, self.reader.at(cost)))
        for number, (player, _) in enumerate(rewards_of(deed)):
            paid = self.branches.paid[:, number] >= 0
            which = np.flatnonzero(paid & (self.branches.action == action))
            places = self.branches.paid[which, number]
            self._hang(action, payoff[player], -1.0, which, places)

    def count(self, column: int, about: Column, program: StepProgram) -> None:
        """Count an action, an event that happens, or opportunities for either."""
        condition = None
        if about.expression is not None:
            condition = condition_table(self.tables, about)
        if about.event and not about.opportunities:
            which = np.flatnonzero(self.branches.happened)
            places = np.full(len(which), -1, np.int64)
            if condition is not None:
                rows = self.reader.at(condition).rows[self.branches.origin[which]]
                places = factor(condition, rows.astype(np.int64))
            self._hang(0, column, 1.0, which, places)
            return
        lookup = self.reader.at(condition or certain(self.tables))
        for action, deed in enumerate(program.deeds):
            if about.opportunities or deed.name == about.action:
                self.charges.append(Charge(action, column, 1.0, lookup))

    def _hang(
        self,
        action: int,
        column: int,
        sign: float,
        which: NDArray[np.int64],
        places: NDArray[np.int64],
    ) -> None:
        number = len(self.charges)
        self.charges.append(Charge(action, column, sign, None))
        factors = np.hstack([self.branches.factors[which], places[:, None]])
        origin = self.branches.origin[which].astype(np.int32)
        self.extras.append(Extra(number, sign, origin, flat(self.tables, factors)))
        branch = which.astype(np.int32)
        self.hung.append(Hung(number, sign, branch, flat(self.tables, places)))


def _absorbs(
    step: StepReach,
    tables: Tables,
    reader: Reader,
    columns: tuple[Column, ...],
    branches: _Branches,
) -> tuple[Absorb, ...]:
    found = []
    for i, column in enumerate(columns):
        if column.kind != "ever_count" or step.program.name not in (column.player, column.event):
            continue
        if column.opportunities:
            hit = np.ones(len(branches.happened), bool)
        elif column.event:
            hit = branches.happened
        else:
            names = [deed.name for deed in step.program.deeds]
            hit = branches.action == names.index(column.action)
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
