"""An exploration's rows as arrays: what each policy reaches in each world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countermove.errors import InvalidRequest, check_names, unknown
from countermove.explore.cases import FREE, OWN, SOLVED
from countermove.explore.objectives import Objective, default_objective

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.exploration import Exploration

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MAX_MISSING = 0.05  # share of worlds that may be missing before an analysis refuses
PRECISION = 1e-9  # of the largest value: what differs by less is level (solves leave about 1e-10)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A policy as the others meet it; ``met`` is ``free`` for free play alone."""

    policy: str
    met: str

    @property
    def label(self) -> str:
        """The policy's name, with how it is met where that is not the usual way."""
        return f"{self.policy}, {self.met}" if self.met == "surprised" else self.policy


@dataclass(frozen=True, slots=True)
class Missing:
    """Of how many worlds an alternative has no figure: not solved, not defined, or no row."""

    alternative: str
    unsolved: int
    undefined: int
    absent: int

    @property
    def total(self) -> int:
        """All worlds in which the alternative has no figure."""
        return self.unsolved + self.undefined + self.absent


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Figures of P alternatives at N points, a point being a world under a view.

    ``values`` holds by key an array [P, N], NaN where there is no figure; ``solved`` [P, N] says
    where the row's status is ``solved``, ``present`` [P, N] where there is a row. ``world`` [N] and
    ``view`` [N] (a position in ``views``) tell the points, view by view.
    """

    alternatives: tuple[Alternative, ...]
    views: tuple[str, ...]
    values: Mapping[str, FloatArray]
    world: IntArray
    view: IntArray
    solved: BoolArray
    present: BoolArray

    @property
    def labels(self) -> tuple[str, ...]:
        """The alternatives' names for tables."""
        return tuple(a.label for a in self.alternatives)

    def complete(self) -> BoolArray:
        """[N]: the points at which every alternative has every figure."""
        whole = np.ones(len(self.world), dtype=bool)
        for values in self.values.values():
            whole &= np.isfinite(values).all(axis=0)
        return whole

    def missing(self) -> tuple[Missing, ...]:
        """What is missing, by alternative."""
        finite = np.ones(self.solved.shape, dtype=bool)
        for values in self.values.values():
            finite &= np.isfinite(values)
        return tuple(
            Missing(
                label,
                unsolved=int((self.present[at] & ~self.solved[at]).sum()),
                undefined=int((self.solved[at] & ~finite[at]).sum()),
                absent=int((~self.present[at]).sum()),
            )
            for at, label in enumerate(self.labels)
        )

    def only(self, kept: BoolArray) -> Sampled:
        """The points kept, a mask [N]."""
        return replace(
            self,
            values={key: values[:, kept] for key, values in self.values.items()},
            world=self.world[kept],
            view=self.view[kept],
            solved=self.solved[:, kept],
            present=self.present[:, kept],
        )


def alternatives_of(
    exploration: Exploration,
    *,
    policies: Sequence[str] | None = None,
    player: str | None = None,
    met: str = "adaptive",
) -> tuple[Alternative, ...]:
    """The alternatives to compare: free play and the policies that bind ``whose`` player.

    ``policies`` chooses them by name (``FREE`` is free play), whomever they bind. Raises
    ``UnknownName`` for a policy or a way of meeting it that was not explored.
    """
    if met not in ("adaptive", "surprised"):
        raise InvalidRequest(f"others meet a policy adaptive or surprised, not {met!r}")
    names = tuple(policies) if policies else _policies_of(exploration, whose(exploration, player))
    check_names("policy in this exploration", names, exploration.policies)
    if met not in exploration.met and any(name != FREE for name in names):
        raise unknown("way of meeting policies in this exploration", met, exploration.met)
    return tuple(Alternative(name, "free" if name == FREE else met) for name in names)


def _policies_of(exploration: Exploration, player: str) -> tuple[str, ...]:
    bound = {n: exploration.scenario.policies[n].players for n in exploration.policies if n != FREE}
    found = tuple(name for name, players in bound.items() if player in players)
    if found or not bound:
        return (FREE, *found)
    raise InvalidRequest(
        f"no policy in this exploration binds {player!r}; policies bind: "
        f"{', '.join(sorted({p for players in bound.values() for p in players}))}. Leave the "
        f"player out; what {player} wants may still judge them, by --of"
    )


def views_of(exploration: Exploration, views: Sequence[str] | None = None) -> tuple[str, ...]:
    """The views named, or all explored; raises ``UnknownName`` for one that was not explored."""
    check_names("view in this exploration", views or (), exploration.views)
    return tuple(views or exploration.views)


def view_of(exploration: Exploration, view: str | None = None) -> str:
    """The view named, or the scenario's own values where explored, else the first view."""
    return view or (OWN if OWN in exploration.views else exploration.views[0])


def sampled(
    exploration: Exploration,
    alternatives: Sequence[Alternative],
    keys: Sequence[str],
    *,
    views: Sequence[str] | None = None,
) -> Sampled:
    """The figures of the alternatives in all worlds of the views; see ``Sampled``.

    A world without any row (an exploration not yet finished) is no point; one with rows of some
    alternatives alone is a point with figures missing. Raises ``UnknownName``, and
    ``InvalidRequest`` where a world has two rows of one alternative.
    """
    import polars as pl

    chosen = views_of(exploration, views)
    check_names("figure in this exploration", keys, exploration.keys)
    order = pl.DataFrame({"view": chosen, "_view": range(len(chosen))})
    rows = exploration.rows.join(order, on="view", how="inner")
    points = rows.select("_view", "world").unique().sort("_view", "world")
    parts = [_of_alternative(rows, points, a, keys) for a in alternatives]
    solved = np.array([(part["status"] == SOLVED).fill_null(False).to_numpy() for part in parts])
    values = {
        key: np.where(solved, np.array([_numbers(part[key]) for part in parts]), np.nan)
        for key in keys
    }
    return Sampled(
        alternatives=tuple(alternatives),
        views=chosen,
        values=values,
        world=points["world"].to_numpy().astype(np.int64),
        view=points["_view"].to_numpy().astype(np.int64),
        solved=solved,
        present=np.array([part["status"].is_not_null().to_numpy() for part in parts]),
    )


def _of_alternative(
    rows: pl.DataFrame, points: pl.DataFrame, alternative: Alternative, keys: Sequence[str]
) -> pl.DataFrame:
    import polars as pl

    own = rows.filter(
        (pl.col("policy") == alternative.policy) & (pl.col("met") == alternative.met)
    ).select("_view", "world", "status", *dict.fromkeys(keys))
    part = points.join(own, on=["_view", "world"], how="left").sort("_view", "world")
    if part.height != points.height:
        raise InvalidRequest(
            f"the exploration has several rows of {alternative.label!r} for one world; "
            "explore anew, or mend the rows"
        )
    return part


def _numbers(column: pl.Series) -> FloatArray:
    numbers: FloatArray = column.fill_null(float("nan")).to_numpy().astype(np.float64)
    return numbers


def whole(points: Sampled, *, allow_missing: bool = False) -> Sampled:
    """The points at which all alternatives have all figures: the same worlds for everybody.

    Raises ``InvalidRequest`` if none are left, or if more than ``MAX_MISSING`` of them fall away
    and ``allow_missing`` is false: worlds that fail to solve are seldom a fair sample of all.
    """
    kept = points.complete()
    lost = int((~kept).sum())
    if not kept.any():
        raise InvalidRequest(
            f"no world has figures for all of {', '.join(points.labels)}: {_told(points)}. "
            "Leave out the policies or goals that have none"
        )
    if lost > MAX_MISSING * len(kept) and not allow_missing:
        raise InvalidRequest(
            f"{lost:,} of {len(kept):,} worlds lack a figure ({_told(points)}), more than "
            f"{MAX_MISSING:.0%}; what is left may not stand for the whole. Leave a policy out, or "
            "go on with --allow-missing (allow_missing=True in Python)"
        )
    return points.only(kept)


def _told(points: Sampled) -> str:
    return "; ".join(describe_missing(m) for m in points.missing() if m.total) or "none missing"


def describe_missing(missing: Missing) -> str:
    """``strike: 3 not solved, 1 not defined``."""
    parts = (
        (missing.unsolved, "not solved"),
        (missing.undefined, "not defined"),
        (missing.absent, "without a row"),
    )
    told = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    return f"{missing.alternative}: {told or 'none missing'}"


def view_weights(
    points: Sampled, weights: Mapping[str, float] | None = None
) -> tuple[FloatArray, dict[str, float]]:
    """The weight of each point [N], adding up to 1, and the weight of each view.

    Views weigh the same unless told otherwise; within a view all its points do. Raises
    ``InvalidRequest`` for weights that are negative or all zero, ``UnknownName`` for other views.
    """
    given = dict(weights) if weights else dict.fromkeys(points.views, 1.0)
    for name, weight in given.items():
        if name not in points.views:
            raise unknown("view among those pooled", name, points.views)
        if not (np.isfinite(weight) and weight >= 0):
            raise InvalidRequest(f"the weight of the view {name!r} must be 0 or more: {weight:g}")
    counts = np.bincount(points.view, minlength=len(points.views))
    shares = np.array([given.get(name, 0.0) for name in points.views]) * (counts > 0)
    if not shares.sum() > 0:
        raise InvalidRequest("the views' weights add up to nothing; give one of them a weight")
    shares = shares / shares.sum()
    by_point = (shares / np.maximum(counts, 1))[points.view]
    return by_point, dict(zip(points.views, map(float, shares), strict=True))


def whose(exploration: Exploration, player: str | None = None) -> str:
    """The player whose policies are compared: the one named, the one explored for, or the first.

    Raises ``UnknownName`` for a player that the scenario does not have.
    """
    scenario = exploration.scenario
    names = [p.name for p in scenario.players]
    if player is not None:
        if player not in names:
            raise unknown("player", player, names)
        return player
    told = str(exploration.manifest.get("player") or "")
    bound = [scenario.policies[name].players for name in exploration.policies if name != FREE]
    return told or (bound[0][0] if bound else names[0])


def default_of(exploration: Exploration, player: str | None = None) -> Objective:
    """The objective of ``whose`` player: its score where that was explored, else its payoff.

    Raises ``InvalidRequest`` where neither was.
    """
    name = whose(exploration, player)
    for wanted in (default_objective(exploration.scenario, name), Objective(f"payoff({name})", 1)):
        if wanted.key in exploration.keys:
            return wanted
    raise InvalidRequest(
        f"the exploration holds neither a score nor the payoff of {name}; name a figure by --of: "
        f"{', '.join(exploration.keys)}"
    )
