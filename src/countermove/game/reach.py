"""The public states that can be reached, period by period and step by step, and what leads where.

Every effect with a possible probability is followed, for any parameters within their ranges, so
that one structure serves all draws. States are numbered in the order in which they are found.
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
from countermove.game.memory import words
from countermove.game.program import Deed, StepProgram
from countermove.game.tables import Layout, Levels, Rows, Table

Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]
_DENSE_CODES = 1 << 22


@dataclass(slots=True)
class Registry:
    """The states found so far; ``max_states`` is where it refuses to go on."""

    layout: Layout
    max_states: int
    n: int = 0
    _levels: list[Levels] = field(default_factory=list)
    _dense: Indices | None = None
    _known: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    _order: Indices = field(default_factory=lambda: np.empty(0, np.int32))

    def __post_init__(self) -> None:
        product = np.prod([float(s) for s in self.layout.sizes])
        if product >= 2.0**62:
            raise SizeLimitError(
                f"CM109: the state variables have about {product:.1e} combinations of levels; "
                f"the limit is 4.6e18. {costliest(self.layout.names, self.layout.sizes)}"
            )
        if product <= _DENSE_CODES:
            self._dense = np.full(int(product), -1, np.int32)

    def codes(self, levels: Levels) -> Rows:
        """One number for each combination of levels."""
        codes = np.zeros(len(levels), np.int64)
        for column, size in enumerate(self.layout.sizes):
            codes = codes * size + levels[:, column]
        return codes

    def find(self, levels: Levels) -> Indices:
        """Indices of states; -1 for those never found."""
        codes = self.codes(levels)
        if self._dense is not None:
            return self._dense[codes]
        if not self.n:
            return np.full(len(codes), -1, np.int32)
        at = np.minimum(np.searchsorted(self._known, codes), self.n - 1)
        return np.where(self._known[at] == codes, self._order[at], -1).astype(np.int32)

    def intern(self, levels: Levels) -> Indices:
        """Indices of states, numbering the new ones."""
        found = self.find(levels)
        missing = np.flatnonzero(found < 0)
        if not missing.size:
            return found
        codes, first = np.unique(self.codes(levels[missing]), return_index=True)
        new = self.n + np.arange(len(codes), dtype=np.int32)
        if self.n + len(codes) > self.max_states:
            reached = np.concatenate([*self._levels, levels[missing]])
            sizes = [len(np.unique(column)) for column in reached.T]
            raise SizeLimitError(
                f"CM109: more than {self.max_states:,} states can be reached, which would not fit "
                f"into the memory allowed. {costliest(self.layout.names, sizes)} Merge levels, "
                "turn variables into parameters, or raise --max-memory."
            )
        self._levels.append(levels[missing][first])
        self.n += len(codes)
        if self._dense is not None:
            self._dense[codes] = new
        else:
            known = np.concatenate([self._known, codes])
            sort = np.argsort(known, kind="stable")
            self._known = known[sort]
            self._order = np.concatenate([self._order, new])[sort]
        return self.find(levels)

    def levels(self) -> Levels:
        """The levels [S, V] of all states found."""
        if len(self._levels) != 1:
            self._levels = [np.concatenate(self._levels)]
        return self._levels[0]


def costliest(names: Sequence[str], sizes: Sequence[int]) -> str:
    """Words that name the variables that multiply the states most."""
    ranked = sorted(zip(sizes, names, strict=True), reverse=True)[:5]
    listed = ", ".join(f"{name} ({size} levels)" for size, name in ranked if size > 1)
    return f"The variables that cost most: {listed}."


@dataclass(slots=True)
class Chunk:
    """Some states' branches at one step."""

    origin: Indices  # [M] state
    action: Indices  # [M]
    successor: Indices  # [M] state
    factors: NDArray[np.int64]  # [M, F]
    happened: Mask  # [M]
    paid: NDArray[np.int64]  # [M, R], costs that hang on outcomes, as factors, -1 for none
    gate: NDArray[np.int64]  # [M], the guard of the action as a factor where time enters, else -1
    timed: Mask  # [M], does time enter odds or gate?


@dataclass(slots=True)
class StepReach:
    """What is known of one step: the branches of every state that was ever there to move."""

    program: StepProgram
    keep_all: bool
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
        barred = self._barred(levels, possible)
        for number, deed in enumerate(self.program.deeds):
            can = ~barred if deed.otherwise else np.ones(len(new), bool)
            if deed.legal is not None:
                rows = deed.legal.domain.rows(levels)  # may add rows that ``of`` then knows
                can &= possible.of(deed.legal, None)[rows, 0]
            if can.any():
                self._expand(number, deed, new[can], levels[can], registry, possible)

    def _barred(self, levels: Levels, possible: Possible) -> Mask:
        """Where some ordinary action is always legal, an ``otherwise`` never is."""
        barred = np.zeros(len(levels), bool)
        for deed in self.program.deeds:
            if deed.otherwise:
                continue
            if deed.legal is None:
                barred[:] = True
            else:
                rows = deed.legal.domain.rows(levels)  # may add rows that ``certain`` then knows
                barred |= possible.certain(deed.legal, None)[rows]
        return barred

    def _expand(
        self,
        number: int,
        deed: Deed,
        states: Indices,
        levels: Levels,
        registry: Registry,
        possible: Possible,
    ) -> None:
        front = expand(deed, levels, possible, keep_all=self.keep_all)
        gate = np.full(len(front.origin), -1, np.int64)
        if deed.legal is not None and deed.legal.timed:
            gate = factor(deed.legal, deed.legal.domain.rows(levels))[front.origin]
        timed = any_timed(possible.tables, np.hstack([front.factors, gate[:, None]]))
        self.chunks.append(
            Chunk(
                states[front.origin],
                np.full(len(front.origin), number, np.int32),
                registry.intern(front.levels),
                front.factors,
                front.happened,
                front.paid,
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
                factors = np.hstack([chunk.factors[late], chunk.gate[late, None]])
                here[late] = odds_possible(possible.tables, possible, factors, period)
            found[chunk.successor[here]] = True
        return found


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
            f"{costliest(self.registry.layout.names, reached)} Merge levels, turn variables into "
            "parameters, or raise --max-memory."
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
        row = [here]
        for step in reach.steps:
            here = _pass(step, here, over, registry, possible, period)
            row.append(here)
            reach.refuse_if_large()
        reach.note(row)
        levels = registry.levels()[here]
        if over:
            _, must_end = holds(over, levels, possible, period)
            levels = levels[~must_end]
        here = np.unique(registry.intern(np.where(resets >= 0, resets, levels).astype(np.int32)))


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
