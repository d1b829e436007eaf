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
    n_rows, n_columns = len(values), min(values.shape[1], len(fixed))
    found = np.empty(((1 + len(redraws)) * n_rows, values.shape[1]))
    found[:n_rows] = values
    for r, (redraw, points) in enumerate(
        zip(redraws, redrawn_points(beliefs, redraws), strict=True), start=1
    ):
        become = np.eye(values.shape[1])  # [P, P]: what each column is made from
        for axis, point in enumerate(redraw.point):
            if point < 0:
                continue
            chances = beliefs.axes[axis].points[point]
            for family in _families(fixed[:n_columns], axis, beliefs):
                stops = redraw.stops[axis] and world.owner[family[0]] == axis
                mean = 0.0 if stops else become[:, family] @ chances
                for column in family:
                    become[:, column] = mean
        # Few points are what all are redrawn to: they are worked out once, then copied.
        reached, place = np.unique(points, return_inverse=True)
        rows = values.reshape(world.n_states, beliefs.size, -1)[:, reached] @ become
        part = found[r * n_rows : (r + 1) * n_rows].reshape(world.n_states, beliefs.size, -1)
        np.take(rows, place, axis=1, out=part)
    return found


def _families(fixed: NDArray[np.int32], axis: int, beliefs: Beliefs) -> list[list[int]]:
    """The columns that differ only in the type of an axis, by type; ``fixed`` is [C, J].

    Those that are cut off, in padding that nobody reads, are left out.
    """
    sizes = [len(a.types) for a in beliefs.axes]
    found = []
    for column, types in enumerate(fixed):
        if types[axis] == 0:
            later = [sizes[j] for j in range(axis + 1, len(sizes)) if types[j] >= 0]
            stride = int(np.prod(later, dtype=np.int64))
            if column + (sizes[axis] - 1) * stride < len(fixed):
                found.append([column + k * stride for k in range(sizes[axis])])
    return found
