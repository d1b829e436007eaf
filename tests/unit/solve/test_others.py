"""Other equilibria are found where there are any, and told."""

import numpy as np
import pytest

import countermove as cm
from countermove.game.arrays import Joint


def hunters(rationality: float) -> cm.Game:
    """A stag hunt as arrays: both stag 10, both hare 5, a hare beside a stag 8, a lone stag 1."""
    worth = np.array([[10.0, 1.0, 8.0, 5.0]])
    other = np.array([[10.0, 8.0, 1.0, 5.0]])
    hunt = Joint(
        ("one", "other"),
        np.zeros((1, 4, 1), int),
        np.ones((1, 4, 1)),
        (("stag", "hare"), ("stag", "hare")),
        costs={"one": -worth, "other": -other},
    )
    return cm.Game.from_arrays(
        players=["one", "other"],
        rationality=[rationality] * 2,
        discount=[1.0, 1.0],
        periods=1,
        steps=[hunt],
        flows=np.zeros((1, 2)),
    )


def test_at_low_rationality_there_is_one_equilibrium() -> None:
    found = cm.solve(hunters(0.5)).others
    assert found is not None
    assert (found.several, found.most, found.disagreed, found.unfollowed) == (0, 1, 0, 0)


def test_a_stag_hunt_of_the_rational_has_three() -> None:
    found = cm.solve(hunters(3.0)).others
    assert found is not None
    assert found.several == found.sampled
    assert found.most == 3
    assert found.apart == pytest.approx(1.0, abs=0.01)
    assert found.disagreed == 0


def test_nothing_is_looked_for_where_nobody_waits_for_another() -> None:
    assert cm.solve(cm.compile(cm.load("centipede"))).others is None


def test_the_search_can_be_left_out() -> None:
    assert cm.solve(hunters(3.0), others=0).others is None
