"""Belief grids: they interpolate, their cells fit together, and named distributions are points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.game import grids
from countermove.game.beliefs import Axis, Beliefs, Cells


def weights_at(found: Cells, belief: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vertices and weights of the cell that contains a belief, found by trying them all."""
    members = np.flatnonzero(belief > 0.0)
    for g, size in enumerate(found.n_types):
        if found.types[g, :size].tolist() == members.tolist():
            best, vertices = None, None
            for m in range(found.first[g], found.first[g + 1]):
                weights = found.inverse[m, :size, :size] @ belief[members]
                if best is None or weights.min() > best.min():
                    best, vertices = weights, found.vertex[m, :size]
            return vertices, best
    raise AssertionError("no support has these types")


@st.composite
def beliefs_of(draw: st.DrawFn, n_types: int) -> np.ndarray:
    shares = draw(st.lists(st.integers(0, 1000), min_size=n_types, max_size=n_types).filter(any))
    return np.array(shares) / sum(shares)


@st.composite
def grid_and_belief(draw: st.DrawFn) -> tuple[Cells, list[np.ndarray], np.ndarray]:
    n_types = draw(st.integers(2, 4))
    named = draw(st.lists(beliefs_of(n_types), max_size=4))
    found = grids.cells(n_types, draw(st.integers(2, 6)), named)
    return found, named, draw(beliefs_of(n_types))


@settings(deadline=None)
@given(grid_and_belief())
def test_linear_functions_are_reproduced(
    drawn: tuple[Cells, list[np.ndarray], np.ndarray],
) -> None:
    found, _, belief = drawn
    if (belief > 0).sum() == 1:
        return
    vertices, weights = weights_at(found, belief)
    assert weights.min() >= -1e-9
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert found.points[vertices].T @ weights == pytest.approx(belief, abs=1e-9)


def test_points_closer_at_the_ends_are_kept_by_twice_the_cells() -> None:
    coarse, fine = (grids.cells(2, n, closer_at_ends=True).points[:, 1] for n in (5, 9))
    assert coarse == pytest.approx((1 - np.cos(np.pi * np.arange(5) / 4)) / 2, abs=1e-15)
    assert coarse[[0, -1]].tolist() == [0.0, 1.0]
    assert fine[::2] == pytest.approx(coarse, abs=1e-15)


def test_only_the_grid_of_two_types_is_closer_at_its_ends() -> None:
    with pytest.raises(ValueError, match="two types"):
        grids.cells(3, 5, closer_at_ends=True)


@settings(deadline=None)
@given(grid_and_belief())
def test_cells_fill_their_support_and_know_their_neighbours(
    drawn: tuple[Cells, list[np.ndarray], np.ndarray],
) -> None:
    found, named, _ = drawn
    for point in named:
        assert np.abs(found.points - point).max(axis=1).min() <= 1e-12
    away = np.abs(found.points[:, None] - found.points[None]).max(axis=2)
    assert (away + np.eye(len(away)) > 1e-12).all()
    for g, size in enumerate(found.n_types):
        members, volume = found.types[g, :size], 0.0
        for m in range(found.first[g], found.first[g + 1]):
            vertices = found.vertex[m, :size].tolist()
            assert len(set(vertices)) == size
            volume += abs(np.linalg.det(found.points[np.ix_(vertices, members)]))
            for i in range(size):
                other = found.neighbour[m, i]
                facet = set(vertices) - {vertices[i]}
                if other < 0:
                    assert (found.points[np.ix_(sorted(facet), members)] == 0).all(axis=0).any()
                else:
                    (back,) = np.flatnonzero(found.neighbour[other, :size] == m)
                    theirs = found.vertex[other, :size].tolist()
                    assert set(theirs) - {theirs[back]} == facet
        assert volume == pytest.approx(1.0, abs=1e-9)


@settings(deadline=None)
@given(grid_and_belief())
def test_points_know_their_support_and_a_cell(
    drawn: tuple[Cells, list[np.ndarray], np.ndarray],
) -> None:
    found, _, _ = drawn
    for b, point in enumerate(found.points):
        members = np.flatnonzero(point > 0.0)
        g, m = found.support[b], found.corner[b]
        if len(members) == 1:
            assert (g, m) == (-1, -1)
        else:
            size = found.n_types[g]
            assert found.types[g, :size].tolist() == members.tolist()
            assert found.first[g] <= m < found.first[g + 1]
            assert b in found.vertex[m, :size]


def test_two_types_lie_in_the_order_of_the_second() -> None:
    found = grids.cells(2, 5, [(0.6, 0.4), (0.5, 0.5), (1.0 - 1e-14, 1e-14)])
    assert found.points[:, 1].tolist() == pytest.approx([0.0, 0.25, 0.4, 0.5, 0.75, 1.0])
    assert found.vertex.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]
    assert found.neighbour[2].tolist() == [3, 1]


def test_three_types_have_an_inside_and_three_edges() -> None:
    found = grids.cells(3, 5)
    assert len(found.points) == 15
    assert found.n_types.tolist() == [3, 2, 2, 2]
    assert np.diff(found.first).tolist() == [16, 4, 4, 4]


def test_a_still_axis_has_points_and_no_cells() -> None:
    found = grids.still([(0.4, 0.6), (0.4, 0.6), (1.0, 0.0)])
    assert found.points.tolist() == [[0.4, 0.6], [1.0, 0.0]]
    assert found.support.tolist() == [-1, -1]
    assert found.vertex.shape == (0, 2)


def test_a_grid_needs_two_of_each() -> None:
    with pytest.raises(ValueError, match="two types and two points an edge"):
        grids.cells(2, 1)


def test_axes_side_by_side() -> None:
    two, three = grids.cells(2, 3), grids.cells(3, 3, [(0.2, 0.3, 0.5)])
    beliefs = Beliefs(
        (
            Axis("us", ("a", "b"), two, 1),
            Axis("iran", ("c", "d", "e"), three, 6),
            Axis("uk", ("f", "g"), grids.still([(0.5, 0.5)]), 0, still=True),
        )
    )
    found = grids.axes(beliefs)
    assert found.start.tolist() == [0, 3, 10, 11]
    assert found.stride.tolist() == [7, 1, 1]
    assert found.cells.points[:3, :2].tolist() == two.points.tolist()
    assert found.cells.points[3:10].tolist() == three.points.tolist()
    point = 3 + 6
    assert found.cells.types[found.cells.support[point]].tolist() == [0, 1, 2]
    m = found.cells.corner[point]
    assert 6 in found.cells.vertex[m]
    for i in range(3):
        other = found.cells.neighbour[m, i]
        assert other < 0 or m in found.cells.neighbour[other]
    assert found.cells.first.tolist() == [0, 2, *(2 + three.first[1:])]


def test_no_axes() -> None:
    found = grids.axes(Beliefs())
    assert found.start.tolist() == [0]
    assert found.cells.points.shape == (0, 1)
    assert found.cells.first.tolist() == [0]
    assert found.cells.vertex.dtype == np.int32
