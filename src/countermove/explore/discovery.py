"""Scenario discovery: in which worlds a policy fails, as limits on a few parameters.

After Bryant and Lempert (2010), "Thinking inside the box", Technological Forecasting and Social
Change 77, 34-49.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermove.explore.cases import FREE
from countermove.explore.discovery_boxes import Fit, Limits, around, fit, quasi_p
from countermove.explore.discovery_questions import Question, failures
from countermove.explore.discovery_search import FEWEST, Search, finder, search_boxes
from countermove.explore.discovery_stability import Stability, stability
from countermove.explore.objectives_values import (
    BoolArray,
    FloatArray,
    Missing,
    alternatives_of,
    sampled,
    view_of,
    whole,
)
from countermove.explore.sensitivity import worlds_of
from countermove.explore.sensitivity_designs import constant

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.exploration import Exploration

RESAMPLES = 50


@dataclass(frozen=True, slots=True)
class Restriction:
    """A parameter's limits in a box, and their quasi-p-values; None where a side has none.

    ``range`` is that of the worlds.
    """

    parameter: str
    low: float | None
    high: float | None
    range: tuple[float, float]
    p_low: float | None
    p_high: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A region of worlds where the policy fails; no restrictions where none tells failures apart.

    ``step`` is its place on the trajectory (PRIM).
    """

    restrictions: tuple[Restriction, ...]
    fit: Fit
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where a policy fails. ``trajectory`` holds (step, limits, fit) of PRIM's first search."""

    policy: str
    view: str
    question: str
    method: str
    n_worlds: int
    n_failures: int
    n_dropped: int
    missing: tuple[Missing, ...]
    parameters: tuple[str, ...]
    pinned: tuple[str, ...]
    boxes: tuple[Box, ...]
    trajectory: tuple[tuple[int, int, Fit], ...]
    stability: Stability | None
    seed: int

    def table(self) -> pl.DataFrame:
        """A row for each limit of each box."""
        import polars as pl

        schema = {
            "box": pl.Int64, "parameter": pl.String, "low": pl.Float64, "high": pl.Float64,
            "range_low": pl.Float64, "range_high": pl.Float64, "p_low": pl.Float64,
            "p_high": pl.Float64, "coverage": pl.Float64, "density": pl.Float64,
            "mass": pl.Float64, "note": pl.String,
        }  # fmt: skip
        rows = [
            (at + 1, r.parameter, r.low, r.high, *r.range, r.p_low, r.p_high,
             box.fit.coverage, box.fit.density, box.fit.mass, r.note)
            for at, box in enumerate(self.boxes)
            for r in box.restrictions
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    def peeling(self) -> pl.DataFrame:
        """PRIM's trajectory: step, how many parameters limited, worlds, failures, and the fit."""
        import polars as pl

        rows = [
            (step, limits, f.n, f.k, f.coverage, f.density, f.mass, f.phi)
            for step, limits, f in self.trajectory
        ]
        names = ("step", "parameters", "worlds", "failures", "coverage", "density", "mass", "phi")
        return pl.DataFrame(rows, schema=list(names), orient="row")

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import discovery_view

        return discovery_view(self)


def discover(
    exploration: Exploration,
    asked: Question,
    *,
    policy: str | None = None,
    view: str | None = None,
    met: str = "adaptive",
    search: Search | None = None,
    allow_missing: bool = False,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Discovery:
    """In which worlds a policy (free play if left out) fails, under one view.

    ``asked`` says what a failure is, ``search`` how boxes are sought. ``resamples`` (0: none)
    bootstrap samples of worlds tell how stable the first box is. With fewer than ``FEWEST``
    failures, or worlds without, no box is sought. Raises ``UnknownName`` and ``InvalidRequest``.
    """
    how = search or Search()
    seen = view_of(exploration, view)
    names = [policy or FREE, *([asked.against] if asked.against else [])]
    chosen = alternatives_of(exploration, policies=names, met=met)
    points = sampled(exploration, chosen, asked.keys, views=[seen])
    complete = whole(points, allow_missing=allow_missing)
    x, y = worlds_of(exploration, seen, complete), failures(asked, complete)
    free = ~constant(x)
    parameters = tuple(n for n, f in zip(exploration.parameters, free, strict=True) if f)
    boxes, trajectory, steadiness = _sought(
        exploration, x[:, free], y, parameters, how, resamples, seed, progress
    )
    return Discovery(
        policy=complete.labels[0],
        view=seen,
        question=asked.words,
        method=how.method,
        n_worlds=len(y),
        n_failures=int(y.sum()),
        n_dropped=len(points.world) - len(y),
        missing=points.missing(),
        parameters=parameters,
        pinned=tuple(n for n in exploration.parameters if n not in parameters),
        boxes=boxes,
        trajectory=trajectory,
        stability=steadiness,
        seed=seed,
    )


_Found = tuple[tuple[Box, ...], tuple[tuple[int, int, Fit], ...], Stability | None]


def _sought(
    exploration: Exploration,
    x: FloatArray,
    y: BoolArray,
    parameters: tuple[str, ...],
    how: Search,
    resamples: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> _Found:
    """The boxes in words' reach, PRIM's trajectory, and how steady the first box is."""
    if min(int(y.sum()), int((~y).sum())) < FEWEST or not parameters:
        return (), (), None
    found, path = search_boxes(x, y, how, seed=seed)
    notes = {p.name: p.note for p in exploration.scenario.parameters.values()}
    boxes = tuple(_told(box, at, x, y, parameters, notes) for box, at in found)
    counted = [int(box.sides(around(x)).any(axis=0).sum()) for box in path]
    steps = tuple((at, counted[at], fit(box, x, y)) for at, box in enumerate(path))
    if not resamples:
        return boxes, steps, None
    steadiness = stability(
        x, y, parameters, finder(how, seed=seed), resamples=resamples, seed=seed, progress=progress
    )
    return boxes, steps, steadiness


def _told(
    box: Limits,
    step: int | None,
    x: FloatArray,
    y: BoolArray,
    parameters: tuple[str, ...],
    notes: dict[str, str],
) -> Box:
    full, p = around(x), quasi_p(box, x, y)
    below, above = box.sides(full)
    restrictions = [
        Restriction(
            name,
            float(box.low[at]) if below[at] else None,
            float(box.high[at]) if above[at] else None,
            (float(full.low[at]), float(full.high[at])),
            float(p[0, at]) if below[at] else None,
            float(p[1, at]) if above[at] else None,
            notes.get(name, ""),
        )
        for at, name in enumerate(parameters)
        if below[at] or above[at]
    ]
    # the limit that tells most comes first
    restrictions.sort(key=lambda r: min(p for p in (r.p_low, r.p_high) if p is not None))
    return Box(tuple(restrictions), fit(box, x, y), step)
