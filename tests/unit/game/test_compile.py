"""Compiling: options, states by name, and requests that are refused."""

import datetime as dt
import re
from functools import cache

import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.game import compile as compile_game
from countermove.language import load, loads
from countermove.solve import solve
from oracle.crisis import CRISIS

MORE = """
views: {bold: {set: {success: 0.5}}}
policies: {probe: {player: guard, rules: [{when: tension == 1, play: {search: 0.3, watch: rest}}]}}
"""
DATED = (CRISIS + MORE).replace("periods: 4", "start: 2020-11-15, step: 1 month, periods: 4")


@cache
def scenario(text=CRISIS + MORE):
    return loads(text)


def test_states_by_name():
    game = compile_game(scenario())
    assert game.variables == ("tension", "raid", "rule", "last(guard)")
    start = game.state(game.start)
    assert start == {
        "tension": "1",
        "raid": "no_raid",
        "rule": "old",
        "last(guard)": "nothing",
    }
    assert game.index() == game.start
    hot = game.index(tension="3")
    assert game.state(hot) == {**start, "tension": "3"}
    for index in range(game.n_states):
        levels = {n: v for n, v in game.state(index).items() if n != "last(guard)"}
        if game.state(index)["last(guard)"] == "nothing":
            assert game.index(**levels) == index


def test_states_that_there_are_not():
    game = compile_game(scenario())
    with pytest.raises(InvalidRequest, match=f"state {game.n_states} lies outside 0 to"):
        game.state(game.n_states)
    with pytest.raises(InvalidRequest, match="state -1 lies outside"):
        game.state(-1)
    with pytest.raises(UnknownName, match="no state variable 'tensoin'; did you mean 'tension'"):
        game.index(tensoin="1")
    with pytest.raises(InvalidRequest, match=r"'raid' has no level 'raide'; did you mean 'raided'"):
        game.index(raid="raide")


def test_a_state_that_no_play_reaches():
    quiet = scenario(CRISIS.replace("outcomes: [{probability: 0.4,", "outcomes: [{probability: 0,"))
    game = compile_game(quiet)
    with pytest.raises(InvalidRequest, match="no play reaches the state with rule new; compile"):
        game.index(rule="new")
    elsewhere = compile_game(quiet, start={"rule": "new"})
    assert elsewhere.state(elsewhere.index())["rule"] == "new"
    assert elsewhere.index() == elsewhere.index(rule="new") == elsewhere.start


def test_what_is_in_force():
    game = compile_game(scenario(), view="bold", policy="probe")
    assert game.parameters == {"success": 0.5}
    assert (game.view, game.policy) == ("bold", "probe")
    assert repr(game) == (
        f"Game('crisis', {game.n_states} states, 4 periods, view='bold', policy='probe')"
    )
    assert compile_game(scenario(), view="bold", set={"success": 0.25}).parameters == {
        "success": 0.25
    }
    page = game._repr_html_()
    assert "raider → guard → raider#2 → vote → drift" in page
    assert "<code>raider#2</code></th>" in page
    assert ">rest_up, strike, talk</td>" in page


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"view": "bald"}, UnknownName, "no view 'bald'; did you mean 'bold'"),
        ({"policy": "prob"}, UnknownName, "no policy 'prob'; did you mean 'probe'"),
        ({"set": {"sucess": 1}}, UnknownName, "no parameter 'sucess'; did you mean 'success'"),
        ({"set": {"success": float("nan")}}, InvalidRequest, "'success' must be a finite number"),
        ({"set": {"success": float("inf")}}, InvalidRequest, "'success' must be a finite number"),
        ({"start": {"tensoin": "1"}}, UnknownName, "no state variable 'tensoin'"),
        ({"start": {"tension": "7"}}, InvalidRequest, "'tension' has no level '7'"),
        (
            {"rationality_factor": -1},
            InvalidRequest,
            "must be a finite number that is not negative",
        ),
        ({"rationality_factor": float("nan")}, InvalidRequest, "must be a finite number"),
        ({"rationality_factor": float("inf")}, InvalidRequest, "must be a finite number"),
        ({"max_memory": "lots"}, InvalidRequest, "'lots' is not an amount of memory"),
        ({"at": 4}, InvalidRequest, "period 4 lies outside 0 to 3"),
        ({"at": -1}, InvalidRequest, "period -1 lies outside 0 to 3"),
        ({"at": "soon"}, InvalidRequest, "'soon' is neither a period"),
        ({"at": "2020-11-20"}, InvalidRequest, "lies outside the calendar (it has no dates"),
        ({"at": "²"}, InvalidRequest, "'²' is neither a period"),
    ],
)
def test_requests_that_are_refused(options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        compile_game(scenario(), **options)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (0, 0),
        ("2", 2),
        ("2020-11-15", 0),
        ("2020-12-14", 0),
        ("2020-12-15", 1),
        ("2021-01", 1),
        (dt.date(2021, 2, 20), 3),
    ],
)
def test_entering_at(at, period):
    game = compile_game(scenario(DATED), at=at)
    assert game.start_period == period
    assert len(solve(game).period_labels) == 4 - period


@pytest.mark.parametrize("at", ["2020-11-14", "2021-03-15", dt.date(2030, 1, 1)])
def test_dates_outside(at):
    with pytest.raises(
        InvalidRequest, match=r"lies outside the calendar .2020-11-15 to 2021-03-14"
    ):
        compile_game(scenario(DATED), at=at)


def test_replacing_numbers():
    game = compile_game(scenario())
    assert game.replace(parameters={"success": 0.6}).parameters == {"success": 0.6}
    assert game.parameters == {"success": 0.35}
    again = game.replace(parameters={"success": 0.6}).replace(rationality_factor=0.5)
    assert (again.parameters, again.rationality_factor) == ({"success": 0.6}, 0.5)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"parameters": {"sucess": 0.3}}, UnknownName, "no parameter 'sucess'"),
        ({"parameters": {"success": 0.7}}, InvalidRequest, "'success' was compiled for 0.2 to 0.6"),
        ({"parameters": {"success": float("nan")}}, InvalidRequest, "must be a finite number"),
        (
            {"rationality_factor": -2},
            InvalidRequest,
            "must be a finite number that is not negative",
        ),
    ],
)
def test_replacements_that_are_refused(changes, error, message):
    with pytest.raises(error, match=re.escape(message)):
        compile_game(scenario()).replace(**changes)


def test_a_replaced_game_keeps_its_policy():
    game = compile_game(scenario(), policy="probe").replace(rationality_factor=2)
    strategy = solve(game).strategies["guard"]
    bound = strategy.isel(period=0).sel(tension="1")
    shares = bound.sel(action="search").to_numpy()
    assert set(shares[shares == shares].round(12)) == {0.3}


def test_a_policy_may_be_of_two_players():
    both = "{players: [raider, guard], rules: [{when: tension < 3, forbid: [talk]}]}"
    text = CRISIS.replace("watch", "talk") + f"policies: {{hush: {both}}}"
    solution = solve(compile_game(scenario(text), policy="hush"))
    for strategy in solution.strategies.values():
        talk = strategy.sel(action="talk")
        for tension in "012":
            assert float(talk.sel(tension=tension).max()) == 0.0
        assert float(talk.sel(tension="3").max()) > 0.0


def test_what_a_policy_forbids_is_no_warning():
    never = "policies: {calm: {player: guard, rules: [{forbid: [search]}]}}"
    found = compile_game(scenario(CRISIS + never), policy="calm").warnings()
    assert not any("search" in w.message for w in found)


def test_the_bundled_scenarios_compile():
    game = compile_game(load("us-iraq-2020"))
    assert game.n_states > 1000
    assert game.predicted_bytes > 8 * game.n_states
