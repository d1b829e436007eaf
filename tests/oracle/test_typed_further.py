"""Typed games in other ways: solved unaided, bound by policies, without end, entered later."""

import math

import numpy as np
import pytest

from countermove.game import compile as compile_game
from countermove.solve import solve
from oracle.bruteforce import positions
from oracle.typed import TypedTree
from oracle.typed_cases import (
    SETTLED,
    answered,
    case,
    close,
    invented,
    referred,
    same_measures,
    same_payoffs,
)
from oracle.typed_grid import Grid
from oracle.typed_paths import Counts
from oracle.typed_play import Reported, distance

FOUND = 1e-7  # the solver's and the reference's own residuals, carried through two periods


def unaided(solution, policy=None, **options):
    """The reference with strategies of its own."""
    grids = [Grid.of(axis) for axis in solution.game.world.beliefs.axes]
    return TypedTree(solution.game.scenario, grids, policy, **options)


def same_strategies(alone, solution):
    reported = Reported(solution)
    _ = alone.payoffs
    for (period, k, state, belief), sigmas in alone.plays.items():
        step = alone.scenario.order[k]
        assert distance(reported(alone, period, k, state, belief, step), sigmas) < FOUND


@pytest.mark.parametrize("seed", range(40, 52))
def test_the_same_strategies_are_found_unaided(seed):
    _, solution = case(seed, sharp=0.5)
    alone = unaided(solution)
    same_strategies(alone, solution)
    assert alone.payoffs == pytest.approx(dict(solution.payoffs), abs=FOUND)


@pytest.mark.parametrize("seed", range(60, 70))
def test_those_who_move_at_once_are_found_unaided(seed):
    _, solution = case(seed, sharp=0.5, joint=True, both=True, east=seed % 3 == 0, periods=1)
    same_strategies(unaided(solution), solution)


@pytest.mark.parametrize("seed", range(80, 90))
def test_the_sharp_sighted_answer_each_other(seed):
    # Where answers to answers do not settle, a fixed point is still one.
    tree, solution = case(seed, sharp=8.0, joint=seed % 2 == 0)
    assert solution.record.n_unsolved == 0
    assert answered(tree) < SETTLED
    same_payoffs(tree, solution)
    same_measures(tree, solution, Counts(tree))


@pytest.mark.parametrize("policy", ["bound", "partly", "south_set"])
@pytest.mark.parametrize("seed", range(100, 106))
def test_under_a_policy(seed, policy):
    tree, solution = case(seed, policy)
    assert answered(tree) < SETTLED
    same_payoffs(tree, solution)
    same_measures(tree, solution, Counts(tree))


def test_nothing_is_learnt_of_who_is_bound_throughout():
    tree, _ = case(100, "bound")
    shares = [tree.prior("north")]
    for event in tree.scenario.events:
        outcomes = [o for e in event.effects if hasattr(e, "outcomes") for o in e.outcomes]
        for draw in (*event.redraws, *(r for o in outcomes for r in o.redraws)):
            if draw.player == "north":
                shares.append(tree.distribution(draw.distribution))
    assert sorted(tree.grids["north"].points) == sorted(set(shares))


@pytest.mark.parametrize("seed", range(120, 126))
def test_a_game_that_repeats_for_ever(seed):
    tree, solution = case(seed, forever=True, joint=seed % 2 == 0)
    beliefs, number = solution.game.world.beliefs, positions(solution.game)
    values = solution.values.to_numpy()[0]
    names = len(tree.columns)

    class Repeating(TypedTree):
        """What comes after the period is what it is worth now."""

        def later(self, period, state, belief):
            row = values[number(state), beliefs.join(belief), :names]
            return dict(zip(self.columns, row.tolist(), strict=True))

    again = Repeating(tree.scenario, list(tree.grids.values()), play=tree.play)
    for state in solution_states(solution, again):
        for b in range(beliefs.size):
            found = again.value(0, 0, state, beliefs.split(b))
            wanted = values[number(state), b, :names]
            assert close(np.array([found[c] for c in again.columns]), wanted)
    for (period, k, state, belief), sigmas in list(again.plays.items()):
        answers = again.answers(period, k, state, belief, again.scenario.order[k], sigmas)
        assert distance(answers, sigmas) < SETTLED


def solution_states(solution, tree):
    """The states that may stand at the start of a period, as the reference keeps them."""
    levels = solution.game.structure.levels.tolist()
    width = len(tree.variables)
    blank = (0,) * len(tree.players)
    values = solution.values.to_numpy()[0, :, 0, 0]
    return [
        (tuple(row[:width]), blank)
        for row, v in zip(levels, values, strict=True)
        if not math.isnan(v) and not any(row[width:])
    ]


@pytest.mark.parametrize("seed", range(140, 146))
def test_entering_later_elsewhere_and_believing_otherwise(seed):
    scenario = invented(seed, periods=3)
    options = {"start": {"heat": "1", "lamp": "lit"}, "at": 1}
    kinds = scenario.player("north").types
    believed = dict(zip(kinds, [0.15, 0.85] if len(kinds) == 2 else [0.15, 0.6, 0.25], strict=True))
    game = compile_game(
        scenario, beliefs={"north": believed}, set={"slip": 0.4}, rationality_factor=0.5, **options
    )
    solution = solve(game)
    tree = referred(
        game,
        solution,
        believed={"north": tuple(believed.values())},
        parameters={"slip": 0.4},
        factor=0.5,
        **options,
    )
    assert answered(tree) < SETTLED
    same_payoffs(tree, solution)
    same_measures(tree, solution, Counts(tree))


@pytest.mark.parametrize(("seed", "sharp"), [(5028, 400.0), (5046, 3000.0), (5102, 3000.0)])
def test_what_an_impossible_type_would_get(seed, sharp):
    # Its choice may be one that nobody possible makes: their probabilities are below any number.
    tree, solution = case(seed, sharp=sharp)
    same_payoffs(tree, solution)
    beliefs, number = solution.game.world.beliefs, positions(solution.game)
    values = solution.values.to_numpy()
    for state in tree.present()[-1][0]:
        for b in range(beliefs.size):
            wanted = tree.value(tree.T - 1, 0, state, beliefs.split(b))
            found = values[tree.T - 1, number(state), b, : len(tree.columns)]
            assert close(found, np.array([wanted[c] for c in tree.columns]))
