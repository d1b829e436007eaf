"""What agents earn on average is what the solution says: by every way a play may go, and by many.

``every_play`` replays an environment so that each draw takes each value in turn, and so finds the
exact mean.
"""

import numpy as np
import pytest

import countermove as cm
from countermove.interop import pettingzoo_play
from countermove.language import loads
from oracle.invent import invent
from oracle.typed_invent import invent_typed
from statistical import rates
from unit.interop.playing import equilibrium, returns, turns

SUCCESSION = """
scenario: house
title: A house that changes hands
calendar: {periods: 2}
state:
  heat: {levels: [low, high], start: low}
players:
  lord:
    rationality: 2
    discount: 0.8
    types: {old: 0.3, young: rest}
    belief_points: 3
    interests: {rent: {by: type, old: 1 + (heat == high), young: 2 - (heat == high)}}
    actions: {keep: , stir: {costs: 0.125, effects: [{heat: high}]}}
  guest:
    rationality: 2
    interests: {fear: {by: type(lord), old: -(heat == high), young: 0.5}}
    actions: {stay: , leave: {effects: [{heat: low}]}}
events:
  death:
    outcomes:
      - {probability: 0.25, redraw: {lord: {old: 0.5, young: 0.5}}, succession: stops}
order: [lord, guest, death]
"""


class Enumerator:
    """Draws every value that can be drawn, play by play; ``chance`` is that of this play."""

    def __init__(self):
        self.path, self.at, self.chance = [], 0, 1.0

    def draw(self, _random, odds):
        shares = np.diff([0.0, *odds]) / odds[-1]
        options = np.flatnonzero(shares > 0)
        if self.at == len(self.path):
            self.path.append([0, len(options)])
        chosen = options[self.path[self.at][0]]
        self.at += 1
        self.chance *= shares[chosen]
        return int(chosen)

    def again(self):
        """Is there another play?"""
        while self.path and self.path[-1][0] + 1 == self.path[-1][1]:
            self.path.pop()
        if self.path:
            self.path[-1][0] += 1
        self.at, self.chance = 0, 1.0
        return bool(self.path)


def every_play(env, monkeypatch, choose=None):
    """The exact mean of each agent's return, and the number of plays.

    Agents play the equilibrium unless they ``choose`` otherwise.
    """
    draws = Enumerator()
    drawn = choose or (lambda env, *_: draws.draw(None, np.cumsum(env.equilibrium())))
    monkeypatch.setattr(pettingzoo_play, "_draw", draws.draw)
    found = dict.fromkeys(env.possible_agents, 0.0)
    total, plays, going = 0.0, 0, True
    while going:
        earned = dict.fromkeys(env.possible_agents, 0.0)
        for turn in turns(env, drawn, observe=False, seed=0):
            earned[turn.agent] += turn.reward
        for agent, amount in earned.items():
            found[agent] += draws.chance * amount
        total, plays = total + draws.chance, plays + 1
        going = draws.again()
    assert total == pytest.approx(1, abs=1e-9)
    return found, plays


def assert_means(solution, monkeypatch, *, tolerance, **options):
    env = cm.to_pettingzoo(solution, history=0, **options)
    found, plays = every_play(env, monkeypatch)
    for agent in env.possible_agents:
        if agent in solution.payoffs:
            assert found[agent] == pytest.approx(solution.payoffs[agent], abs=tolerance), agent
    return found, plays


@pytest.mark.parametrize("name", ["centipede", "stag-hunt"])
def test_plays_of_bundled_games_without_types_earn_what_the_solution_says(name, monkeypatch):
    assert_means(cm.solve(cm.compile(cm.load(name))), monkeypatch, tolerance=1e-12)


@pytest.mark.parametrize("seed", [15, 30, 46])  # trees of a few hundred nodes
def test_plays_of_games_without_types_earn_what_the_solution_says(seed, monkeypatch):
    solution = cm.solve(cm.compile(loads(invent(seed))))
    _, plays = assert_means(solution, monkeypatch, tolerance=1e-9)
    assert plays >= 40


@pytest.mark.parametrize("seed", [10, 18, 19, 44, 50])  # with redraws, ends, moves at once
def test_plays_without_reason_earn_what_the_solution_says_whatever_the_types(seed, monkeypatch):
    """Without rationality nothing is learnt from moves, and the beliefs are exact."""
    game = cm.compile(loads(invent_typed(seed, ends=seed % 2 == 0)), rationality_factor=0.0)
    _, plays = assert_means(cm.solve(game), monkeypatch, tolerance=1e-9)
    assert plays >= 40


@pytest.mark.parametrize("name", ["little-crisis", "beer-quiche", "extended-deterrence"])
def test_plays_with_beliefs_earn_what_the_solution_says(name, monkeypatch):
    """But for what interpolation between belief points costs."""
    solution = cm.solve(cm.compile(cm.load(name)))
    assert_means(solution, monkeypatch, tolerance=2e-3)
    finer = cm.solve(cm.compile(cm.load(name), belief_points=8))
    assert_means(finer, monkeypatch, tolerance=2e-4)


def test_others_who_play_the_equilibrium_earn_the_same_for_an_agent(monkeypatch):
    solution = cm.solve(cm.compile(cm.load("little-crisis")))
    for agent in ["challenger", "target"]:
        assert_means(solution, monkeypatch, tolerance=2e-3, agents=[agent])


@pytest.mark.parametrize("action", ["comply", "resist"])
def test_a_plan_against_players_of_the_equilibrium_earns_what_surprised_says(action, monkeypatch):
    play = f"policies: {{plan: {{player: target, rules: [{{play: {action}}}]}}}}"
    scenario = loads(f"base: little-crisis\nscenario: planned\n{play}")
    free = cm.solve(cm.compile(scenario, belief_points=8))
    bound = cm.compile(scenario, belief_points=8, policy="plan")
    exact = cm.surprised(free, bound).measures["target_gets"].value
    env = cm.to_pettingzoo(free, agents=["target"])
    number = env.actions("target").index(action)
    found, _ = every_play(env, monkeypatch, choose=lambda *_: number)
    assert found["target"] == pytest.approx(exact, abs=2e-4)


def test_an_incumbent_whose_payoff_stops_goes_and_its_successor_comes(monkeypatch):
    game = cm.compile(loads(SUCCESSION), rationality_factor=0.0)
    solution = cm.solve(game)
    env = cm.to_pettingzoo(solution)
    heirs = [f"lord, successor {n}" for n in (1, 2)]
    assert env.possible_agents == ["lord", *heirs, "guest"]
    assert env.player(heirs[0]) == "lord"
    found, _ = assert_means(solution, monkeypatch, tolerance=1e-12)
    assert found[heirs[0]] > found[heirs[1]] > 0
    monkeypatch.undo()
    seen = set()
    for seed in range(20):
        gone = [
            t.agent
            for t in turns(env, equilibrium(np.random.default_rng(0)), seed=seed)
            if t.terminated
        ]
        assert len(gone) == len(set(gone))
        seen |= set(gone)
    assert set(heirs) < seen


PLAYS = {"blockade": 500, "cuba-1962": 400, "sanctions": 300, "deadline": 500}


def on_average(solution, n, what, **options):
    env = cm.to_pettingzoo(solution, history=0, **options)
    for agent, earned in returns(env, equilibrium(np.random.default_rng(1)), n, seed=2).items():
        error = float(earned.std() / np.sqrt(n))
        rates.mean(float(earned.mean()), error, solution.payoffs[agent], f"{what}: {agent}")


@pytest.mark.parametrize("name", PLAYS)
def test_many_plays_earn_on_average_what_the_solution_says(name):
    on_average(cm.solve(cm.compile(cm.load(name))), PLAYS[name], name)


@pytest.mark.parametrize("policy", ["dig_in", "rival_waits_for_vote"])
def test_players_bound_by_a_policy_are_played_for(policy):
    game = cm.compile(cm.load("deadline"), policy=policy)
    on_average(cm.solve(game), 300, policy)


def test_plays_that_go_on_for_ever_earn_what_the_solution_says_if_they_are_long():
    game = cm.compile(loads(invent_typed(3, forever=True)))
    on_average(cm.solve(game), 100, "for ever", horizon=30)  # at a half, 1e-9 is left
