"""Simultaneous moves: profiles, their effects and costs, legality, policies, paths."""

import json
from dataclasses import replace

import numpy as np
import pytest

from countermove.errors import ScenarioError, SizeLimitError
from countermove.game import compile as compile_game
from countermove.game.paths import playable
from countermove.language import loads
from countermove.language.expressions import Number
from countermove.language.model import Action, Measure, Step
from unit.game.typed_scenarios import PLAIN, at_once, bluff, expression, measuring

PROFILES = ("wait+comply", "wait+resist", "threaten+comply", "threaten+resist")


def branches(game, k, state, profile, period=0):
    """{successor: odds} of a profile at a state."""
    arrays = game.world.at(period).steps[k].arrays
    n_profiles = (len(arrays.pointer) - 1) // game.n_states
    at = state * n_profiles + profile
    each = range(arrays.pointer[at], arrays.pointer[at + 1])
    found = {}
    for e in each:
        successor = int(arrays.successor[e])
        found[successor] = found.get(successor, 0.0) + float(arrays.odds[e])
    return found


def test_heads_and_labels():
    game = compile_game(at_once(loads(PLAIN), "us"))
    joint, again, _ = game.world.steps
    assert (joint.kind, joint.name, joint.label) == ("joint", "us+iran", "us+iran")
    assert joint.actions == PROFILES
    assert [(m.label, m.player) for m in joint.movers] == [("us", "us"), ("iran", "iran")]
    assert joint.width == 4
    assert again.label == "us#2"
    assert game.labels == ("us", "iran", "us#2")
    arrays = game.world.at(0).steps[0].arrays
    assert arrays.first.tolist() == [0, 2, 4]
    assert arrays.column.tolist() == [0, 1]
    assert arrays.rationality.tolist() == [3.0, 2.0]
    assert "<code>us#2</code></th>" in game._repr_html_()


def test_effects_follow_in_the_movers_order_and_only_legal_profiles_are_expanded():
    game = compile_game(at_once(loads(PLAIN)), start={"crisis": "threatened"})
    threatened = game.start
    calm = game.index(crisis="calm")
    war = game.index(crisis="open")
    assert branches(game, 0, calm, 0) == {calm: 1.0}
    assert branches(game, 0, calm, 2) == {threatened: 1.0}
    assert branches(game, 0, calm, 1) == branches(game, 0, calm, 3) == {}  # no resisting there
    assert branches(game, 0, threatened, 1) == pytest.approx({war: 0.5, threatened: 0.5})
    assert branches(game, 0, threatened, 0) == {}  # complying is but for want of another
    legal = game.world.at(0).steps[0].arrays.legal
    assert legal[calm].tolist() == [1, 1, 1, 0]
    assert legal[threatened].tolist() == [1, 0, 0, 1]


def duel(order, **more):
    """Two players who see what both did only afterwards, by ``last``."""
    return loads(
        json.dumps(
            {
                "scenario": "duel",
                "title": "Duel",
                "calendar": {"periods": 1},
                "state": {"x": {"levels": "0..9", "start": 0}, "y": {"levels": "0..9", "start": 0}},
                "players": {
                    "a": {
                        "rationality": 1,
                        "interests": {"i": "x"},
                        "actions": {
                            "one": {"effects": [{"x": 1}]},
                            "see": {"effects": [{"x": 3, "when": "last(b) == push"}]},
                        },
                    },
                    "b": {
                        "rationality": 1,
                        "interests": {"i": "y"},
                        "actions": {
                            "push": {"effects": [{"y": 2, "when": "x >= 3"}], "costs": "2 + x"},
                            "hold": {},
                        },
                    },
                },
                "measures": {"sets": "played(b, push)", "once": "ever(played(b, push))"},
                "order": order,
                **more,
            }
        )
    )


def joint_duel(**more):
    scenario = duel(["a", "b"], **more)
    return replace(scenario, order=(Step("joint", "a+b", players=("a", "b")),))


def test_marks_are_set_before_any_effect():
    game = compile_game(joint_duel())
    (found,) = branches(game, 0, game.start, 2)  # see + push
    after = game.state(found)
    assert (after["x"], after["y"]) == ("3", "2")  # a saw b's action, b then a's effect
    assert (after["last(b)"], "last(a)" in after) == ("push", False)


def test_costs_and_counts_of_every_profile_with_the_action():
    game = compile_game(joint_duel())
    numbers = game.world.at(0).steps[0]
    arrays = numbers.arrays
    b, sets = 1, game.readings["sets"].value
    for column, value in ((b, -2.0), (sets, 1.0)):
        its = np.flatnonzero(arrays.charge_column == column)
        assert arrays.charge_action[its].tolist() == [0, 2]  # one+push, see+push
        assert arrays.charge[game.start, its].tolist() == [value, value]  # x is 0 before both
    (absorb,) = numbers.absorbs
    hit = {
        p: set(
            absorb.hit[arrays.pointer[game.start * 4 + p] : arrays.pointer[game.start * 4 + p + 1]]
        )
        for p in range(4)
    }
    assert hit == {0: {1}, 1: {0}, 2: {1}, 3: {0}}


def test_counts_given_a_condition():
    chances = Measure(
        "share", "played", "", player="b", action="push", given=expression(Number(1.0))
    )
    game = compile_game(measuring(joint_duel(), chances))
    arrays = game.world.at(0).steps[0].arrays
    reading = game.readings["share"]
    by_column = {
        c: arrays.charge_action[arrays.charge_column == c].tolist()
        for c in (reading.value, reading.over)
    }
    assert by_column == {reading.value: [0, 2], reading.over: [0, 1, 2, 3]}


def test_typed_costs_in_a_simultaneous_move():
    game = compile_game(at_once(bluff()))
    arrays = game.world.at(0).steps[0].arrays
    assert arrays.axis.tolist() == [0, -1]
    assert arrays.column.tolist() == [0, 2]
    its = np.flatnonzero(arrays.charge_column == 2)
    assert arrays.charge_action[its].tolist() == [2, 2, 3, 3]
    assert arrays.charge[0, its].tolist() == [-2, -3, -2, -3]
    assert arrays.charge_weight[its] == pytest.approx(
        np.tile(game.beliefs.axes[0].points.T, (2, 1))
    )
    assert game.world.steps[0].width == 2 * 2 + 2


def test_policies_bind_movers_one_by_one():
    game = compile_game(at_once(loads(PLAIN), "us"), policy="shy")
    arrays = game.world.at(0).steps[0].arrays
    assert arrays.bound.shape == (game.n_states, 2)
    assert arrays.bound[game.start].tolist() == [1, 0]
    assert arrays.mixture[game.start].tolist() == [1, 0, 0, 0]
    assert playable(arrays)[game.start].tolist() == [True, False, False, False]
    assert set(game.world.rules) == {"us", "us#2"}
    assert game.world.binding("iran") is None
    assert game.world.binding("us#2").bound[game.start] == 1
    hushed = compile_game(at_once(loads(PLAIN)), policy="hush")
    assert not any(game.state(s)["crisis"] == "open" for s in [hushed.start])


def test_faults_show_paths_through_profiles():
    scenario = joint_duel(
        calendar={"periods": 3},
        events={"late": {"effects": [{"y": -1, "probability": "where(x == 6, 2, 0.5)"}]}},
    )
    with pytest.raises(ScenarioError) as caught:
        compile_game(replace(scenario, order=(*scenario.order, Step("event", "late"))))
    (fault,) = caught.value.diagnostics
    assert fault.code == "CM100"
    assert fault.path[0].startswith("1 a+b: see+push")


def test_a_mover_without_a_legal_action_is_named():
    scenario = joint_duel()
    b = scenario.player("b")
    never = tuple(replace(a, when=expression(Number(0.0))) for a in b.actions)
    with pytest.raises(ScenarioError) as caught:
        compile_game(replace(scenario, players=(scenario.players[0], replace(b, actions=never))))
    (fault,) = caught.value.diagnostics
    assert fault.code == "CM102"
    assert fault.message.startswith("'b' is to move and has no legal action")


def test_actions_that_are_never_legal_are_warned_of():
    game = compile_game(at_once(loads(PLAIN.replace("crisis == threatened, e", "period > 5, e"))))
    assert [w.code for w in game.warnings()].count("CM110") == 1
    assert "action 'resist' of 'iran'" in str(game.warnings()[0])


def test_cm113_too_many_profiles():
    scenario = joint_duel()
    crowd = tuple(
        replace(p, actions=tuple(Action(f"a{i}") for i in range(65))) for p in scenario.players
    )
    message = r"CM113: .* a \(65 actions\), b \(65 actions\) has 4,225 combinations .*at most 4,096"
    with pytest.raises(SizeLimitError, match=message):
        compile_game(replace(scenario, players=crowd, measures={}))
