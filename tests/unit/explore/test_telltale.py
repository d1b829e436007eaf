"""What tells views apart, against divergences worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove import language
from countermove.explore.cases import OWN
from countermove.explore.telltale import NO_MOVE, Prediction, divergence, signs_of
from countermove.explore.telltale_predict import predict, unmeasured
from countermove.game import compile


def test_what_is_the_same_tells_nothing_and_what_excludes_itself_all():
    assert divergence(np.array([[0.3, 0.7], [0.3, 0.7]])) == 0.0
    assert divergence(np.eye(2)) == 1.0
    assert divergence(np.eye(4)) == 2.0
    assert divergence(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])) == pytest.approx(
        math.log2(3) - 2 / 3
    )


def test_half_a_certainty_by_hand():
    # mean (3/4, 1/4): H = 2 - (3/4) log2 3; the mean of H(1, 0) = 0 and H(1/2, 1/2) = 1 is 1/2
    found = divergence(np.array([[1.0, 0.0], [0.5, 0.5]]))
    assert found == pytest.approx(2 - 0.75 * math.log2(3) - 0.5)


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=2, max_size=5))
def test_it_is_the_mutual_information_of_view_and_outcome(weights):
    odds = np.array(weights)
    odds /= odds.sum(axis=1, keepdims=True)
    joint = odds / len(odds)
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    assert divergence(odds) == pytest.approx((joint * np.log2(joint / apart)).sum(), abs=1e-12)
    assert divergence(odds) <= math.log2(len(odds))


def prediction(view, **odds):
    keys = {("move", name, period): row for name, rows in odds.items() for period, row in rows}
    outcomes = dict.fromkeys(keys, ("yes", "no"))
    return Prediction(view, "solved", outcomes, {key: tuple(row) for key, row in keys.items()})


def test_signs_come_by_what_they_tell_each_in_its_best_period():
    found = signs_of(
        [
            prediction("a", war=[(0, (0.5, 0.5)), (1, (1, 0))], talk=[(0, (0.6, 0.4))]),
            prediction("b", war=[(0, (0.4, 0.6)), (1, (0, 1))], talk=[(0, (0.5, 0.5))]),
            prediction("c", war=[(0, (0.4, 0.6)), (1, (0, 1))], talk=[(0, (0.5, 0.5))]),
        ]
    )
    assert [(s.name, s.period) for s in found.best(5)] == [("war", 1), ("talk", 0)]
    assert [(s.name, s.period) for s in found.soonest(5)] == [("war", 0), ("talk", 0)]
    assert found.most == pytest.approx(math.log2(3))
    assert found.twins == (("b", "c"),)
    best = found.between("a", "b")
    assert best is not None
    assert (best.name, best.period, best.pairwise[0, 1]) == ("war", 1, 1.0)
    assert best.outcomes[best.telling()] == "yes"


def test_a_view_that_was_not_solved_is_said_and_left_out():
    lost = Prediction("b", "not solved: values that are not finite", {}, {})
    found = signs_of([prediction("a", war=[(0, (1, 0))]), lost])
    assert found.views == ("a",)
    assert found.failed == {"b": "not solved: values that are not finite"}
    assert found.signs[0].bits == 0.0
    assert signs_of([lost]).signs == ()


@pytest.fixture(scope="module")
def predictions():
    game = compile(unmeasured(language.load("extended-deterrence")))
    return {view: predict(game, view) for view in (None, "denied")}


def test_every_prediction_is_a_distribution(predictions):
    for found in predictions.values():
        assert found.status == "solved"
        for key, row in found.odds.items():
            assert len(row) == len(found.outcomes[key])
            assert sum(row) == pytest.approx(1.0, abs=1e-12)


def test_views_expect_what_their_own_solutions_say(predictions):
    from countermove.solve import solve

    own = predictions[None]
    assert own.view == OWN
    solution = solve(compile(language.load("extended-deterrence"), view="denied"))
    found, key = predictions["denied"], ("move", "attacker", 0)
    attack = found.odds[key][found.outcomes[key].index("attack")]
    assert attack == pytest.approx(solution.measures["attacks"].value)
    assert found.outcomes[key][-1] == NO_MOVE
    crisis = ("level", "crisis", 0)
    war = found.odds[crisis][found.outcomes[crisis].index("war")]
    assert war == pytest.approx(solution.measures["war"].value)


def test_a_view_whose_game_cannot_be_solved_has_a_status():
    game = compile(language.loads(OVERFLOWING))
    assert predict(game, None).status == "solved"
    found = predict(game, "dreamer")
    assert found.status == "not solved: values that are not finite"
    assert found.odds == {}


OVERFLOWING = """
scenario: odd
title: A view whose payoffs are no numbers
calendar: {periods: 3}
state: {talks: {levels: [idle, held], start: idle}}
parameters: {worth: {value: 1, range: [0, 1.0e+308]}}
players:
  us:
    rationality: 2
    interests: {peace: worth * talks}
    actions:
      wait: {}
      talk: {effects: [{talks: held}]}
order: [us]
measures: {held: final(talks == held), us_gets: payoff(us)}
policies:
  talk_now: {player: us, rules: [{play: talk}]}
views: {dreamer: {set: {worth: 1.0e+308}}}
"""
