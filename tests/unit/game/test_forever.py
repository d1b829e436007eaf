"""Games that go on for ever: one period, and all states that some repetition reaches."""

from dataclasses import replace

import pytest

from countermove.errors import ScenarioError
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.language.expressions import Compare, LevelPosition, Number
from unit.game.typed_scenarios import PLAIN, bluff, expression, for_ever

LADDER = """
scenario: ladder
title: Ladder
calendar: {periods: 1}
state:
  rung: {levels: 0..6, start: 0}
  raid: {levels: [no_raid, raided], start: no_raid, ordered: false, resets: true}
parameters: {odds: {value: 0.5, range: [0.1, 0.9], assumption: true}}
players:
  p:
    rationality: 1
    interests: {height: rung}
    actions: {stay: {}, climb: {effects: [{rung: 1}, {raid: raided}]}}
measures: {top: ever(rung == 6)}
"""


def test_every_repetition_counts():
    game = compile_game(for_ever(loads(LADDER)))
    assert game.world.stationary
    assert (game.periods, game.world.periods) == (1, 1)
    assert game.n_states == 2 * 7 - 1  # all but the lowest rung raided
    numbers = game.world.at(0)
    assert sorted({game.state(s)["raid"] for s in numbers.present}) == ["no_raid"]
    assert len(numbers.present) == 7
    assert len(numbers.end) == game.n_states
    for s in numbers.end:
        begun = game.state(int(numbers.carry[s]))
        assert begun == {**game.state(int(s)), "raid": "no_raid"}
    assert numbers.keep[:, 0] == pytest.approx(0.9)


def test_nothing_is_earned_at_the_end_of_what_has_none():
    scenario = for_ever(bluff())
    us = replace(scenario.players[0], final={"honour": expression(Number(7.0))})
    scenario = replace(scenario, players=(us, scenario.players[1]))
    add = compile_game(scenario).world.at(0).add
    assert add.max() < 7
    war = expression(Compare("==", LevelPosition("crisis"), Number(2.0)))
    numbers = compile_game(replace(scenario, ends=war)).world.at(0)
    assert (numbers.add[:, 0] >= 7).tolist() == (numbers.over != 0).tolist()


def test_the_discount_must_be_below_one():
    with pytest.raises(ScenarioError) as caught:
        compile_game(for_ever(loads(PLAIN), discount=1.0))
    assert {f.code for f in caught.value.diagnostics} == {"CM108"}
    assert caught.value.diagnostics[0].expected.endswith("as the calendar goes on for ever")


def test_paths_lead_through_repetitions():
    text = LADDER.replace("{rung: 1}", "{rung: 1, probability: '1.5 * (rung == 4) + odds'}")
    with pytest.raises(ScenarioError) as caught:
        compile_game(for_ever(loads(text)))
    (fault,) = caught.value.diagnostics
    assert fault.code == "CM100"
    assert fault.path == tuple(f"{t} p: climb" for t in (1, 2, 3, 4))
