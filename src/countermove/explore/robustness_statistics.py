"""Statistics of robustness, over weighted worlds.

The names and their grouping follow McPhail et al. (2018), "Robustness metrics: How are they
calculated, when should they be used and why do they give different results?", Earth's Future 6,
169-191. Values are transformed (left alone, into regrets, into yes or no), worlds are chosen (all,
the worst, a percentile), and the rest is summed up. Here u [P, N] is what P policies reach at N
points, turned so that high is better, and w [N] the weight of a point, 0 or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from countermove.explore.objectives_values import PRECISION, BoolArray, FloatArray, IntArray

PERCENTILES = (5, 10, 25, 50, 75, 90)


@dataclass(frozen=True, slots=True)
class Statistic:
    """One way of summing up. ``scale``: in the objective's own units and direction (``value``), a
    ``loss`` (a regret or a deviation; low is better), or a ``gain`` (a share; high is better)."""

    name: str
    title: str
    scale: Literal["value", "loss", "gain"]
    source: str
    extreme: bool = False  # hangs on single worlds: resampling understates how unsure it is

    @property
    def in_units(self) -> bool:
        """Whether it has the objective's units; shares and skewness have none."""
        return self.scale == "value" or self.name.startswith(("regret", "deviation"))


STATISTICS: tuple[Statistic, ...] = (
    Statistic("mean", "mean", "value", "Laplace; McPhail et al. 2018"),
    Statistic(
        "mean_less_sd",
        "mean ∓ a standard deviation",
        "value",
        "Markowitz 1952, in the form mean - 1 standard deviation",
    ),
    Statistic("worst", "worst case (maximin)", "value", "Wald 1950", extreme=True),
    *(
        Statistic(
            f"p{level}",
            "median" if level == 50 else f"{level}% are worse",
            "value",
            "McPhail et al. 2018",
        )
        for level in PERCENTILES
    ),
    Statistic("regret_max", "greatest regret (minimax)", "loss", "Savage 1951", True),
    Statistic("regret_p90", "regret, 90% have less", "loss", "Savage 1951; Kasprzyk 2013"),
    Statistic("regret_mean", "mean regret", "loss", "Savage 1951"),
    Statistic("share_max", "greatest regret, of the stakes", "loss", "Herman 2015", True),
    Statistic("share_mean", "mean regret, of the stakes", "loss", "Herman 2015"),
    Statistic(
        "deviation",
        "mean shortfall",
        "loss",
        "undesirable deviations: Takriti and Ahmed 2004; McPhail et al. 2018",
    ),
    Statistic(
        "skewness",
        "skewness to the good side",
        "gain",
        "Hamarat et al. 2014; Voudouris et al. 2014; McPhail et al. 2018",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What every resample of the same points shares; see ``prepare``."""

    u: FloatArray  # [P, N]
    order: IntArray  # [P, N]: each policy's points from the worst to the best
    regret: FloatArray  # [P, N]
    regret_order: IntArray  # [P, N]: from the least to the greatest
    share: FloatArray  # [P, N]
    level_points: int  # points where all policies are level: nothing is at stake there
    held: Mapping[str, BoolArray]  # by goal, [P, N]
    reference: float | None


def prepare(
    u: FloatArray, *, held: Mapping[str, BoolArray] | None = None, reference: float | None = None
) -> Prepared:
    """Sort values and compute regrets.

    The regret of a policy in a world is the best that any policy reaches there less what it
    reaches. Its share is the regret divided by the best less the worst of that world: from 0 (the
    best) to 1 (the worst), whatever the units, and defined where the best is zero. Where all
    policies are level (within ``PRECISION``) nothing is at stake, and the share is 0.
    """
    best, worst = u.max(axis=0), u.min(axis=0)
    regret = best - u
    at_stake = best - worst
    level = at_stake <= PRECISION * max(float(np.abs(u).max(initial=0.0)), 1e-300)
    share = np.where(level, 0.0, regret / np.where(level, 1.0, at_stake))
    return Prepared(
        u=u,
        order=np.argsort(u, axis=1, kind="stable").astype(np.int64),
        regret=regret,
        regret_order=np.argsort(regret, axis=1, kind="stable").astype(np.int64),
        share=share,
        level_points=int(level.sum()),
        held=dict(held or {}),
        reference=reference,
    )


def compute(prepared: Prepared, w: FloatArray) -> dict[str, FloatArray]:
    """Every statistic [P] by its name, high-is-better values still turned; weights [N] any sum.

    Goals come as ``goal:NAME``, and ``goals`` where there are several.
    """
    w = w / w.sum()
    u, present = prepared.u, w > 0
    mean = u @ w
    spread = np.sqrt(np.maximum((u - mean[:, None]) ** 2 @ w, 0.0))
    levels = percentiles(u, prepared.order, w, PERCENTILES)
    by_level = {f"p{level}": levels[:, at] for at, level in enumerate(PERCENTILES)}
    low, median, high = by_level["p10"], by_level["p50"], by_level["p90"]
    reference = median if prepared.reference is None else prepared.reference
    return {
        "mean": mean,
        "mean_less_sd": mean - spread,
        "worst": u[:, present].min(axis=1),
        **by_level,
        "regret_max": prepared.regret[:, present].max(axis=1),
        "regret_p90": percentiles(prepared.regret, prepared.regret_order, w, (90,))[:, 0],
        "regret_mean": prepared.regret @ w,
        "share_max": prepared.share[:, present].max(axis=1),
        "share_mean": prepared.share @ w,
        "deviation": shortfall(u, w, reference),
        "skewness": skewness(low, median, high),
        **_goals(prepared.held, w),
    }


def percentiles(
    u: FloatArray, order: IntArray, w: FloatArray, levels: tuple[int, ...]
) -> FloatArray:
    """[P, L]: the least value with at least that percentage of the weight at or below it.

    Always the value of some world; with even weights NumPy's ``inverted_cdf``.
    """
    sums = np.cumsum(w[order], axis=1)
    found = np.empty((u.shape[0], len(levels)))
    for row in range(u.shape[0]):
        # the sum of many weights is off by rounding: 0.3 must not miss a sum of 0.29999999999999993
        wanted = np.array(levels) / 100 * sums[row, -1] - 1e-12
        at = np.minimum(np.searchsorted(sums[row], wanted), u.shape[1] - 1)
        found[row] = u[row, order[row, at]]
    return found


def shortfall(u: FloatArray, w: FloatArray, reference: FloatArray | float) -> FloatArray:
    """[P]: the mean of what falls short of the reference, a number or one for each policy.

    McPhail et al. sum over the worlds; the mean does not grow with their number.
    """
    against = np.broadcast_to(np.asarray(reference, dtype=float), (u.shape[0],))
    mean: FloatArray = np.maximum(against[:, None] - u, 0.0) @ w
    return mean


def skewness(low: FloatArray, median: FloatArray, high: FloatArray) -> FloatArray:
    """[P]: ((q90 + q10)/2 - q50) / ((q90 - q10)/2), of -1 to 1; 0 where q10 and q90 are level."""
    half = (high - low) / 2
    level = half <= PRECISION * np.maximum(np.abs(high), np.abs(low))
    skew: FloatArray = np.where(level, 0.0, ((high + low) / 2 - median) / np.where(level, 1, half))
    return skew


def _goals(held: Mapping[str, BoolArray], w: FloatArray) -> dict[str, FloatArray]:
    found = {f"goal:{name}": holds @ w for name, holds in held.items()}
    if len(held) > 1:
        found["goals"] = np.logical_and.reduce(list(held.values())) @ w
    return found
