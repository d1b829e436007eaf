"""Private types stay private: what others see and are paid tells nothing that moves do not tell."""

import numpy as np
import pytest

import countermove as cm
from countermove.language import loads
from oracle.typed_invent import invent_typed
from unit.interop.playing import turns, uniform

TYPED = ["audience-costs", "beer-quiche", "chain-store", "cuba-1962", "deadline", "sanctions"]
WATCHED = """
scenario: watched
title: One whose nature decides what the other earns
calendar: {periods: 3}
state:
  mood: {levels: [calm, angry], start: calm}
players:
  us:
    rationality: 1
    types: {mild: 0.5, fierce: rest}
    interests: {mood: {by: type, mild: 0.25, fierce: -0.25}}
    actions: {wait: , shout: {effects: [{mood: angry}]}}
  them:
    rationality: 1
    discount: 0.5
    interests:
      quiet: mood == calm
      worry: {by: type(us), fierce: -2, mild: 1}
    actions:
      sit: {}
      rise: {costs: {them: 0.25, us: 0.5}, effects: [{mood: calm}]}
order: [us, them]
"""


def together(game, player, types, seed):
    """Two plays that differ in a player's type alone, turn beside turn.

    Everybody chooses without looking at types.
    """
    envs = [cm.to_pettingzoo(game) for _ in types]
    plays = [
        turns(
            env,
            uniform(np.random.default_rng(seed)),
            seed=seed,
            options={"types": {player: kind}},
        )
        for env, kind in zip(envs, types, strict=True)
    ]
    return envs, [list(play) for play in plays]


def invented(seed):
    return loads(invent_typed(seed, both=bool(seed % 2), joint=seed % 3 == 0))


@pytest.mark.parametrize("which", [*TYPED, *range(6)])
def test_nobody_sees_or_is_paid_by_anothers_type_before_the_end(which):
    scenario = cm.load(which) if isinstance(which, str) else invented(which)
    game = cm.compile(scenario)
    for axis in game.beliefs.axes:
        for seed in range(4):
            envs, (one, other) = together(game, axis.player, axis.types[:2], seed)
            assert [(t.agent, t.action) for t in one] == [(t.agent, t.action) for t in other]
            for a, b in zip(one, other, strict=True):
                assert (a.mask == b.mask).all()
                if envs[0].player(a.agent) == axis.player:
                    continue
                assert (a.seen == b.seen).all()
                if not a.terminated:
                    assert a.reward == b.reward


@pytest.mark.parametrize("name", ["sanctions", "chain-store"])
def test_players_of_the_equilibrium_tell_their_type_by_moves_alone(name):
    solution = cm.solve(cm.compile(cm.load(name)))
    axis = solution.game.beliefs.axes[0]
    learner = next(p for p in solution.game.players if p != axis.player)
    apart = 0
    for seed in range(12):
        played = []
        for kind in axis.types[:2]:
            env = cm.to_pettingzoo(solution, agents=[learner])
            options = {"types": {axis.player: kind}}
            choose = uniform(np.random.default_rng(seed))
            played.append(
                [
                    (moves_of(env), t)
                    for t in turns(env, choose, seed=seed, options=options)
                    if not t.terminated
                ]
            )
        for (moves, a), (others, b) in zip(*played, strict=False):
            if moves != others:
                apart += 1
                break
            assert (a.seen == b.seen).all()
            assert (a.mask == b.mask).all()
            assert a.reward == b.reward
    assert apart  # types do play differently, and so they are told apart in the end


def moves_of(env):
    return [(p.t, p.step, p.chosen) for p in env.unwrapped._play.passed]


def test_a_player_sees_its_own_type():
    game = cm.compile(loads(WATCHED))
    envs, (mild, fierce) = together(game, "us", ["mild", "fierce"], 0)
    at = envs[0].features("us").index("own type fierce")
    assert (mild[0].seen[at], fierce[0].seen[at]) == (0, 1)
    assert not any("own type" in name for name in envs[0].features("them"))


def test_what_is_earned_by_anothers_type_is_paid_at_the_end():
    game = cm.compile(loads(WATCHED))
    for kind, worry in [("mild", 1), ("fierce", -2)]:
        env = cm.to_pettingzoo(game)
        played = turns(env, lambda *_: 0, seed=0, options={"types": {"us": kind}})
        theirs = [t.reward for t in played if t.agent == "them"]
        assert theirs == [0, 1, 0.5, 0.25 + worry * 1.75]


def test_every_type_is_drawn_as_its_prior_says():
    env = cm.to_pettingzoo(cm.compile(cm.load("little-crisis")))
    at = env.features("challenger").index("own type resolved")
    env.reset(seed=0)
    drawn = 0
    for _ in range(4000):
        env.reset()
        drawn += env.observe("challenger")["observation"][at]
    assert drawn / 4000 == pytest.approx(0.4, abs=0.05)  # six standard errors
