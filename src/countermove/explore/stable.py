"""Enough worlds? How sure the ranking of policies is, as the worlds come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.errors import InvalidRequest
from countermove.explore.cases import FREE, OWN

if TYPE_CHECKING:
    from countermove.explore.objectives import Objective
    from countermove.explore.space_draws import Floats
    from countermove.explore.sweep_plan import Plan

RESAMPLES = 1000
SHARE = 0.95  # of the resamples in which the same policy is best
LOOKS = 3  # in succession at which that share is reached
FIRST_LOOK = 64  # worlds; a bootstrap of fewer says little
GROWTH = 1.25  # from look to look: few looks, so that chance has few occasions to mislead
_TAIL = 2.5  # per cent on either side of the interval


@dataclass(frozen=True, slots=True)
class Standing:
    """How the policies stand under one view, by their mean over the worlds.

    ``order`` best first, with ``means`` in the objective's own direction. ``lead`` is how much
    better the first is than the second, with its interval of 95%; ``top`` the share of resamples in
    which the first is the same, ``whole`` that in which the whole order is. ``left_out`` counts
    worlds in which a policy has no number.
    """

    view: str
    worlds: int
    left_out: int
    order: tuple[str, ...]
    means: tuple[float, ...]
    lead: float
    low: float
    high: float
    top: float
    whole: float


@dataclass(frozen=True, slots=True)
class Field:
    """Who is ranked, by what: free play and the policies, met in one way."""

    objective: Objective
    views: tuple[str, ...]
    policies: tuple[str, ...]
    met: str
    seed: int = 0
    resamples: int = RESAMPLES


def field_of(plan: Plan, objective: Objective) -> Field | None:
    """Whom a plan's rows let one rank; None where there is no policy."""
    if not plan.policies:
        return None
    met = "adaptive" if "adaptive" in plan.met else "surprised"
    views = tuple(view or OWN for view in plan.views)
    return Field(objective, views, (FREE, *plan.policies), met, plan.sample.seed)


class Contest:
    """The standings, kept up to date shard by shard.

    The resamples are a Poisson bootstrap (Hanley and MacGibbon 2006): in each, every world counts
    as often as a Poisson variable of mean 1 says, which is drawn from the seed and the shard. So
    only sums are kept, of any number of worlds, and the same worlds give the same standings however
    often the exploration was interrupted. Worlds are paired: all policies share their weights.
    """

    def __init__(self, field: Field) -> None:
        shape = (len(field.views), field.resamples, len(field.policies))
        self.field = field
        self._sums = np.zeros(shape)
        self._weights = np.zeros(shape[:2])
        self._plain = np.zeros((shape[0], shape[2]))
        self._used = np.zeros(shape[0], dtype=np.int64)
        self._left_out = np.zeros(shape[0], dtype=np.int64)
        self._next = 0
        self._waiting: dict[int, Floats] = {}

    @property
    def worlds(self) -> int:
        """How many worlds have been counted, those left out included."""
        return int(self._used[0] + self._left_out[0])

    def add(self, shard: int, table: Any) -> Iterator[int]:
        """Take in a shard's rows; the shards that are counted now, each as it has been counted.

        A shard is counted once all before it have been, so that the order in which they come does
        not matter. Nothing is counted of what is not iterated over.
        """
        self._waiting[shard] = _values(table, self.field)
        while self._next in self._waiting:
            self._count(self._next, self._waiting.pop(self._next))
            self._next += 1
            yield self._next - 1

    def _count(self, shard: int, values: Floats) -> None:
        generator = np.random.default_rng([self.field.seed, shard])
        weights = generator.poisson(1.0, (self.field.resamples, values.shape[1])).astype(float)
        for at, seen in enumerate(values):
            whole = np.isfinite(seen).all(axis=1)
            kept = weights[:, whole]
            self._sums[at] += kept @ seen[whole]
            self._weights[at] += kept.sum(axis=1)
            self._plain[at] += seen[whole].sum(axis=0)
            self._used[at] += int(whole.sum())
            self._left_out[at] += int((~whole).sum())

    def standings(self) -> tuple[Standing, ...]:
        """How the policies stand, a view after the other; none before there is a world."""
        return tuple(self._standing(at) for at in range(len(self._used)) if self._used[at])

    def all_standings(self) -> tuple[Standing, ...]:
        """``standings``, or none while a view has no world with a figure of every policy."""
        return self.standings() if self._used.all() else ()

    def _standing(self, at: int) -> Standing:
        sign = self.field.objective.sign
        means = sign * self._plain[at] / self._used[at]
        order = np.argsort(-means, kind="stable")
        drawn = self._weights[at] > 0  # a resample of very few worlds may be empty
        resampled = sign * self._sums[at][drawn] / self._weights[at][drawn, None]
        ranks = np.argsort(-resampled, axis=1, kind="stable")
        leads = resampled[:, order[0]] - resampled[:, order[1]]
        low, high = np.percentile(leads, [_TAIL, 100 - _TAIL])
        return Standing(
            self.field.views[at],
            int(self._used[at]),
            int(self._left_out[at]),
            tuple(self.field.policies[i] for i in order),
            tuple(float(sign * means[i]) for i in order),
            float(means[order[0]] - means[order[1]]),
            float(low),
            float(high),
            float(np.mean(ranks[:, 0] == order[0])),
            float(np.mean((ranks == order).all(axis=1))),
        )


def _values(table: Any, field: Field) -> Floats:
    """The objective in a shard, ``(V, n, P)``; NaN where there is no number."""
    key = field.objective.key
    place = {(view, policy): (i, j) for i, view in enumerate(field.views)
             for j, policy in enumerate(field.policies)}  # fmt: skip
    columns = [table[name].to_pylist() for name in ("world", "view", "policy", "met", key)]
    first = min(columns[0])
    worlds = max(columns[0]) - first + 1
    values = np.full((len(field.views), worlds, len(field.policies)), np.nan)
    for world, view, policy, met, value in zip(*columns, strict=True):
        if value is not None and met in ("free", field.met):
            i, j = place[view, policy]
            values[i, world - first, j] = value
    return values


class Watch:
    """Says when the ranking is stable enough to stop.

    It looks when 64 worlds are there, and again whenever their number has grown by a quarter; the
    ranking is stable when at three looks in succession the same policy has been best, under every
    view, in at least ``share`` of the resamples. Looking again and again until something holds
    makes it hold by chance more often than ``share`` says; few looks and the succession keep that
    small, and do not abolish it.
    """

    def __init__(self, share: float = SHARE) -> None:
        if not 0.5 < share < 1:
            raise InvalidRequest(f"a ranking is stable at a share between 0.5 and 1, not {share:g}")
        self.share = share
        self._due = float(FIRST_LOOK)
        self._last: tuple[str, ...] = ()
        self._streak = 0

    def stable(self, worlds: int, ranked: Callable[[], Sequence[Standing]]) -> bool:
        """Whether the ranking is stable, now that so many worlds are counted."""
        if worlds >= self._due:
            self._due = worlds * GROWTH
            standings = ranked()
            best = tuple(standing.order[0] for standing in standings)
            sure = bool(standings) and all(s.top >= self.share for s in standings)
            again = self._streak + 1 if best == self._last else 1
            self._streak = again if sure else 0
            self._last = best
        return self._streak >= LOOKS


def words(standing: Standing, objective: Objective) -> str:
    """How sure a view's ranking is, in a sentence."""
    best, second = standing.order[:2]
    left = f"; {standing.left_out:,} left out, without a figure" if standing.left_out else ""
    return (
        f"{best} is best in {standing.top:.0%} of the resamples of {standing.worlds:,} worlds: "
        f"{objective.key} {standing.means[0]:.4g}, better than {second} by {standing.lead:.3g} "
        f"({standing.low:.3g} to {standing.high:.3g}); the whole order holds in "
        f"{standing.whole:.0%}{left}"
    )
