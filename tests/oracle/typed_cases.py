"""A solved game with private types beside its reference, and what is compared."""

from functools import cache

import pytest

from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.typed import TypedTree
from oracle.typed_grid import Grid
from oracle.typed_invent import invent_typed
from oracle.typed_paths import measured
from oracle.typed_play import Reported, distance

EXACT = 1e-9
# Strategies answer each other as well as the solver says; values repeat what follows from them.
SETTLED = 1e-8


@cache
def invented(seed, **options):
    return loads(invent_typed(seed, **options))


def referred(game, solution, policy=None, **options):
    """The reference, on the game's belief grids, with the strategies that a solution reports."""
    grids = [Grid.of(axis) for axis in game.world.beliefs.axes]
    return TypedTree(game.scenario, grids, policy, play=Reported(solution), **options)


@cache
def case(seed, policy=None, **options):
    scenario = invented(seed, **options)
    game = compile_game(scenario, policy=policy)
    solution = solve(game)
    assert solution.status == "solved"
    return referred(game, solution, policy), solution


def close(found, wanted):
    return found == pytest.approx(wanted, abs=EXACT, rel=EXACT, nan_ok=True)


def answered(tree):
    """How far any strategy that comes up is from answering the others and the beliefs."""
    worst = 0.0
    _ = tree.payoffs
    for (period, k, state, belief), sigmas in list(tree.plays.items()):
        step = tree.scenario.order[k]
        found = tree.answers(period, k, state, belief, step, sigmas)
        worst = max(worst, distance(found, sigmas))
    return worst


def same_payoffs(tree, solution):
    assert close(solution.payoffs, tree.payoffs)
    for player, kind in tree.columns:
        if player in tree.kinds:
            name = tree.scenario.player(player).types[kind]
            found = solution.type_payoffs[player, name]
            assert close(found, tree.type_payoffs[player, kind]), (player, name)


def same_measures(tree, solution, counts):
    for name, measure in tree.scenario.measures.items():
        result = solution.measures[name]
        if measure.kind == "payoff" and measure.player in tree.kinds:
            continue  # their values are read between belief points as they read them
        wanted = measured(tree, measure, counts)
        if measure.kind == "first":
            found = result.value, result.mean_given, result.mean_censored
            assert close(found, wanted), (name, measure.text)
        else:
            assert close(result.value, wanted), (name, measure.text, measure.given_type)
