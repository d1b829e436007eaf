"""Surprised others: a policy that never binds changes nothing; what must belong together."""

from dataclasses import replace

import numpy as np
import pytest

import countermove as cm
from countermove.errors import InvalidRequest
from countermove.game import compile as compile_game
from countermove.language.expressions import Compare, Expression, Number
from countermove.language.model import Measure, Policy, Rule
from countermove.solve import solve, surprise
from countermove.solve.surprise import surprised

NEVER = Expression(Compare("==", Number(0.0), Number(1.0)), "0 == 1")
REPEATED = """
scenario: repeated
title: A threat that comes back
calendar: {periods: forever}
state:
  crisis: {levels: [calm, threatened, open], start: calm}
players:
  us:
    types: {resolved: 0.4, bluffing: rest}
    rationality: 2
    discount: 0.8
    interests: {worry: {by: type, resolved: -0.2 * (crisis == open), bluffing: -(crisis == open)}}
    actions:
      wait: {}
      threaten: {when: crisis == calm, effects: [{crisis: threatened}]}
  iran:
    rationality: 2
    discount: 0.7
    interests: {calm: crisis == calm}
    actions:
      comply: {effects: [{crisis: calm}]}
      resist: {when: crisis == threatened, effects: [{crisis: open, probability: 0.5}]}
events:
  thaw: {effects: [{crisis: -1, probability: 0.3}]}
  vote: {outcomes: [{probability: 0.1, redraw: {us: {resolved: 0.4, bluffing: rest}}}]}
order: [us, iran, thaw, vote]
measures:
  us_gets: payoff(us)
  iran_gets: payoff(iran)
policies:
  threat: {player: us, rules: [{play: [threaten, wait]}]}
"""

BLUFF = """
scenario: bluff
title: A threat that may be a bluff
calendar: {periods: 2}
state: {crisis: {levels: [calm, threatened, open], start: calm}}
parameters: {fear: {value: 1, range: [0, 2], assumption: true}}
players:
  us:
    types: {resolved: 0.4, bluffing: rest}
    rationality: 3
    interests: {worry: -fear * (crisis == open)}
    actions:
      wait: {}
      threaten: {when: crisis == calm, effects: [{crisis: threatened}]}
  iran:
    rationality: 2
    interests: {calm: crisis == calm}
    actions:
      comply: {effects: [{crisis: calm}]}
      resist: {when: crisis == threatened, effects: [{crisis: open, probability: 0.5}]}
measures: {war: ever(crisis == open)}
policies:
  shy: {player: us, rules: [{when: crisis == calm, play: [wait]}]}
views:
  dread: {set: {fear: 1.75}}
"""


def never_bound(scenario, *players):
    """The scenario with a policy whose rules never hold, and everybody's payoff measured."""
    rules = tuple(Rule(NEVER, first_legal=(scenario.player(p).actions[0].name,)) for p in players)
    payoffs = {
        f"{p.name}_payoff": Measure(f"{p.name}_payoff", "payoff", "", player=p.name)
        for p in scenario.players
    }
    policies = {**scenario.policies, "never": Policy("never", players, rules)}
    return replace(scenario, policies=policies, measures={**scenario.measures, **payoffs})


def freely(scenario, **options):
    return solve(compile_game(scenario, **options), others=0)


def met(free, policy, **options):
    scenario = free.game.scenario
    game = compile_game(scenario, policy=policy, known=scenario.policies[policy].players, **options)
    return surprised(free, game)


def same(found, free):
    assert found.status == free.status == "solved"
    assert list(found.measures) == list(free.measures)
    for name, wanted in free.measures.items():
        its = found.measures[name]
        for a, b in [
            (its.value, wanted.value),
            (its.mean_given, wanted.mean_given),
            (its.mean_censored, wanted.mean_censored),
        ]:
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, abs=1e-9, rel=1e-9, nan_ok=True), name
        assert its.said_unit == wanted.said_unit


SMALL = [
    ("audience-costs", "home"),
    ("audience-costs", "rival"),
    ("audience-costs", "home", "rival"),
    ("beer-quiche", "sender"),
    ("beer-quiche", "receiver"),
    ("blockade", "patron"),
    ("centipede", None),
    ("chain-store", None),
    ("deadline", "home"),
    ("deadline", "home", "rival"),
    ("extended-deterrence", "defender"),
    ("little-crisis", "challenger"),
    ("little-crisis", "target"),
    ("sanctions", "sender"),
    ("sanctions", "sender", "target"),
    ("stag-hunt", None),
]


@pytest.mark.parametrize("named", SMALL, ids=lambda named: "-".join(map(str, named)))
def test_a_policy_that_never_binds_changes_nothing(named):
    name, *players = named
    scenario = cm.load(name)
    if players == [None]:
        players = [scenario.players[0].name]
    free = freely(never_bound(scenario, *players))
    same(met(free, "never"), free)


def test_a_policy_that_never_binds_changes_nothing_for_ever():
    free = freely(never_bound(cm.loads(REPEATED), "us"))
    same(met(free, "never"), free)


def test_a_game_without_end_is_carried_till_it_stands_still():
    free = freely(cm.loads(REPEATED))
    found = met(free, "threat")
    assert found.status == "solved"
    long = cm.loads(REPEATED.replace("periods: forever", "periods: 150"))
    for name, its in met(freely(long), "threat").measures.items():
        # By the first of 150 periods strategies stand still as well.
        assert found.measures[name].value == pytest.approx(its.value, abs=1e-9)
    assert found.measures["us_gets"].value < free.measures["us_gets"].value - 0.01


def test_sweeps_that_do_not_settle_are_told(monkeypatch):
    monkeypatch.setattr(surprise, "_SWEEPS", 3)
    found = met(freely(cm.loads(REPEATED)), "threat")
    assert found.status == "not solved: the sweeps did not settle"


def test_values_that_are_not_finite_are_told():
    # A sum of two payoffs, each of which is a number.
    text = BLUFF.replace("calm: crisis == calm", "calm: 2.1 * exp(709) * (crisis != open)")
    free = freely(cm.loads(text))
    assert free.status == "not solved: values that are not finite"
    assert met(free, "shy").status == "not solved: values that are not finite"


# -- how it is carried ---------------------------------------------------------------------------


def values(found):
    return {
        f"{name} {number}": x
        for name, m in found.measures.items()
        for number, x in enumerate((m.value, m.mean_given, m.mean_censored))
        if x is not None
    }


def exactly(found):
    return {name: repr(x) for name, x in values(found).items()}  # what is no number is itself


@pytest.mark.parametrize("name", ["sanctions", "deadline"])
def test_threads_and_kept_strategies_change_nothing(name):
    scenario = cm.load(name)
    policy = next(iter(scenario.policies))
    free = freely(scenario)
    game = compile_game(scenario, policy=policy, known=scenario.policies[policy].players)
    found = surprised(free, game)
    assert exactly(surprised(free, game, threads=1)) == exactly(found)
    again = surprised(solve(compile_game(scenario), others=0, keep_strategies=False), game)
    assert values(again) == pytest.approx(values(found), abs=1e-9, nan_ok=True)


def test_progress_is_told_by_the_period():
    scenario, told = cm.load("deadline"), []
    game = compile_game(scenario, policy="dig_in", known=["home"])
    surprised(freely(scenario), game, progress=lambda done, of: told.append((done, of)))
    assert told == [(k, 20) for k in range(1, 21)]


def test_a_view_and_numbers_are_those_of_both_games():
    scenario = cm.load("sanctions")
    view = next(iter(scenario.views))
    free = freely(scenario, view=view, rationality_factor=0.5)
    found = met(free, "no_coercion", view=view, rationality_factor=0.5)
    game = compile_game(scenario, rationality_factor=0.5, known=["sender"])
    quick = game.under(view=view, policy="no_coercion")
    assert exactly(surprised(free, quick)) == exactly(found)
    assert exactly(met(freely(scenario), "no_coercion")) != exactly(found)


def test_another_start_and_other_beliefs():
    scenario = cm.load("deadline")
    options = {"at": 5, "beliefs": {"home": {"stubborn": 0.3}}}
    free = freely(never_bound(scenario, "home"), **options)
    same(met(free, "never", **options), free)


def test_surprise_is_not_adaptation():
    # Who always warns tells nothing; those who do not know take each warning for half a proof.
    scenario = cm.load("extended-deterrence")
    free = freely(scenario)
    found = met(free, "always_warn")
    knowing = freely(scenario, policy="always_warn")
    apart = [abs(found.measures[n].value - m.value) for n, m in knowing.measures.items()]
    assert np.nanmax(apart) > 0.01


# -- what is refused -----------------------------------------------------------------------------


def test_games_without_a_scenario_are_refused():
    scenario = cm.load("little-crisis")
    free = freely(scenario)
    words = "a surprise needs two games of one scenario, one bound by a policy"
    with pytest.raises(InvalidRequest, match=words):
        surprised(free, free.game)


def test_what_is_not_free_is_refused():
    scenario = cm.load("sanctions")
    bound = compile_game(scenario, policy="no_coercion", known=["sender"])
    other = freely(scenario, policy="threaten_and_impose")
    words = "the others are surprised in free play, not under 'threaten_and_impose'"
    with pytest.raises(InvalidRequest, match=words):
        surprised(other, bound)


def test_players_that_are_bound_must_be_known():
    scenario = cm.load("sanctions")
    bound = compile_game(scenario, policy="no_coercion")
    with pytest.raises(InvalidRequest, match=r"compile the game with known=\['sender'\]"):
        surprised(freely(scenario), bound)


@pytest.mark.parametrize(
    "options",
    [
        {"rationality_factor": 2.0},
        {"belief_points": 11},
        {"start": {"crisis": "threatened"}},
        {"at": 1},
        {"beliefs": {"us": {"resolved": 0.5}}},  # a point that every grid has
        {"set": {"fear": 1.5}},
        {"view": "dread"},
    ],
    ids=lambda options: next(iter(options)),
)
def test_strangers_are_refused(options):
    scenario = cm.loads(BLUFF)
    bound = compile_game(scenario, policy="shy", known=["us"], **options)
    with pytest.raises(InvalidRequest, match="must share start, parameters and belief grids"):
        surprised(freely(scenario), bound)


LEVER = """
scenario: lever
title: A lever
calendar: {periods: 2}
state: {heat: {levels: 0..3, start: 0}}
players:
  host:
    rationality: 1
    interests: {warm: -heat}
    actions: {wait: {}, stoke: {effects: [{heat: 1}]}}
  guest:
    rationality: 1
    interests: {warm: heat}
    actions: {sit: {}, shout: {effects: [{heat: 1}]}}
measures: {heated: final(heat), stoked: 'played(host, stoke)'}
policies:
  patient:
    player: host
    levers: {limit: {value: 1, range: [0, 3], whole: true}}
    rules: [{when: heat >= limit, play: [wait]}, {play: [stoke]}]
"""


def test_levers_may_differ_from_free_play():
    scenario = cm.loads(LEVER)
    free = freely(scenario)
    stoked = [
        met(free, "patient", set={"limit": limit}).measures["stoked"].value for limit in (0, 1, 3)
    ]
    assert stoked[0] == 0
    assert stoked[1] == 1  # once, and the heat stays
    assert 1 < stoked[2] <= 2
