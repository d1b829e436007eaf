"""Where the best policy flips in worlds already explored, and what it is worth to know the side.

Of each parameter, the one threshold that tells most: below and above it, the policy with the best
mean is chosen apart. What that gains over one policy for all worlds is the expected value of
knowing the side (Raiffa and Schlaifer 1961; from given samples: Strong and Oakley 2013).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest
from countermove.explore.objectives import Objective, chooser_of
from countermove.explore.objectives_values import (
    PRECISION,
    FloatArray,
    IntArray,
    alternatives_of,
    sampled,
    view_of,
    whole,
)
from countermove.explore.robustness_words import number
from countermove.explore.sensitivity import worlds_of
from countermove.explore.sensitivity_designs import constant

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.exploration import Exploration

LEAST_SIDE = 0.05  # of the worlds, on either side of a threshold
RESAMPLES = 200
CHANCE = 0.95  # percentile of the gain that shuffled worlds reach


@dataclass(frozen=True, slots=True)
class Flip:
    """A parameter's best threshold.

    ``below`` and ``above`` are the best policies on average there, the same where nothing flips;
    ``share_above`` is the share of worlds above; ``gain`` what it is worth to know the side, in the
    objective's units.
    """

    parameter: str
    threshold: float
    range: tuple[float, float]
    below: str
    above: str
    share_above: float
    gain: float


@dataclass(frozen=True, slots=True)
class Flips:
    """All parameters, the greatest gain first.

    ``best`` has the best mean over all worlds; ``share_best`` says in which share of the worlds
    each policy is the best (what is level goes to the first). ``chance`` is the gain that a
    parameter without any bearing reaches in 5 of 100 cases; ``perfect`` that of knowing the world.
    """

    objective: Objective
    view: str
    policies: tuple[str, ...]
    best: str
    means: tuple[float, ...]
    share_best: tuple[float, ...]
    parameters: tuple[Flip, ...]
    chance: float
    perfect: float
    n_worlds: int
    n_dropped: int
    seed: int

    def table(self) -> pl.DataFrame:
        """A row for each parameter."""
        import polars as pl

        names = (
            "parameter", "threshold", "range_low", "range_high", "below", "above", "share_above",
            "gain", "chance", "perfect",
        )  # fmt: skip
        rows = [
            (f.parameter, f.threshold, *f.range, f.below, f.above, f.share_above, f.gain,
             self.chance, self.perfect)
            for f in self.parameters
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=list(names), orient="row")


def flips(
    exploration: Exploration,
    objective: Objective,
    *,
    policies: Sequence[str] | None = None,
    player: str | None = None,
    view: str | None = None,
    met: str = "adaptive",
    allow_missing: bool = False,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Flips:
    """Where along each parameter the best policy flips in the worlds explored, under one view.

    Raises ``UnknownName``, and ``InvalidRequest`` for fewer than two policies or holes: ``whole``.
    """
    seen = view_of(exploration, view)
    player = player or chooser_of(exploration.scenario, [objective.key], exploration.policies)
    chosen = alternatives_of(exploration, policies=policies, player=player, met=met)
    if len(chosen) < 2:
        raise InvalidRequest("a best policy can change only among two or more; name another policy")
    points = sampled(exploration, chosen, [objective.key], views=[seen])
    complete = whole(points, allow_missing=allow_missing)
    x = worlds_of(exploration, seen, complete)
    u = objective.sign * complete.values[objective.key]
    labels = complete.labels
    free = [at for at, fixed in enumerate(constant(x)) if not fixed]
    found = [_flip(exploration.parameters[at], x[:, at], u, labels) for at in free]
    found.sort(key=lambda flip: -flip.gain)
    rng = np.random.default_rng(seed)
    by_chance = np.zeros(max(resamples, 1))
    for done in range(resamples):
        by_chance[done] = best_split(rng.permutation(u.shape[1]).astype(float), u)[1]
        if progress is not None:
            progress(done + 1, resamples)
    leaders = _firsts(u)
    means = u.mean(axis=1)
    return Flips(
        objective=objective,
        view=seen,
        policies=labels,
        best=labels[int(np.argmax(means))],
        means=tuple(float(m) for m in objective.sign * means),
        share_best=tuple(float((leaders == at).mean()) for at in range(len(labels))),
        parameters=tuple(found),
        chance=float(np.quantile(by_chance, CHANCE)),
        perfect=float(u.max(axis=0).mean() - means.max()),
        n_worlds=u.shape[1],
        n_dropped=len(points.world) - u.shape[1],
        seed=seed,
    )


def _firsts(u: FloatArray) -> IntArray:
    """[N]: the best policy in each world, the first of those that are level."""
    near = PRECISION * max(float(np.abs(u).max()), 1e-300)
    first: IntArray = np.argmax(u >= u.max(axis=0) - near, axis=0)
    return first


def _flip(name: str, column: FloatArray, u: FloatArray, labels: Sequence[str]) -> Flip:
    threshold, gain = best_split(column, u)
    above = column > threshold
    sides = [int(np.argmax(u[:, side].mean(axis=1))) for side in (~above, above)]
    ends = (float(column.min()), float(column.max()))
    share = float(above.mean())
    return Flip(name, threshold, ends, labels[sides[0]], labels[sides[1]], share, gain)


def best_split(column: FloatArray, u: FloatArray) -> tuple[float, float]:
    """The threshold of a parameter [N] that gains most for policies [P, N], and what it gains.

    Thresholds lie between neighbours that differ, with ``LEAST_SIDE`` of the worlds on either side;
    the middle of the parameter's values and a gain of 0 where there is none.
    """
    n = u.shape[1]
    order = np.argsort(column, kind="stable")
    sums = np.cumsum(u[:, order], axis=1)
    count = np.arange(1, n)
    fewest = max(int(np.ceil(LEAST_SIDE * n)), 1)
    apart = np.diff(column[order]) > 0
    allowed = apart & (count >= fewest) & (n - count >= fewest)
    if not allowed.any():
        return float(np.median(column)), 0.0
    below, above = sums[:, :-1], sums[:, -1:] - sums[:, :-1]
    gains = (below.max(axis=0) + above.max(axis=0) - sums[:, -1].max()) / n
    at = int(np.argmax(np.where(allowed, gains, -np.inf)))
    threshold = float(column[order[at]] + column[order[at + 1]]) / 2
    gain = float(gains[at])
    return threshold, gain if gain > PRECISION * float(np.abs(u).max()) else 0.0


def flip_words(result: Flips) -> tuple[str, ...]:
    """Sentences: the best policy over all, and where in the worlds another one would be chosen."""
    key = result.objective.key
    share = dict(zip(result.policies, result.share_best, strict=True))
    told = [
        f"As {result.view} sees the {result.n_worlds:,} worlds, {result.best} has the best mean of "
        f"{key}; in {1 - share[result.best]:.0%} of the worlds another policy is best."
    ]
    flipped = [f for f in result.parameters if f.gain > result.chance and f.below != f.above]
    for flip in flipped[:5]:
        of_all = flip.gain / result.perfect if result.perfect > 0 else 0.0
        told.append(
            f"With {flip.parameter} below {number(flip.threshold, 3)}, {flip.below} is best on "
            f"average, above {flip.above}; to know the side is worth {number(flip.gain, 3)} of "
            f"{key} ({of_all:.0%} of what it is worth to know the world)."
        )
    if not flipped:
        told.append(
            "No single parameter's threshold flips the best policy by more than chance would."
        )
    if result.n_dropped:
        told.append(
            f"{result.n_dropped:,} worlds, in which some policy has no figure, are left out."
        )
    return tuple(told)
