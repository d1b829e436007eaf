"""A step's structure from what was reached: branches in order, costs and counts by profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.branches import any_timed, factor, flat, rewards_of
from countermove.game.columns import Column, is_payoff
from countermove.game.flows import certain, condition_table
from countermove.game.lookups import Lookup, Reader, Types, type_profiles
from countermove.game.program import Deed, MoverProgram, StepProgram
from countermove.game.reach import Mask, StepReach
from countermove.game.registry import Indices
from countermove.game.structure import Absorb, Charge, Extra, Hung, StepStructure
from countermove.game.tables import Table, Tables


@dataclass(frozen=True, slots=True)
class _Branches:
    """A step's branches in order: by state, then profile."""

    origin: NDArray[np.int64]
    action: NDArray[np.int64]
    successor: Indices
    factors: NDArray[np.int64]
    happened: Mask
    paid: NDArray[np.int64]
    drawn: NDArray[np.int64]


def step_structure(
    step: StepReach, tables: Tables, reader: Reader, columns: tuple[Column, ...]
) -> StepStructure:
    """Put a step's chunks in order; the tables must have been placed."""
    program = step.program
    n_states, n_profiles = len(reader.levels), len(program.deeds)
    branches = _ordered(step, n_profiles)
    owner = branches.origin * n_profiles + branches.action
    pointer = np.zeros(n_states * n_profiles + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=n_states * n_profiles), out=pointer[1:])
    earned = _Earned(tables, reader, branches, columns)
    for action, deed in enumerate(program.deeds):
        earned.costs(action, deed)
    for i, column in enumerate(columns):
        if column.kind == "count" and {column.player, column.event} & {*program.names}:
            earned.count(i, column, program)
    payoffs = [c.player if is_payoff(c) else "" for c in columns]
    legal = [t for mover in program.movers for t in _legal(mover, reader)]
    return StepStructure(
        program,
        tuple(payoffs.index(m.player) for m in program.movers),
        pointer,
        (branches.successor + n_states * branches.drawn).astype(np.uint32),
        tuple(step.draws.known[1:]),
        flat(tables, branches.factors),
        np.flatnonzero(any_timed(tables, branches.factors)).astype(np.int32),
        tuple(legal or [None]),
        tuple(reader.at(g) for g in program.guards),
        tuple(earned.charges),
        tuple(earned.extras),
        tuple(earned.hung),
        _absorbs(step, tables, reader, columns, branches),
        branches.happened.astype(np.uint8),
    )


def _legal(mover: MoverProgram, reader: Reader) -> list[Lookup | None]:
    """The guard of each of a mover's actions, None where it has none."""
    return [reader.at(deed.legal[0]) if deed.legal else None for deed in mover.deeds]


def _ordered(step: StepReach, n_profiles: int) -> _Branches:
    """All chunks' branches, sorted by state and profile."""
    # Deeds that never come about leave no chunk, yet their rewards are asked for.
    rewards = max(len(rewards_of(deed)) for deed in step.program.deeds)
    if not step.chunks:
        none = np.empty(0, np.int64)
        factors, paid = np.empty((0, 0), np.int64), np.empty((0, rewards), np.int64)
        return _Branches(none, none, none.astype(np.int32), factors, none.astype(bool), paid, none)
    origin = np.concatenate([c.origin for c in step.chunks]).astype(np.int64)
    action = np.concatenate([c.action for c in step.chunks]).astype(np.int64)
    order = np.argsort(origin * n_profiles + action, kind="stable")
    return _Branches(
        origin[order],
        action[order],
        np.concatenate([c.successor for c in step.chunks])[order],
        _stack([c.factors for c in step.chunks])[order],
        np.concatenate([c.happened for c in step.chunks])[order],
        _stack([c.paid for c in step.chunks], rewards)[order],
        np.concatenate([c.drawn for c in step.chunks])[order],
    )


def _stack(parts: list[NDArray[np.int64]], least: int = 0) -> NDArray[np.int64]:
    """Matrices of different widths one above another, padded with -1 to ``least`` or more."""
    width = max(least, *(p.shape[1] for p in parts))
    return np.concatenate(
        [np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=-1) for p in parts]
    )


@dataclass(slots=True)
class _Earned:
    """What a step's profiles add to the columns, collected."""

    tables: Tables
    reader: Reader
    branches: _Branches
    columns: tuple[Column, ...]
    charges: list[Charge] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    hung: list[Hung] = field(default_factory=list)

    def costs(self, action: int, deed: Deed) -> None:
        """What a profile costs whom: when it is chosen, and by outcome."""
        for player, cost in deed.costs:
            for column, types, free in self._payers(player, cost):
                lookup = self.reader.at(cost, types)
                self.charges.append(Charge(action, column, -1.0, lookup, free))
        for number, (player, cost) in enumerate(rewards_of(deed)):
            paid = self.branches.paid[:, number] >= 0
            which = np.flatnonzero(paid & (self.branches.action == action))
            places = self.branches.paid[which, number]
            for column, types, free in self._payers(player, cost):
                at = places + cost.domain.profile(dict(types))
                self._hang(Charge(action, column, -1.0, None, free, cost), which, at)

    def _payers(self, player: str, cost: Table) -> Iterator[tuple[int, Types, Types]]:
        """The columns that a cost is paid from, for which types, and those that none fixes."""
        for i, column in enumerate(self.columns):
            counts = column.part is None or column.part.source == "costs"
            if column.kind == "payoff" and column.player == player and counts:
                for types, free in type_profiles(cost, column):
                    yield i, types, free

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
            self._hang(Charge(0, column, 1.0, None), which, places)
            return
        lookup = self.reader.at(condition or certain(self.tables))
        played = program.playing(about.player, about.action) if about.player else (0,)
        for action in played:
            self.charges.append(Charge(action, column, 1.0, lookup, about.belief))

    def _hang(self, charge: Charge, which: NDArray[np.intp], places: NDArray[np.int64]) -> None:
        number = len(self.charges)
        self.charges.append(charge)
        factors = np.hstack([self.branches.factors[which], places[:, None]])
        origin = self.branches.origin[which].astype(np.int32)
        self.extras.append(Extra(number, charge.sign, origin, flat(self.tables, factors)))
        branch = which.astype(np.int32)
        self.hung.append(Hung(number, charge.sign, branch, flat(self.tables, places)))


def _absorbs(
    step: StepReach,
    tables: Tables,
    reader: Reader,
    columns: tuple[Column, ...],
    branches: _Branches,
) -> tuple[Absorb, ...]:
    found = []
    for i, column in enumerate(columns):
        names = {*step.program.names}
        if column.kind != "ever_count" or not names & {column.player, column.event}:
            continue
        if column.opportunities:
            hit = np.ones(len(branches.happened), bool)
        elif column.event:
            hit = branches.happened
        else:
            hit = np.isin(branches.action, step.program.playing(column.player, column.action))
        condition = None
        if column.expression is not None:
            condition = reader.at(condition_table(tables, column))
        found.append(Absorb(i, hit.astype(np.uint8), condition))
    return tuple(found)
