"""How well each policy stands up over the worlds, by many statistics, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest, check_names, unknown
from countermove.explore.objectives import Objective, chooser_of
from countermove.explore.objectives_values import (
    PRECISION,
    BoolArray,
    FloatArray,
    IntArray,
    Missing,
    Sampled,
    alternatives_of,
    sampled,
    view_weights,
    whole,
)
from countermove.explore.robustness_statistics import (
    STATISTICS,
    Statistic,
    compute,
    prepare,
)

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.exploration import Exploration
    from countermove.language.model import Goal

CONFIDENCE = 0.95
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Ranked:
    """One statistic of every alternative: its value, interval and rank, in their order.

    ``first`` is the share of resamples in which the alternative is the best by this statistic (what
    is level shares it), so that the shares add up to 1.
    """

    statistic: Statistic
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    ranks: tuple[int, ...]
    first: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Robustness:
    """How each alternative stands up; ``views`` are the weights of the views that were pooled.

    ``n_worlds`` is of the points compared, ``n_dropped`` of those left out because some alternative
    had no figure there; ``n_level`` of the points where all are level. Intervals are of the
    percentiles of ``resamples`` bootstrap samples of worlds, the same for all alternatives and
    views, at ``confidence``.
    """

    objective: Objective
    alternatives: tuple[str, ...]
    views: Mapping[str, float]
    n_worlds: int
    n_dropped: int
    n_level: int
    missing: tuple[Missing, ...]
    ranked: tuple[Ranked, ...]
    resamples: int
    confidence: float
    seed: int

    def __getitem__(self, statistic: str) -> Ranked:
        names = [r.statistic.name for r in self.ranked]
        if statistic not in names:
            raise unknown("statistic", statistic, names)
        return self.ranked[names.index(statistic)]

    def best(self, statistic: str) -> tuple[str, ...]:
        """The alternative that is best by a statistic; several where they are level."""
        ranks = self[statistic].ranks
        return tuple(a for a, rank in zip(self.alternatives, ranks, strict=True) if rank == 1)

    def table(self) -> pl.DataFrame:
        """A row for each statistic and alternative: value, low, high, rank, first."""
        import polars as pl

        rows = [
            (r.statistic.name, name, *figures)
            for r in self.ranked
            for name, *figures in zip(
                self.alternatives, r.values, r.low, r.high, r.ranks, r.first, strict=True
            )
        ]
        columns = ("statistic", "policy", "value", "low", "high", "rank", "first")
        return pl.DataFrame(rows, schema=list(columns), orient="row")

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import robustness_view

        return robustness_view(self)


def robustness(
    exploration: Exploration,
    objective: Objective,
    *,
    policies: Sequence[str] | None = None,
    player: str | None = None,
    views: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
    goals: Sequence[str] | None = None,
    met: str = "adaptive",
    reference: float | None = None,
    allow_missing: bool = False,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    """How robust policies are over the worlds of an exploration, its views pooled by ``weights``.

    Views weigh the same if no weights are given. ``policies`` are those that bind the ``player``
    (if left out, whose objective it is; who was explored for, where no policy binds that player),
    and free play; ``goals`` all whose figure was explored.
    Policies are compared on the worlds in which all have all figures. ``reference`` takes the
    median's place in the shortfall. Raises ``UnknownName`` and ``InvalidRequest``: see ``whole``
    and ``sampled``.
    """
    scenario = exploration.scenario
    wanted = _goals(scenario.goals, goals, exploration.keys)
    player = player or chooser_of(scenario, [objective.key], exploration.policies)
    alternatives = alternatives_of(exploration, policies=policies, player=player, met=met)
    keys = (objective.key, *(goal.key for goal in wanted))
    points = sampled(exploration, alternatives, keys, views=views)
    return robustness_of(
        points,
        objective,
        goals=wanted,
        weights=weights,
        reference=reference,
        allow_missing=allow_missing,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
        progress=progress,
    )


def _goals(
    known: Mapping[str, Goal], names: Sequence[str] | None, keys: Sequence[str]
) -> tuple[Goal, ...]:
    """Those named, or all whose figure was explored."""
    if names is None:
        return tuple(goal for goal in known.values() if goal.key in keys)
    check_names("goal", names, list(known))
    return tuple(known[name] for name in names)


def robustness_of(
    points: Sampled,
    objective: Objective,
    *,
    goals: Sequence[Goal] = (),
    weights: Mapping[str, float] | None = None,
    reference: float | None = None,
    allow_missing: bool = False,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    """``robustness`` of figures at hand: ``points`` holds the objective's key and the goals'."""
    if not 0 < confidence < 1:
        raise InvalidRequest(f"confidence lies between 0 and 1, not {confidence:g}")
    if resamples < 2:
        raise InvalidRequest(f"an interval needs 2 resamples or more, not {resamples}")
    compared = whole(points, allow_missing=allow_missing)
    w, shares = view_weights(compared, weights)
    u = objective.sign * compared.values[objective.key]
    held = {goal.name: holds(goal, compared.values[goal.key]) for goal in goals}
    turned = None if reference is None else objective.sign * reference
    prepared = prepare(u, held=held, reference=turned)
    figures = compute(prepared, w)
    drawn: dict[str, list[FloatArray]] = {name: [] for name in figures}
    for done, counts in enumerate(resampled(compared.world, resamples, seed)):
        for name, values in compute(prepared, w * counts).items():
            drawn[name].append(values)
        if progress is not None:
            progress(done + 1, resamples)
    known = _statistics(goals)
    size = float(np.abs(u).max(initial=0.0))
    return Robustness(
        objective=objective,
        alternatives=compared.labels,
        views=shares,
        n_worlds=len(compared.world),
        n_dropped=len(points.world) - len(compared.world),
        n_level=prepared.level_points,
        missing=points.missing(),
        ranked=tuple(
            _ranked(known[name], values, np.array(drawn[name]), objective, confidence, size)
            for name, values in figures.items()
        ),
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )


def holds(goal: Goal, values: FloatArray) -> BoolArray:
    """Where the goal holds; both ends belong to it."""
    held = np.ones(values.shape, dtype=bool)
    if goal.at_most is not None:
        held &= values <= goal.at_most
    if goal.at_least is not None:
        held &= values >= goal.at_least
    return held


def resampled(world: IntArray, resamples: int, seed: int) -> Iterator[FloatArray]:
    """How often each point [N] is drawn, in each bootstrap sample of worlds.

    A world is drawn with all its views: views meet the same worlds, and so are not independent.
    """
    rng = np.random.default_rng(seed)
    worlds, position = np.unique(world, return_inverse=True)
    n = len(worlds)
    for _ in range(resamples):
        yield np.bincount(rng.integers(n, size=n), minlength=n).astype(float)[position]


def _statistics(goals: Sequence[Goal]) -> dict[str, Statistic]:
    known = {statistic.name: statistic for statistic in STATISTICS}
    source = "Starr 1963; Herman et al. 2015"
    for goal in goals:
        title = f"{goal.name} holds"
        known[f"goal:{goal.name}"] = Statistic(f"goal:{goal.name}", title, "gain", source)
    known["goals"] = Statistic("goals", "all goals hold", "gain", source)
    return known


def _ranked(
    statistic: Statistic,
    values: FloatArray,
    drawn: FloatArray,
    objective: Objective,
    confidence: float,
    size: float,
) -> Ranked:
    """``values`` [P] and ``drawn`` [B, P] as computed: a value is turned so that high is better."""
    way = -1.0 if statistic.scale == "loss" else 1.0
    near = PRECISION * (size if statistic.in_units else 1.0)
    tail = (1 - confidence) / 2
    turn = objective.sign if statistic.scale == "value" else 1.0
    ends = np.quantile(drawn, (tail, 1 - tail), axis=0) * turn
    ranks = _ranks(way * values, near)
    firsts = np.array([_ranks(way * row, near) == 1 for row in drawn], dtype=float)
    first = (firsts / firsts.sum(axis=1, keepdims=True)).mean(axis=0)
    return Ranked(
        statistic,
        values=_floats(values * turn),
        low=_floats(ends.min(axis=0)),
        high=_floats(ends.max(axis=0)),
        ranks=tuple(int(rank) for rank in ranks),
        first=_floats(first),
    )


def _ranks(goodness: FloatArray, near: float) -> IntArray:
    """1 for the best; what is level has the same rank."""
    ranks: IntArray = 1 + (goodness[None, :] > goodness[:, None] + near).sum(axis=1)
    return ranks


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) + 0.0 for value in values)  # + 0.0: no minus before a zero
