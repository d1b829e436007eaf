"""How far a box found in the data is one of the data: the same search in resampled worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from countermove.explore.discovery_boxes import Limits, around, fit
from countermove.explore.objectives_values import BoolArray, FloatArray

Finder = Callable[[FloatArray, BoolArray], Limits | None]


@dataclass(frozen=True, slots=True)
class Steadiness:
    """One parameter over the resamples.

    ``restricted`` is the share of resamples with a limit on it; ``low``, ``high`` the 5th and 95th
    percentiles of the limit below and above, where there is one in at least one resample.
    """

    parameter: str
    restricted: float
    below: float
    above: float
    low: tuple[float, float] | None
    high: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Stability:
    """All parameters, the one restricted most often first, and how boxes do on worlds not drawn.

    ``coverage`` and ``density`` are means over the resamples, of each box on the worlds that its
    resample left out: what to expect of new worlds. ``found`` counts resamples with a box.
    """

    resamples: int
    found: int
    parameters: tuple[Steadiness, ...]
    coverage: float
    density: float


def stability(
    x: FloatArray,
    y: BoolArray,
    parameters: tuple[str, ...],
    finder: Finder,
    *,
    resamples: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Stability:
    """Search in bootstrap samples of the worlds, by ``finder``."""
    rng = np.random.default_rng(seed)
    boxes: list[Limits] = []
    sides: list[BoolArray] = []
    outside: list[tuple[float, float]] = []
    for done in range(resamples):
        rows = rng.integers(len(y), size=len(y))
        if y[rows].any() and not y[rows].all():
            box = finder(x[rows], y[rows])
            if box is not None:
                narrower = box.sides(around(x[rows]))
                boxes.append(_open(box, narrower))
                sides.append(narrower)
                outside += _held_out(boxes[-1], x, y, rows)
        if progress is not None:
            progress(done + 1, resamples)
    found = [_of(at, name, boxes, sides) for at, name in enumerate(parameters)]
    found.sort(key=lambda s: -s.restricted)
    coverage, density = np.mean(outside, axis=0) if outside else (np.nan, np.nan)
    return Stability(resamples, len(boxes), tuple(found), float(coverage), float(density))


def _open(box: Limits, narrower: BoolArray) -> Limits:
    """Where it has no limit, a box is open: worlds not drawn may lie beyond those drawn."""
    return Limits(np.where(narrower[0], box.low, -np.inf), np.where(narrower[1], box.high, np.inf))


def _held_out(
    box: Limits, x: FloatArray, y: BoolArray, rows: np.ndarray
) -> list[tuple[float, float]]:
    out = np.ones(len(y), dtype=bool)
    out[rows] = False
    own = fit(box, x[out], y[out])
    return [(own.coverage, own.density)] if own.n and y[out].any() else []


def _of(at: int, name: str, boxes: list[Limits], sides: list[BoolArray]) -> Steadiness:
    low = [box.low[at] for box, side in zip(boxes, sides, strict=True) if side[0, at]]
    high = [box.high[at] for box, side in zip(boxes, sides, strict=True) if side[1, at]]
    both = sum(bool(side[:, at].any()) for side in sides)
    n = max(len(boxes), 1)
    return Steadiness(name, both / n, len(low) / n, len(high) / n, _spread(low), _spread(high))


def _spread(limits: list[np.float64]) -> tuple[float, float] | None:
    if not limits:
        return None
    low, high = np.quantile(limits, (0.05, 0.95))
    return float(low), float(high)
