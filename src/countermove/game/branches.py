"""Expansion: the states that an action or event may lead to, and the odds along the way.

A branch's probability is a product of factors; a factor names a place in a table. Axis letters:
N states expanded, M branches, F factors, V variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import SizeLimitError
from countermove.game.domains import Levels, Rows
from countermove.game.program import Branching, Change, Deed
from countermove.game.redraws import Draws
from countermove.game.tables import Table, Tables

MAX_SUCCESSORS = 4096  # of one action in one state
_SHIFT = 40  # a factor is table_index << 40 | place in that table


@dataclass(slots=True)
class Possible:
    """Which entries of each table can be above zero, for any parameters within their ranges.

    ``period`` None stands for any period at all.
    """

    tables: Tables
    ranges: Mapping[str, Any]
    periods: int
    _cache: dict[tuple[int, int | None], NDArray[np.bool_]] = field(default_factory=dict)

    def of(self, table: Table, period: int | None) -> NDArray[np.bool_]:
        """Can the entry be non-zero? [R, width]."""
        key = (id(table), period if table.timed else None)
        found = self._cache.get(key)
        if found is None or len(found) != table.domain.n_rows:
            found = self._find(table, period)
            self._cache[key] = found
        return found

    def _find(self, table: Table, period: int | None) -> NDArray[np.bool_]:
        spans = range(self.periods) if table.timed and period is None else [period or 0]
        can = np.zeros((table.domain.n_rows, table.width), bool)
        for t in spans:
            low, high = table.possible(self.ranges, t)
            # Odds below zero are kept, to be reported; a little below is rounding.
            can |= (high > 0) | (low < (0.0 if table.kind == "value" else -1e-9))
        return can

    def certain(self, table: Table, period: int | None) -> NDArray[np.bool_]:
        """Is the (first) entry non-zero whatever the parameters? [R]; for guards."""
        spans = range(self.periods) if table.timed and period is None else [period or 0]
        sure = np.ones(table.domain.n_rows, bool)
        for t in spans:
            low, high = table.possible(self.ranges, t)
            sure &= (low[:, 0] > 0) | (high[:, 0] < 0)
        return sure


@dataclass(frozen=True, slots=True)
class Frontier:
    """Branches on their way through the effects."""

    levels: Levels  # [M, V]
    origin: Rows  # [M], the state (row of those expanded) each branch comes from
    factors: NDArray[np.int64]  # [M, F], -1 for none
    happened: NDArray[np.bool_]  # [M], has chance brought anything about?
    paid: NDArray[np.int64]  # [M, R], the cost paid to each of the deed's rewards, -1 for none
    drawn: NDArray[np.int64]  # [M], what types were drawn anew, as ``Draws`` numbers it

    def take(self, which: NDArray[Any]) -> Frontier:
        """The branches selected by a mask or by indices."""
        return Frontier(
            self.levels[which],
            self.origin[which],
            self.factors[which],
            self.happened[which],
            self.paid[which],
            self.drawn[which],
        )


def rewards_of(deed: Deed) -> list[tuple[str, Table]]:
    """What hangs on a deed's outcomes: player and cost, in the order of ``Frontier.paid``."""
    return [
        cost
        for item in deed.run
        if isinstance(item, Branching)
        for costs in item.costs
        for cost in costs
    ]


def factor(table: Table, places: Rows) -> Rows:
    """The factor that names these places (row × width + slot) of a table."""
    return (np.int64(table.number) << _SHIFT) | places


def flat(tables: Tables, factors: NDArray[np.int64]) -> NDArray[np.int32]:
    """Factors as places in the flat vector of all tables; -1 stays -1."""
    offsets = np.array([t.offset for t in tables.tables], np.int64)
    places = factors & ((1 << _SHIFT) - 1)
    return np.where(factors < 0, -1, offsets[factors >> _SHIFT] + places).astype(np.int32)


def expand(
    deed: Deed,
    levels: Levels,
    possible: Possible,
    *,
    keep_all: bool,
    draws: Draws | None = None,
) -> Frontier:
    """All branches of a deed from these states, in the order of the states.

    ``keep_all`` keeps effects apart that leave the state as it is, for measures that count whether
    an event happened; ``draws`` numbers the ways in which types are drawn anew. Raises
    ``SizeLimitError`` past ``MAX_SUCCESSORS`` branches of one state.
    """
    n = len(levels)
    draws = draws or Draws()
    drawn = draws.after(np.zeros(n, np.int64), deed.redraws)
    front = Frontier(
        levels.copy(),
        np.arange(n),
        np.empty((n, 0), np.int64),
        np.full(n, bool(deed.redraws)),
        np.full((n, len(rewards_of(deed))), -1, np.int64),
        drawn,
    )
    for mark in deed.marks:
        front.levels[:, mark.column] = _moved(mark, front.levels)
    reward = 0
    for item in deed.run:
        if isinstance(item, Change):
            front = _change(item, front, possible, keep_all)
        else:
            front = _branch(item, front, possible, keep_all, reward, draws)
            reward += sum(len(costs) for costs in item.costs)
        _refuse_bushes(deed, front, n)
    return front.take(np.argsort(front.origin, kind="stable"))


def _refuse_bushes(deed: Deed, front: Frontier, n: int) -> None:
    if len(front.origin) > MAX_SUCCESSORS and n:
        most = int(np.bincount(front.origin, minlength=n).max())
        if most > MAX_SUCCESSORS:
            raise SizeLimitError(
                f"CM106: {deed.name!r} leads to {most} successors from one state; at most "
                f"{MAX_SUCCESSORS} are allowed. Give it fewer effects with odds of their own: "
                "group exclusive ones under `outcomes`, or split it over several events."
            )


def _moved(change: Change, levels: Levels) -> Levels:
    before = levels[:, change.column]
    if change.level is not None:
        return np.full_like(before, change.level)
    return np.asarray(np.clip(before + np.int32(change.shift or 0), 0, change.top))


def _with_factor(front: Frontier, new: Rows) -> NDArray[np.int64]:
    return np.hstack([front.factors, new[:, None]])


def _join(parts: list[Frontier]) -> Frontier:
    width = max(p.factors.shape[1] for p in parts)
    padded = [
        np.pad(p.factors, ((0, 0), (0, width - p.factors.shape[1])), constant_values=-1)
        for p in parts
    ]
    return Frontier(
        np.concatenate([p.levels for p in parts]),
        np.concatenate([p.origin for p in parts]),
        np.concatenate(padded),
        np.concatenate([p.happened for p in parts]),
        np.concatenate([p.paid for p in parts]),
        np.concatenate([p.drawn for p in parts]),
    )


def _change(change: Change, front: Frontier, possible: Possible, keep_all: bool) -> Frontier:
    after = _moved(change, front.levels)
    if change.odds is None:
        levels = front.levels.copy()
        levels[:, change.column] = after
        return replace(front, levels=levels, happened=np.ones_like(front.happened))
    moves = np.ones(len(after), bool)
    if not keep_all:
        moves = after != front.levels[:, change.column]
    parts = [front.take(~moves)]
    front, after = front.take(moves), after[moves]
    table = change.odds
    rows = table.domain.rows(front.levels)
    can = possible.of(table, None)[rows]
    places = factor(table, rows * 2)
    sure = not table.timed and not table.parametric and not np.any(can[:, 0] & can[:, 1])
    for slot in (0, 1):
        which = can[:, slot]
        part = front.take(which)
        if slot == 0:
            levels = part.levels.copy()
            levels[:, change.column] = after[which]
            part = replace(part, levels=levels, happened=np.ones_like(part.happened))
        if not sure:
            part = replace(part, factors=_with_factor(part, places[which] + slot))
        parts.append(part)
    return _join(parts)


def _branch(
    item: Branching,
    front: Frontier,
    possible: Possible,
    keep_all: bool,
    reward: int,
    draws: Draws,
) -> Frontier:
    table = item.odds
    rows = table.domain.rows(front.levels)
    can = possible.of(table, None)[rows]
    places = factor(table, rows * table.width)
    nothing = table.width - 1
    parts = []
    for slot in range(table.width):
        which = can[:, slot]
        part = front.take(which)
        part = replace(part, factors=_with_factor(part, places[which] + slot))
        if slot != nothing:
            drawn = draws.after(part.drawn, item.redraws[slot])
            part = replace(part, happened=np.ones_like(part.happened), drawn=drawn)
            for _, cost in item.costs[slot]:
                part.paid[:, reward] = factor(cost, cost.domain.rows(part.levels))
                reward += 1
            for change in item.outcomes[slot]:
                part = _change(change, part, possible, keep_all)
        parts.append(part)
    return _join(parts)


def odds_possible(
    tables: Tables, possible: Possible, factors: NDArray[np.int64], period: int
) -> NDArray[np.bool_]:
    """Can each branch happen in this period? [M]; ``factors`` is [M, F]."""
    can = np.ones(len(factors), bool)
    for column in factors.T:
        numbers = column >> _SHIFT
        for number in np.unique(numbers[column >= 0]):
            table = tables.tables[int(number)]
            here = (column >= 0) & (numbers == number)
            entries = possible.of(table, period).reshape(-1)
            can[here] &= entries[column[here] & ((1 << _SHIFT) - 1)]
    return can


def any_timed(tables: Tables, factors: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Does time enter each branch's odds? [M]; ``factors`` is [M, F]."""
    timed = np.array([t.timed for t in tables.tables] or [False])
    return np.asarray(np.where(factors < 0, False, timed[factors >> _SHIFT]).any(axis=1))
