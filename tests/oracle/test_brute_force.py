"""The solver against plain recursion, on many small random scenarios."""

from functools import cache

import numpy as np
import pytest

from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.accounts import frequencies, measured
from oracle.bruteforce import Tree, positions
from oracle.invent import invent

EXACT = 1e-10
SEEDS = range(36)


@cache
def invented(seed, timed=True):
    return loads(invent(seed, timed=timed))


@cache
def case(seed, policy=None):
    scenario = invented(seed)
    tree = Tree(scenario, policy)
    return tree, solve(compile_game(scenario, policy=policy))


def close(found, wanted):
    return found == pytest.approx(wanted, abs=EXACT, rel=EXACT, nan_ok=True)


def same_measures(tree, solution):
    for name, measure in tree.scenario.measures.items():
        result = solution.measures[name]
        wanted = measured(tree, measure)
        if measure.kind == "first":
            found = result.value, result.mean_given, result.mean_censored
            assert close(found, wanted), (name, measure.text)
        else:
            assert close(result.value, wanted), (name, measure.text)


@pytest.mark.parametrize("seed", SEEDS)
def test_payoffs_and_measures(seed):
    tree, solution = case(seed)
    assert close(solution.payoffs, tree.payoffs)
    same_measures(tree, solution)


@pytest.mark.parametrize("policy", ["bound", "mixed", "both"])
@pytest.mark.parametrize("seed", range(100, 108))
def test_under_a_policy(seed, policy):
    if policy not in invented(seed).policies:
        policy = "bound"
    tree, solution = case(seed, policy)
    assert close(solution.payoffs, tree.payoffs)
    same_measures(tree, solution)


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_strategies_wherever_a_player_moves(seed):
    tree, solution = case(seed)
    _ = tree.payoffs
    number = positions(solution.game)
    steps = tree.scenario.order
    labels = [s.label for s in solution.game.world.steps]
    checked = 0
    for (period, k, state), odds in tree.strategies.items():
        assert steps[k].kind == "move"
        found = solution.strategies[labels[k]][period, number(state)]
        assert close(found.to_numpy(), np.array(odds))
        checked += 1
    moved = sum(int((~np.isnan(s)).any("action").sum()) for s in solution.strategies.values())
    # The reference knows states by all latest actions, the game by those that are read.
    assert moved <= checked


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_values_at_the_start_of_every_period(seed):
    tree, solution = case(seed)
    number = positions(solution.game)
    for period, row in enumerate(tree.present()):
        for state in row[0]:
            found = solution.values[period, number(state), : len(tree.players)]
            assert close(found.to_numpy(), np.array(tree.value(period, 0, state)))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_reachable_state_is_missing(seed):
    # Parameters' ranges leave more open than their values do, never less.
    tree, solution = case(seed)
    number = positions(solution.game)
    present = solution.game.structure.present
    for mine, theirs in zip(tree.present(), present, strict=True):
        for here, there in zip(mine, theirs, strict=True):
            assert {number(s) for s in here} <= set(there.tolist())


@pytest.mark.parametrize("seed", range(200, 224))
def test_the_number_of_reachable_states(seed):
    # No time and no ranges: what can happen is what does.
    text = invent(seed, timed=False)
    for drawn in ("0, 0.5", "0.5, 1", "1, 4"):
        text = text.replace(f"[\n    {drawn.split(', ')[0]},\n    {drawn.split(', ')[1]}\n   ]", "")
    scenario = loads(text.replace('"range": ,', ""))
    game = compile_game(scenario)
    tree = Tree(scenario)
    number = positions(game)
    found = set()
    for mine, theirs in zip(tree.present(), game.structure.present, strict=True):
        for here, there in zip(mine, theirs, strict=True):
            assert {number(s) for s in here} == set(there.tolist())
            found |= {number(s) for s in here}
    last = tree.present()[-1][-1]
    found |= {number(tree.next_period(s)) for s in last if not tree.ended(s, tree.T - 1)}
    assert game.n_states == len(found)


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_fans_actions_and_happenings(seed):
    tree, solution = case(seed)
    forward = solution.forward()
    counts = frequencies(tree)
    for name, fan in forward.fans.items():
        if name not in tree.variables:
            continue
        for t in range(tree.T):
            wanted = [counts.get((t, name, x), 0.0) for x in range(fan.sizes["level"])]
            assert close(fan[t].to_numpy(), np.array(wanted))
    labels = [s.label for s in solution.game.world.steps]
    for k, (label, step) in enumerate(zip(labels, tree.scenario.order, strict=True)):
        for t in range(tree.T):
            if step.kind == "event":
                found = float(forward.happenings[label][t])
                assert close(found, counts.get((t, k, "happened"), 0.0))
                continue
            actions = [a.name for a in tree.scenario.player(step.name).actions]
            wanted = [counts.get((t, k, a), 0.0) for a in actions]
            assert close(forward.actions[label][t].to_numpy(), np.array(wanted))
            assert close(float(forward.moves[label][t]), sum(wanted))


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_entering_later_and_elsewhere(seed):
    scenario = invented(seed)
    start = {"ladder": "mid", "count": "1"}
    tree = Tree(scenario, start=start, at=1, parameters={"slip": 0.4}, factor=0.5)
    game = compile_game(scenario, start=start, at=1, set={"slip": 0.4}, rationality_factor=0.5)
    solution = solve(game)
    assert close(solution.payoffs, tree.payoffs)
    same_measures(tree, solution)


def test_the_scenarios_are_worth_the_trouble():
    # Were the generator to stop using a feature, the tests above would go on passing.
    texts = [invent(seed) for seed in SEEDS]
    for word in ("otherwise", "ends", '"resets": true', "last(", "period", '"outcomes"', '"by"'):
        assert sum(word in text for text in texts) > len(texts) // 6, word
    sizes = [case(seed)[1].game.n_states for seed in SEEDS]
    assert sum(size > 20 for size in sizes) > len(sizes) // 2
    trees = [case(seed)[0] for seed in SEEDS]
    assert all(tree.payoffs for tree in trees)  # gone through here, whatever ran before
    plays = [len(tree.strategies) for tree in trees]
    assert sum(n > 20 for n in plays) > len(plays) // 3


@pytest.mark.parametrize("seed", range(300, 308))
def test_tables_and_states_too_many_to_keep_whole(seed, monkeypatch):
    # Large games keep only the rows and codes that occur; here the small ones do as well.
    monkeypatch.setattr("countermove.game.tables.DENSE_ROWS", 1)
    monkeypatch.setattr("countermove.game.registry._DENSE_CODES", 1)
    scenario = loads(invent(seed))
    game = compile_game(scenario, policy="mixed")
    assert any(not t.domain.dense for t in game.structure.tables.tables)
    tree, solution = Tree(scenario, "mixed"), solve(game)
    assert close(solution.payoffs, tree.payoffs)
    same_measures(tree, solution)
    again = solve(game.replace(rationality_factor=0.5))
    assert close(again.payoffs, Tree(scenario, "mixed", factor=0.5).payoffs)


SCATTER = """
scenario: scatter
title: Scatter
calendar: {periods: 2}
state:
  x: {levels: 0..7, start: 3}
  y: {levels: 0..7, start: 3}
  z: {levels: 0..7, start: 3}
players:
  one:
    rationality: 1.5
    discount: 0.9
    interests: {near: -0.3 * abs(x - y), far: 0.1 * z}
    actions:
      stay: {}
      left: {when: x > 0, effects: [{x: -1}], costs: 0.1 * y}
      jump: {when: z > 3, effects: [{x: 2, probability: 0.4}, {y: -1, probability: z / 8}]}
  two:
    rationality: 0.8
    interests: {sum: 0.2 * (y + z) - 0.1 * x}
    actions:
      stay: {}
      lift: {effects: [{z: 1, probability: 0.5 + 0.05 * x}], costs: {two: 0.2, one: -0.1}}
      drop: {when: y < 6, effects: [{y: 1}]}
      turn: {effects: [outcomes: [{probability: 0.3, effects: [{x: '0'}], costs: {one: 1}}]]}
events:
OUTCOMES
order: [scatter_x, scatter_y, scatter_z, one, two]
measures:
  near: mean(x == y)
  met: ever(x == y and y == z)
  jumps: played(one, jump)
  turned: ever(played(two, turn))
"""


def test_more_states_than_are_worked_on_together():
    outcomes = "\n".join(
        f"  scatter_{v}: {{outcomes: ["
        + ", ".join(f"{{probability: {1 / 8}, effects: [{{{v}: '{n}'}}]}}" for n in range(8))
        + "]}"
        for v in "xyz"
    )
    scenario = loads(SCATTER.replace("OUTCOMES", outcomes))
    tree, solution = Tree(scenario), solve(compile_game(scenario))
    assert solution.game.n_states == 512
    assert close(solution.payoffs, tree.payoffs)
    same_measures(tree, solution)
    number = positions(solution.game)
    for (period, k, state), odds in tree.strategies.items():
        found = solution.strategies[scenario.order[k].name].to_numpy()[period, number(state)]
        assert close(found, np.array(odds))
