"""The logit itself, over many states, numbers of actions, and exponents of every size."""

import numpy as np
import pytest

from countermove.game import Game
from countermove.game.arrays import Move
from countermove.solve import solve


def decided(worth, rationality, legal=None, threads=None):
    """The strategies [S, A] of one player for actions worth this much [S, A]."""
    n, n_actions = worth.shape
    move = Move(
        player="a",
        successors=np.tile(np.arange(n)[:, None, None], (1, n_actions, 1)),
        odds=np.ones((n, n_actions, 1)),
        costs={"a": -worth},
        legal=legal,
    )
    game = Game.from_arrays(
        players=("a",),
        rationality=(rationality,),
        discount=(1,),
        periods=1,
        steps=[move],
        flows=np.zeros((n, 1)),
    )
    solution = solve(game, threads=threads)
    assert solution.status == "solved"
    return solution.strategies["a"].to_numpy()[0], solution


def softmax(exponents):
    weights = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("threads", [1, None])
@pytest.mark.parametrize("n_actions", [1, 2, 3, 5, 8, 9, 17])
@pytest.mark.parametrize("n", [1, 31, 33, 700])
def test_any_number_of_states_and_actions(n, n_actions, threads):
    draw = np.random.default_rng(n * 100 + n_actions)
    worth = draw.normal(0, 2, (n, n_actions))
    legal = draw.random((n, n_actions)) < 0.7
    legal[:, 0] |= ~legal.any(axis=1)
    found, solution = decided(worth, 1.7, legal, threads)
    wanted = softmax(np.where(legal, 1.7 * worth, -np.inf))
    assert found == pytest.approx(wanted, rel=1e-12, abs=1e-300)
    assert (found[~legal] == 0).all()
    value = (wanted * np.where(legal, worth, 0)).sum(axis=1)
    assert solution.values[0, :, 0].to_numpy() == pytest.approx(value, rel=1e-12, abs=1e-13)


def test_exponents_of_every_size():
    # From rounding to underflow: the better action is worth 0, the other ever less.
    below = np.concatenate([[0], 10.0 ** np.arange(-20, 3), np.linspace(1, 745, 500)])
    worth = np.stack([np.zeros_like(below), -below], axis=1)
    found, _ = decided(worth, 1.0)
    wanted = softmax(worth)
    normal = wanted[:, 1] > 1e-307  # what is smaller may lose digits
    assert found[normal] == pytest.approx(wanted[normal], rel=1e-13, abs=0)
    assert found[~normal, 1] == pytest.approx(wanted[~normal, 1], abs=1e-306)
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("rationality", [0, 1e-300, 1e6, 1e300])
@pytest.mark.parametrize("size", [1e-9, 1.0, 1e12])
def test_extremes_stay_distributions(rationality, size):
    draw = np.random.default_rng(1)
    worth = size * draw.normal(0, 1, (50, 4))
    worth[:10, 1] = worth[:10, 0]  # ties are shared
    found, _ = decided(worth, rationality)
    with np.errstate(over="ignore", invalid="ignore"):
        exponents = rationality * (worth - worth.max(axis=1, keepdims=True))
    assert found == pytest.approx(softmax(exponents), abs=1e-9)
    if rationality * size >= 1e12:
        best = worth == worth.max(axis=1, keepdims=True)
        assert found == pytest.approx(best / best.sum(axis=1, keepdims=True), abs=1e-9)
