"""Solutions with beliefs, simultaneous moves and no end, written and read back."""

import sys

import numpy as np
import pytest

import countermove as cm
from countermove.game.arrays import Joint, Move
from unit.solve.test_record import bluff
from unit.solve.test_stationary import market


def same(before: cm.Solution, after: cm.Solution) -> None:
    """Everything that a solution tells is what it was."""
    assert after.status == before.status
    assert after.payoffs == before.payoffs
    assert after.type_payoffs == before.type_payoffs
    assert after.record.as_plain() == before.record.as_plain()
    assert after.others == before.others
    horizon = 3 if before.game.world.stationary else None
    told, again = before.forward(horizon), after.forward(horizon)
    assert again.mass == pytest.approx(told.mass, abs=1e-12)
    for player, fan in told.beliefs.items():
        assert again.beliefs[player].to_numpy() == pytest.approx(fan.to_numpy(), abs=1e-12)
    for label, strategy in before.strategies.items():
        assert np.allclose(after.strategies[label], strategy, equal_nan=True, atol=1e-12)


@pytest.fixture
def scenario() -> cm.Game:
    return cm.compile(
        cm.load("little-crisis"), belief_points=2, beliefs=_other_prior(cm.load("little-crisis"))
    )


def _other_prior(scenario: cm.Scenario) -> dict[str, dict[str, float]]:
    player = next(p for p in scenario.players if p.types)
    return {player.name: {player.types[0]: 0.55}}


def test_a_scenario_with_types(tmp_path, scenario) -> None:
    before = cm.solve(scenario)
    before.save(tmp_path / "s.nc")
    after = cm.load_solution(tmp_path / "s.nc")
    same(before, after)
    assert after.game.start_beliefs == scenario.start_beliefs
    assert after.game.beliefs.sizes == scenario.beliefs.sizes


def test_a_large_one_is_solved_again(tmp_path, scenario, monkeypatch) -> None:
    monkeypatch.setattr(sys.modules["countermove.solve.storage"], "_STORED_BYTES", 0)
    before = cm.solve(scenario)
    before.save(tmp_path / "s.nc")
    assert (tmp_path / "s.nc").stat().st_size < 100_000
    same(before, cm.load_solution(tmp_path / "s.nc"))


def test_arrays_with_types(tmp_path) -> None:
    before = cm.solve(bluff())
    before.save(tmp_path / "s.nc")
    same(before, cm.load_solution(tmp_path / "s.nc"))


def test_arrays_without_an_end(tmp_path) -> None:
    before = cm.solve(market(None))
    before.save(tmp_path / "s.nc")
    same(before, cm.load_solution(tmp_path / "s.nc"))


def test_arrays_whose_typed_mover_acts_at_once_with_another(tmp_path) -> None:
    leads = np.arange(16).reshape(2, 4, 2) % 2
    both = Joint(
        ("us", "them"),
        leads,
        np.full((2, 4, 2), 0.5),
        (("a", "b"), ("c", "d")),
        costs={("us", 0): np.eye(2, 4), ("us", 1): np.ones((2, 4))},
    )
    game = cm.Game.from_arrays(
        players=["us", "them"],
        rationality=[2.0, 2.0],
        discount=[1.0, 1.0],
        periods=2,
        steps=[both, Move("them", leads[:, :2], np.full((2, 2, 2), 0.5))],
        flows=[[1.0, 0.0], [0.0, 2.0]],
        types={"us": {"firm": 0.3, "soft": 0.7}},
        belief_points=4,
    )
    before = cm.solve(game)
    before.save(tmp_path / "s.nc")
    same(before, cm.load_solution(tmp_path / "s.nc"))
