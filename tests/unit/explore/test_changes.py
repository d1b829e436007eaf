"""What changed between two scenarios, by path; and scenarios with some of it changed."""

from __future__ import annotations

import json

import pytest

from countermove import ScenarioError, load, loads
from countermove.explore.changes import Reading, changes, flow, patched
from countermove.explore.changes_tree import canonical, spelling
from countermove.language import bundled

BASE = """
scenario: base
title: One
calendar: {start: 2025-01-01, step: 1 month, periods: 4}
state:
  mood: {levels: [calm, tense, war], start: calm}
parameters:
  cost: {value: 0.5, range: [0, 1], note: Thin air.}
  gain: 1
terms:
  trouble: mood >= tense
players:
  us:
    rationality: 4
    interests: {peace: gain * (mood == calm)}
    actions:
      wait:
      press: {when: mood < war, costs: cost, effects: [{mood: 1, probability: 0.5}]}
  them:
    rationality: 4
    interests: {calm: {value: mood == calm}}
    actions: {wait: , soothe: {effects: [{mood: -1}]}}
events:
  drift: [{mood: -1, probability: 0.1}]
measures: {war: ever(mood == war), trouble: mean(trouble)}
policies:
  hold: {player: us, rules: [{play: wait}]}
  push: {player: us, rules: [{play: press}]}
views:
  hawk: {by: Nobody, set: {cost: 0.1}, ranges: {cost: [0, 0.2]}}
"""


def names(old: str, new: str, reading: Reading | None = None) -> dict[str, str]:
    """Path -> kind of each change."""
    return {c.name: c.kind for c in changes(loads(old), loads(new), reading)}


def test_layout_comments_and_shorthands_make_no_difference() -> None:
    other = (
        "# a comment\n"
        + BASE.replace("gain: 1", "gain: {value: 1.0}")
        .replace("mood >= tense", "'mood>=tense'")
        .replace("gain * (mood == calm)", "gain*( mood==calm )")
        .replace("costs: cost,", "costs: {us: cost},")
        .replace(
            "drift: [{mood: -1, probability: 0.1}]",
            "drift: {effects: [{probability: 0.1, mood: -1}]}",
        )
        .replace("calm: {value: mood == calm}", "calm: mood == calm")
        .replace("war: ever(mood == war)", "war: {of: ever(mood == war)}")
        .replace(
            "{player: us, rules: [{play: wait}]}", "{players: [us], rules: [{play: {wait: 1}}]}"
        )
        .replace("periods: 4", "until: 2025-04-15")
        + "order: [us, them, drift]\n"
    )
    assert changes(loads(BASE), loads(other)) == ()


def test_levels_by_another_spelling_are_the_same_and_in_another_order_are_not() -> None:
    counted = BASE.replace("[calm, tense, war]", "{calm: 0, tense: 1, war: 2}")
    turned = BASE.replace("[calm, tense, war]", "{calm: 0, war: 1, tense: 2}").replace(
        "0.5}]", "1}]"
    )
    assert names(BASE, counted) == {}
    assert names(counted, turned.replace("probability: 1}", "probability: 0.5}")) == {
        "state.mood.levels": "game"
    }


@pytest.mark.parametrize(
    ("was", "now", "path", "kind"),
    [
        ("value: 0.5", "value: 0.6", "parameters.cost.value", "game"),
        ("range: [0, 1]", "range: [0, 2]", "parameters.cost.range", "unread"),
        ("Thin air.", "Rich air.", "parameters.cost.note", "words"),
        ("gain: 1", "gain: 1\n  left: 2", "parameters.left", "game"),
        ("title: One", "title: Two", "title", "words"),
        ("periods: 4", "periods: 5", "calendar.periods", "game"),
        ("mood >= tense", "mood > tense", "terms.trouble", "game"),
        ("rationality: 4\n    interests: {peace", "rationality: 5\n    interests: {peace",
         "players.us.rationality", "game"),
        ("gain * (mood", "2 * gain * (mood", "players.us.interests.peace.value", "game"),
        ("probability: 0.5", "probability: 0.4", "players.us.actions.press.effects", "game"),
        ("costs: cost", "costs: 2 * cost", "players.us.actions.press.costs", "game"),
        ("mood < war", "mood == calm", "players.us.actions.press.when", "game"),
        ("probability: 0.1", "probability: 0.2", "events.drift.effects", "game"),
        ("ever(mood == war)", "final(mood == war)", "measures.war.of", "game"),
        ("play: press", "play: wait", "policies.push.rules", "unread"),
        ("{cost: 0.1}", "{cost: 0.2}", "views.hawk.set.cost", "unread"),
        ("by: Nobody", "by: Somebody", "views.hawk.by", "words"),
        ("start: calm", "start: tense", "state.mood.start", "game"),
        ("events:", "order: [them, us, drift]\nevents:", "order", "game"),
    ],
)  # fmt: skip
def test_a_change_has_its_path_and_kind(was: str, now: str, path: str, kind: str) -> None:
    assert names(BASE, BASE.replace(was, now, 1)) == {path: kind}


def test_what_is_read_depends_on_view_policy_and_keys() -> None:
    other = BASE.replace("play: press", "play: wait").replace("{cost: 0.1}", "{cost: 0.2}")
    other = other.replace("ever(mood == war)", "final(mood == war)").replace("[0, 0.2]", "[0, 0.3]")
    reading = Reading(frozenset({"hawk"}), frozenset({"push"}), frozenset({"trouble"}))
    assert names(BASE, other, reading) == {
        "measures.war.of": "unread",
        "policies.push.rules": "game",
        "views.hawk.set.cost": "game",
        "views.hawk.ranges.cost": "unread",
    }


def test_a_measure_of_one_side_alone_moves_nothing() -> None:
    more = BASE.replace("measures: {", "measures: {calm: final(mood == calm), ")
    assert names(BASE, more) == {"measures.calm": "unread"}
    assert names(more, BASE) == {"measures.calm": "unread"}


def test_another_order_of_actions_is_told_and_moves_nothing() -> None:
    turned = BASE.replace("{wait: , soothe: {effects: [{mood: -1}]}}",
                          "{soothe: {effects: [{mood: -1}]}, wait: }")  # fmt: skip
    assert names(BASE, turned) == {"players.them.actions.(order)": "words"}


def test_a_file_that_starts_from_another_is_compared_merged(tmp_path) -> None:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "child.yaml").write_text(
        "base: ./base.yaml\nscenario: child\nparameters: {gain: 2}\nviews: {hawk: null}\n"
    )
    found = changes(loads(BASE), load(tmp_path / "child.yaml"))
    assert [(c.name, c.old_text, c.new_text) for c in found] == [
        ("scenario", "base", "child"),
        ("parameters.gain.value", "1", "2"),
        ("views.hawk", "{by: Nobody, set: {cost: 0.1}, ranges: {cost: [0, 0.2]}}", ""),
    ]


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_scenario_survives_its_merged_tree(name: str) -> None:
    scenario = load(name)
    assert changes(scenario, patched(scenario, scenario, ())) == ()
    again = loads(json.dumps(canonical(scenario)))
    assert again.calendar == scenario.calendar
    assert [v.levels for v in again.variables] == [v.levels for v in scenario.variables]


@pytest.mark.parametrize(("old", "new"), [("blockade", "sanctions"), ("deadline", "little-crisis")])
def test_all_changes_lead_from_one_scenario_to_any_other(old: str, new: str) -> None:
    first, second = load(old), load(new)
    found = changes(first, second)
    assert len(found) > 20
    there = patched(first, second, found)
    assert changes(there, second) == ()
    assert [v.name for v in there.variables] == [v.name for v in second.variables]


def test_some_changes_alone() -> None:
    new = BASE.replace("gain: 1", "gain: 3").replace("value: 0.5", "value: 0.25")
    first, second = loads(BASE), loads(new)
    one = patched(first, second, [changes(first, second)[0]])
    assert (one.parameters["cost"].value, one.parameters["gain"].value) == (0.25, 1.0)
    assert first.parameters["cost"].value == 0.5


def test_a_change_that_needs_another_makes_no_scenario() -> None:
    new = BASE.replace("gain: 1", "gain: 1\n  left: 2").replace("costs: cost", "costs: cost * left")
    first, second = loads(BASE), loads(new)
    needing = [c for c in changes(first, second) if c.path[0] == "players"]
    with pytest.raises(ScenarioError, match="left"):
        patched(first, second, needing)


def test_spelling_keeps_dates_and_words_apart() -> None:
    assert spelling("date >= 2020-11-03") == spelling("date>=2020-11-03")
    assert spelling("2020 - 11") != spelling("2020-11")
    assert spelling("a and b") == "a and b"
    assert spelling("not (a)") == "not(a)"


def test_flow_is_how_a_scenario_would_have_it() -> None:
    assert flow({"a": [1, 0.5, True, None, "x y"]}) == "{a: [1, 0.5, true, null, x y]}"
