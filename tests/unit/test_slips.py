"""Natural slips in Python are told in words that say what to write."""

from __future__ import annotations

from importlib.resources import files

import pytest

import countermove
from countermove.errors import InvalidRequest
from countermove.game import Game
from countermove.language.model import Scenario
from countermove.solve import Solution


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    starter = files("countermove.cli").joinpath("starter.yaml")
    loaded = countermove.language.loads(starter.read_text(encoding="utf-8"))
    assert isinstance(loaded, Scenario)
    return loaded


@pytest.fixture(scope="module")
def game(scenario: Scenario) -> Game:
    return countermove.compile(scenario)


@pytest.fixture(scope="module")
def solution(game: Game) -> Solution:
    return countermove.solve(game)


def test_each_step_says_what_it_takes(scenario: Scenario, game: Game, solution: Solution) -> None:
    with pytest.raises(TypeError, match=r"compile takes a Scenario, not a str: .*load\(name_or_"):
        countermove.compile("strait.yaml")
    with pytest.raises(TypeError, match=r"solve takes a Game, not a Scenario: .*compile\(scenario"):
        countermove.solve(scenario)
    with pytest.raises(TypeError, match=r"simulate takes a Solution, not a Game: .*solve\(game\)"):
        countermove.simulate(game)
    with pytest.raises(TypeError, match=r"report takes a Solution, not a Game: .*solve\(game\)"):
        countermove.report(game)


@pytest.mark.parametrize("value", ["x", None, "0.5", float("nan"), [1]])
def test_values_of_parameters_are_finite_numbers(scenario: Scenario, value: object) -> None:
    with pytest.raises(InvalidRequest, match=r"parameter 'spark' must be a finite number, not "):
        countermove.compile(scenario, set={"spark": value})


@pytest.mark.parametrize("name", ["paths", "log", "seed"])
def test_counts_are_whole_numbers(solution: Solution, name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{name} must be a whole number: 1.5"):
        countermove.simulate(solution, **{name: 1.5})


def test_notebooks_show_units_and_both_times(solution: Solution) -> None:
    shown = solution._repr_html_()
    assert ">days</td>" in shown and "%</td>" in shown
    timed = solution.measures["time_to_blockade"]
    assert f"{timed.mean_given:.4g} periods where it happens, {timed.mean_censored:.4g}" in shown
    simulated = countermove.simulate(solution, paths=100)._repr_html_()
    assert ">days</td>" in simulated and "%</td>" in simulated
