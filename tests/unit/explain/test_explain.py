"""Explanations as a user meets them: what they hold, say and refuse."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import countermove
from countermove.errors import InvalidRequest, UnknownName
from countermove.explain.explanation import Explanation
from countermove.explain.record import ITSELF, Answer, Reply
from countermove.explain.words import signed, why_sentences
from countermove.solve import Solution

THREATEN = 0.54489085  # of the resolved at a rationality of 3, by the closed form
COMPLY = 0.26855798


@pytest.fixture(scope="module")
def little() -> Solution:
    scenario = countermove.load("little-crisis")
    game = countermove.compile(scenario, belief_points={"challenger": 401})
    return countermove.solve(game)


@pytest.fixture(scope="module")
def threat(little: Solution) -> Explanation:
    return countermove.explain(little, "challenger", type="resolved")


def test_the_little_crisis_is_explained_by_hand(threat: Explanation) -> None:
    why = threat.why
    assert (why.this, why.other) == ("threaten", "wait")
    assert why.odds("threaten") == pytest.approx(THREATEN, abs=1e-4)
    assert why.difference == pytest.approx(math.log(THREATEN / (1 - THREATEN)) / 3, abs=1e-4)
    firm = 1 / (1 + math.exp(-3 * (0.8 - 0.2)))
    by_hand = {
        "stake": COMPLY * 1.0,
        "war": -(1 - COMPLY) * firm * 0.2,
        "audience": -(1 - COMPLY) * (1 - firm) * 0.8,
        "costs": 0.0,
    }
    assert {g.name: g.difference for g in why.gains} == pytest.approx(by_hand, abs=1e-4)
    assert all(g.later == 0 for g in why.gains)  # there is but one period
    [reply] = [r for r in why.replies if r.action == "comply"]
    assert reply.after_this == pytest.approx(COMPLY, abs=1e-4)
    assert math.isnan(reply.after_other)
    assert why.residual < 1e-12


def test_what_a_threat_does_is_told_apart_from_what_it_tells(threat: Explanation) -> None:
    signals = threat.signals
    assert signals is not None and signals.before == {"resolved": 0.4, "bluffing": 0.6}
    threaten = next(s for s in signals.signs if s.action == "threaten")
    wait = next(s for s in signals.signs if s.action == "wait")
    chance = 0.4 * THREATEN + 0.6 * 0.24650080
    assert threaten.chance == pytest.approx(chance, abs=1e-4)
    assert threaten.belief["resolved"] == pytest.approx(0.4 * THREATEN / chance, abs=1e-4)
    # Had the threat told nothing, the target would have complied less.
    assert threaten.effect("challenger").signal > 0.1
    assert threaten.effect("target").signal < -0.1
    assert wait.effect("target").signal == pytest.approx(0.0, abs=1e-12)


def test_what_is_said_matches_the_figures(threat: Explanation) -> None:
    said = str(threat)
    assert said.startswith("In period 1, with crisis quiet; the challenger is held to be resolved")
    assert "plays “threaten” about as likely as not (54%), “wait” about as likely as not" in said
    assert f"“stake” at the end ({signed(threat.why.gains[0].difference)})" in said
    assert "All of it falls within this period." in said
    assert "The target gets to move after “threaten” alone, and then chooses “resist” (73%)" in said
    assert "raises the belief that the challenger is resolved from 40% to 60%" in said


def test_every_sentence_carries_what_it_rests_on(threat: Explanation) -> None:
    by_interest = next(s for s in threat.sentences if s.about == "By interest")
    assert by_interest.claims == ("resolve_is_private", "tied_hands")
    assert by_interest.assumptions == ("stake", "war_resolved", "war_bluffing")
    assert set(threat.claims) == {"choices_err", "resolve_is_private", "tied_hands"}
    assert "likely_resolved" in threat.assumptions
    assert threat.claims["tied_hands"].by == "James Fearon"


def test_the_same_two_actions_the_other_way_round(little: Solution, threat: Explanation) -> None:
    turned = countermove.explain(little, type="resolved", this="wait", other="threaten")
    for one, other in zip(turned.why.gains, threat.why.gains, strict=True):
        assert one.difference == pytest.approx(-other.difference, abs=1e-12)
    assert "“threaten” is worth 0.06" in turned.sentences[0].text


@pytest.mark.parametrize(
    "name", ["audience-costs", "chain-store", "centipede", "deadline", "sanctions", "stag-hunt"]
)
def test_parts_add_up_in_every_bundled_scenario(name: str) -> None:
    few = {p.name: 5 for p in countermove.load(name).players if p.types}
    solution = countermove.solve(
        countermove.compile(countermove.load(name), belief_points=few or None)
    )
    for mover in solution.game.labels:
        found = countermove.explain(solution, mover)
        assert found.why.residual < 1e-9
        assert sum(g.difference for g in found.why.gains) == pytest.approx(found.why.difference)
        assert all(sentence.text.endswith(".") for sentence in found.sentences)
        assert "nan" not in str(found)


def test_a_policy_of_the_other_is_explained_too() -> None:
    scenario = countermove.load("little-crisis")
    policy = next(iter(scenario.policies), None)
    if policy is None:
        pytest.fail("the scenario has lost its policies")
    bound = scenario.policies[policy].players
    mover = next(p.name for p in scenario.players if p.name not in bound)
    found = countermove.explain(scenario, mover, policy=policy)
    assert found.policy == policy
    assert found.why.residual < 1e-12


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"this": "shout"}, UnknownName, "shout"),
        ({"this": "stand_firm"}, InvalidRequest, "stand_firm is not open there: wait, threaten"),
        ({"this": "wait", "other": "wait"}, InvalidRequest, "wait was named twice"),
        ({"view": "none"}, InvalidRequest, "a solution has its own view"),
    ],
)
def test_what_cannot_be_explained(little: Solution, asked, error, said) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=said):
        countermove.explain(little, "challenger", **asked)


def test_what_is_no_scenario() -> None:
    with pytest.raises(TypeError, match=r"countermove\.load"):
        countermove.explain("little-crisis")  # type: ignore[arg-type]


def test_words_for_those_who_are_many(threat: Explanation) -> None:
    scenario = threat.scenario
    many = replace(
        scenario,
        players=tuple(
            replace(p, title="The aligned militias") if p.name == "target" else p
            for p in scenario.players
        ),
    )
    replies = (
        Reply("target", "target", "1", "comply", 1.0, 0.0),
        Reply("target", "target", "1", "resist", 0.0, 1.0),
    )
    answers = (Answer(ITSELF, -0.5), Answer("target", threat.why.difference + 0.5))
    why = replace(threat.why, replies=replies, answers=answers)
    said = " ".join(s.text for s in why_sentences(many, why))
    assert "the aligned militias choose “comply” always, after “wait” never" in said
    assert "“threaten” would lose 0.5; what they do in return makes that +" in said
    assert "(the aligned militias +0.56)" in said


def test_progress_is_told_of_every_stage() -> None:
    told: list[tuple[str, int, int]] = []
    scenario = countermove.load("sanctions")
    countermove.explain(scenario, belief_points=3, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["solve", "explain"]
    assert all(0 < done <= total for _, done, total in told)
    assert told[-1][1] == told[-1][2]
