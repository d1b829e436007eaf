"""Scores, goals, levers and correlations in the tables that a scenario alone fills."""

from __future__ import annotations

import dataclasses

import pytest

from countermove import language
from countermove.language import Scenario
from countermove.language.model import Goal, View
from countermove.report import scenario_tables


@pytest.fixture(scope="module")
def blockade() -> Scenario:
    return language.load("blockade")


def test_levers_stand_apart_from_the_parameters(blockade: Scenario) -> None:
    levers = scenario_tables.levers(blockade)
    assert levers.columns[:5] == ("lever", "of", "value", "range", "unit")
    assert levers.rows[1][:5] == (
        "first_week",
        "timed_escort",
        "13",
        "0 to 26 (whole)",
        "weeks from the start",
    )
    named = {row[0] for row in scenario_tables.parameters(blockade).rows}
    assert named == {p.name for p in blockade.parameters.values() if not p.lever_of}


def test_scores_show_their_weights_with_signs(blockade: Scenario) -> None:
    (row,) = scenario_tables.scores(blockade).rows
    assert row[:3] == ("status_quo", "The patron", "−1 submission\n−2 war\n+0.5 settled")
    assert row[3].startswith("The island neither starved out nor fought over – Shooting is twice")


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ({"at_most": 0.1}, "war at most 0.1"),
        ({"at_least": -2.0}, "war at least −2"),
        ({"at_least": 0.0}, "war at least 0"),
        ({"at_least": 0.0, "at_most": 0.5}, "war 0 to 0.5"),
    ],
)
def test_goals_say_what_is_good_enough(ends: dict[str, float], said: str) -> None:
    assert scenario_tables.goal_words(Goal("peace", "war", **ends)) == said


def test_measures_say_which_way_is_better(blockade: Scenario) -> None:
    table = scenario_tables.measures(blockade)
    at = table.columns.index("better")
    assert {row[0]: row[at] for row in table.rows}["war"] == "low"
    plain = dataclasses.replace(
        blockade,
        measures={n: dataclasses.replace(m, better="") for n, m in blockade.measures.items()},
    )
    assert "better" not in scenario_tables.measures(plain).columns


def test_correlations_say_what_they_rest_on() -> None:
    rows = scenario_tables.correlations(language.load("us-iraq-2020")).rows
    assert rows[0][:2] == ("strike_deters with strike_rankles", "−0.5")
    assert rows[0][2].startswith("strike_deterred, strike_folly: Who holds that")
    assert rows[2][2].startswith("assumption: ")


def test_a_view_s_ranges_stand_with_the_values_that_they_hold() -> None:
    view = View("hawk", values={"a": 1.4, "b": 2.0}, ranges={"a": (1.0, 1.5), "c": (0.0, 0.1)})
    assert scenario_tables.view_words(view) == "a = 1.4 (1 to 1.5), b = 2, c in 0 to 0.1"
