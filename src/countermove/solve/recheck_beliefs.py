"""Bayes' rule and belief grids once more, in plain NumPy, for the certificate.

Written without the solver's loops, so that a slip in either shows. Axis letters: N decision points,
A actions of a mover, K its types, B joint belief points, M cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Axis, Beliefs

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

UNHEARD = 1e-290  # an action that is less likely leaves nothing for Bayes' rule to go by
_NUMBERS = 4_000_000  # that a part of the points may need at a time


@dataclass(frozen=True)
class Grid:
    """One player's belief grid among the joint points: point b stands at ``at[b]`` of the axis."""

    axis: Axis
    stride: int
    at: Indices  # [B]

    @cached_property
    def vertices(self) -> list[tuple[Indices, Indices]]:
        """For each set of possible types: these types, and the cells' vertices [M, K']."""
        cells = self.axis.cells
        return [
            (
                cells.types[g, :n].astype(np.int64),
                cells.vertex[cells.first[g] : cells.first[g + 1], :n].astype(np.int64),
            )
            for g, n in enumerate(cells.n_types)
        ]

    def place(self, support: int, beliefs: Floats) -> tuple[Indices, Floats]:
        """Vertices and weights [N, K'] that average to each of the beliefs [N, K']."""
        types, cells = self.vertices[support]
        corners = self.axis.points[:, types]
        if len(types) == 2:
            return _on_line(corners[:, 1], np.unique(cells), beliefs[:, 1])
        return _in_cells(corners, cells, beliefs)


def grids_of(beliefs: Beliefs) -> list[Grid]:
    """The grid of each axis."""
    found = []
    for j, axis in enumerate(beliefs.axes):
        stride = int(np.prod(beliefs.sizes[j + 1 :], dtype=np.int64))
        at = np.arange(beliefs.size) // stride % beliefs.sizes[j]
        found.append(Grid(axis, stride, at))
    return found


def _on_line(shares: Floats, points: Indices, wanted: Floats) -> tuple[Indices, Floats]:
    """Neighbours on a line; ``shares`` is the second type's at every point of the axis."""
    points = points[np.argsort(shares[points])]
    knots = shares[points]
    left = np.clip(np.searchsorted(knots, wanted, side="right") - 1, 0, len(knots) - 2)
    part = np.clip((wanted - knots[left]) / (knots[left + 1] - knots[left]), 0.0, 1.0)
    return points[np.stack([left, left + 1], axis=1)], np.stack([1.0 - part, part], axis=1)


def _in_cells(corners: Floats, cells: Indices, wanted: Floats) -> tuple[Indices, Floats]:
    """The cell in which the least weight is largest, by solving for the weights in each."""
    n_cells, size = cells.shape
    solved = np.linalg.inv(corners[cells].transpose(0, 2, 1)).reshape(-1, size)
    vertex = np.zeros((len(wanted), size), np.int64)
    weight = np.zeros(vertex.shape)
    part = max(_NUMBERS // (n_cells * size), 1)
    for low in range(0, len(wanted), part):
        found = (wanted[low : low + part] @ solved.T).reshape(-1, n_cells, size)
        best = found.min(axis=2).argmax(axis=1)
        vertex[low : low + part] = cells[best]
        weight[low : low + part] = found[np.arange(len(found)), best]
    weight = np.clip(weight, 0.0, None)
    return vertex, weight / weight.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Spread:
    """What a mover's actions tell: chances, and the joint points that stand for the posteriors.

    ``chance`` [N, A] in the public's eyes; after action a the joint point moves by ``shift`` with
    ``weight``, both [N, A, V]. ``sigma`` [N, K, A] is by type (one where it has none), ``believed``
    [N, K] the belief before; ``grid`` None where it has no types.
    """

    sigma: Floats
    believed: Floats
    chance: Floats
    shift: Indices
    weight: Floats
    grid: Grid | None


def spread(grid: Grid | None, belief: Indices, sigma: Floats, bound: NDArray[np.bool_]) -> Spread:
    """Bayes' rule for one mover at joint points [N]; where ``bound`` [N] nothing is learnt."""
    n, _, n_actions = sigma.shape
    if grid is None:
        stay = np.zeros((n, n_actions, 1), np.int64)
        return Spread(sigma, np.ones((n, 1)), sigma[:, 0], stay, np.ones(stay.shape), None)
    at = grid.at[belief]
    believed = np.asarray(grid.axis.points[at], np.float64)
    together = believed[:, :, None] * sigma
    chance = together.sum(axis=1)
    n_types = believed.shape[1]
    shift = np.zeros((n, n_actions, n_types), np.int64)
    weight = np.zeros(shift.shape)
    weight[:, :, 0] = 1.0
    support = grid.axis.cells.support[at]
    heard = (chance >= UNHEARD) & (support >= 0)[:, None] & ~bound[:, None]
    for g, (types, _) in enumerate(grid.vertices):
        rows, actions = np.nonzero(heard & (support == g)[:, None])
        if not len(rows):
            continue
        posterior = together[rows, :, actions][:, types] / chance[rows, actions][:, None]
        vertex, share = grid.place(g, posterior)
        size = len(types)
        shift[rows, actions, :size] = (vertex - at[rows, None]) * grid.stride
        weight[rows, actions, :size] = share
    return Spread(sigma, believed, chance, shift, weight, grid)
