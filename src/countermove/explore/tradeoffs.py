"""Trade-offs: which policies nothing else beats on every count, and what the others lose to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explore.objectives import Objective, chooser_of
from countermove.explore.objectives_values import (
    PRECISION,
    BoolArray,
    FloatArray,
    Missing,
    Sampled,
    alternatives_of,
    sampled,
    view_weights,
    whole,
)
from countermove.explore.robustness import resampled
from countermove.explore.robustness_statistics import STATISTICS, Prepared, compute, prepare
from countermove.explore.robustness_words import left_out_words, listed, number

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.exploration import Exploration

RESAMPLES = 500
_KNOWN = {statistic.name: statistic for statistic in STATISTICS}


@dataclass(frozen=True, slots=True)
class Standing:
    """One policy: its figures by objective, who beats it on every count, and how often it is kept.

    ``values`` are by objective, in its own direction. ``dominated_by`` names the policies that are
    nowhere worse and somewhere better. ``kept`` is the share of resamples in which nobody is.
    """

    policy: str
    values: tuple[float, ...]
    dominated_by: tuple[str, ...]
    kept: float

    @property
    def efficient(self) -> bool:
        """Whether it belongs to the Pareto set."""
        return not self.dominated_by


@dataclass(frozen=True, slots=True)
class Tradeoffs:
    """The policies' standing by several objectives, each summed up over worlds by ``statistic``."""

    objectives: tuple[Objective, ...]
    statistic: str
    standings: tuple[Standing, ...]
    views: Mapping[str, float]
    n_worlds: int
    n_dropped: int
    missing: tuple[Missing, ...]
    resamples: int
    seed: int

    @property
    def efficient(self) -> tuple[str, ...]:
        """The Pareto set."""
        return tuple(s.policy for s in self.standings if s.efficient)

    def table(self) -> pl.DataFrame:
        """A row for each policy: its figures, who dominates it, how often it is kept."""
        import polars as pl

        columns: dict[str, object] = {"policy": [s.policy for s in self.standings]}
        for at, objective in enumerate(self.objectives):
            columns[objective.key] = [s.values[at] for s in self.standings]
        columns["efficient"] = [s.efficient for s in self.standings]
        columns["dominated_by"] = [", ".join(s.dominated_by) for s in self.standings]
        columns["kept"] = [s.kept for s in self.standings]
        return pl.DataFrame(columns)

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import tradeoffs_view

        return tradeoffs_view(self)


def tradeoffs(
    exploration: Exploration,
    objectives: Sequence[Objective],
    *,
    statistic: str = "mean",
    policies: Sequence[str] | None = None,
    player: str | None = None,
    views: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    met: str = "adaptive",
    allow_missing: bool = False,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Tradeoffs:
    """The Pareto set of policies over several objectives, each by a statistic of robustness.

    ``policies`` are free play and those that bind the ``player`` (if left out, the first whose
    objective is asked for and whom policies bind; else who was explored for). They are compared on
    the worlds in which all have all figures. Raises ``UnknownName`` and ``InvalidRequest``: see
    ``robustness``.
    """
    keys = [objective.key for objective in objectives]
    if len(keys) < 2 or len(set(keys)) < len(keys):
        raise InvalidRequest("a trade-off is between two objectives or more, each named once")
    if statistic not in _KNOWN:
        raise unknown("statistic", statistic, list(_KNOWN))
    player = player or chooser_of(exploration.scenario, keys, exploration.policies)
    chosen = alternatives_of(exploration, policies=policies, player=player, met=met)
    points = sampled(exploration, chosen, keys, views=views)
    compared = whole(points, allow_missing=allow_missing)
    w, shares = view_weights(compared, weights)
    prepared = [prepare(o.sign * compared.values[o.key]) for o in objectives]
    goodness = _goodness(prepared, statistic, w)
    near = _near(objectives, compared, statistic)
    kept = np.zeros(len(compared.labels))
    for done, counts in enumerate(resampled(compared.world, resamples, seed)):
        drawn = dominates(_goodness(prepared, statistic, w * counts), near)
        kept += ~drawn.any(axis=0)
        if progress is not None:
            progress(done + 1, resamples)
    beats = dominates(goodness, near)
    signs = np.array([_turn(o, statistic) for o in objectives])
    return Tradeoffs(
        objectives=tuple(objectives),
        statistic=statistic,
        standings=_standings(compared.labels, goodness * signs, beats, kept / max(resamples, 1)),
        views=shares,
        n_worlds=len(compared.world),
        n_dropped=len(points.world) - len(compared.world),
        missing=points.missing(),
        resamples=resamples,
        seed=seed,
    )


def _goodness(prepared: Sequence[Prepared], statistic: str, w: FloatArray) -> FloatArray:
    """[P, K]: the statistic by objective, turned so that high is better."""
    way = -1.0 if _KNOWN[statistic].scale == "loss" else 1.0
    return np.column_stack([way * compute(each, w)[statistic] for each in prepared])


def _turn(objective: Objective, statistic: str) -> float:
    scale = _KNOWN[statistic].scale
    return objective.sign if scale == "value" else -1.0 if scale == "loss" else 1.0


def _near(objectives: Sequence[Objective], points: Sampled, statistic: str) -> FloatArray:
    """[K]: by how little figures may differ and still be level."""
    sizes = [float(np.abs(points.values[o.key]).max()) for o in objectives]
    return PRECISION * np.array(sizes if _KNOWN[statistic].in_units else np.ones(len(sizes)))


def dominates(goodness: FloatArray, near: FloatArray | float = 0.0) -> BoolArray:
    """[P, P]: whether the policy of the row is nowhere worse than the column's, somewhere better.

    ``goodness`` [P, K] is better high; differences up to ``near`` count as none.
    """
    difference = goodness[:, None, :] - goodness[None, :, :]
    nowhere_worse, somewhere_better = difference >= -near, difference > near
    return np.asarray(nowhere_worse.all(axis=2) & somewhere_better.any(axis=2), dtype=bool)


def _standings(
    labels: Sequence[str], values: FloatArray, beats: BoolArray, kept: FloatArray
) -> tuple[Standing, ...]:
    return tuple(
        Standing(
            policy,
            tuple(float(value) + 0.0 for value in values[at]),
            tuple(label for label, by in zip(labels, beats[:, at], strict=True) if by),
            float(kept[at]),
        )
        for at, policy in enumerate(labels)
    )


def tradeoff_words(result: Tradeoffs) -> tuple[str, ...]:
    """Sentences: the Pareto set, who falls out and to whom, what is given up, what is left out."""
    counts = listed([objective.key for objective in result.objectives])
    keeps = result.efficient
    if len(result.standings) == 1:
        told = [f"{keeps[0]} is compared with nothing: name another policy, or a player with some."]
    elif len(keeps) == 1:
        told = [f"{keeps[0]} is best on every count ({counts}): there is no trade-off."]
    else:
        told = [f"Between {counts}, {listed(keeps)} are a matter of choice: none beats another."]
    told += [
        f"{s.policy} is nowhere better and somewhere worse than {listed(s.dominated_by)}."
        for s in result.standings
        if not s.efficient
    ]
    return (*told, *_given_up(result), *left_out_words(result))


def _given_up(result: Tradeoffs) -> list[str]:
    """For each objective, its best policy within the Pareto set, and what that costs elsewhere."""
    kept = [s for s in result.standings if s.efficient]
    if len(kept) < 2:
        return []
    signs = [_turn(objective, result.statistic) for objective in result.objectives]
    best = [
        max(kept, key=lambda s, at=at: signs[at] * s.values[at])  # type: ignore[misc]
        for at in range(len(signs))
    ]
    told = []
    for at, objective in enumerate(result.objectives):
        others = [
            f"{number(abs(best[to].values[to] - best[at].values[to]), 3)} of {other.key}"
            for to, other in enumerate(result.objectives)
            if best[to].values[to] != best[at].values[to]
        ]
        if others:
            told.append(f"{best[at].policy}, best for {objective.key}, gives up {listed(others)}.")
    return told
