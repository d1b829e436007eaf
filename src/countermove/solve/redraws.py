"""Types drawn anew: what is worth what, once the belief has returned to a distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.numbers import RedrawNumbers, World

Floats = NDArray[np.float64]


def redrawn_points(beliefs: Beliefs, redraws: tuple[RedrawNumbers, ...]) -> NDArray[np.int64]:
    """The joint point to which each redraw takes each joint point [R, B]."""
    points = np.arange(beliefs.size)
    found = np.empty((len(redraws), beliefs.size), np.int64)
    for r, redraw in enumerate(redraws):
        at = list(np.unravel_index(points, beliefs.sizes))
        for axis, point in enumerate(redraw.point):
            if point >= 0:
                at[axis] = np.full_like(points, point)
        found[r] = np.ravel_multi_index(tuple(at), beliefs.sizes)
    return found


def redrawn_values(world: World, redraws: tuple[RedrawNumbers, ...], values: Floats) -> Floats:
    """Values [(1 + R) * S * B, P]: as they are, then after each redraw.

    Every column is read at the new belief; one that takes the redrawn player's type for granted
    becomes the mean over the new types, and the incumbent's own payoff nothing where it stops.
    """
    beliefs, fixed = world.beliefs, np.asarray(world.fixed)
    n_columns = min(values.shape[1], len(fixed))
    rows = values.reshape(world.n_states, beliefs.size, values.shape[1])
    parts = [values]
    for redraw, points in zip(redraws, redrawn_points(beliefs, redraws), strict=True):
        part = rows[:, points, :]
        for axis, point in enumerate(redraw.point):
            if point < 0:
                continue
            chances = beliefs.axes[axis].points[point]
            for family in _families(fixed[:n_columns], axis, beliefs):
                mean = part[:, :, family] @ chances
                stops = redraw.stops[axis] and world.owner[family[0]] == axis
                for column in family:
                    part[:, :, column] = 0.0 if stops else mean
        parts.append(part.reshape(-1, values.shape[1]))
    return np.concatenate(parts)


def _families(fixed: NDArray[np.int32], axis: int, beliefs: Beliefs) -> list[list[int]]:
    """The columns that differ only in the type of an axis, by type; ``fixed`` is [C, J]."""
    sizes = [len(a.types) for a in beliefs.axes]
    found = []
    for column, types in enumerate(fixed):
        if types[axis] == 0:
            later = [sizes[j] for j in range(axis + 1, len(sizes)) if types[j] >= 0]
            stride = int(np.prod(later, dtype=np.int64))
            found.append([column + k * stride for k in range(sizes[axis])])
    return found
