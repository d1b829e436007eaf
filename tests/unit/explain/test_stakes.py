"""Whose choice matters: each player held to its policies, against games solved one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from countermove.errors import ScenarioError, UnknownName
from countermove.explain.stakes import made_policies, stakes
from countermove.explain.stakes_record import LEAST, NO_CHOICE
from countermove.explore.cases import FREE
from countermove.game import compile as compile_game
from countermove.language import load, loads
from countermove.solve import solve
from unit.test_notebook_views import Page

TWO = """
scenario: two
title: Two who press
calendar: {periods: 3}
state:
  heat: {levels: 0..3, start: 1}
sources: {book: {title: A book}}
claims: {said: {source: book, says: Pressing is dear.}}
parameters:
  rise: {value: 0.6, range: [0.3, 0.9], assumption: true}
players:
  us:
    name: The United States
    rationality: 3
    interests: {heat: 0.3 * heat}
    actions:
      wait:
      press: {when: heat < 3, effects: [{heat: 1, probability: rise}], costs: 0.2, cites: [said]}
      stop: {otherwise: true}
  militias:
    name: The militias
    rationality: 3
    interests: {calm: -heat}
    actions:
      wait:
      ease: {when: heat > 0, effects: [{heat: -1}], costs: 0.5}
  crowd:
    name: The crowd
    rationality: 1
    actions: {watch: }
measures:
  heat_at_end: {of: final(heat), unit: degrees}
  hot: ever(heat == 3)
  presses: played(us, press)
  us_get: payoff(us)
  given_hot: {of: final(heat), given: heat == 3}
scores:
  calm: {title: Calm, player: militias, weights: {hot: -1, heat_at_end: -0.5}}
policies:
  mild: {player: us, title: Mildness, rules: [{when: heat > 1, play: wait}], cites: [said]}
  harsh: {player: us, rules: [{when: heat < 3, play: press}]}
  both: {players: [us, militias], rules: [{when: heat == 0, play: wait}]}
"""


@pytest.fixture(scope="module")
def two():
    return stakes(loads(TWO))


def bound(scenario, policy=None, view=None):
    solution = solve(compile_game(scenario, policy=policy, view=view), others=0)
    return {name: m.value for name, m in solution.measures.items()} | {
        f"payoff({p})": v for p, v in solution.payoffs.items()
    }


def test_declared_policies_that_bind_a_player_alone_are_its_candidates(two):
    us = two["us"]
    assert not us.made
    assert {b.policy for b in us.bounds} == {"mild", "harsh"}
    scenario = loads(TWO)
    for one in us.bounds:
        expected = bound(scenario, one.policy)
        assert one.value == pytest.approx(expected["payoff(us)"])
        for key in scenario.measures:
            assert one.values[key] == pytest.approx(expected[key], nan_ok=True)
    assert us.free == pytest.approx(bound(scenario)["payoff(us)"])
    assert us.best.value == max(b.value for b in us.bounds)
    assert us.worst.value == min(b.value for b in us.bounds)


def test_elsewhere_each_action_is_played_wherever_it_is_open(two):
    militias = two["militias"]
    assert militias.made
    assert {b.title for b in militias.bounds} == {"always wait", "always ease"}
    text = TWO + "  cool: {player: militias, rules: [{when: heat > 0, play: ease}]}\n"
    text += "  stay: {player: militias, rules: [{play: wait}]}\n"
    scenario = loads(text)
    for policy, title in (("cool", "always ease"), ("stay", "always wait")):
        expected = bound(scenario, policy)
        (made,) = (b for b in militias.bounds if b.title == title)
        for key in scenario.measures:
            assert made.values[key] == pytest.approx(expected[key], nan_ok=True)
        score = -expected["hot"] - 0.5 * expected["heat_at_end"]
        assert militias.objective == "score(calm)"
        assert made.value == pytest.approx(score)


def test_an_action_that_is_open_only_where_nothing_else_is_makes_no_policy():
    scenario = loads(TWO)
    made = made_policies(scenario.player("us"))
    assert [p.title for p in made] == ["always wait", "always press"]
    assert made[1].cites == ("said",) and made[1].players == ("us",)
    assert made_policies(scenario.player("crowd")) == ()


@pytest.mark.parametrize("name", ["little-crisis", "stag-hunt"])
def test_made_policies_bind_as_their_names_say(name):
    from dataclasses import replace

    scenario = load(name)
    for player in scenario.players:
        for policy in made_policies(player):
            held = replace(scenario, measures={}, scores={}, goals={}, policies={"x": policy})
            solution = solve(compile_game(held, policy="x"), others=0)
            action = policy.rules[0].first_legal[0]
            own = [label for label in solution.game.labels if label.split("#")[0] == player.name]
            played = [solution.strategies[label].sel(action=action).values for label in own]
            seen = {float(x) for some in played for x in np.unique(some[np.isfinite(some)])}
            assert 1.0 in seen and seen <= {0.0, 1.0}  # never where it is not open


def test_a_player_without_a_choice_is_told_and_comes_last(two):
    crowd = two["crowd"]
    assert crowd.status == NO_CHOICE
    assert crowd.best is crowd.worst is None and crowd.swings == ()
    assert math.isnan(crowd.share)
    assert two.players[-1].player == "crowd"


def test_swings_are_of_three_and_shares_of_all_players(two):
    keys = [s.key for s in two["us"].swings]
    assert keys == list(two.scenario.measures) == list(two.keys)
    for at, key in enumerate(keys):
        three = {p: two[p].swings[at] for p in ("us", "militias")}
        seen = [x for s in three.values() for x in (s.free, s.best, s.worst)]
        for player, swing in three.items():
            own = (swing.free, swing.best, swing.worst)
            assert own[1] == two[player].best.values[key] or math.isnan(own[1])
            if any(math.isnan(x) for x in own):
                assert math.isnan(swing.swing) and math.isnan(swing.share)
                continue
            assert swing.swing == pytest.approx(max(own) - min(own))
            span = np.nanmax(seen) - np.nanmin(seen)
            least = LEAST if swing.form == "probability" else 0.0
            assert swing.share == pytest.approx(swing.swing / max(span, least))
    for player in ("us", "militias"):
        known = [s.share for s in two[player].swings if not math.isnan(s.share)]
        assert two[player].share == pytest.approx(np.mean(known))
    assert two["us"].swings[0].unit == "degrees"
    shares = [stake.share for stake in two.players[:2]]
    assert shares == sorted(shares, reverse=True)


def test_players_measures_views_and_numbers_can_be_chosen():
    scenario = loads(TWO.replace("policies:", "views: {fast: {set: {rise: 0.9}}}\npolicies:"))
    found = stakes(scenario, view="fast", players=["us"], measures=["hot"], threads=1)
    assert [s.player for s in found.players] == ["us"]
    assert [s.key for s in found["us"].swings] == ["hot"]
    assert found["us"].best.values["hot"] == pytest.approx(
        bound(scenario, found["us"].best.policy, view="fast")["hot"]
    )
    same = stakes(scenario, players=["us"], measures=["hot"], parameters={"rise": 0.9})
    assert same["us"].swings == found["us"].swings
    for asked in ({"players": ["usa"]}, {"measures": ["hott"]}, {"view": "slow"}):
        with pytest.raises(UnknownName):
            stakes(scenario, **asked)


def test_without_measures_the_payoffs_count():
    text = TWO[: TWO.index("measures:")] + TWO[TWO.index("policies:") :]
    found = stakes(loads(text))
    assert found.keys == ("payoff(us)", "payoff(militias)", "payoff(crowd)")
    assert all(s.share == s.share for s in found["us"].swings)


def test_a_policy_that_makes_no_game_is_a_status():
    text = TWO.replace("parameters:", "parameters:\n  mix: {value: 0.5, range: [0, 2]}")
    text = text.replace(
        "rules: [{when: heat < 3, play: press}]",
        "rules: [{when: heat < 3, play: {press: mix, wait: rest}}]",
    )
    found = stakes(loads(text), parameters={"mix": 1.5})
    (harsh,) = (b for b in found["us"].bounds if b.policy == "harsh")
    assert harsh.status.startswith("no game: CM1") and math.isnan(harsh.value)
    assert found["us"].status == "solved"
    assert found["us"].best is found["us"].worst and found["us"].best.policy == "mild"
    assert "held to its only policy (Mildness)" in found.sentences()[1].text
    mild = (
        "mild: {player: us, title: Mildness, rules: [{when: heat > 1, play: wait}], cites: [said]}"
    )
    alone = stakes(loads(text.replace(f"  {mild}\n", "")), parameters={"mix": 1.5})
    none = alone["us"]
    assert none.status.startswith("no policy was solved: no game: CM1")
    assert none.swings == () and none.best is None
    told = [s.text for s in alone.sentences()]
    assert any(t.startswith("Nothing is known of the United States: no policy") for t in told)


def test_a_fault_of_the_scenario_shows_at_once():
    with pytest.raises(ScenarioError, match="CM107"):
        stakes(loads(TWO.replace("{when: heat < 3, play: press}", "{play: press}")))


def test_free_play_that_makes_no_game_is_a_status():
    text = TWO.replace("probability: rise}", "probability: rise + (heat == 2)}")
    text = text.replace("range: [0.3, 0.9]", "range: [0, 0.9]").replace("value: 0.6", "value: 0")
    found = stakes(loads(text), parameters={"rise": 0.5})
    assert not found.free.solved
    assert found["us"].status.startswith("free play: no game: CM100")
    assert found.sentences()[0].text.startswith("Nothing is known of the United States: free play")


def test_progress_counts_the_solves():
    seen = []
    found = stakes(loads(TWO), threads=2, progress=lambda done, total: seen.append((done, total)))
    assert found.solves == 5 and seen[-1] == (5, 5)


def test_tables(two):
    frame = two.frame()
    assert frame.height == 2 * 5
    assert frame.filter(player="us", measure="hot")["swing"][0] == two["us"].swings[1].swing
    policies = two.policies()
    assert policies.filter(policy=FREE).height == 3
    assert set(policies.filter(player="militias", made=True)["title"]) == {
        "always wait",
        "always ease",
    }
    with pytest.raises(KeyError):
        two["nobody"]


def test_sentences(two):
    told = two.sentences()
    assert {s.about for s in told} == {"Whose choice matters"}
    militias, us, crowd, made = (s.text for s in told)
    assert militias.startswith("What the militias do matters most (81% of how far the measures ")
    assert (
        "held to their worst policy (always wait), “heat at end” rises from 0.091 degrees to 2.06 "
        "degrees; held to their best (always ease), it falls to 0.028 degrees. The score “Calm” is "
        "−0.046 in free play, −0.014 under the best policy and −1.33 under the worst."
    ) in militias
    assert us.startswith("What the United States does comes next (29%): held to its worst policy")
    assert "(Mildness)" in us and "Its payoff is" in us
    assert told[1].claims == ("said",)
    assert crowd == "The crowd has no choice to make."
    assert made.startswith("The scenario has no policy that binds the militias alone: ")


def test_a_notebook_shows_every_measure_and_policy(two):
    shown = Page(two._repr_html_())
    assert shown.captions[0].startswith("The militias: 80.6%")
    assert shown.row("heat_at_end (degrees)")[1] == f"{two.free.values['heat_at_end']:.4g}"
    assert shown.row("hot")[1].endswith("%")
    assert {row[1] for row in shown.tables[-1][1:]} == {
        b.title for stake in two.players for b in stake.bounds
    }
    assert "The crowd has no choice to make." in shown.words
    hostile = stakes(loads(TWO.replace("title: Mildness", "title: <b>Mild</b>")), players=["us"])
    assert "<b>Mild</b>" in Page(hostile._repr_html_()).words
