"""What a mover plays in one state, at any belief."""

import numpy as np
import pytest

import countermove as cm


@pytest.fixture(scope="module")
def crisis() -> cm.Solution:
    return cm.solve(cm.compile(cm.load("little-crisis")))


def _typed(solution: cm.Solution) -> tuple[str, tuple[str, ...]]:
    axis = solution.game.beliefs.axes[0]
    return axis.player, axis.types


def test_it_is_the_one_among_all(crisis) -> None:
    player, types = _typed(crisis)
    every = crisis.strategies[player].to_numpy()
    start, prior = crisis.game.start, crisis.game.beliefs.start
    one = crisis.strategy(player, 0)
    assert one.dims == ("type", "action")
    assert one.to_numpy() == pytest.approx(every[0, start, prior], abs=1e-12)
    for point, chances in enumerate(crisis.game.beliefs.axes[0].points):
        asked = {player: {types[0]: chances[0]}}
        one = crisis.strategy(player, 0, beliefs=asked)
        assert one.to_numpy() == pytest.approx(every[0, start, point], abs=1e-12)


def test_a_player_without_types_has_one_row(crisis) -> None:
    player, _ = _typed(crisis)
    other = next(p for p in crisis.game.players if p != player)
    one = crisis.strategy(other, 0)
    assert one.dims == ("action",)
    assert np.isnan(one).all() or float(one.sum()) == pytest.approx(1.0)


def test_wrong_names_are_told(crisis) -> None:
    player, types = _typed(crisis)
    with pytest.raises(cm.UnknownName, match="mover"):
        crisis.strategy("nobody", 0)
    with pytest.raises(cm.UnknownName, match="player with types"):
        crisis.strategy(player, 0, beliefs={"nobody": {types[0]: 0.5}})
    with pytest.raises(cm.UnknownName, match="type"):
        crisis.strategy(player, 0, beliefs={player: {"nothing": 0.5}})
    with pytest.raises(cm.InvalidRequest, match="period"):
        crisis.strategy(player, 99)


def test_what_would_fill_the_memory_is_refused(crisis, monkeypatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules["countermove.solve.solution"], "_HUGE", 1000)
    again = cm.solve(crisis.game)
    with pytest.raises(cm.InvalidRequest, match=r"solution\.strategy"):
        _ = again.strategies
    with pytest.raises(cm.InvalidRequest, match="GB"):
        _ = again.values
