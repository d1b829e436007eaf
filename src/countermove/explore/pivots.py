"""Pivots: which parameter, moved how far, changes the best policy; found by solving anew."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest
from countermove.explore.cases import Case
from countermove.explore.objectives import Objective
from countermove.explore.pivots_scan import (
    Bracket,
    Progress,
    Scan,
    Solver,
    bisected,
    grid_of,
    ranges_of,
)

if TYPE_CHECKING:
    import polars as pl

POINTS = 9  # of each parameter's range at which the best policy is looked up first
TOLERANCE = 1e-3  # of the range: how closely a pivot is enclosed


@dataclass(frozen=True, slots=True)
class Pivot:
    """A value of a parameter at which another policy becomes the best.

    It lies between ``low`` and ``high``. Coming from the parameter's base value, ``before`` is best
    up to there and ``after`` beyond; ``move`` is the way from the base to the middle of the two, as
    a share of the range.
    """

    parameter: str
    base: float
    range: tuple[float, float]
    low: float
    high: float
    before: str
    after: str
    move: float

    @property
    def value(self) -> float:
        """The middle of the interval."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Scanned:
    """One parameter: its pivots, the one that needs the least move first.

    ``gap`` is the least lead of the base's best policy over the second at the points looked at
    (negative beyond a pivot); ``unsolved`` are values at which some policy has no figure (not
    solved, or given what cannot happen), so that nothing is known of them.
    """

    parameter: str
    base: float
    range: tuple[float, float]
    points: int
    pivots: tuple[Pivot, ...]
    gap: float
    unsolved: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pivots:
    """All parameters, those that need the least move first; ``best`` is best at the base values."""

    objective: Objective
    view: str
    policies: tuple[str, ...]
    values: Mapping[str, float]
    best: str
    parameters: tuple[Scanned, ...]
    solves: int

    def table(self) -> pl.DataFrame:
        """A row for each pivot; one with nulls for a parameter that has none."""
        import polars as pl

        schema = {
            "parameter": pl.String, "base": pl.Float64, "range_low": pl.Float64,
            "range_high": pl.Float64, "low": pl.Float64, "high": pl.Float64,
            "before": pl.String, "after": pl.String, "move": pl.Float64,
            "points": pl.Int64, "unsolved": pl.Int64,
        }  # fmt: skip
        rows: list[tuple[object, ...]] = []
        for s in self.parameters:
            end = (s.points, len(s.unsolved))
            start = (s.parameter, s.base, *s.range)
            rows += [(*start, p.low, p.high, p.before, p.after, p.move, *end) for p in s.pivots]
            if not s.pivots:
                rows.append((*start, None, None, None, None, None, *end))
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import pivots_view

        return pivots_view(self)


def pivots(
    solver: Solver,
    objective: Objective,
    cases: Sequence[Case],
    *,
    parameters: Sequence[str] | None = None,
    points: int = POINTS,
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Pivots:
    """Where the best of the cases changes as one parameter moves, the others at their base values.

    ``cases`` are policies of one view. Each parameter's range (the view's, else its own; all
    uncertain parameters if left out) is looked at in ``points`` places and at its base value; where
    neighbours differ, the place is enclosed by bisection to ``tolerance`` of the range. Two changes
    between neighbours that cancel each other go unseen. Raises ``UnknownName``, ``InvalidRequest``;
    a point where some policy has no figure is told, not passed over.
    """
    _check(cases, points, tolerance)
    view = cases[0].view
    base = solver.values_of(view)
    ranges = ranges_of(solver.scenario, view, parameters, base)
    scan = Scan(solver, objective, tuple(cases), base, threads, progress)
    scan.look([(name, base[name]) for name in list(ranges)[:1]])
    first = next(iter(ranges))
    best = scan.best[first, base[first]]
    if best is None:
        raise InvalidRequest(
            f"at the base values not every policy has a figure ({scan.why}); so there is no best "
            "policy that could change"
        )
    grid = {name: grid_of(base[name], *ends, points) for name, ends in ranges.items()}
    scan.look([(name, value) for name, values in grid.items() for value in values])
    brackets = [
        (name, a, b)
        for name, values in grid.items()
        for a, b in itertools.pairwise([v for v in values if scan.best[name, v] is not None])
        if scan.differ(name, a, b)
    ]
    enclosed = bisected(scan, brackets, ranges, tolerance)
    found = [_scanned(scan, name, grid[name], ranges[name], enclosed) for name in ranges]
    found.sort(key=lambda s: min((abs(p.move) for p in s.pivots), default=np.inf))
    at_base = scan.figures[first, base[first]]
    return Pivots(
        objective,
        cases[0].view_label,
        tuple(case.policy_label for case in cases),
        dict(zip((case.policy_label for case in cases), at_base, strict=True)),
        best,
        tuple(found),
        scan.solves,
    )


def _check(cases: Sequence[Case], points: int, tolerance: float) -> None:
    if len(cases) < 2:
        raise InvalidRequest("a best policy can change only among two or more; name another policy")
    if len({case.view for case in cases}) > 1:
        raise InvalidRequest("pivots are sought under one view at a time")
    if points < 2:
        raise InvalidRequest(f"look at 2 points of a range or more, not {points}")
    if not 0 < tolerance < 1:
        raise InvalidRequest(f"the tolerance is a share of the range, 0 to 1, not {tolerance:g}")


def _scanned(
    scan: Scan,
    name: str,
    grid: Sequence[float],
    ends: tuple[float, float],
    enclosed: Sequence[Bracket],
) -> Scanned:
    base = scan.base[name]
    best = scan.best[name, base]
    assert best is not None
    found = [_pivot(scan, name, a, b, base, ends) for own, a, b in enclosed if own == name]
    found.sort(key=lambda pivot: abs(pivot.move))
    looked = [value for own, value in scan.best if own == name]
    unsolved = tuple(sorted(v for v in looked if scan.best[name, v] is None))
    leads = [scan.lead((name, value), best) for value in grid if value not in unsolved]
    parameter = scan.solver.scenario.parameters[name]
    gap = min(leads)
    return Scanned(name, base, ends, len(grid), tuple(found), gap, unsolved, parameter.note)


def _pivot(
    scan: Scan, name: str, a: float, b: float, base: float, ends: tuple[float, float]
) -> Pivot:
    at_a, at_b = scan.best[name, a], scan.best[name, b]
    assert at_a is not None and at_b is not None
    before, after = (at_a, at_b) if (a + b) / 2 >= base else (at_b, at_a)
    move = ((a + b) / 2 - base) / (ends[1] - ends[0])
    return Pivot(name, base, ends, a, b, before, after, move)
