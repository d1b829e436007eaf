"""PRIM: boxes peeled step by step towards where cases of interest gather (Friedman, Fisher 1999).

The boxes come from the EMA Workbench, whose variant judges a peel by the gain in density for each
world given up. Resampling needs hundreds of runs, at a second each in the Workbench: for these,
``peeled`` follows it step by step in milliseconds, and a test holds the two together.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np

from countermove.explore.discovery_boxes import Limits, around
from countermove.explore.objectives_values import BoolArray, FloatArray

ALPHA = 0.05  # share of a box's worlds that a step peels off, or pastes on
LEAST_MASS = 0.05  # share of all worlds that a box holds at least


def workbench(
    x: FloatArray, y: BoolArray, *, alpha: float = ALPHA, least_mass: float = LEAST_MASS
) -> list[Limits]:
    """The boxes of the peeling and pasting trajectory, from all worlds on, by the EMA Workbench.

    ``x`` [N, D] must vary in every column, and ``y`` [N] hold both true and false.
    """
    with _quiet():
        import pandas as pd
        from ema_workbench.analysis.prim import Prim

        frame = pd.DataFrame(x.astype(float), columns=[f"x{at}" for at in range(x.shape[1])])
        prim = Prim(
            frame,
            y.astype(int),
            threshold=0.0,  # whatever its density, we choose among all boxes
            peel_alpha=alpha,
            paste_alpha=alpha,
            mass_min=least_mass,
        )
        found = prim.find_box()
    return [
        Limits(*(limits.to_numpy()[side].astype(float) for side in (0, 1)))
        for limits in found.box_lims
    ]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The Workbench warns of parts that it lacks, and loads a library of figures: no window."""
    import os

    before = os.environ.get("MPLBACKEND")
    os.environ.setdefault("MPLBACKEND", "agg")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            os.environ.pop("MPLBACKEND", None)


def peeled(
    x: FloatArray, y: BoolArray, *, alpha: float = ALPHA, least_mass: float = LEAST_MASS
) -> list[Limits]:
    """The same boxes as ``workbench``, without it."""
    boxes = [around(x)]
    inside = np.ones(len(y), dtype=bool)
    for propose, grows in ((_peels, False), (_pastes, True)):
        while True:
            step = _best(propose(x, inside, boxes[-1], boxes[0], alpha), inside, y, boxes[0])
            if step is None:
                break
            box, now, gain = step
            n_before, n_now = int(inside.sum()), int(now.sum())
            right_way = n_now > n_before if grows else n_now < n_before
            if not (n_now / len(y) >= least_mass and right_way and gain > 0):
                break
            boxes.append(box)
            inside = now
    return boxes


_Proposal = tuple[Limits, BoolArray]


def _best(
    proposals: list[_Proposal], inside: BoolArray, y: BoolArray, full: Limits
) -> tuple[Limits, BoolArray, float] | None:
    """The proposal that gains most density a world; where level, the one with fewest limits."""
    before, n_before = _density(inside, y), int(inside.sum())
    best: tuple[float, int] | None = None
    found = None
    for box, now in proposals:
        change = abs(n_before - int(now.sum()))
        gain = (_density(now, y) - before) / change if change else 0.0
        score = (gain, -int(box.sides(full).any(axis=0).sum()))
        if best is None or score > best:
            best, found = score, (box, now, gain)
    return found


def _density(inside: BoolArray, y: BoolArray) -> float:
    return float(y[inside].mean()) if inside.any() else 0.0


def _peels(
    x: FloatArray, inside: BoolArray, box: Limits, full: Limits, alpha: float
) -> list[_Proposal]:
    found = []
    for at in range(x.shape[1]):
        column = np.sort(x[inside, at])
        for side, level in ((1, 1 - alpha), (0, alpha)):
            limit = _quantile(column, level)
            kept = x[:, at] <= limit if side else x[:, at] >= limit
            found.append((_moved(box, side, at, limit), inside & kept))
    return found


def _pastes(
    x: FloatArray, inside: BoolArray, box: Limits, full: Limits, alpha: float
) -> list[_Proposal]:
    found = []
    for at in map(int, np.flatnonzero(box.sides(full).any(axis=0))):
        for side in (0, 1):
            beyond = _moved(box, side, at, full.high[at] if side else full.low[at])
            beyond = _moved(beyond, 1 - side, at, box.high[at] if side else box.low[at])
            column = np.sort(x[beyond.holds(x), at])
            limit = full.high[at] if side else full.low[at]
            if len(column):
                limit = _quantile(column, alpha if side else 1 - alpha)
            wider = _moved(box, side, at, float(limit))
            found.append((wider, wider.holds(x)))
    return found


def _moved(box: Limits, side: int, at: int, limit: float) -> Limits:
    low, high = box.low.copy(), box.high.copy()
    (high if side else low)[at] = limit
    return Limits(low, high)


def _quantile(ranked: FloatArray, level: float) -> float:
    """Between two neighbours that differ, so that a step always peels something off."""
    place = (len(ranked) - 1) * level
    below, above = int(np.floor(place)), int(np.ceil(place))
    if level > 0.5:
        while ranked[below] == ranked[above] and below > 0:
            below -= 1
    else:
        while ranked[below] == ranked[above] and above < len(ranked) - 1:
            above += 1
    return float((ranked[below] + ranked[above]) / 2)
