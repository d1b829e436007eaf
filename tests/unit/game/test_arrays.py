"""Games from arrays: what they mean, and what is refused."""

import re

import numpy as np
import pytest

from countermove.errors import InvalidRequest
from countermove.game import Game
from countermove.game.arrays import Chance, Joint, Move
from countermove.solve import solve


def move(**changes):
    about = {
        "player": "a",
        "successors": [[[0], [1]], [[1], [0]]],
        "odds": np.ones((2, 2, 1)),
        "actions": ("stay", "switch"),
    }
    return Move(**{**about, **changes})


def arguments(**changes):
    about = {
        "players": ("a", "b"),
        "rationality": (1.0, 2.0),
        "discount": (1.0, 0.5),
        "periods": 2,
        "steps": [move(), Chance("flip", [[0, 1], [0, 1]], [[0.5, 0.5], [0.25, 0.75]])],
        "flows": [[0.0, 1.0], [1.0, 0.0]],
    }
    return {**about, **changes}


def test_states_and_names():
    game = Game.from_arrays(**arguments(state_names=["calm", "war"], name="two"))
    assert (game.n_states, game.periods, game.players) == (2, 2, ("a", "b"))
    assert game.state(1) == {"state": "war"}
    assert game.index(state="war") == 1
    assert game.index() == 0
    assert repr(game) == "Game('two', 2 states, 2 periods)"
    assert "stay, switch" in game._repr_html_()
    assert game.warnings() == []


def test_second_visits_have_labels_of_their_own():
    game = Game.from_arrays(**arguments(steps=[move(), move(player="b"), move()]))
    assert game.labels == ("a", "b", "a#2")
    forward = solve(game).forward()
    assert set(forward.actions) == {"a", "b", "a#2"}
    assert all(m.to_numpy() == pytest.approx([1, 1]) for m in forward.moves.values())


def test_ends_stop_payoffs_and_freeze_measures():
    # From state 0 the only way is to state 1, where the game ends in the first of three periods.
    to_one = Chance("go", [[1], [1]], [[1.0], [1.0]])
    game = Game.from_arrays(
        **arguments(
            periods=3,
            steps=[to_one],
            flows=[[0, 0], [2, 3]],
            final=[[0, 0], [10, 20]],
            ends=[False, True],
            measures={
                "there": ("mean", [0, 1]),
                "at_last": ("final", [0, 4]),
                "all": ("total", [1, 5]),
            },
        )
    )
    solution = solve(game)
    assert solution.payoffs == {"a": 12.0, "b": 23.0}
    assert {n: m.value for n, m in solution.measures.items()} == {
        "there": 1.0,
        "at_last": 4.0,
        "all": 15.0,
    }


def test_costs_fall_on_whom_they_name():
    costs = {"a": [[0, 0.5], [0, 0.5]], "b": [[1, 2], [3, 4]]}
    game = Game.from_arrays(
        **arguments(periods=1, steps=[move(costs=costs)], flows=np.zeros((2, 2)))
    )
    solution = solve(game)
    odds = 1 / (1 + np.exp(-0.5))
    assert solution.payoffs["a"] == pytest.approx(-0.5 * (1 - odds))
    assert solution.payoffs["b"] == pytest.approx(-(odds * 1 + (1 - odds) * 2))


def joint(**changes):
    # Both choose 0 or 1; the state tells whether they chose alike.
    about = {
        "players": ("a", "b"),
        "successors": [[[0], [1], [1], [0]]] * 2,
        "odds": np.ones((2, 4, 1)),
        "actions": (("a0", "a1"), ("b0", "b1")),
    }
    return Joint(**{**about, **changes})


def test_simultaneous_moves():
    costs = {"b": [[0.0, 1.0, 2.0, 3.0]] * 2}
    legal = [np.ones((2, 2)), [[1, 0], [1, 1]]]
    game = Game.from_arrays(**arguments(steps=[joint(costs=costs, legal=legal), move()]))
    assert game.labels == ("a", "b", "a#2")
    head = game.world.steps[0]
    assert (head.label, head.kind, head.name) == ("a+b", "joint", "a+b")
    assert head.actions == ("a0+b0", "a0+b1", "a1+b0", "a1+b1")
    arrays = game.world.at(0).steps[0].arrays
    assert arrays.first.tolist() == [0, 2, 4]
    assert arrays.legal.tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert arrays.charge[0].tolist() == [0, -1, -2, -3]
    assert arrays.rationality.tolist() == [1.0, 2.0]
    assert arrays.column.tolist() == [0, 1]


def test_private_types():
    costs = {("a", 1): [[0.0, 5.0]] * 2, "a": [[1.0, 0.0]] * 2, "b": np.ones((2, 2))}
    game = Game.from_arrays(
        **arguments(
            steps=[move(costs=costs)],
            types={"a": {"firm": 0.3, "soft": 0.7}},
            belief_points=3,
            typed_flows={("a", 1): [2.0, 3.0]},
            typed_final={("a", 0): [10.0, 20.0]},
            measures={"there": ("ever", [0, 1])},
        )
    )
    assert [c.name for c in game.columns] == ["a[firm]", "a[soft]", "b", "there"]
    assert game.n_payoffs == 3
    assert game.fixed.tolist() == [[0], [1], [-1], [-1]]
    assert game.world.owner.tolist() == [0, 0, -1, -1]
    assert game.beliefs.axes[0].points[game.beliefs.start].tolist() == [0.3, 0.7]
    assert game.beliefs.size == 4
    assert game.world.at(0).add.tolist() == [[0, 2, 1, 0], [1, 4, 0, 1]]
    assert game.world.at(1).add.tolist() == [[10, 2, 1, 0], [21, 4, 0, 1]]
    assert game.world.at(0).keep[0].tolist() == [1.0, 1.0, 0.5, 1.0]
    arrays = game.world.at(0).steps[0].arrays
    charges = zip(
        arrays.charge_action.tolist(),
        arrays.charge_column.tolist(),
        arrays.charge[0].tolist(),
        strict=True,
    )
    assert {c for c in charges if c[2]} == {
        (1, 1, -5.0),
        (0, 0, -1.0),
        (0, 1, -1.0),
        (0, 2, -1.0),
        (1, 2, -1.0),
    }
    assert (arrays.axis.tolist(), arrays.column.tolist()) == ([0], [0])
    assert game.world.steps[0].movers[0].types == ("firm", "soft")


def test_games_without_an_end():
    game = Game.from_arrays(
        **arguments(periods=None, discount=(0.9, 0.5), final=[[5, 5], [7, 7]], ends=[False, True])
    )
    assert game.world.stationary
    assert game.periods == 1
    assert game.world.at(0).add.tolist() == [[0, 1], [8, 7]]  # the final counts where it ends


REFUSED = {
    "flows shape": ({"flows": [[0.0], [1.0]]}, "flows must be [states, 2], not [2, 1]"),
    "flows flat": ({"flows": [0.0, 1.0]}, "flows must be [states, 2]"),
    "no states": ({"flows": np.zeros((0, 2))}, "flows must be [states, 2]"),
    "flows nan": ({"flows": [[0, np.nan], [0, 0]]}, "flows must be finite numbers"),
    "players twice": ({"players": ("a", "a")}, "players must have names of their own: a, a"),
    "rationality short": ({"rationality": (1,)}, "rationality and discount must have one number a"),
    "rationality negative": ({"rationality": (1, -1)}, "rationality must be finite numbers"),
    "rationality nan": ({"rationality": (1, np.nan)}, "rationality must be finite numbers"),
    "rationality infinite": ({"rationality": (1, np.inf)}, "rationality must be finite numbers"),
    "discount": ({"discount": (1, 1.5)}, "discount must be numbers from 0 to 1"),
    "periods": ({"periods": 0}, "periods must be at least 1: 0"),
    "for ever undiscounted": ({"periods": None}, "discount must be below 1 in a game that goes on"),
    "a stranger's types": ({"types": {"c": {"x": 0.5, "y": 0.5}}}, "no player 'c' to have types"),
    "one type": ({"types": {"a": {"x": 1}}}, "types of 'a' must be two or more and add up to 1"),
    "a prior past one": ({"types": {"a": {"x": 1, "y": 1}}}, "must be two or more and add up to 1"),
    "few points": (
        {"types": {"a": {"x": 0.5, "y": 0.5}}, "belief_points": 1},
        "belief_points must be at least 2: 1",
    ),
    "no such type": ({"typed_flows": {("a", 0): [0, 0]}}, "typed_flows: there is no type 0 of 'a'"),
    "start": ({"start": 2}, "the start state 2 lies outside 0 to 1"),
    "negative start": ({"start": -1}, "the start state -1 lies outside 0 to 1"),
    "names": ({"state_names": ["x"]}, "state_names must be 2 different names"),
    "same names": ({"state_names": ["x", "x"]}, "state_names must be 2 different names"),
    "final": ({"final": [1, 2]}, "final must be [2, 2], not [2]"),
    "ends": ({"ends": [True]}, "ends must be [2], not [1]"),
    "measure kind": (
        {"measures": {"m": ("first", [0, 1])}},
        "measure 'm': kind must be one of ever",
    ),
    "measure shape": ({"measures": {"m": ("mean", [0])}}, "measure 'm' must be [2], not [1]"),
    "measure infinite": ({"measures": {"m": ("mean", [0, np.inf])}}, "measure 'm' must be finite"),
    "measure of a number": ({"measures": {"m": ("ever", [0, 2])}}, "zeros and ones"),
}
STEPS = {
    "stranger": (move(player="c"), "step 0 (c): there is no such player"),
    "odds past one": (move(odds=np.full((2, 2, 1), 1.1)), "step 0 (a): odds must not be negative"),
    "odds below zero": (
        Chance("x", [[0, 1]] * 2, [[1.5, -0.5]] * 2),
        "step 0 (x): odds must not be negative and must add up to 1",
    ),
    "odds nan": (move(odds=np.full((2, 2, 1), np.nan)), "step 0 (a): odds must be finite numbers"),
    "no branches": (
        move(successors=np.zeros((2, 2, 0), int), odds=np.zeros((2, 2, 0))),
        "step 0 (a): odds must not be negative and must add up to 1",
    ),
    "shapes": (move(odds=np.ones((2, 2, 2))), "must be [2 states, actions, M]"),
    "too few states": (move(successors=[[[0]]], odds=[[[1.0]]]), "must be [2 states, actions, M]"),
    "flat chance": (Chance("x", [0, 1], [0.5, 0.5]), "step 0 (x): successors and odds must be [2"),
    "far successors": (Chance("x", [[2], [0]], [[1.0], [1.0]]), "must be states 0 to 1"),
    "negative successors": (Chance("x", [[-1], [0]], [[1.0], [1.0]]), "must be states 0 to 1"),
    "parts of states": (Chance("x", [[0.5], [0]], [[1.0], [1.0]]), "must be whole numbers"),
    "action names": (move(actions=("stay",)), "step 0 (a): actions must be 2 different names"),
    "same actions": (move(actions=("x", "x")), "step 0 (a): actions must be 2 different names"),
    "nothing legal": (move(legal=[[1, 0], [0, 0]]), "legal must be [2, 2], with a legal action"),
    "legal shape": (move(legal=[1, 0]), "legal must be [2, 2]"),
    "stranger's cost": (
        move(costs={"c": np.zeros((2, 2))}),
        "there is no player 'c' to bear a cost",
    ),
    "a stranger at once": (joint(players=("a", "c")), "step 0 (a+c): there is no such player"),
    "one at once": (
        joint(players=("a",), actions=(("x", "y"),)),
        "actions must be named for two or more different players",
    ),
    "the same twice": (joint(players=("a", "a")), "for two or more different players"),
    "profiles": (joint(actions=(("x",), ("y",))), "actions must be 4 different names"),
    "legal of one": (joint(legal=[np.ones((2, 2))]), "legal must be given for each of 2 movers"),
    "nothing legal at once": (
        joint(legal=[np.ones((2, 2)), np.zeros((2, 2))]),
        "legal must be [2, 2], with a legal action in each state",
    ),
    "cost shape": (move(costs={"b": [1, 2]}), "costs of b must be [2, 2], not [2]"),
    "cost nan": (move(costs={"b": np.full((2, 2), np.nan)}), "costs of b must be finite numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_arguments_are_refused(name):
    changes, message = REFUSED[name]
    with pytest.raises(InvalidRequest, match=re.escape(message)):
        Game.from_arrays(**arguments(**changes))


@pytest.mark.parametrize("name", STEPS)
def test_bad_steps_are_refused(name):
    step, message = STEPS[name]
    with pytest.raises(InvalidRequest, match=re.escape(message)):
        Game.from_arrays(**arguments(steps=[step]))


def test_states_that_there_are_not():
    game = Game.from_arrays(**arguments())
    with pytest.raises(InvalidRequest, match="state 2 lies outside 0 to 1"):
        game.state(2)
    with pytest.raises(InvalidRequest, match="'state' has no level 'war'"):
        game.index(state="war")


def test_nothing_to_replace():
    with pytest.raises(InvalidRequest, match="made from arrays has no parameters to replace"):
        Game.from_arrays(**arguments()).replace(rationality_factor=2)
