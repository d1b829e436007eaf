"""Moves at once: logit equilibria of stage games, with and without types."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.game import grids
from countermove.solve.record import UNSOLVED
from unit.solve.points import off_joint, solve_joint


@pytest.mark.parametrize(("lam", "stag"), [(0.5, 0.195846), (1.0, 0.020264)])
def test_stag_hunt(lam: float, stag: float) -> None:
    q = np.array([[10.0, 10.0], [1.0, 8.0], [8.0, 1.0], [5.0, 5.0]])
    _, found = solve_joint(q, (2, 2), (1, 1), (lam, lam))
    assert np.exp(found[0][0, 0]) == pytest.approx(stag, abs=1e-6)
    assert np.exp(found[1][0, 0]) == pytest.approx(stag, abs=1e-6)


def test_constant_sum() -> None:
    q = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 2.0], [1.0, 1.0]])
    _, found = solve_joint(q, (2, 2), (1, 1), (1.0, 1.0))
    assert np.exp(found[0][0, 0]) == pytest.approx(0.642979, abs=1e-6)
    assert np.exp(found[1][0, 0]) == pytest.approx(0.588319, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_three_players(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_actions, kinds, lam = (2, 4, 3), (1, 1, 1), (12.0, 3.0, 20.0)
    q = rng.random((24, 3))
    route, found = solve_joint(q, n_actions, kinds, lam)
    assert route < UNSOLVED
    assert off_joint(q, n_actions, kinds, lam, (), np.ones((3, 1)), found) < 1e-8


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kinds", [(2, 2), (2, 1), (1, 3)])
def test_types_at_once(seed: int, kinds: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    n_actions, lam = (3, 2), (8.0, 5.0)
    cells = [grids.cells(k, 6) for k in kinds if k > 1]
    sizes = [len(c.points) for c in cells]
    q = rng.random((6, *sizes, sum(kinds)))
    belief, point, j = np.zeros((2, 3)), [0, 0], 0
    belief[:, 0] = 1.0
    for m, k in enumerate(kinds):
        if k > 1:
            inside = np.flatnonzero((cells[j].points > 0).all(axis=1))
            point[m] = int(rng.choice(inside))
            belief[m, :k] = cells[j].points[point[m]]
            j += 1
    route, found = solve_joint(q, n_actions, kinds, lam, cells, belief, point)
    assert route < UNSOLVED
    assert off_joint(q, n_actions, kinds, lam, cells, belief, found) < 1e-7
