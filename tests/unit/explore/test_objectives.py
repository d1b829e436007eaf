"""What is to be made better, and which way is up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.explore.objectives import (
    Objective,
    default_objective,
    known_keys,
    objective_of,
    parse_objective,
    player_of,
)
from countermove.language.model import Scenario
from unit.explore.explored import sanctions


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sanctions()


def with_better(scenario: Scenario, name: str, better: str) -> Scenario:
    measure = replace(scenario.measures[name], better=better)
    return replace(scenario, measures={**scenario.measures, name: measure})


def test_payoffs_and_scores_are_better_high(scenario: Scenario) -> None:
    assert objective_of(scenario, "payoff(sender)") == Objective("payoff(sender)", 1.0)
    assert objective_of(scenario, "score(sender_view)").better == "high"
    assert objective_of(scenario, "sender_gets").better == "high"  # a measure of a payoff


def test_a_measure_is_better_as_it_says(scenario: Scenario) -> None:
    wished = with_better(scenario, "imposed", "low")
    assert objective_of(wished, "imposed") == Objective("imposed", -1.0)
    assert objective_of(wished, "imposed", "high") == Objective("imposed", 1.0)


def test_what_should_come_should_come_soon(scenario: Scenario) -> None:
    key = "quarters_to_halt.periods"
    assert key in known_keys(scenario)
    assert objective_of(with_better(scenario, "quarters_to_halt", "high"), key).better == "low"
    assert objective_of(with_better(scenario, "quarters_to_halt", "low"), key).better == "high"


def test_a_measure_that_does_not_say_is_refused(scenario: Scenario) -> None:
    with pytest.raises(InvalidRequest, match=r"is 'imposed' better low or high.*--of imposed:low"):
        objective_of(scenario, "imposed")


def test_an_unknown_key_tells_the_nearest(scenario: Scenario) -> None:
    with pytest.raises(UnknownName, match="did you mean 'imposed'"):
        objective_of(scenario, "imposd")
    with pytest.raises(UnknownName, match=r"there is no measure, score or payoff 'payoff\(me\)'"):
        objective_of(scenario, "payoff(me)")


def test_a_direction_may_stand_behind_the_key(scenario: Scenario) -> None:
    assert parse_objective(scenario, "imposed:low") == Objective("imposed", -1.0)
    assert parse_objective(scenario, "payoff(target)") == Objective("payoff(target)", 1.0)
    with pytest.raises(InvalidRequest, match="better is low or high, not 'lower'"):
        parse_objective(scenario, "imposed:lower")


def test_a_player_wants_its_score_before_its_payoff(scenario: Scenario) -> None:
    assert default_objective(scenario, "sender").key == "score(sender_view)"
    assert default_objective(scenario, "target").key == "payoff(target)"
    with pytest.raises(UnknownName, match="there is no player 'sendr'"):
        default_objective(scenario, "sendr")


def test_whose_objective_it_is(scenario: Scenario) -> None:
    keys = ("payoff(target)", "score(sender_view)", "target_gets", "imposed")
    assert [player_of(scenario, key) for key in keys] == ["target", "sender", "target", ""]


def test_a_sign_is_one_or_minus_one() -> None:
    with pytest.raises(InvalidRequest, match="the sign of an objective is 1 or -1, not 2"):
        Objective("imposed", 2.0)
