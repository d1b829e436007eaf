"""What is believed after a move: Bayes' rule, and the grid points that stand for a posterior.

Axis letters: J belief axes, B points of an axis, K types, M cells, G supports; a step's movers have
A actions side by side.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.grids import axes

TINY = 1e-290  # what is less likely leaves the belief as it is: nothing follows from it
_SLACK = -1e-12  # a weight below zero by less is rounding

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]


class Atlas(NamedTuple):
    """The grids of all axes side by side: the fields of ``Cells``, and by axis where its points
    begin, how far one is from the next among the joint points, and its number of types."""

    points: Floats
    support: Indices
    corner: Indices
    n_types: Indices
    types: Indices
    first: Indices
    vertex: Indices
    neighbour: Indices
    inverse: Floats
    start: Indices  # [J + 1]
    stride: Indices  # [J]
    kinds: Indices  # [J]


class Spread(NamedTuple):
    """What each action of a step's movers does to the beliefs, at one state and belief.

    ``chance`` is the probability of the action; the joint belief point moves by ``shift[a, i]``
    with probability ``weight[a, i]``, for i below ``many[a]``.
    """

    chance: Floats  # [A]
    many: Indices  # [A]
    shift: Indices  # [A, K]
    weight: Floats  # [A, K]
    posterior: Floats  # [K]


def atlas_of(beliefs: Beliefs) -> Atlas:
    """All axes' grids, of the same form where there are none."""
    cells, start, stride = axes(beliefs)
    kinds = np.array([len(axis.types) for axis in beliefs.axes], np.int32)
    return Atlas(*cells, start, stride, kinds)


@njit(cache=True, nogil=True)
def locate(cells: Any, support: int, belief: Any, cell: int, weight: Any) -> Any:
    """The cell of a support that holds a belief [K] (its types), by walking from another cell.

    ``weight`` [K] <- those of the cell's vertices; they add up to 1 and none is negative.
    """
    n = cells.n_types[support]
    if n == 2:
        return between(cells, support, belief, weight)
    inverse = cells.inverse
    best, best_low = cell, -np.inf
    for step in range(2 * (cells.first[support + 1] - cells.first[support]) + 2):
        low, at = np.inf, 0
        for i in range(n):
            w = 0.0
            for k in range(n):
                w += inverse[cell, i, k] * belief[k]
            if w < low:
                low, at = w, i
        if low > best_low:
            best, best_low = cell, low
        if low >= _SLACK:
            break
        if cells.neighbour[cell, at] >= 0 and step < 2 * n + 64:
            cell = cells.neighbour[cell, at]
        else:  # the walk has gone astray: look at every cell
            cell = cells.first[support] + step % (cells.first[support + 1] - cells.first[support])
    total = 0.0
    for i in range(n):
        w = 0.0
        for k in range(n):
            w += inverse[best, i, k] * belief[k]
        weight[i] = max(w, 0.0)
        total += weight[i]
    for i in range(n):
        weight[i] /= total
    return best


@njit(cache=True, nogil=True, forceinline=True)
def between(cells: Any, support: int, belief: Any, weight: Any) -> Any:
    """As ``locate`` for two types, whose cells follow one another along a line."""
    low, high = cells.first[support], cells.first[support + 1] - 1
    while low < high:
        middle = (low + high) // 2
        if cells.inverse[middle, 0, 0] * belief[0] + cells.inverse[middle, 0, 1] * belief[1] < 0.0:
            low = middle + 1
        else:
            high = middle
    share = cells.inverse[low, 1, 0] * belief[0] + cells.inverse[low, 1, 1] * belief[1]
    weight[1] = min(max(share, 0.0), 1.0)
    weight[0] = 1.0 - weight[1]
    return low


@njit(cache=True, nogil=True)
def begin_spread(n_actions: int, n_types: int) -> Any:
    """Room for a step's spread."""
    return Spread(
        np.zeros(n_actions),
        np.ones(n_actions, np.int32),
        np.zeros((n_actions, n_types), np.int32),
        np.ones((n_actions, n_types)),
        np.zeros(n_types),
    )


@njit(cache=True, nogil=True)
def spread_out(step: Any, atlas: Any, s: int, b: int, sigma: Any, out: Any) -> None:
    """``out`` <- the spread at state s and joint point b, under the strategies ``sigma`` [Z]."""
    first, axis = step.first, step.axis
    z = 0
    for m in range(first.shape[0] - 1):
        n, j = first[m + 1] - first[m], axis[m]
        if j < 0:
            for a in range(n):
                out.chance[first[m] + a] = sigma[z + a]
                _stay(first[m] + a, out)
            z += n
            continue
        low, size = atlas.start[j], atlas.start[j + 1] - atlas.start[j]
        v = (b // atlas.stride[j]) % size
        support = atlas.support[low + v]
        bound = step.bound.shape[0] > 0 and step.bound[s, m] != 0
        for a in range(n):
            total = 0.0
            for k in range(atlas.kinds[j]):
                total += atlas.points[low + v, k] * sigma[z + k * n + a]
            out.chance[first[m] + a] = total
            _stay(first[m] + a, out)
            if support < 0 or bound or total < TINY:
                continue
            c = first[m] + a
            for i in range(atlas.n_types[support]):
                k = atlas.types[support, i]
                out.posterior[i] = atlas.points[low + v, k] * sigma[z + k * n + a] / total
            cell = atlas.corner[low + v]
            if atlas.n_types[support] == 2:  # as locate would, without the price of its call
                cell = between(atlas, support, out.posterior, out.weight[c])
            else:
                cell = locate(atlas, support, out.posterior, cell, out.weight[c])
            out.many[c] = atlas.n_types[support]
            for i in range(out.many[c]):
                out.shift[c, i] = (atlas.vertex[cell, i] - v) * atlas.stride[j]
        z += n * atlas.kinds[j]


@njit(cache=True, nogil=True, forceinline=True)
def _stay(a: int, out: Any) -> None:
    out.many[a] = 1
    out.shift[a, 0] = 0
    out.weight[a, 0] = 1.0
