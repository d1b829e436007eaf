"""The front of a search: settings that no other beats, what each gives up, and where it bends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from countermove.explore.objectives import Objective
from countermove.explore.search_points import Floats, Point, losses, undominated


@dataclass(frozen=True, slots=True)
class Knee:
    """The setting after which more of one objective costs most of another.

    ``place`` is its place on the front; ``bulge`` how far it lies beyond the straight line (plane)
    through the extremes, as a share of the front's extent (0: the front is straight).
    """

    place: int
    bulge: float


@dataclass(frozen=True, slots=True)
class Front:
    """The points that no other beats, ordered along the first objective from its best.

    ``alike[i]`` counts other settings that were tried and come to exactly the same figures as point
    i. ``extremes[k]`` is the place of the point that is best by objective k. ``knee`` is None for
    one objective, for fewer than three points, and where the front bends nowhere outwards.
    """

    objectives: tuple[Objective, ...]
    points: tuple[Point, ...]
    alike: tuple[int, ...]
    extremes: tuple[int, ...]
    knee: Knee | None

    def gains(self, point: Point, other: Point) -> tuple[float, ...]:
        """By how much the first point is better than the other, by objective (below 0: worse)."""
        pairs = zip(self.objectives, point.figures, other.figures, strict=True)
        return tuple(o.sign * (a - b) + 0.0 for o, a, b in pairs)

    def gives_up(self, place: int) -> tuple[float, ...]:
        """How much a point lacks of the best there is, by objective: 0 or more."""
        best = [self.points[at].figures[k] for k, at in enumerate(self.extremes)]
        pairs = zip(self.objectives, self.points[place].figures, best, strict=True)
        return tuple(o.sign * (b - a) + 0.0 for o, a, b in pairs)


def front_of(points: Sequence[Point], objectives: Sequence[Objective]) -> Front:
    """The front among the points in which no world failed; of equal points the first tried."""
    holding = [point for point in points if point.holds]
    firsts: dict[tuple[float, ...], Point] = {}
    alike: dict[tuple[float, ...], int] = {}
    for point in holding:
        firsts.setdefault(point.figures, point)
        alike[point.figures] = alike.get(point.figures, -1) + 1
    distinct = list(firsts.values())
    found = losses(distinct, objectives)
    kept = sorted(undominated(found), key=lambda i: tuple(found[i]))
    best = tuple(distinct[i] for i in kept)
    if not best:
        return Front(tuple(objectives), (), (), (), None)
    ordered = found[np.array(kept)]
    extremes = tuple(_extreme(ordered, k) for k in range(len(objectives)))
    return Front(
        tuple(objectives),
        best,
        tuple(alike[point.figures] for point in best),
        extremes,
        _knee(ordered, extremes),
    )


def _extreme(found: Floats, k: int) -> int:
    """The best by one objective; among equals, the best by the others in their order."""
    others = [found[:, j] for j in range(found.shape[1] - 1, -1, -1) if j != k]
    return int(np.lexsort((*others, found[:, k]))[0])


def _knee(found: Floats, extremes: Sequence[int]) -> Knee | None:
    """The point farthest beyond the plane through the extremes (Das 1999; Branke et al. 2004).

    Losses are measured by the extent of the front in each, so that units do not matter.
    """
    count = found.shape[1]
    low, high = found.min(axis=0), found.max(axis=0)
    if len(found) < 3 or count < 2 or len(set(extremes)) < count or (high <= low).any():
        return None
    scaled = (found - low) / (high - low)
    corners = scaled[list(extremes)]
    # a plane n·x = 1 through the corners; where they do not span one, there is none to bend from
    if np.linalg.matrix_rank(corners) < count:
        return None
    normal = np.linalg.solve(corners, np.ones(count))
    distances = (1.0 - scaled @ normal) / np.linalg.norm(normal)
    place = int(np.argmax(distances))
    if place in extremes or distances[place] <= 0:
        return None
    return Knee(place, float(distances[place]))


def spread(front: Front, most: int) -> tuple[int, ...]:
    """At most so many places of the front: extremes, the knee, and others far from those.

    Each one taken is the farthest from all taken before, by the extent of the front [Gonzalez
    1985]. Their order is the front's.
    """
    found = losses(front.points, front.objectives)
    if len(found) <= most:
        return tuple(range(len(found)))
    extent = found.max(axis=0) - found.min(axis=0)
    scaled = found / np.where(extent > 0, extent, 1.0)
    taken = list(dict.fromkeys(front.extremes))
    if front.knee is not None:
        taken.append(front.knee.place)
    taken = taken[:most]
    while len(taken) < most:
        gaps = np.linalg.norm(scaled[:, None, :] - scaled[None, taken, :], axis=2).min(axis=1)
        taken.append(int(np.argmax(gaps)))
    return tuple(sorted(taken))
