"""Which decision is meant: what is named, and the likeliest of what is not."""

from __future__ import annotations

import pytest

from countermove import compile as compile_game
from countermove import load, solve
from countermove.errors import InvalidRequest, UnknownName
from countermove.explain.node import node_of, places_of
from countermove.solve import Solution
from countermove.solve.backward import strategies_of


@pytest.fixture(scope="module")
def sanctions() -> Solution:
    return solve(compile_game(load("sanctions"), belief_points={"sender": 5, "target": 5}))


def test_the_first_move_and_the_likeliest_type_by_default(sanctions: Solution) -> None:
    node = node_of(sanctions)
    assert (node.mover, node.period, node.when) == ("sender", 0, "2025-01-01")
    assert dict(node.state) == {"sanctions": "clear", "programme": "running", "evasion": "tight"}
    assert node.beliefs["sender"] == {"committed": 0.5, "posturing": 0.5}
    assert node.type == "committed"


def test_a_period_a_state_a_type_and_beliefs_that_are_named(sanctions: Solution) -> None:
    node = node_of(
        sanctions,
        "sender",
        period="2025-04-01",
        type="posturing",
        state={"sanctions": "threatened"},
        beliefs={"sender": {"committed": 0.9}},
    )
    assert (node.period, node.type, node.state["sanctions"]) == (1, "posturing", "threatened")
    assert node.beliefs["sender"]["committed"] == pytest.approx(1.0)  # the nearest of the grid
    assert node == node_of(
        sanctions,
        "sender",
        period=1,
        type="posturing",
        state=node.state,
        beliefs={"sender": {"posturing": 0.1}, "target": node.beliefs["target"]},
    )


def test_the_first_period_in_which_there_is_a_choice() -> None:
    solution = solve(compile_game(load("deadline")))
    for mover, place in places_of(solution).items():
        node = node_of(solution, mover)
        strategies = strategies_of(solution.game.world, solution.found, node.period, serial=True)
        here = strategies[place.step][node.row].reshape(solution.game.world.beliefs.size, -1)
        its = here[node.point, place.first : place.first + place.width]
        assert (its > 0).sum() > max(len(place.mover.types), 1)


def test_a_state_that_comes_later_is_met_when_it_first_may_be(sanctions: Solution) -> None:
    node = node_of(sanctions, "sender", state={"sanctions": "imposed"})
    assert node.period > 0
    assert node.state["sanctions"] == "imposed"
    with pytest.raises(InvalidRequest, match="leave the period out"):
        node_of(sanctions, "sender", state={"sanctions": "imposed"}, period=0)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"mover": "sendr"}, UnknownName, "did you mean 'sender'"),
        ({"period": 99}, InvalidRequest, "period 99 lies outside 0 to 7"),
        ({"state": {"weather": "fine"}}, UnknownName, "weather"),
        ({"state": {"sanctions": "none"}}, UnknownName, "none"),
        ({"type": "keen"}, UnknownName, "keen"),
        ({"beliefs": {"iran": {"x": 1.0}}}, UnknownName, "iran"),
        ({"beliefs": {"sender": {"keen": 1.0}}}, UnknownName, "keen"),
        ({"beliefs": {"sender": {"committed": 1.4}}}, InvalidRequest, "add up to 1"),
        (
            {"mover": "target", "period": 0, "state": {"sanctions": "clear"}},
            InvalidRequest,
            "target has no choice to make",
        ),
    ],
)
def test_a_decision_that_is_not_there(sanctions: Solution, asked, error, said) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=said):
        node_of(sanctions, **asked)


def test_a_player_without_types_has_none_to_name() -> None:
    solution = solve(compile_game(load("little-crisis")))
    with pytest.raises(InvalidRequest, match="target has no types"):
        node_of(solution, "target", type="keen")
