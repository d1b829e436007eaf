"""The public states that can be reached, period by period and step by step, and what leads where.

Every effect with a possible probability is followed, for any parameters within their ranges, so
that one structure serves all draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.errors import SizeLimitError
from countermove.game.branches import (
    Possible,
    any_timed,
    expand,
    factor,
    odds_possible,
)
from countermove.game.domains import Levels
from countermove.game.memory import words
from countermove.game.program import Deed, MoverProgram, StepProgram
from countermove.game.redraws import Draws
from countermove.game.registry import Indices, Registry, costliest
from countermove.game.tables import Table

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Chunk:
    """Some states' branches at one step."""

    origin: Indices  # [M] state
    action: Indices  # [M]
    successor: Indices  # [M] state
    factors: NDArray[np.int64]  # [M, F]
    happened: Mask  # [M]
    paid: NDArray[np.int64]  # [M, R], costs that hang on outcomes, as factors, -1 for none
    drawn: NDArray[np.int64]  # [M], what types were drawn anew, as the step's ``draws`` number it
    gate: NDArray[np.int64]  # [M, G], the actions' guards as factors where time enters, else -1
    timed: Mask  # [M], does time enter odds or gate?


@dataclass(slots=True)
class StepReach:
    """What is known of one step: the branches of every state that was ever there to move."""

    program: StepProgram
    keep_all: bool
    draws: Draws = field(default_factory=Draws)
    chunks: list[Chunk] = field(default_factory=list)
    expanded: Mask = field(default_factory=lambda: np.zeros(0, bool))

    def extend(self, states: Indices, registry: Registry, possible: Possible) -> None:
        """Expand the states that were not expanded before."""
        if len(self.expanded) < registry.n:
            self.expanded = np.pad(self.expanded, (0, registry.n - len(self.expanded)))
        new = states[~self.expanded[states]]
        if not new.size:
            return
        self.expanded[new] = True
        levels = registry.levels()[new]
        can = [_can(mover, levels, possible) for mover in self.program.movers]
        for number, deed in enumerate(self.program.deeds):
            may = np.ones(len(new), bool)
            for legal, part in zip(can, deed.parts, strict=True):
                may &= legal[part]
            if may.any():
                self._expand(number, deed, new[may], levels[may], registry, possible)

    def _expand(
        self,
        number: int,
        deed: Deed,
        states: Indices,
        levels: Levels,
        registry: Registry,
        possible: Possible,
    ) -> None:
        front = expand(deed, levels, possible, keep_all=self.keep_all, draws=self.draws)
        gates = [factor(t, t.domain.rows(levels)) for t in deed.legal if t.timed]
        gate = np.stack(gates, 1) if gates else np.empty((len(levels), 0), np.int64)
        gate = gate[front.origin]
        timed = any_timed(possible.tables, np.hstack([front.factors, gate]))
        self.chunks.append(
            Chunk(
                states[front.origin],
                np.full(len(front.origin), number, np.int32),
                registry.intern(front.levels),
                front.factors,
                front.happened,
                front.paid,
                front.drawn,
                gate,
                timed,
            )
        )

    def successors(self, moving: Mask, period: int, possible: Possible) -> Mask:
        """Which states can follow those in the mask [S], in this period? [S]"""
        found = np.zeros(len(moving), bool)
        for chunk in self.chunks:
            here = moving[chunk.origin]
            late = np.flatnonzero(here & chunk.timed)
            if late.size:
                factors = np.hstack([chunk.factors[late], chunk.gate[late]])
                here[late] = odds_possible(possible.tables, possible, factors, period)
            found[chunk.successor[here]] = True
        return found


def _can(mover: MoverProgram, levels: Levels, possible: Possible) -> list[Mask]:
    """Where each of a mover's actions can be legal, for some parameters and period: masks [N].

    Where some ordinary action is always legal, an ``otherwise`` never is.
    """
    found = []
    for deed in mover.deeds:
        can = np.ones(len(levels), bool)
        for table in deed.legal:
            rows = table.domain.rows(levels)  # may add rows that ``of`` then knows
            can &= possible.of(table, None)[rows, 0]
        if deed.otherwise:
            can &= ~_barred(mover, levels, possible)
        found.append(can)
    return found


def _barred(mover: MoverProgram, levels: Levels, possible: Possible) -> Mask:
    """Where some ordinary action is always legal."""
    barred = np.zeros(len(levels), bool)
    for deed in mover.deeds:
        if not deed.otherwise:
            must = np.ones(len(levels), bool)
            for table in deed.legal:
                rows = table.domain.rows(levels)  # may add rows that ``certain`` then knows
                must &= possible.certain(table, None)[rows]
            barred |= must
    return barred


@dataclass(slots=True)
class Reach:
    """Who can be where: ``present[t][k]`` are the states before step k of period t, and
    ``present[t][K]`` those at its end."""

    registry: Registry
    steps: tuple[StepReach, ...]
    bytes_a_state: int
    max_memory: int
    present: list[list[Indices]] = field(default_factory=list)
    bytes_present: int = 0

    def bytes_needed(self) -> int:
        """Memory for what was found so far, at the peak of building and solving."""
        branches = sum(
            # As found, put in order, and as the solver takes them.
            len(c.origin) * (80 + 20 * c.factors.shape[1])
            for step in self.steps
            for c in step.chunks
        )
        return int(self.bytes_a_state * self.registry.n + branches + self.bytes_present)

    def note(self, row: list[Indices]) -> None:
        """Keep the states present in one period; sets equal to the period before are shared."""
        if self.present:
            before = self.present[-1]
            row = [
                old if np.array_equal(new, old) else new
                for new, old in zip(row, before, strict=True)
            ]
            self.bytes_present -= sum(
                new.nbytes for new, old in zip(row, before, strict=True) if new is old
            )
        self.bytes_present += sum(there.nbytes for there in row)
        self.present.append(row)

    def refuse_if_large(self) -> None:
        """Raise ``SizeLimitError`` once more memory is needed than allowed."""
        needed = self.bytes_needed()
        if needed <= self.max_memory:
            return
        reached = [len(np.unique(column)) for column in self.registry.levels().T]
        raise SizeLimitError(
            f"CM109: the game would need more than {words(needed)} for {self.registry.n:,} states "
            f"or more; {words(self.max_memory)} are allowed. "
            f"{costliest(self.registry.layout.names, reached)}{self.registry.beliefs} Merge "
            "levels, turn variables into parameters, or raise --max-memory."
        )


def holds(
    tables: Sequence[Table], levels: Levels, possible: Possible, period: int
) -> tuple[Mask, Mask]:
    """Can, and must, all of these conditions hold? Two masks [N]."""
    can, must = np.ones(len(levels), bool), np.ones(len(levels), bool)
    for table in tables:
        rows = table.domain.rows(levels)
        can &= possible.of(table, period)[rows, 0]
        must &= possible.certain(table, period)[rows]
    return can, must


def explore(
    reach: Reach,
    possible: Possible,
    ends: Table | None,
    resets: Levels,
    start: Levels,
    start_period: int,
) -> None:
    """Follow everything that can happen from the start, and note it in ``reach``.

    ``resets`` [V] is the level that each column takes when a period begins, -1 to keep it;
    ``start`` [n, V] the states to start from. Raises ``SizeLimitError``.
    """
    registry = reach.registry
    here = np.unique(registry.intern(start))
    over = () if ends is None else (ends,)
    for period in range(start_period, possible.periods):
        row = _row(reach, here, over, possible, period)
        reach.note(row)
        here = _next(registry, row[-1], over, resets, possible, period)


def explore_for_ever(
    reach: Reach, possible: Possible, ends: Table | None, resets: Levels, start: Levels
) -> None:
    """As ``explore`` where one period repeats itself: until no state comes up that was not there.

    Notes one row, of the states that are there before each step in any repetition.
    """
    registry = reach.registry
    here = np.unique(registry.intern(start))
    over = () if ends is None else (ends,)
    while True:
        row = _row(reach, here, over, possible, 0)
        following = np.union1d(here, _next(registry, row[-1], over, resets, possible, 0))
        if len(following) == len(here):
            reach.note(row)
            return
        here = following.astype(np.int32)


def _row(
    reach: Reach, here: Indices, over: tuple[Table, ...], possible: Possible, period: int
) -> list[Indices]:
    """The states before each step of a period and at its end."""
    row = [here]
    for step in reach.steps:
        here = _pass(step, here, over, reach.registry, possible, period)
        row.append(here)
        reach.refuse_if_large()
    return row


def _next(
    registry: Registry,
    ending: Indices,
    over: tuple[Table, ...],
    resets: Levels,
    possible: Possible,
    period: int,
) -> Indices:
    """The states that begin the period after one that ends in these."""
    levels = registry.levels()[ending]
    if over:
        _, must_end = holds(over, levels, possible, period)
        levels = levels[~must_end]
    return np.unique(registry.intern(np.where(resets >= 0, resets, levels).astype(np.int32)))


def _pass(
    step: StepReach,
    here: Indices,
    over: tuple[Table, ...],
    registry: Registry,
    possible: Possible,
    period: int,
) -> Indices:
    levels = registry.levels()[here]
    can, must = holds(step.program.guards, levels, possible, period)
    if over:
        can_end, must_end = holds(over, levels, possible, period)
        can, must = can & ~must_end, must & ~can_end
    step.extend(here[can], registry, possible)
    moving = np.zeros(registry.n, bool)
    moving[here[can]] = True
    found = step.successors(moving, period, possible)
    found[here[~must]] = True
    return np.flatnonzero(found).astype(np.int32)
