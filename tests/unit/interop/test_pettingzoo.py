"""Scenarios as PettingZoo environments: the interface, who is asked what, and what is refused."""

import sys

import numpy as np
import pytest
from pettingzoo.test import api_test, seed_test

import countermove as cm
from countermove.errors import InvalidRequest, UnknownName
from countermove.game import Game
from countermove.language import loads
from oracle.invent import invent
from oracle.typed_invent import invent_typed
from unit.interop.playing import equilibrium, passes, turns, uniform

SMALL = [
    "audience-costs",
    "beer-quiche",
    "blockade",
    "centipede",
    "chain-store",
    "cuba-1962",
    "deadline",
    "extended-deterrence",
    "little-crisis",
    "sanctions",
    "stag-hunt",
]
DUEL = """
scenario: duel
title: Two who act at once, then one alone
calendar: {periods: 3, start: 2030-01-01, step: 1 month}
state:
  field: {levels: [quiet, loud, done], start: quiet, ordered: false}
players:
  left:
    rationality: 2
    discount: 0.5
    interests: {noise: 1 + 2 * (field == loud)}
    final: {prize: 8 * (field == done)}
    actions: {wait: , shout: {costs: 0.25, effects: [{field: loud}]}}
  right:
    rationality: 2
    interests: {noise: -(field == loud)}
    actions:
      hush: {effects: [{field: quiet}]}
      bear: {}
      stop: {when: field == loud, effects: [{field: done}]}
  watcher: {rationality: 1, interests: {peace: field == quiet}}
order:
  - [left, right]
  - {step: right, when: field == loud}
ends: field == done
policies:
  meek: {player: left, rules: [{play: {wait: 0.5, shout: rest}}]}
"""
FOREVER = (
    DUEL.replace("{periods: 3, start: 2030-01-01, step: 1 month}", "{periods: forever}")
    .replace("    final: {prize: 8 * (field == done)}\n", "")
    .replace("rationality: 2\n    interests", "rationality: 2\n    discount: 0.9\n    interests")
    .replace("rationality: 1,", "rationality: 1, discount: 0.9,")
)


def env_of(text=DUEL, **options):
    return cm.to_pettingzoo(cm.compile(loads(text)), **options)


def pick(env, agent, name):
    return env.actions(agent).index(name)


def check(make):
    passes(lambda: api_test(make(), num_cycles=60))
    passes(lambda: seed_test(make, num_cycles=30))


@pytest.mark.parametrize("name", SMALL)
def test_bundled_scenarios_pass_the_tests_of_pettingzoo(name):
    game = cm.compile(cm.load(name))
    check(lambda: cm.to_pettingzoo(game))


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 5, 6])
def test_invented_scenarios_pass_the_tests_of_pettingzoo(seed):
    for text in (invent(seed), invent_typed(seed), invent_typed(seed, joint=True, ends=True)):
        game = cm.compile(loads(text))
        check(lambda game=game: cm.to_pettingzoo(game))


@pytest.mark.parametrize("seed", range(3))
def test_scenarios_that_go_on_for_ever_pass_the_tests_of_pettingzoo(seed):
    game = cm.compile(loads(invent_typed(seed, forever=True)))
    check(lambda: cm.to_pettingzoo(game, horizon=6))


def test_environments_with_players_of_the_equilibrium_pass_the_tests_of_pettingzoo():
    solution = cm.solve(cm.compile(cm.load("sanctions")))
    check(lambda: cm.to_pettingzoo(solution, agents=["target"]))


def test_agents_are_the_players_who_choose():
    env = env_of()
    assert env.possible_agents == ["left", "right"]
    assert env.actions("left") == ("wait", "shout")
    assert env.actions("right") == ("hush", "bear", "stop")
    assert env.action_space("right").n == 3
    bound = cm.to_pettingzoo(cm.compile(loads(DUEL), policy="meek"))
    assert bound.possible_agents == ["right"]


def test_the_mask_tells_the_legal_actions_of_whose_turn_it_is():
    env = env_of()
    env.reset(seed=0)
    assert env.agent_selection == "left"
    assert env.observe("left")["action_mask"].tolist() == [1, 1]
    assert env.observe("right")["action_mask"].tolist() == [0, 0, 0]
    env.step(pick(env, "left", "shout"))
    assert env.observe("left")["action_mask"].tolist() == [0, 0]
    assert env.observe("right")["action_mask"].tolist() == [1, 1, 0]
    env.step(pick(env, "right", "bear"))
    assert env.agent_selection == "right"  # alone, now that the field is loud
    assert env.observe("right")["action_mask"].tolist() == [1, 1, 1]


def test_rewards_are_costs_and_interests_discounted_to_the_start():
    env = env_of()
    env.reset(seed=0)
    env.step(pick(env, "left", "shout"))
    env.step(pick(env, "right", "bear"))
    assert env.rewards == {"left": -0.25, "right": 0}
    env.step(pick(env, "right", "bear"))  # the first month ends, loud
    assert env.rewards == {"left": 3.0, "right": -1.0}
    env.step(pick(env, "left", "wait"))
    env.step(pick(env, "right", "stop"))  # the game ends: one period on, at half
    assert env.rewards == {"left": 0.5 * (1 + 8), "right": 0}
    assert env.terminations == {"left": True, "right": True}
    assert env.last()[1] == 0.5 * 9


def test_rewards_undiscounted_are_as_they_come():
    env = env_of(discounted=False)
    env.reset(seed=0)
    for player, name in [("left", "wait"), ("right", "hush")] * 3:
        env.step(pick(env, player, name))
    assert env.rewards == {"left": 1.0, "right": 0}
    assert sum(t.reward for t in turns(env, lambda *_: 0, seed=0) if t.agent == "left") == 3.0


def test_a_game_that_goes_on_for_ever_is_truncated_at_its_horizon():
    env = env_of(FOREVER, horizon=4)
    played = list(turns(env, lambda *_: 0, seed=0))
    assert len(played) == 4 * 2 + 2
    assert [(t.terminated, t.truncated) for t in played[-2:]] == [(False, True)] * 2
    assert env.agents == []
    assert "time" not in env.features("left")


def test_a_game_that_ends_is_terminated():
    played = list(turns(env_of(FOREVER), uniform(np.random.default_rng(0)), seed=1))
    assert [(t.terminated, t.truncated) for t in played[-2:]] == [(True, False)] * 2


def test_features_name_what_an_agent_sees():
    env = env_of(history=2)
    features = env.features("right")
    assert env.observation_space("right")["observation"].shape == (len(features),)
    assert features[:4] == ("field == quiet", "field == loud", "field == done", "time")
    env.reset(seed=0)

    def seen():
        shown = env.observe("right")["observation"]
        return {name: float(x) for name, x in zip(features, shown, strict=True) if x}

    assert seen() == {"field == quiet": 1, "step left+right": 1}
    env.step(pick(env, "left", "shout"))
    assert seen() == {"field == quiet": 1, "step left+right": 1}  # not yet what left has chosen
    env.step(pick(env, "right", "bear"))
    month = {"left shout": 1, "right bear": 1, "field after left+right": 0.5}
    now = {f"this period, {name}": x for name, x in month.items()}
    assert seen() == {"field == loud": 1, "step right#2": 1, **now}
    env.step(pick(env, "right", "hush"))
    before = {**month, "right#2 hush": 1}
    third = float(np.float32(1 / 3))
    ago = {f"1 ago, {name}": x for name, x in before.items()}
    assert seen() == {"field == quiet": 1, "time": third, "step left+right": 1, **ago}


def test_history_is_all_of_it_with_types_and_none_without():
    assert not any("ago" in name for name in env_of().features("left"))
    typed = cm.to_pettingzoo(cm.compile(cm.load("chain-store")))
    assert any(name.startswith("2 ago") for name in typed.features("entrant"))
    assert len(env_of(history=9).features("left")) == len(env_of(history=3).features("left"))


def test_the_same_seed_is_the_same_play_and_no_seed_goes_on():
    game = cm.compile(cm.load("sanctions"))

    def play(env, **reset):
        played = turns(env, uniform(np.random.default_rng(3)), **reset)
        return [(t.agent, t.reward, t.seen.tobytes()) for t in played]

    env = cm.to_pettingzoo(game)
    first = play(env, seed=5)
    assert any(play(env) != first for _ in range(5))
    assert play(env, seed=5) == first
    assert play(cm.to_pettingzoo(game), seed=5) == first


def test_a_play_in_which_nobody_has_a_choice_is_told_at_the_first_step():
    text = DUEL.replace("ends: field == done", "ends: period == 0 and omen == bad")
    text = text.replace("state:", "state:\n  omen: {levels: [good, bad], start: good}")
    text = text.replace(
        "order:", "events:\n  sign: {effects: [{omen: bad, probability: 0.5}]}\norder:"
    )
    text = text.replace(
        "  - [left, right]",
        "  - {step: sign, when: period == 0}\n  - {step: [left, right], when: omen == good}",
    )
    env = env_of(text)
    lengths = set()
    for seed in range(12):
        played = list(turns(env, lambda *_: 0, seed=seed))
        lengths.add(len(played))
        assert played[0].reward == 0
        assert played[0].mask.any()
        if len(played) == 3:  # one step that changes nothing, then both agents' ends
            assert [t.reward for t in played[1:]] == [1.0, 0.0]
    assert lengths == {3, 8}
    passes(lambda: api_test(env, num_cycles=60))


def test_it_says_in_words_where_the_play_stands(capsys):
    env = env_of(render_mode="ansi")
    env.reset(seed=0)
    assert env.render() == "2030-01-01: field quiet. left may choose wait, shout."
    human = env_of(render_mode="human")
    human.reset(seed=0)
    human.step(0)
    assert capsys.readouterr().out == "2030-01-01: field quiet. right may choose hush, bear.\n"
    assert env_of().render() is None


def test_a_game_made_from_arrays_is_an_environment_too():
    from countermove.game.arrays import Move

    push = Move(
        player="solo",
        successors=[[[0], [1]], [[1], [1]]],
        odds=np.ones((2, 2, 1)),
        actions=("stay", "go"),
        costs={"solo": [[0, 0.25], [0, 0]]},
    )
    game = Game.from_arrays(
        players=["solo"],
        rationality=[1.0],
        discount=[0.5],
        periods=2,
        steps=[push],
        flows=[[0.0], [1.0]],
        state_names=["here", "there"],
    )
    env = cm.to_pettingzoo(game)
    assert env.features("solo")[:2] == ("state == here", "state == there")
    assert [t.reward for t in turns(env, lambda *_: 1, seed=0)] == [0, 0.75, 0.5]
    check(lambda: cm.to_pettingzoo(game))


# -- what is refused -----------------------------------------------------------------------------


def test_an_illegal_action_is_refused_with_the_legal_ones():
    env = env_of()
    with pytest.raises(InvalidRequest, match=r"no play is under way: call reset\(\) first"):
        env.step(0)
    env.reset(seed=0)
    env.step(0)
    for action, said in [(2, r"stop \(2\)"), (7, "7"), (None, "None")]:
        told = rf"right may not choose {said} now, but hush \(0\), bear \(1\): see action_mask"
        with pytest.raises(InvalidRequest, match=told):
            env.step(action)
    env.step(1)  # nothing has happened meanwhile


def test_a_wrapper_of_pettingzoo_ends_the_play_upon_an_illegal_action():
    from pettingzoo.utils.wrappers import TerminateIllegalWrapper

    env = TerminateIllegalWrapper(env_of(), illegal_reward=-7)
    env.reset(seed=0)
    env.step(0)
    env.step(2)
    ends = {}
    for agent in env.agent_iter():
        _, *ends[agent], _ = env.last()
        env.step(None)
    assert ends == {"left": [0, True, True], "right": [-7, True, True]}
    env.reset(seed=0)
    assert env.agents == ["left", "right"]


def test_options_out_of_place_are_refused():
    game = cm.compile(loads(DUEL))
    with pytest.raises(InvalidRequest, match="duel has a calendar that ends"):
        cm.to_pettingzoo(game, horizon=3)
    with pytest.raises(InvalidRequest, match="the horizon must be at least 1 period: 0"):
        env_of(FOREVER, horizon=0)
    with pytest.raises(InvalidRequest, match="history is a number of periods, 0 or more: -1"):
        cm.to_pettingzoo(game, history=-1)
    with pytest.raises(InvalidRequest, match="render_mode is ansi, human or None, not 'rgb'"):
        cm.to_pettingzoo(game, render_mode="rgb")
    with pytest.raises(InvalidRequest, match=r"agents is a list of names: write agents=\['left'\]"):
        cm.to_pettingzoo(game, agents="left")
    with pytest.raises(InvalidRequest, match="name at least one agent"):
        cm.to_pettingzoo(game, agents=[])
    with pytest.raises(InvalidRequest, match=r"who plays for right\? Make the environment from a"):
        cm.to_pettingzoo(game, agents=["left"])
    with pytest.raises(UnknownName, match="no player with a choice 'watcher'"):
        cm.to_pettingzoo(game, agents=["watcher"])
    with pytest.raises(TypeError, match="to_pettingzoo takes a Game or a Solution, not a Scenario"):
        cm.to_pettingzoo(loads(DUEL))
    bound = "meek: {player: left, rules: [{play: {wait: 0.5, shout: rest}}]}"
    both = "meek: {players: [left, right], rules: [{when: period < 3, play: [wait]}]}"
    deaf = DUEL.replace(bound, both).replace("      bear: {}\n", "").replace("hush:", "wait:")
    deaf = deaf.replace("      stop: {when: field == loud, effects: [{field: done}]}\n", "")
    with pytest.raises(InvalidRequest, match="nobody has a choice in this game"):
        cm.to_pettingzoo(cm.compile(loads(deaf), policy="meek"))


def test_types_and_agents_that_do_not_exist_are_refused():
    env = cm.to_pettingzoo(cm.compile(cm.load("little-crisis")))
    with pytest.raises(UnknownName, match="no player with types 'target'"):
        env.reset(options={"types": {"target": "bluffing"}})
    with pytest.raises(UnknownName, match="did you mean 'bluffing'"):
        env.reset(options={"types": {"challenger": "blufing"}})
    with pytest.raises(UnknownName, match="no agent 'us'"):
        env.observation_space("us")
    env.reset(seed=0)
    with pytest.raises(InvalidRequest, match="make the environment from a solution"):
        env.equilibrium()


def test_without_pettingzoo_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    with pytest.raises(InvalidRequest, match=r"pip install 'countermove\[pettingzoo\]'"):
        env_of()


def test_what_the_equilibrium_plays_is_legal():
    env = cm.to_pettingzoo(cm.solve(cm.compile(cm.load("cuba-1962"))))
    random = np.random.default_rng(0)
    for seed in range(3):
        for turn in turns(env, equilibrium(random), seed=seed):
            if turn.action is not None:
                likely = env.equilibrium()
                assert likely.sum() == pytest.approx(1, abs=1e-12)
                assert ((likely > 0) == (turn.mask == 1)).all()
