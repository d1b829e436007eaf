"""Belief grids built: points, the cells of each support, and all axes side by side for the loops.

The regular grid of the simplex is cut into cells as Freudenthal and Kuhn do [Lovejoy 1991]; a named
distribution that is no point of it is inserted by stellar subdivision: each cell that contains it
is cut into those that have it as a vertex.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs, Cells, Floats, Indices

_SAME = 1e-12  # distributions no further apart are one point
_FACE = 1e-10  # a vertex that weighs no more does not help to span a point


class Axes(NamedTuple):
    """The cells of all axes side by side, as the compiled loops take them.

    Axis j's points are ``start[j] : start[j + 1]`` of ``cells.points``, ``cells.support`` and
    ``cells.corner``; supports and cells are numbered through, types padded to the most that any
    axis has. ``cells.vertex`` holds the number of a point on its own axis, which counts
    ``stride[j]`` in the number of a joint point.
    """

    cells: Cells
    start: Indices  # [J + 1]
    stride: Indices  # [J]


def cells(
    n_types: int,
    points_per_edge: int,
    named: Iterable[Sequence[float]] = (),
    *,
    closer_at_ends: bool = False,
) -> Cells:
    """The grid of one axis: ``points_per_edge`` even points on each edge, and the ``named`` ones.

    With ``closer_at_ends``, which only two types may have, the points lie at the projections of
    even points on a half circle, the extrema of a Chebyshev polynomial: the cells next to certainty
    are narrow. Twice the cells keep all points of the coarser grid, as even points do.

    Two types' points are ordered by the probability of the second. Of more types, the even points
    come first, in the order of their probabilities from the last type's certainty to the first's;
    named distributions that are not among them follow. Raises ValueError where ``n_types`` or
    ``points_per_edge`` is less than two, or more than two types' points are to be closer at ends.
    """
    if n_types < 2 or points_per_edge < 2:
        raise ValueError("a belief grid needs two types and two points an edge at least")
    if closer_at_ends and n_types > 2:
        raise ValueError("only the grid of two types can be closer at its ends")
    shares = _even_points(n_types, points_per_edge) / (points_per_edge - 1)
    if closer_at_ends:
        shares = np.sin(np.pi / 2 * shares) ** 2
    points = _distinct([*shares, *named])
    if n_types == 2:
        points = points[np.argsort(points[:, 1])]
    possible = points > 0.0
    supports = [
        members for size in range(n_types, 1, -1) for members in combinations(range(n_types), size)
    ]
    blocks = []
    for members in supports:
        within = np.flatnonzero(~np.delete(possible, members, axis=1).any(axis=1))
        if len(members) == 2:
            blocks.append(_line(points, within, members))
        else:
            blocks.append(_triangulation(points, within, members, points_per_edge - 1))
    return _gather(points, supports, blocks)


def still(named: Iterable[Sequence[float]]) -> Cells:
    """Only the named distributions, without cells: for a player of whom nothing is learnt."""
    return _gather(_distinct(named), [], [])


def axes(beliefs: Beliefs) -> Axes:
    """All axes side by side."""
    each = [axis.cells for axis in beliefs.axes]
    width = max((c.points.shape[1] for c in each), default=1)
    sizes = np.array([[len(c.points), len(c.n_types), len(c.vertex)] for c in each]).reshape(-1, 3)
    start, before, offset = np.vstack([np.zeros((1, 3)), sizes.cumsum(axis=0)]).T.astype(np.int32)
    joined = Cells(
        points=_stack([c.points for c in each], np.float64, width),
        support=_chain([_shift(c.support, before[j]) for j, c in enumerate(each)]),
        corner=_chain([_shift(c.corner, offset[j]) for j, c in enumerate(each)]),
        n_types=_chain([c.n_types for c in each]),
        types=_stack([c.types for c in each], np.int32, width),
        first=_chain([offset[:1], *(c.first[1:] + offset[j] for j, c in enumerate(each))]),
        vertex=_stack([c.vertex for c in each], np.int32, width),
        neighbour=_stack(
            [_shift(c.neighbour, offset[j]) for j, c in enumerate(each)], np.int32, width
        ),
        inverse=_stack([c.inverse for c in each], np.float64, width, width),
    )
    stride = np.ones(len(each), np.int32)
    for j in range(len(each) - 2, -1, -1):
        stride[j] = stride[j + 1] * len(each[j + 1].points)
    return Axes(joined, np.ascontiguousarray(start), stride)


def _shift(numbers: Indices, by: int) -> Indices:
    return np.where(numbers < 0, numbers, numbers + by).astype(np.int32)


def _chain(arrays: Sequence[Indices]) -> Indices:
    return np.concatenate([np.zeros(0, np.int32), *arrays]).astype(np.int32)


def _stack(arrays: Sequence[NDArray[Any]], dtype: type, *widths: int) -> NDArray[Any]:
    """Arrays below one another, each padded with zeros at its right (and bottom)."""
    out: NDArray[Any] = np.zeros((sum(len(array) for array in arrays), *widths), dtype)
    row = 0
    for array in arrays:
        out[(slice(row, row + len(array)), *map(slice, array.shape[1:]))] = array
        row += len(array)
    return out


def _distinct(distributions: Iterable[Sequence[float]]) -> Floats:
    kept: list[np.ndarray] = []
    for distribution in distributions:
        point = np.asarray(distribution, np.float64)
        if all(np.abs(point - other).max() > _SAME for other in kept):
            kept.append(point)
    return np.array(kept)


def _even_points(n_types: int, points_per_edge: int) -> np.ndarray:
    """Every way to share ``points_per_edge - 1`` parts among the types [B, K]."""
    parts = points_per_edge - 1
    bars = combinations(range(parts + n_types - 1), n_types - 1)
    edges = np.array([(-1, *bar, parts + n_types - 1) for bar in bars])
    return np.diff(edges, axis=1) - 1


def _line(points: Floats, within: NDArray[Any], members: Sequence[int]) -> Indices:
    """The cells between neighbours on an edge [M, 2]."""
    order = within[np.argsort(points[within, members[1]])]
    return np.column_stack([order[:-1], order[1:]]).astype(np.int32)


def _triangulation(
    points: Floats, within: NDArray[Any], members: Sequence[int], parts: int
) -> Indices:
    """The cells of a support of three types or more [M, K']."""
    shares = points[within][:, members]
    whole = np.rint(shares * parts)
    number = {}
    others = []
    for point, share, near in zip(within.tolist(), shares, whole, strict=True):
        if np.abs(share * parts - near).max() <= _SAME * parts:
            number[tuple(near.astype(int).tolist())] = point
        else:
            others.append(point)
    found = np.array(_kuhn(len(members), parts, number), np.int32)
    for point in others:
        found = _insert(points[:, members], found, point)
    return found


def _kuhn(n_types: int, parts: int, number: dict[tuple[int, ...], int]) -> list[list[int]]:
    # In sums from the last type backwards, the simplex is the numbers that do not rise, and its
    # cells are the paths from a corner of a cube to the opposite one that stay within.
    steps = [
        [(-1 if i == k else 1 if i == k + 1 else 0) for i in range(n_types)]
        for k in range(n_types - 1)
    ]
    found = []
    for base in number:
        for order in permutations(steps):
            path, at = [number[base]], base
            for step in order:
                at = tuple(i + j for i, j in zip(at, step, strict=True))
                if at not in number:
                    break
                path.append(number[at])
            else:
                found.append(path)
    return found


def _insert(shares: Floats, found: Indices, point: int) -> Indices:
    """Stellar subdivision: the cells around a point, cut so that it becomes a vertex."""
    weights = np.linalg.solve(
        shares[found].transpose(0, 2, 1), np.broadcast_to(shares[point], found.shape)[..., None]
    )[..., 0]
    around = (weights >= -_FACE).all(axis=1)
    cut = []
    for cell, weight in zip(found[around], weights[around], strict=True):
        for i in np.flatnonzero(weight > _FACE):
            piece = cell.copy()
            piece[i] = point
            cut.append(piece)
    return np.vstack([found[~around], np.array(cut, np.int32)])


def _gather(points: Floats, supports: list[tuple[int, ...]], blocks: list[Indices]) -> Cells:
    n_types = points.shape[1]
    n_cells = sum(len(block) for block in blocks)
    first = np.cumsum([0, *(len(block) for block in blocks)]).astype(np.int32)
    vertex = np.zeros((n_cells, n_types), np.int32)
    neighbour = np.full((n_cells, n_types), -1, np.int32)
    inverse = np.zeros((n_cells, n_types, n_types))
    types = np.zeros((len(supports), n_types), np.int32)
    support = np.full(len(points), -1, np.int32)
    corner = np.full(len(points), -1, np.int32)
    for g, (members, block) in enumerate(zip(supports, blocks, strict=True)):
        size, rows = len(members), slice(first[g], first[g + 1])
        types[g, :size] = members
        vertex[rows, :size] = block
        neighbour[rows, :size] = _neighbours(block, first[g])
        inverse[rows, :size, :size] = np.linalg.inv(points[:, members][block].transpose(0, 2, 1))
        inside = np.flatnonzero((points[:, members] > 0.0).all(axis=1))
        support[inside[(points[inside] > 0.0).sum(axis=1) == size]] = g
        for i in range(size):
            mine = support[block[:, i]] == g
            corner[block[mine, i]] = first[g] + np.flatnonzero(mine)
    return Cells(
        points=np.ascontiguousarray(points),
        support=support,
        corner=corner,
        n_types=np.array([len(members) for members in supports], np.int32),
        types=types,
        first=first,
        vertex=vertex,
        neighbour=neighbour,
        inverse=inverse,
    )


def _neighbours(block: Indices, first: int) -> Indices:
    """The cell across the facet opposite each vertex [M, K'], -1 at the border."""
    found = np.full(block.shape, -1, np.int32)
    open_facets: dict[tuple[int, ...], tuple[int, int]] = {}
    for m, cell in enumerate(block.tolist()):
        for i in range(len(cell)):
            facet = tuple(sorted(cell[:i] + cell[i + 1 :]))
            if facet in open_facets:
                other, j = open_facets.pop(facet)
                found[m, i], found[other, j] = first + other, first + m
            else:
                open_facets[facet] = (m, i)
    return found
