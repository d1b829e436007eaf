"""Games that go on for ever: values stand still, and are those of a calendar without end."""

import sys

import numpy as np
import pytest

import countermove as cm
from countermove.game.arrays import Chance, Joint, Move
from countermove.solve.stationary import _lead_up, _settle


def market(periods: int | None, rationality: float = 2.0, seed: int = 0) -> cm.Game:
    """A random game of a move, a simultaneous move and chance on six states."""
    rng = np.random.default_rng(seed)
    n, successors = 6, 3

    def odds(*shape: int) -> np.ndarray:
        weights = rng.random(shape)
        return weights / weights.sum(axis=-1, keepdims=True)

    def leads(*shape: int) -> np.ndarray:
        return rng.integers(0, n, shape)

    both = Joint(
        ("a", "b"),
        leads(n, 4, successors),
        odds(n, 4, successors),
        (("left", "right"), ("left", "right")),
        costs={"a": rng.normal(size=(n, 4)), "b": rng.normal(size=(n, 4))},
    )
    alone = Move("a", leads(n, 3, successors), odds(n, 3, successors))
    chance = Chance("weather", leads(n, successors), odds(n, successors))
    return cm.Game.from_arrays(
        players=["a", "b"],
        rationality=[rationality] * 2,
        discount=[0.9, 0.8],
        periods=periods,
        steps=[both, alone, chance],
        flows=rng.normal(size=(n, 2)),
    )


def test_values_are_those_of_a_long_calendar() -> None:
    endless, long = cm.solve(market(None)), cm.solve(market(400))
    assert endless.status == "solved"
    assert np.abs(endless.found.values[0] - long.found.values[0]).max() < 1e-10
    for label, strategy in endless.strategies.items():
        assert np.abs(strategy[0].to_numpy() - long.strategies[label][0].to_numpy()).max() < 1e-9


def test_one_more_sweep_moves_nothing() -> None:
    game = market(None)
    found = cm.solve(game, keep_strategies=False)
    again = found.strategies["a"].to_numpy()
    assert np.abs(again - cm.solve(game, keep_strategies=True).strategies["a"].to_numpy()).max() < (
        1e-11
    )


def test_the_forward_distribution_asks_for_a_horizon() -> None:
    found = cm.solve(market(None))
    with pytest.raises(cm.InvalidRequest, match="periods"):
        found.forward()
    masses = found.forward(periods=5).mass
    assert masses.shape == (5, 6)
    assert masses.sum(axis=1) == pytest.approx(1.0)
    assert masses == pytest.approx(cm.solve(market(400)).forward(periods=5).mass, abs=1e-8)


def test_one_state_repeats_its_worth() -> None:
    stay = Move("a", np.zeros((1, 2, 1), int), np.ones((1, 2, 1)), costs={"a": [[0.0, 1.0]]})
    game = cm.Game.from_arrays(
        players=["a"],
        rationality=[2.0],
        discount=[0.95],
        periods=None,
        steps=[stay],
        flows=[[3.0]],
    )
    p = 1.0 / (1.0 + np.exp(-2.0))
    assert cm.solve(game).payoffs["a"] == pytest.approx((3.0 - (1.0 - p)) / 0.05, rel=1e-12)


def test_sweeps_that_cycle_are_not_called_settled() -> None:
    """A map without a fixed point in reach: the sign flips, whatever the start."""

    def flip(values: np.ndarray) -> np.ndarray:
        return np.where(values >= 0.0, -1.0, 1.0)

    _, moved = _settle(flip, np.zeros((2, 1)), lambda moved: None)
    assert moved is not None and moved > 0.5


def test_where_sweeps_do_not_settle_rationality_is_led_up() -> None:
    """Sweeps that settle only near to where they settled before."""
    settled = [0.0]

    class Sweeps:
        def settle(self, values: np.ndarray, factor: float) -> tuple[np.ndarray, float | None]:
            if factor - settled[-1] > 0.15:
                return values, 1.0
            settled.append(factor)
            return values + 1.0, None

    values, moved = _lead_up(Sweeps(), np.zeros((1, 1)), np.zeros((1, 1)), 1.0)  # type: ignore[arg-type]
    assert moved is None
    assert settled[-1] == 1.0
    assert values[0, 0] == len(settled) - 1


def test_a_game_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # The function of that name stands before the module.
    monkeypatch.setattr(sys.modules["countermove.solve.stationary"], "_SWEEPS", 2)
    found = cm.solve(market(None))
    assert found.status.startswith("not solved: the sweeps did not settle")
    with pytest.raises(cm.SolveError):
        found.refuse_unsolved()
