"""The points of a search: a setting of the levers, and what it comes to over the worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest
from countermove.explore.levers import Setting
from countermove.explore.objectives import Objective

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Statistic:
    """How the worlds of a point are summed up: their mean, or a percentile from the bad end.

    ``share`` is None for the mean; 0 is the worst world; 0.1 what all but the worst tenth reach.
    """

    name: str
    share: float | None

    def of(self, values: Floats, objective: Objective) -> float:
        """One figure from the values [W] of an objective in each world; NaN where any is missing.

        Percentiles are interpolated linearly between worlds (Hyndman and Fan 1996, type 7).
        """
        if not np.isfinite(values).all():
            return float("nan")
        if self.share is None:
            return float(values.mean())
        return float(objective.sign * np.quantile(objective.sign * values, self.share))

    @property
    def words(self) -> str:
        """What people call it: ``mean over the worlds``."""
        if self.share is None:
            return "mean over the worlds"
        if self.share == 0:
            return "worst world"
        return f"what all but the worst {100 * self.share:g}% of worlds reach"


def statistic(name: str) -> Statistic:
    """The statistic of that name: ``mean``, ``median``, ``worst``, or ``p10`` and its like."""
    known = {"mean": None, "median": 0.5, "worst": 0.0}
    if name in known:
        return Statistic(name, known[name])
    digits = name.removeprefix("p")
    if name.startswith("p") and digits.isdigit() and 0 <= int(digits) < 100:
        return Statistic(name, int(digits) / 100)
    raise InvalidRequest(f"a statistic is mean, median, worst, or p10 and its like, not {name!r}")


@dataclass(frozen=True, slots=True)
class Point:
    """A setting of the levers that was tried.

    ``figures`` holds one for each objective, in the objective's own units; they are NaN where a
    world ``failed`` (so many did not solve, or gave no figure; ``reason`` is that of the first).
    ``generation`` is when it was tried first, from 1; 0 is the policy as written.
    """

    setting: Setting
    figures: tuple[float, ...]
    failed: int = 0
    generation: int = 0
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Did every world give its figures?"""
        return not self.failed


def losses(points: Sequence[Point], objectives: Sequence[Objective]) -> Floats:
    """[N, K] figures turned so that less is better, as optimisers want them."""
    signs = np.array([-objective.sign for objective in objectives])
    figures = np.array([point.figures for point in points], dtype=float)
    return np.asarray(figures.reshape(len(points), len(objectives)) * signs + 0.0)


def undominated(found: Floats) -> NDArray[np.intp]:
    """The rows of losses [N, K] that no other row beats: no worse in all, better in one."""
    kept = []
    for i, row in enumerate(found):
        no_worse = (found <= row).all(axis=1)
        if not (no_worse & (found < row).any(axis=1)).any():
            kept.append(i)
    return np.array(kept, dtype=np.intp)
