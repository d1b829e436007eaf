"""Indices of sensitivity: Sobol's and Morris's on designs of their own, PAWN and delta on any.

Everywhere x [W, D] are the parameters of the worlds, y [W] what a policy reaches there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from countermove.errors import InvalidRequest
from countermove.explore.objectives_values import FloatArray
from countermove.explore.sensitivity_designs import (
    LEVELS,
    STEP,
    check_morris,
    check_saltelli,
    problem,
    quiet,
)

Progress = Callable[[int, int], None]
SLICES = 10  # of PAWN
DUMMY_LEVEL = 0.95  # percentile of what a parameter without any influence would show
_DUMMIES = 5
_DELTA_RESAMPLES = 20  # each costs the densities of some twenty slices


@dataclass(frozen=True, slots=True)
class Index:
    """One index of every parameter [D], with the ends of its interval."""

    name: str
    title: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def sobol(
    x: FloatArray, y: FloatArray, *, resamples: int, confidence: float, seed: int
) -> tuple[Index, ...]:
    """Total and first order shares of the variance, on Saltelli's scheme (SALib).

    The total share counts what a parameter does together with others, the first order what it does
    alone; estimators of Saltelli et al. (2010). Raises ``InvalidRequest`` for other worlds.
    """
    from SALib.analyze import sobol as method

    check_saltelli(x)
    with quiet():
        found = method.analyze(
            problem(x.shape[1]),
            y,
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=confidence,
            seed=seed + 1,
        )
    return (
        _index("ST", "share of the variance, with others", found["ST"], found["ST_conf"]),
        _index("S1", "share of the variance, alone", found["S1"], found["S1_conf"]),
    )


def morris(
    x: FloatArray, y: FloatArray, *, resamples: int, confidence: float, seed: int
) -> tuple[Index, ...]:
    """Elementary effects, as changes of y were a parameter to move through its whole range (SALib).

    ``mu_star`` is the mean size (Campolongo et al. 2007), ``mu`` the mean with its sign, ``sigma``
    the spread: wide where effects hang on where one stands or on other parameters.
    """
    from SALib.analyze import morris as method

    whole = check_morris(x)
    with quiet():
        found = method.analyze(
            problem(x.shape[1]) | {"groups": None},
            whole,
            y.astype(float),
            num_resamples=resamples,
            conf_level=confidence,
            num_levels=LEVELS,
            seed=seed + 1,
        )
    # SALib divides by its own step between levels, L/(2(L-1)) of the range; ours is half of it
    scale = LEVELS / (2 * (LEVELS - 1)) / STEP
    size, spread, mean = (
        scale * np.asarray(found[key], dtype=float) for key in ("mu_star", "sigma", "mu")
    )
    return (
        _index("mu_star", "mean size of the effect", size, scale * found["mu_star_conf"]),
        _index("mu", "mean effect", mean),
        _index("sigma", "spread of the effect", spread),
    )


def pawn(
    x: FloatArray,
    y: FloatArray,
    *,
    resamples: int,
    confidence: float,
    seed: int,
    progress: Progress | None = None,
) -> tuple[Index, ...]:
    """How far the distribution of y moves with a parameter, on any worlds (SALib).

    The median over ten slices of the parameter of the Kolmogorov-Smirnov distance between y within
    the slice and y as a whole (Pianosi and Wagener 2018). Slices are finite, so the distance is
    above 0 even without influence: ``dummy`` is what a shuffled parameter reaches in 95 of 100
    cases, and only what lies above it counts. The interval is that of resamples, moved to where
    the median is: resampling adds distance of its own.
    """
    from SALib.analyze import pawn as method

    with quiet():
        found = method.analyze(problem(x.shape[1]), x, y, S=SLICES)
    rng = np.random.default_rng(seed)
    drawn = np.empty((resamples, x.shape[1]))
    dummies = np.empty((resamples, x.shape[1]))
    for i in range(resamples):
        rows, shuffled = rng.integers(len(y), size=len(y)), rng.permutation(y)
        drawn[i] = np.nanmedian(distances(x[rows], y[rows]), axis=0)
        dummies[i] = np.nanmedian(distances(x, shuffled), axis=0)
        if progress is not None:
            progress(i + 1, resamples)
    tail = (1 - confidence) / 2
    moved = np.asarray(found["median"]) - drawn.mean(axis=0)
    low, high = np.quantile(drawn, (tail, 1 - tail), axis=0) + moved
    dummy = np.quantile(dummies, DUMMY_LEVEL, axis=0)
    title = "distance of distributions"
    return (
        Index("pawn", title, *(_floats(v) for v in (found["median"], low, high))),
        _index("dummy", "the same without influence", dummy),
    )


def distances(x: FloatArray, y: FloatArray, slices: int = SLICES) -> FloatArray:
    """[slices, D]: Kolmogorov-Smirnov distances between y in each slice of x [W, D] and all of y.

    As SALib's PAWN computes them (whose tests of significance take most of its time); slices are
    between quantiles of x, the last without its upper end; NaN where a slice is empty.
    """
    order = np.argsort(y, kind="stable")
    sliced, ranked = x[order], y[order]
    last = np.append(ranked[1:] != ranked[:-1], True)  # of equal values, the distance at the last
    everything = (np.flatnonzero(last) + 1) / len(y)
    edges = np.quantile(x, np.linspace(0, 1, slices + 1), axis=0)
    found = np.full((slices, x.shape[1]), np.nan)
    for j in range(x.shape[1]):
        place = np.searchsorted(edges[:, j], sliced[:, j], side="right") - 1
        for s in range(slices):
            within = place == s
            if within.any():
                own = np.cumsum(within)[last] / within.sum()
                found[s, j] = np.abs(own - everything).max()
    return found


def delta(
    x: FloatArray,
    y: FloatArray,
    *,
    resamples: int = _DELTA_RESAMPLES,
    confidence: float,
    seed: int,
    progress: Progress | None = None,
) -> tuple[Index, ...]:
    """How far the density of y moves with a parameter, on any worlds (SALib).

    Borgonovo's (2007) delta, 0 to 1, by the bias-reduced estimator of Plischke et al. (2013);
    ``dummy`` is the most that a few shuffled parameters reach, their intervals included. Raises
    ``InvalidRequest`` with a NumPy older than 2, which SALib's estimator does not work with.
    """
    if not hasattr(np, "trapezoid"):
        raise InvalidRequest(
            f"delta needs NumPy 2 or newer, and {np.__version__} is installed; upgrade it, or use "
            "--method pawn"
        )
    rng = np.random.default_rng(seed)
    shuffled = [rng.permutation(len(y)).astype(float) for _ in range(_DUMMIES)]
    columns = [*x.T, *shuffled]
    figures = []
    for at, column in enumerate(columns):
        figures.append(_delta(column, y, min(resamples, _DELTA_RESAMPLES), confidence, seed))
        if progress is not None:
            progress(at + 1, len(columns))
    values, halves = (np.array(part) for part in zip(*figures, strict=True))
    dummy = np.full(x.shape[1], (values + halves)[-_DUMMIES:].max())
    return (
        _index("delta", "distance of densities", values[:-_DUMMIES], halves[:-_DUMMIES]),
        _index("dummy", "the same without influence", dummy),
    )


def _delta(
    column: FloatArray, y: FloatArray, resamples: int, confidence: float, seed: int
) -> tuple[float, float]:
    from SALib.analyze import delta as method
    from scipy.stats import rankdata

    # only ranks matter; as ranks, no bin of SALib's further variants is too thin to be made
    ranks = rankdata(column, method="ordinal")[:, None] / len(y)
    with quiet():
        found = method.analyze(
            problem(1),
            ranks,
            y,
            num_resamples=resamples,
            conf_level=confidence,
            method="delta",
            seed=seed + 1,
        )
    name = "delta_raw" if "delta_raw" in found else "delta"  # before SALib 1.6 there was but one
    return float(found[name][0]), float(found[f"{name}_conf"][0])


def _index(name: str, title: str, values: FloatArray, half: FloatArray | None = None) -> Index:
    values = np.asarray(values, dtype=float)
    wide = np.zeros_like(values) if half is None else np.asarray(half, dtype=float)
    return Index(name, title, _floats(values), _floats(values - wide), _floats(values + wide))


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
