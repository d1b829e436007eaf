"""What a report says of private types, beliefs, moves at once and redraws."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from countermove import language
from countermove.game import compile
from countermove.report import asked, belief_tables, belief_words, prose, result_tables, summary
from countermove.report.belief_data import as_data
from countermove.report.belief_story import answers
from countermove.report.gather import gather
from countermove.report.html import page
from countermove.report.order import drawn
from countermove.report.records import Findings
from countermove.solve import Solution, solve
from unit.report.test_report_page import read
from unit.report.typed_scenarios import STANDOFF

EXACT = 1e-12  # the same numbers summed in another order


@pytest.fixture(scope="module")
def typed() -> Solution:
    return solve(compile(language.loads(STANDOFF)))


@pytest.fixture(scope="module")
def found(typed: Solution) -> Findings:
    return gather(typed)


@pytest.fixture(scope="module")
def shown(found: Findings) -> str:
    return page(found, manifest={})


def test_the_story_is_threat_belief_answer(found: Findings) -> None:
    story = found.beliefs.story
    assert story is not None
    assert (story.label, story.action, story.period, story.type) == (
        "us",
        "threaten",
        0,
        "resolved",
    )
    assert story.before == pytest.approx(0.4, abs=EXACT)
    assert [(a.title, a.action) for a in story.answers] == [("Iran", "give_way")]
    said = belief_words.story_words(found)
    assert said.startswith(
        "After “threaten” in Sep 2020, observers put the odds that the United States is resolved "
        f"at {round(100 * story.after)} in 100, up from 40. The odds of that move then: "
    )
    assert re.search(r"“give way” by Iran \(\d+%, against 0%\)\.$", said)
    assert summary.sentences(found)[0].says == said


def test_the_belief_after_an_action_is_bayes_rule(found: Findings, typed: Solution) -> None:
    (signals,) = found.beliefs.signals
    at = signals.actions.index("threaten")
    plays = [odds[at] for odds in signals.odds[0] if odds is not None]
    by_hand = 0.4 * plays[0] / (0.4 * plays[0] + 0.6 * plays[1])
    after = signals.after[0][at]
    assert after is not None
    assert after[0] == pytest.approx(by_hand, abs=EXACT)
    overall = signals.overall(at)
    assert overall is not None
    measured = typed.measures["read_after_threat"].value
    assert overall[1][0] == pytest.approx(measured, abs=1e-9)  # through the lottery of the grid


def test_beliefs_before_a_move_average_those_of_all_who_are_to_move(found: Findings) -> None:
    """What is believed before the moves of a period, weighted, is what is believed after them."""
    (signals,) = found.beliefs.signals
    for plays, before, after in zip(signals.plays, signals.before, signals.after, strict=True):
        mean = [
            sum(p * b[0] for p, b in zip(plays, beliefs, strict=True) if b is not None)
            for beliefs in (before, after)
        ]
        assert mean[0] == pytest.approx(mean[1], abs=EXACT)


def test_the_belief_path_is_calibrated_and_jumps_at_the_redraw(found: Findings) -> None:
    (path,) = found.beliefs.paths
    assert path.overall.mean[:3] == pytest.approx([0.4] * 3, abs=EXACT)
    mixed = 0.3 * 0.4 + 0.7 * 0.5  # the election draws anew with 0.7
    assert path.overall.mean[3:] == pytest.approx([mixed] * 4, abs=EXACT)
    assert path.redraws == (2,)
    for whole, held, other in zip(
        path.overall.mean, path.if_so.mean, path.if_not.mean, strict=True
    ):
        assert whole == pytest.approx(whole * held + (1 - whole) * other, abs=EXACT)
        assert other <= whole <= held
    assert all(
        low <= lower <= middle <= upper <= high
        for low, lower, middle, upper, high in zip(
            path.overall.low,
            path.overall.lower,
            path.overall.middle,
            path.overall.upper,
            path.overall.high,
            strict=True,
        )
    )


def test_redraws_are_told_and_marked_on_the_calendar(found: Findings, shown: str) -> None:
    (player,) = found.beliefs.players
    assert player.redraws == pytest.approx((0, 0, 0.7, 0, 0, 0), abs=EXACT)
    said = belief_words.draw_words(found, player)
    assert said.startswith("The type is drawn anew in Nov 2020 with a chance of 70%")
    assert '<th scope="col">Nov ↻</th>' in shown
    event = prose.event_words(found.scenario, found.scenario.event("election"))
    assert event.effects == (
        "with probability 1 - reelected: the type of the United States is drawn anew "
        "(resolved 0.5, bluffing rest)",
    )


def test_moves_at_once_are_said_in_the_order_of_play(found: Findings, shown: str) -> None:
    step = prose.order_words(found.scenario)[-1]
    assert (step.kind, step.title) == ("joint", "The militias and Iraq")
    assert step.does == "the militias: lie low · harass; Iraq: watch · patrol"
    assert "choose at once: none sees what the others do" in shown
    assert "│   ◉ 4. The militias and Iraq choose at once" in drawn(found.scenario)


def test_payoffs_are_told_by_type(found: Findings, typed: Solution, shown: str) -> None:
    (player,) = found.beliefs.players
    assert player.payoffs == tuple(typed.type_payoffs["us", name] for name in player.types)
    mean = 0.4 * player.payoffs[0] + 0.6 * player.payoffs[1]
    assert found.payoffs["us"] == pytest.approx(mean, abs=EXACT)
    assert re.search(r"expected payoff from here on: −?[\d.]+ \(−?[\d.]+ if resolved, ", shown)


def test_measures_of_types_and_beliefs_are_worded(found: Findings) -> None:
    rows = {row.name: row for row in found.measures}
    worded = {name: result_tables.measure_words(found, row) for name, row in rows.items()}
    assert worded["read_after_threat"] == (
        "observers’ odds after “threaten” that the United States is resolved"
    )
    assert worded["trust_at_the_end"] == (
        "observers’ odds at the end that the United States is resolved"
    )
    assert worded["war_if_resolved"].endswith(", given that the United States is resolved")
    assert worded["worth_if_bluffing"] == "given that the United States is bluffing"
    assert rows["read_after_threat"].in_percent and not rows["worth_if_bluffing"].in_percent


def test_the_page_with_types_is_well_formed_and_says_its_parts(shown: str) -> None:
    reader = read(shown)
    assert "<script" not in shown
    ids = {str(a["id"]) for _, a in reader.tags if "id" in a}
    assert "beliefs" in ids
    for said in (
        "It is resolved (40%) or bluffing (60%) at the start; which, nobody else knows.",
        "What sets the types apart",
        "What each type plays",
        "Where the belief goes",
        "Fixed points.",
        "None is missing.",
        "others were sought",
    ):
        assert said in shown
    assert "Nobody holds private information" not in shown
    assert "nan" not in re.sub(r'href="data:[^"]*"', "", shown).lower()


def test_tables_tell_each_move_before_and_after(found: Findings) -> None:
    (signals,) = found.beliefs.signals
    table = belief_tables.tells(signals)
    assert table.columns == ("after", "expected times", "resolved: before", "resolved: after")
    assert {row[0] for row in table.rows} <= {"wait", "threaten", "strike"}
    shares = [[float(c.strip("<%")) for c in row[1:]] for row in belief_tables.plays(signals).rows]
    assert np.sum(shares, axis=0) == pytest.approx([100, 100], abs=1.0)  # rounded cells


def test_other_beliefs_at_the_start_are_said(typed: Solution) -> None:
    assert typed.game.scenario is not None
    game = compile(typed.game.scenario, beliefs={"us": {"resolved": 0.5}})
    found = gather(solve(game))
    assert asked.conditions(found) == (
        "the United States believed resolved with 50% and bluffing with 50%",
    )
    assert belief_tables.all_types(found).rows[0][2:4] == ("50%", "40%")


def test_a_player_bound_in_all_it_does_tells_nothing(typed: Solution) -> None:
    assert typed.game.scenario is not None
    found = gather(solve(compile(typed.game.scenario, policy="patience")))
    (player,) = found.beliefs.players
    assert not player.learnt
    assert found.beliefs.signals == () and found.beliefs.story is None
    shown = page(found)
    read(shown)
    assert "A policy binds all of its moves, so nothing is learnt from them." in shown


def test_answers_are_those_of_the_states_that_follow(typed: Solution) -> None:
    """Iran's answer right after a threat is its strategy there, read at the belief after it."""
    forward = typed.forward()
    (answer,) = [a for a in answers(typed, forward, "us", 1, 0) if a.title == "Iran"]
    strategy = typed.strategies["iran"]
    state = typed.game.index(crisis="threatened")
    points = np.asarray(typed.game.beliefs.axes[0].points)[:, 0]
    by_type = np.asarray(forward.by_type["us"].values)[0, :, 1]
    posterior = by_type[0] / by_type.sum()
    order = np.argsort(points)
    there = np.asarray(strategy.values)[0, state, :, 1]
    expected = np.interp(posterior, points[order], there[order])
    assert answer.then == pytest.approx(expected, abs=EXACT)
    assert answer.else_ == 0  # nothing to give way to


def test_machines_read_types_beliefs_and_fixed_points(found: Findings) -> None:
    data = as_data(found)
    assert data["types"]["us"]["prior"] == pytest.approx({"resolved": 0.4, "bluffing": 0.6})
    assert data["after_moves"]["us"]["overall"]["threaten"]["after"]["resolved"] > 0.8
    assert data["fixed_points"]["sought"] == sum(data["fixed_points"]["routes"].values())
    assert data["story"]["action"] == "threaten"


def test_a_game_without_types_says_nothing_of_them(findings: Findings) -> None:
    assert findings.beliefs.players == () and findings.solve.fixed is None
    shown = page(findings)
    assert "Types and beliefs" not in shown and "Fixed points" not in shown
    assert "Nobody holds private information" in shown
    assert as_data(findings) == {}


def test_titles_of_many_take_the_plural(found: Findings) -> None:
    story = found.beliefs.story
    assert story is not None
    beliefs = dataclasses.replace(
        found.beliefs, story=dataclasses.replace(story, title="The militias", answers=())
    )
    said = belief_words.story_words(dataclasses.replace(found, beliefs=beliefs))
    assert "that the militias are resolved" in said


def test_three_types_are_told_one_by_one() -> None:
    text = STANDOFF.replace(
        "{resolved: bold, bluffing: rest}", "{resolved: bold, bluffing: 0.3, mad: rest}"
    )
    text = text.replace("bluffing: -1 * fought}", "bluffing: -1 * fought, mad: 0.2 * fought}")
    text = text.replace(
        "{resolved: 0.5, bluffing: rest}", "{mad: 0.1, resolved: 0.5, bluffing: rest}"
    )
    text = text.replace("belief_points: 11", "belief_points: 3")
    found = gather(solve(compile(language.loads(text))))
    (signals,) = found.beliefs.signals
    assert len(belief_tables.tells(signals).columns) == 2 + 2 * 3
    assert [path.type for path in found.beliefs.paths] == ["resolved", "bluffing", "mad"]
    for _, before, after in signals.moved():
        assert sum(before) == pytest.approx(1) == sum(after)
    shown = page(found)
    read(shown)
    assert "mean if not mad" in shown
    assert "It is resolved (40%), bluffing (30%) or mad (30%) at the start" in shown


@pytest.mark.parametrize(("dropped", "told"), [(None, "threaten"), ("read_after_threat", "wait")])
def test_the_story_is_of_the_move_that_a_measure_asks_about(dropped, told):
    gone = f"measures: {{{dropped}: null}}\n" if dropped else ""
    text = f"base: little-crisis\nscenario: asked\n{gone}"
    story = gather(solve(compile(language.loads(text)), others=0)).beliefs.story
    assert story is not None
    assert story.action == told
