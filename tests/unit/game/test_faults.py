"""Faults that only reachable states show: each code, its words, and the path to the state."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from countermove.errors import ScenarioError, SizeLimitError
from countermove.game import compile as compile_game
from countermove.game.faults import GAME_CODES
from countermove.language import loads
from countermove.language.expressions import Number
from unit.game.typed_scenarios import bluff, by_type, expression, halves


def scenario(**changes):
    """A small scenario; ``changes`` replace its sections."""
    about = {
        "scenario": "small",
        "title": "Small",
        "calendar": {"periods": 4},
        "state": {
            "heat": {"levels": "0..3", "start": 0},
            "mood": {"levels": ["calm", "angry"], "start": "calm"},
        },
        "parameters": {"much": {"value": 0.5, "range": [0, 2], "assumption": True}},
        "players": {
            "host": {
                "rationality": 1,
                "interests": {"cool": "-heat", "peace": "mood == calm"},
                "actions": {"wait": {}, "stoke": {"effects": [{"heat": 1}]}},
            },
            "guest": {
                "rationality": 1,
                "interests": {"warm": "heat"},
                "actions": {"sit": {}, "shout": {"effects": [{"mood": "angry"}]}},
            },
        },
        "events": {"cooling": {"effects": [{"heat": -1, "probability": "much / 2"}]}},
    }
    return loads(json.dumps({**about, **changes}, indent=1))


def event(*effects, **more):
    return {"events": {"cooling": {"effects": list(effects), **more}}}


def host(**changes):
    about = {
        "rationality": 1,
        "interests": {"cool": "-heat", "peace": "mood == calm"},
        "actions": {"wait": {}, "stoke": {"effects": [{"heat": 1}]}},
    }
    guest = {
        "rationality": 1,
        "interests": {"warm": "heat"},
        "actions": {"sit": {}, "shout": {"effects": [{"mood": "angry"}]}},
    }
    return {"players": {"host": {**about, **changes}, "guest": guest}}


def faults(wanted, **options):
    with pytest.raises(ScenarioError) as caught:
        compile_game(wanted, **options)
    return caught.value.diagnostics


def only(wanted, code, **options):
    found = faults(wanted, **options)
    assert [f.code for f in found] == [code]
    assert found[0].severity == "error"
    assert found[0].location.line > 0
    return found[0]


def replay(wanted, path):
    """Follow a path move by move; returns the possible heats and moods after it.

    Periods are numbered from 1 and never decrease; what is not named did not happen.
    """
    states, last = {(0, 0)}, 0
    for entry in path:
        number, what = entry.split(" ", 1)
        assert int(number) >= last
        last = int(number)
        if what == "host: stoke":
            states = {(min(h + 1, 3), m) for h, m in states}
        elif what == "guest: shout":
            states = {(h, 1) for h, _ in states}
        elif what == "cooling":
            states |= {(max(h - 1, 0), m) for h, m in states}  # which outcome is not told
        else:
            assert what in ("host: wait", "guest: sit")
    return states


# -- each code ---------------------------------------------------------------------------------


def test_cm100_a_probability_past_one():
    wanted = scenario(**event({"heat": -1, "probability": "0.4 * heat"}))
    fault = only(wanted, "CM100")
    assert fault.message == (
        "the probability of event 'cooling' acting on 'heat' is 1.2, with heat 3, mood calm"
    )
    assert fault.text == "0.4 * heat"
    assert fault.expected == "a probability from 0 to 1"
    assert "clip(…, 0, 1)" in fault.remedy
    # Both movers appear in each of the periods that it takes to heat up.
    assert replay(wanted, fault.path) == {(3, 0)}
    assert [p.split()[0] for p in fault.path if "host" in p] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("odds", "value"),
    [("-0.25 * (heat == 2)", "-0.25"), ("heat / (heat - 2)", "-1"), ("0.6*heat", "1.2")],
)
def test_cm100_other_probabilities(odds, value):
    wanted = scenario(**event({"mood": "angry", "probability": odds}))
    fault = only(wanted, "CM100")
    assert f"acting on 'mood' is {value}" in fault.message
    assert replay(wanted, fault.path)


def test_cm100_not_a_number():
    wanted = scenario(**event({"mood": "angry", "probability": "log(heat - 3)"}))
    assert "is nan, with heat 0" in only(wanted, "CM100").message


def test_cm100_an_outcome():
    outcomes = [{"probability": "-0.2 * heat", "effects": [{"heat": -1}]}]
    wanted = scenario(events={"cooling": {"outcomes": outcomes}})
    fault = only(wanted, "CM100")
    assert fault.message.startswith(
        "a probability among the outcomes of event 'cooling' is -0.2, with heat 1"
    )


def test_cm101_outcomes_past_one():
    outcomes = [
        {"probability": 0.5, "effects": [{"heat": -1}]},
        {"probability": "0.3 * heat", "effects": [{"mood": "calm"}]},
    ]
    wanted = scenario(events={"cooling": {"outcomes": outcomes}})
    fault = only(wanted, "CM101")
    assert "the outcomes of event 'cooling' add up to 1.1, with heat 2" in fault.message
    assert fault.expected == "exclusive outcomes that add up to 1 at the most"
    assert 2 in {h for h, _ in replay(wanted, fault.path)}


def test_cm102_no_legal_action():
    actions = {
        "wait": {"when": "heat < 2"},
        "stoke": {"when": "heat == 0 or heat == 1", "effects": [{"heat": 1}]},
    }
    wanted = scenario(**host(actions=actions))
    fault = only(wanted, "CM102")
    assert fault.message == "'host' is to move and has no legal action, with heat 2, mood calm"
    assert "at least one legal action" in fault.expected
    assert "without `when`" in fault.remedy
    assert {h for h, _ in replay(wanted, fault.path)} == {2}
    assert fault.path[-1].startswith("2 ")  # the host would move first in the third period


def test_cm103_a_payoff():
    wanted = scenario(**host(interests={"odd": "1 / (heat - 2)"}))
    fault = only(wanted, "CM103")
    assert fault.message == "interest 'odd' of 'host' is inf, with heat 2, mood calm"
    assert fault.expected == "a finite number"
    assert {h for h, _ in replay(wanted, fault.path)} == {2}


def test_cm103_a_final_payoff_only_where_it_is_earned():
    final = {"odd": "1 / (heat - 1)"}
    wanted = scenario(**host(final=final))
    fault = only(wanted, "CM103")
    assert "interest 'odd' of 'host' is inf, with heat 1" in fault.message
    assert {h for h, _ in replay(wanted, fault.path)} == {1}
    assert fault.path[-1].startswith("4 ")


def test_cm103_a_cost():
    actions = {"wait": {}, "stoke": {"effects": [{"heat": 1}], "costs": {"guest": "log(2 - heat)"}}}
    wanted = scenario(**host(actions=actions))
    fault = only(wanted, "CM103")
    assert fault.message == (
        "the cost of action 'stoke' of 'host' to 'guest' is -inf, with heat 2, mood calm"
    )
    assert fault.text == "log(2 - heat)"


def test_cm103_the_cost_of_an_outcome():
    outcomes = [
        {"probability": 0.5, "effects": [{"heat": -1}], "costs": {"host": "1 / (heat - 1)"}}
    ]
    wanted = scenario(events={"cooling": {"outcomes": outcomes}})
    fault = only(wanted, "CM103")
    assert (
        "the cost of an outcome of event 'cooling' to 'host' is inf, with heat 1" in fault.message
    )
    assert fault.text == "1 / (heat - 1)"


def warnings(wanted, code):
    return [w for w in compile_game(wanted).warnings() if w.code == code]


def test_cm104_an_event_that_never_fires():
    wanted = scenario(**event({"heat": -1}, when="heat == 1 and heat == 2"))
    (warning,) = warnings(wanted, "CM104")
    assert warning.severity == "warning"
    assert warning.message == "event 'cooling' never fires"
    assert warnings(scenario(), "CM104") == []


def test_cm104_a_player_that_never_moves():
    order = ["host", {"step": "guest", "when": "period > 9"}, "cooling"]
    (warning,) = warnings(scenario(order=order), "CM104")
    assert warning.message == "'guest' never comes to move"


def test_cm105_what_holds_only_within_a_period():
    # Each period's anger is soothed at once.
    changes = event({"mood": "calm"})
    (warning,) = warnings(scenario(**changes, measures={"row": "ever(mood == angry)"}), "CM105")
    assert "measure 'row' reads ever(mood == angry)" in warning.message
    assert "which holds only within a period" in warning.message
    assert warnings(scenario(measures={"row": "ever(mood == angry)"}), "CM105") == []


def test_cm106_too_many_successors():
    effects = [{"heat": k % 2 * 2 - 1, "probability": 0.5} for k in range(13)]
    wanted = scenario(events={"cooling": {"effects": effects}})
    with pytest.raises(SizeLimitError, match=r"CM106: 'cooling' leads to \d+ successors from one"):
        compile_game(wanted)


def bound(*rules, **more):
    return {"policies": {"plan": {"player": "host", "rules": list(rules), **more}}}


GUARDED = {"wait": {}, "stoke": {"when": "heat < 2", "effects": [{"heat": 1}]}}


@pytest.mark.parametrize(
    "rule",
    [
        {"play": {"stoke": 1}},
        {"play": {"wait": 0.5, "stoke": "rest"}},
        {"play": ["stoke"]},
        {"when": "heat == 2", "forbid": ["wait"]},
    ],
)
def test_cm107_a_policy_that_names_an_illegal_action(rule):
    wanted = scenario(**host(actions=GUARDED), **bound(rule))
    fault = only(wanted, "CM107", policy="plan")
    assert "a rule of policy 'plan' leaves 'host' no legal action, with heat 2" in fault.message
    assert fault.expected == "one of the legal actions: wait"
    assert "narrow the rule's `when`" in fault.remedy
    assert {h for h, _ in replay(wanted, fault.path)} == {2}
    compile_game(wanted)  # without the policy all is well


def test_a_mixture_may_give_an_illegal_action_nothing():
    rule = {"play": {"stoke": "heat < 2", "wait": "heat >= 2"}}
    compile_game(scenario(**host(actions=GUARDED), **bound(rule)), policy="plan")


@pytest.mark.parametrize(
    ("what", "value", "much", "says"),
    [
        ("rationality", "much - 0.25", 0, "the rationality of 'host' is -0.25"),
        ("discount", "much", 1.5, "the discount of 'host' is 1.5"),
        ("discount", "much - 0.25", 0, "the discount of 'host' is -0.25"),
    ],
)
def test_cm108_rationality_and_discount(what, value, much, says):
    wanted = scenario(**host(**{what: value}))
    fault = only(wanted, "CM108", set={"much": much})
    assert fault.message == says
    assert fault.text == value
    compile_game(wanted)


def test_cm110_an_action_that_is_never_legal():
    actions = {"wait": {}, "stoke": {"when": "heat > 2", "effects": [{"heat": 1}]}}
    (warning,) = warnings(scenario(**host(actions=actions)), "CM110")
    assert warning.message == "action 'stoke' of 'host' is never legal in a reachable state"


def test_cm111_a_mixture_that_does_not_add_up():
    play = {"wait": "0.25 * heat", "stoke": 0.5}
    wanted = scenario(**bound({"when": "heat > 0", "play": play}))
    fault = only(wanted, "CM111", policy="plan")
    assert "a mixture of policy 'plan' adds up to 0.75, with heat 1" in fault.message
    assert fault.remedy == "let one of them be `rest`"
    assert {h for h, _ in replay(wanted, fault.path)} == {1}


def test_cm111_a_mixture_that_adds_up_at_one_value_alone():
    wanted = scenario(**bound({"play": {"wait": "much", "stoke": 0.5}}))
    compile_game(wanted, policy="plan")
    fault = only(wanted, "CM111", policy="plan", set={"much": 0.75})
    assert "adds up to 1.25, with heat 0" in fault.message
    assert fault.path == ()


def test_cm111_a_negative_share():
    rule = {"when": "heat == 1", "play": {"wait": "heat - 2", "stoke": "3 - heat"}}
    assert only(scenario(**bound(rule)), "CM111", policy="plan").expected == (
        "probabilities that are not negative and add up to 1"
    )


def test_cm112_a_guard():
    actions = {"wait": {}, "stoke": {"when": "sqrt(1 - heat)", "effects": [{"heat": 1}]}}
    wanted = scenario(**host(actions=actions))
    compile_game(wanted)  # at heat 1 it is 0, and stokes no further
    fault = only(wanted, "CM112", start={"heat": "2"})
    assert fault.message == (
        "the guard of action 'stoke' of 'host' is not a number, with heat 2, mood calm"
    )
    assert fault.text == "sqrt(1 - heat)"
    assert fault.path == ()


def test_cm112_ends_and_a_step():
    order = ["host", {"step": "guest", "when": "heat / heat"}, "cooling"]
    fault = only(scenario(order=order), "CM112")
    assert fault.message.startswith("the guard of step 'guest' is not a number, with heat 0")
    fault = only(scenario(ends="where(heat < 2, 0, sqrt(1 - heat))"), "CM112")
    assert fault.message.startswith("`ends` is not a number, with heat 2")
    assert {h for h, _ in replay(scenario(), fault.path)} == {2}


def test_cm114_a_prior():
    compile_game(bluff())
    fault = faults(bluff(), set={"bold": 1.25})[0]
    assert fault.code == "CM114"
    assert fault.message == "the prior of 'us' is resolved 1.25, bluffing -0.25"
    ranges = replace(bluff().parameters["bold"], high=2.0)
    wide = replace(bluff(), parameters={**bluff().parameters, "bold": ranges})
    with pytest.raises(ScenarioError, match="CM114: the prior of 'us' is resolved 1"):
        compile_game(wide).replace(parameters={"bold": 1.5})


def test_cm114_a_redraw():
    short = (expression(Number(0.5)), expression(Number(0.4)))
    (fault,) = faults(bluff(replace(halves(), distribution=short)))
    assert (fault.code, fault.message) == (
        "CM114",
        "a redraw of 'us' is resolved 0.5, bluffing 0.4",
    )


def test_cm103_a_cost_that_types_enter():
    scenario = bluff()
    us = scenario.player("us")
    nothing = expression(by_type("us", 1.0, float("inf")))
    threaten = replace(us.actions[1], costs={"us": nothing})
    us = replace(us, actions=(us.actions[0], threaten))
    (fault,) = faults(replace(scenario, players=(us, scenario.player("iran"))))
    assert fault.code == "CM103"
    assert fault.message.endswith("is inf, with crisis calm, type(us) bluffing")


def test_every_code_is_tested_here():
    tested = set(re.findall(r"def test_(cm\d+)", Path(__file__).read_text(encoding="utf-8")))
    # Of sizes, CM109, and of simultaneous moves, CM113, there are tests apart.
    assert {code.lower() for code in GAME_CODES} == tested | {"cm109", "cm113"}


# -- where, and where not ------------------------------------------------------------------------


def test_an_unreachable_state_is_no_fault():
    # Nothing heats beyond 1, where the odds and the payoff would be wrong.
    actions = {"wait": {}, "stoke": {"when": "heat == 0", "effects": [{"heat": 1}]}}
    changes = host(actions=actions, interests={"odd": "1 / (heat - 2)"})
    changes |= event({"mood": "angry", "probability": "0.6 * heat"})
    assert compile_game(scenario(**changes)).n_states > 2


def test_a_state_that_only_other_values_reach_is_no_fault():
    # With much = 0 nothing heats up by more than one; its range allows it.
    changes = event(
        {"heat": 2, "probability": "much", "when": "heat == 1"},
        {"mood": "angry", "probability": "0.4 * heat * (heat == 3)"},
    )
    actions = {"wait": {}, "stoke": {"when": "heat == 0", "effects": [{"heat": 1}]}}
    wanted = scenario(**changes, **host(actions=actions))
    compile_game(wanted, set={"much": 0})
    fault = only(wanted, "CM100", set={"much": 1})
    assert "acting on 'mood' is 1.2, with heat 3" in fault.message or "heat 1" in fault.message


def test_an_action_that_is_illegal_then_is_no_fault():
    stoke = {"when": "period < 2", "effects": [{"heat": 1, "probability": "0.6 * period"}]}
    compile_game(scenario(**host(actions={"wait": {}, "stoke": stoke})))
    stoke["when"] = "period < 3"
    fault = only(scenario(**host(actions={"wait": {}, "stoke": stoke})), "CM100")
    assert "the probability of action 'stoke' of 'host' acting on 'heat' is 1.2" in fault.message
    assert {p.split()[0] for p in fault.path} == {"1", "2"}


def test_an_effect_that_no_branch_comes_to_is_no_fault():
    # The second effect's odds are wrong only where the first has set the mood, which it cannot.
    first = {"mood": "angry", "probability": "much * 0"}
    second = {"heat": 1, "probability": "1.5 * (mood == angry) + 0.1 * (mood == calm)"}
    changes = host(actions={"wait": {}, "stoke": {"effects": [first, second]}})
    changes["players"]["guest"]["actions"] = {"sit": {}}
    compile_game(scenario(**changes))


def test_the_place_is_that_of_the_effect_at_fault():
    # Two events share an expression; the first never meets the state where it is wrong.
    odds = "0.6 * heat"
    events = {
        "early": {"when": "heat < 2", "effects": [{"mood": "angry", "probability": odds}]},
        "late": {"when": "heat == 2", "effects": [{"mood": "angry", "probability": odds}]},
    }
    wanted = scenario(events=events)
    fault = only(wanted, "CM100")
    assert "event 'late'" in fault.message
    lines = wanted.text.splitlines()
    assert odds in lines[fault.location.line - 1]
    late = next(number for number, line in enumerate(lines, 1) if '"late"' in line)
    assert fault.location.line > late


def test_a_game_that_has_ended_is_on_no_path():
    # heat 1 ends the game, so that heat 2 is reached by the jump alone.
    jump = {"heat": 2, "probability": 0.5, "when": "heat == 0 and mood == angry"}
    changes = event(jump, {"mood": "calm", "probability": "0.6 * heat * (mood == angry)"})
    wanted = scenario(**changes, ends="heat == 1")
    fault = only(wanted, "CM100")
    assert fault.path[-1].endswith("guest: shout")
    assert not any("stoke" in step for step in fault.path)


def test_all_faults_at_once():
    changes = host(rationality="much - 0.25", interests={"odd": "1 / (heat - 2)"})
    changes |= event({"mood": "angry", "probability": "0.6 * heat"})
    found = faults(scenario(**changes), set={"much": 0})
    assert [f.code for f in found] == ["CM108", "CM100", "CM103"]


def test_paths_name_dates():
    wanted = scenario(
        calendar={"start": "2020-09-01", "step": "1 month", "periods": 4},
        **event({"heat": -1, "probability": "0.4 * heat"}),
    )
    fault = only(wanted, "CM100")
    assert [p for p in fault.path if "stoke" in p] == [
        f"2020-{month}-01 host: stoke" for month in ("09", "10", "11")
    ]
    assert "path:     2020-09-01 host: stoke > " in str(fault)


def test_a_view_of_its_own_fault():
    views = {"wild": {"set": {"much": 1.8}}}
    wanted = scenario(**event({"heat": -1, "probability": "much * (heat > 0)"}), views=views)
    compile_game(wanted)
    fault = only(wanted, "CM100", view="wild")
    assert fault.message.startswith("under view 'wild', the probability of event 'cooling'")
    assert "is 1.8" in fault.message
    assert fault.text == "much * (heat > 0)"


def test_an_earlier_period_is_not_entered():
    # What is wrong before the game is entered does not matter.
    wanted = scenario(**event({"heat": -1, "probability": "where(period == 0, 1.5, 0.5)"}))
    assert only(wanted, "CM100")
    compile_game(wanted, at=1)
