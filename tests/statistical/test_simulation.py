"""Simulated against exact: measures, payoffs, fans, frequencies, and given first moves."""

import math
from functools import cache

import numpy as np
import pytest

from countermove.game import Game
from countermove.game import compile as compile_game
from countermove.game.arrays import Chance, Move
from countermove.language import loads
from countermove.simulate import simulate
from countermove.solve import solve
from oracle.accounts import ACCOUNTS, Account
from oracle.bruteforce import Tree
from oracle.crisis import CRISIS
from oracle.invent import invent
from statistical import rates

PATHS = 100_000
SEEDS = [20, 27, 36]  # many states, and between them everything that is said below


@cache
def solved(name):
    text = CRISIS if name == "crisis" else invent(name)
    return solve(compile_game(loads(text)))


@cache
def simulated(name):
    return simulate(solved(name), paths=PATHS, seed=11, log=0)


@pytest.mark.parametrize("name", ["crisis", *SEEDS])
def test_measures_and_payoffs(name):
    solution, simulation = solved(name), simulated(name)
    assert simulation.kept == simulation.paths == PATHS
    for key, result in solution.measures.items():
        estimate = simulation.measures[key]
        if math.isnan(result.value):
            assert math.isnan(estimate.mean), key
        elif result.is_probability and not result.given:
            rates.frequency(round(estimate.mean * PATHS, 6), PATHS, result.value, key)
        elif not math.isnan(estimate.mean):
            rates.mean(estimate.mean, estimate.standard_error, result.value, key)
    for player, payoff in solution.payoffs.items():
        estimate = simulation.payoffs[player]
        rates.mean(estimate.mean, estimate.standard_error, payoff, player)


def compare(found, exact, paths, what):
    assert found.dims == exact.dims
    for name in exact.coords:
        assert list(found[name].to_numpy()) == list(exact[name].to_numpy())
    for place, probability in np.ndenumerate(exact.to_numpy()):
        count = round(float(found.to_numpy()[place]) * paths, 6)
        rates.frequency(count, paths, float(probability), (what, place))


@pytest.mark.parametrize("name", ["crisis", *SEEDS])
def test_fans_and_frequencies(name):
    exact, simulation = solved(name).forward(), simulated(name)
    for kind in ("fans", "actions", "moves", "happenings"):
        found, wanted = getattr(simulation, kind), getattr(exact, kind)
        assert set(found) == set(wanted)
        for key, values in wanted.items():
            compare(found[key], values, PATHS, (kind, key))


class FirstMoves(Account):
    """Another account, beside each player's first move."""

    def __init__(self, tree, measure):
        super().__init__(tree, measure)
        self.inner = ACCOUNTS[measure.kind](tree, measure)
        self.begin = ((), self.inner.begin)

    def move(self, kept, state, period, player, action):
        first, inner = kept
        if player not in dict(first):
            first = (*first, (player, action))
        return first, self.inner.move(inner, state, period, player, action)

    def chance(self, kept, state, period, event, happened):
        return kept[0], self.inner.chance(kept[1], state, period, event, happened)

    def close(self, kept, state, period):
        return kept[0], self.inner.close(kept[1], state, period)


def conditional(tree, measure, given):
    """A measure where first moves are given, and the probability of that; by walking all paths."""
    whole = part = over = 0.0
    for (first, (a, b)), p in tree.walk(FirstMoves(tree, measure)).items():
        if all(dict(first).get(player) == action for player, action in given.items()):
            whole += p
            part += p * (a > 0 if measure.kind == "first" else a)
            over += p * b
    if measure.given is not None and measure.kind != "first":
        return part / over if over else math.nan, whole
    length = tree.T if measure.kind == "mean" else 1
    return part / whole / length, whole


@pytest.mark.parametrize(
    "given", [{"raider": "strike"}, {"guard": "search"}, {"raider": "talk", "guard": "watch"}]
)
def test_given_first_moves(given):
    solution = solved("crisis")
    simulation = simulate(solution, paths=PATHS, seed=3, given=given, log=0)
    tree = Tree(solution.game.scenario)
    assert simulation.given == given
    for name, measure in tree.scenario.measures.items():
        if measure.kind == "payoff":
            continue
        wanted, whole = conditional(tree, measure, given)
        rates.frequency(simulation.kept, PATHS, whole, given)
        estimate = simulation.measures[name]
        assert estimate.n == simulation.kept
        rates.mean(estimate.mean, estimate.standard_error, wanted, (given, name))
    for player, action in given.items():
        assert float(simulation.actions[player][0].sel(action=action)) == 1.0


def test_a_game_from_arrays():
    move = Move(
        player="a",
        successors=[[[0, 1], [1, 2]], [[1, 2], [2, 0]], [[2, 2], [0, 1]]],
        odds=np.tile([0.7, 0.3], (3, 2, 1)),
        costs={"a": [[0, 0.1]] * 3, "b": [[0.2, 0]] * 3},
    )
    chance = Chance("slip", [[0, 1], [1, 0], [2, 1]], [[0.9, 0.1], [0.8, 0.2], [0.5, 0.5]])
    game = Game.from_arrays(
        players=("a", "b"),
        rationality=(1.5, 1),
        discount=(0.9, 1),
        periods=5,
        steps=[move, chance, move],
        flows=[[0, 1], [0.5, 0.2], [1, -1]],
        final=[[0, 0], [1, 1], [2, 0]],
        ends=[False, False, True],
        measures={
            "two": ("ever", [0, 0, 1]),
            "sum": ("total", [0, 1, 2]),
            "mean": ("mean", [0, 1, 2]),
            "last": ("final", [0, 1, 2]),
        },
    )
    solution = solve(game)
    simulation = simulate(solution, paths=PATHS, seed=8)
    for key, result in solution.measures.items():
        estimate = simulation.measures[key]
        rates.mean(estimate.mean, estimate.standard_error, result.value, key)
    for player, payoff in solution.payoffs.items():
        estimate = simulation.payoffs[player]
        rates.mean(estimate.mean, estimate.standard_error, payoff, player)
    exact = solution.forward()
    for kind in ("fans", "actions", "moves", "happenings"):
        for key, values in getattr(exact, kind).items():
            compare(getattr(simulation, kind)[key], values, PATHS, (kind, key))


def test_entering_later_and_elsewhere():
    start = {"tension": "2", "rule": "new"}
    game = compile_game(loads(CRISIS), start=start, at=2)
    solution = solve(game)
    simulation = simulate(solution, paths=PATHS, seed=1)
    tree = Tree(game.scenario, start=start, at=2)
    assert solution.payoffs == pytest.approx(tree.payoffs, abs=1e-10)
    for key, result in solution.measures.items():
        estimate = simulation.measures[key]
        rates.mean(estimate.mean, estimate.standard_error, result.value, key)
    assert set(simulation.log_table()["period"].to_list()) == {2, 3}


def test_under_a_policy():
    policy = "{player: guard, rules: [{when: tension == 1, play: {search: 0.3, watch: rest}}]}"
    game = compile_game(loads(CRISIS + f"policies:\n  probe: {policy}\n"), policy="probe")
    solution = solve(game)
    simulation = simulate(solution, paths=PATHS, seed=2)
    for key, result in solution.measures.items():
        estimate = simulation.measures[key]
        rates.mean(estimate.mean, estimate.standard_error, result.value, key)
    tree = Tree(game.scenario, policy="probe")
    assert solution.payoffs == pytest.approx(tree.payoffs, abs=1e-10)


def test_the_scenarios_are_worth_the_trouble():
    values = [m.value for m in solved("crisis").measures.values()]
    assert all(np.isfinite(values))
    assert all(
        0.01 < m.value < 0.99 for m in solved("crisis").measures.values() if m.is_probability
    )
    over = solved("crisis").game.world.at(3).over
    assert over.any()
    for seed in SEEDS:
        assert solved(seed).game.n_states > 100
