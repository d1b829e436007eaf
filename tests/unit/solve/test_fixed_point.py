"""A typed player's move: the fixed point of choice and belief, held against NumPy alone."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.game import grids
from countermove.solve.record import CONTINUED, TRIVIAL, UNSOLVED
from unit.solve.points import find_all, log_softmax, off, posterior, solve

# σ is known as well as the log odds (1e-10), times how steeply values answer to beliefs.
_CLOSE = 1e-7


def crisis(lam: float, points: np.ndarray) -> np.ndarray:
    """What waiting and threatening come to [A, B, K] for the resolved and for the bluffing."""
    firm = np.exp(log_softmax(lam * np.array([[-0.2, -0.8], [-1.5, -0.8]])))
    challenger = (firm * [[-0.2, -0.8], [-1.5, -0.8]]).sum(axis=1)
    resist = points @ (firm @ [-2.0, 1.0])
    comply = 1.0 / (1.0 + np.exp(lam * (resist + 1.0)))
    threaten = comply[:, None] + (1.0 - comply[:, None]) * challenger
    return np.stack([np.zeros_like(threaten), threaten])


def start(lam: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """P(threaten) by type at the prior, and the routes at all points."""
    cells = grids.cells(2, n, [(0.4, 0.6)])
    w = crisis(lam, cells.points)
    routes, log_sigma, _ = solve(w[None], np.array([lam]), cells)
    b = int(np.abs(cells.points[:, 1] - 0.6).argmin())
    assert off(w, lam, cells, b, log_sigma[0, b]) < _CLOSE
    return np.exp(log_sigma[0, b, :, 1]), routes


@pytest.mark.parametrize(
    ("lam", "expected"), [(3.0, (0.54489085, 0.24650080)), (8.0, (0.89490663, 0.31777494))]
)
def test_the_little_crisis(lam: float, expected: tuple[float, float]) -> None:
    fine, _ = start(lam, 401)
    assert fine == pytest.approx(expected, abs=2e-5)
    coarse, _ = start(lam, 21)
    assert coarse == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("lam", [3.0, 8.0, 20.0, 50.0])
def test_high_rationality_converges_everywhere(lam: float) -> None:
    cells = grids.cells(2, 21, [(0.4, 0.6)])
    w = crisis(lam, cells.points)
    routes, log_sigma, _ = solve(w[None], np.array([lam]), cells)
    assert (routes < UNSOLVED).all()
    assert max(off(w, lam, cells, b, log_sigma[0, b]) for b in range(21)) < _CLOSE


def test_damped_iteration_cycles_where_this_does_not() -> None:
    cells = grids.cells(2, 21, [(0.4, 0.6)])
    b = int(np.abs(cells.points[:, 1] - 0.6).argmin())

    def iterate(lam: float) -> float:
        w, sigma, largest = crisis(lam, cells.points), np.full((2, 2), 0.5), np.inf
        for step in range(2000):
            after = posterior(cells.points[b], np.log(sigma))[:, 1]
            read = [
                [np.interp(p, cells.points[:, 1], w[a, :, k]) for a, p in enumerate(after)]
                for k in range(2)
            ]
            answer = np.exp(log_softmax(lam * np.array(read)))
            if step >= 1900:
                largest = min(largest, np.abs(answer - sigma).max())
            sigma = sigma + 0.5 * (answer - sigma)
        return largest

    assert iterate(3.0) < 1e-9
    assert iterate(8.0) > 1e-2


def noise(seed: int, n: int, n_types: int, n_points: int, spread: float):
    rng = np.random.default_rng(seed)
    w = rng.random((n, 5, n_points, n_types))
    return w, spread / (w.max(axis=(1, 2, 3)) - w.min(axis=(1, 2, 3)))


def test_white_noise_is_solved() -> None:
    cells = grids.cells(2, 21)
    w, lam = noise(7, 72, 2, 21, 10.0)
    routes, log_sigma, _ = solve(w, lam, cells)
    assert (routes[:, [0, -1]] == TRIVIAL).all()
    assert (routes[:, 1:-1] > TRIVIAL).all()
    assert (routes < UNSOLVED).all()
    for i, b in np.ndindex(routes.shape):
        assert off(w[i], lam[i], cells, b, log_sigma[i, b]) < _CLOSE


def test_uneven_grids_and_large_payoffs() -> None:
    cells = grids.cells(2, 11, [(0.37, 0.63), (0.999, 0.001), (0.37 - 1e-9, 0.63 + 1e-9)])
    w, lam = noise(8, 10, 2, len(cells.points), 10.0)
    w, lam = 1e6 + 1e3 * w, lam / 1e3
    routes, log_sigma, _ = solve(w, lam, cells)
    assert (routes < UNSOLVED).all()
    for i, b in np.ndindex(routes.shape):
        assert off(w[i], lam[i], cells, b, log_sigma[i, b]) < 1e-5  # payoffs have ten digits


def test_a_warm_start_stays_where_it_is() -> None:
    cells = grids.cells(2, 21)
    w, lam = noise(9, 20, 2, 21, 4.0)
    _, log_sigma, x = solve(w, lam, cells)
    routes, again, _ = solve(w, lam, cells, x)
    assert (routes <= 1).all()
    assert again == pytest.approx(log_sigma, abs=1e-8)


def test_three_types() -> None:
    cells = grids.cells(3, 6, [(0.2, 0.3, 0.5), (0.0, 0.45, 0.55)])
    w, lam = noise(10, 20, 3, len(cells.points), 8.0)
    routes, log_sigma, _ = solve(w, lam, cells)
    assert (routes < UNSOLVED).all()
    for i, b in np.ndindex(routes.shape):
        assert off(w[i], lam[i], cells, b, log_sigma[i, b]) < _CLOSE


def test_two_alike_of_three_types_act_as_two_types() -> None:
    two = grids.cells(2, 11)
    three = grids.cells(3, 11)
    p = three.points[:, 1] + three.points[:, 2]
    w = np.stack([np.sin(3 * p), 0.5 + 0 * p, p**2], axis=0)
    of_three = np.stack([w, 1 - w, 1 - w], axis=-1)
    p = two.points[:, 1]
    w = np.stack([np.sin(3 * p), 0.5 + 0 * p, p**2], axis=0)
    of_two = np.stack([w, 1 - w], axis=-1)
    _, wanted, _ = solve(of_two[None], np.array([1.0]), two)
    _, found, _ = solve(of_three[None], np.array([1.0]), three)
    for b, point in enumerate(three.points):
        like = round(10 * (point[1] + point[2]))
        assert found[0, b] == pytest.approx(wanted[0, like][[0, 1, 1]], abs=1e-8)


def test_one_legal_action_tells_nothing() -> None:
    cells = grids.cells(2, 5)
    w, lam = noise(11, 1, 2, 5, 4.0)
    routes, log_sigma, _ = solve(np.ascontiguousarray(w[:, :1]), lam, cells)
    assert (routes == TRIVIAL).all()
    assert (log_sigma == 0.0).all()


def test_twin_actions_are_played_alike() -> None:
    cells = grids.cells(2, 21)
    w, lam = noise(12, 20, 2, 21, 4.0)
    w[:, 1] = w[:, 0]
    routes, log_sigma, _ = solve(w, lam, cells)
    assert (routes < UNSOLVED).all()
    for i, b in np.ndindex(routes.shape):
        assert off(w[i], lam[i], cells, b, log_sigma[i, b]) < _CLOSE


def test_all_solutions_that_are_found_are_solutions() -> None:
    cells = grids.cells(2, 21)
    w, lam = noise(13, 20, 2, 21, 10.0)
    most = 0
    for game, rationality in zip(w, lam, strict=True):
        found, route = find_all(game, rationality, cells, 10)
        assert route < UNSOLVED
        assert len(found) >= 1
        most = max(most, len(found))
        for i, sigma in enumerate(found):
            assert off(game, rationality, cells, 10, np.log(sigma)) < _CLOSE
            assert all(np.abs(sigma - other).max() > 1e-6 for other in found[:i])
    assert most > 1


def test_little_rationality_leaves_one_solution() -> None:
    cells = grids.cells(2, 21)
    w, lam = noise(14, 20, 2, 21, 0.1)
    for game, rationality in zip(w, lam, strict=True):
        found, route = find_all(game, rationality, cells, 10)
        assert len(found) == 1
        assert route == CONTINUED
