"""The same structure under other views and policies: numbers as of a fresh compile, to the bit."""

import dataclasses

import numpy as np
import pytest

import countermove as cm
from countermove.errors import InvalidRequest, UnknownName
from countermove.game import compile as compile_game
from countermove.solve import solve
from unit.game.test_arrays import arguments

SMALL = [
    "audience-costs",
    "blockade",
    "chain-store",
    "deadline",
    "extended-deterrence",
    "little-crisis",
    "sanctions",
    "stag-hunt",
]


def cases(scenario):
    return [
        (view, policy) for view in (None, *scenario.views) for policy in (None, *scenario.policies)
    ]


def flat(thing):
    """All arrays and numbers in what a world tells of a period, in order."""
    if isinstance(thing, np.ndarray):
        return [thing]
    if dataclasses.is_dataclass(thing):
        return [x for f in dataclasses.fields(thing) for x in flat(getattr(thing, f.name))]
    if isinstance(thing, (tuple, list)):
        return [x for part in thing for x in flat(part)]
    return [np.asarray(thing)]


def same_numbers(one, other):
    assert one.world.beliefs.sizes == other.world.beliefs.sizes
    for a, b in zip(one.world.beliefs.axes, other.world.beliefs.axes, strict=True):
        assert np.array_equal(a.points, b.points)
        assert (a.prior, a.still) == (b.prior, b.still)
    for period in range(one.start_period, one.periods):
        mine = [x.copy() for x in flat(one.world.at(period))]
        theirs = flat(other.world.at(period))
        assert len(mine) == len(theirs) > 10
        for a, b in zip(mine, theirs, strict=True):
            assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def same_games(one, other):
    for name in ("view", "policy", "parameters", "rationality_factor", "start", "start_period"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.columns == other.columns
    same_numbers(one, other)


def figures(game):
    solution = solve(game, others=0)
    measures = [(m.value, m.mean_given, m.mean_censored) for m in solution.measures.values()]
    return repr((dict(solution.payoffs), measures, solution.residual))


@pytest.mark.parametrize("name", SMALL)
def test_numbers_are_those_of_a_fresh_compile(name):
    scenario = cm.load(name)
    game = compile_game(scenario)
    for view, policy in cases(scenario):
        same_games(
            game.under(view=view, policy=policy), compile_game(scenario, view=view, policy=policy)
        )


@pytest.mark.parametrize("name", ["audience-costs", "deadline", "little-crisis", "stag-hunt"])
def test_solutions_are_those_of_a_fresh_compile(name):
    scenario = cm.load(name)
    game = compile_game(scenario, view=next(iter(scenario.views)))
    for view, policy in cases(scenario):
        found = figures(game.under(view=view, policy=policy))
        assert found == figures(compile_game(scenario, view=view, policy=policy))


def test_one_after_another():
    # Each game stands alone: neither those before nor those after change it.
    scenario = cm.load("sanctions")
    game = compile_game(scenario)
    before, seen = figures(game), []
    for view, policy in cases(scenario):
        game = game.under(view=view, policy=policy)
        seen.append(game)
    for one, (view, policy) in zip(seen, cases(scenario), strict=True):
        same_games(one, compile_game(scenario, view=view, policy=policy))
    assert figures(game.under(view=None, policy=None)) == before
    assert len({figures(one) for one in seen}) == len(seen)


def test_what_was_set_by_hand_is_lost_and_all_else_is_kept():
    scenario = cm.load("deadline")
    options = {"at": 3, "beliefs": {"home": {"stubborn": 0.25}}, "belief_points": 11}
    name, p = next((n, p) for n, p in scenario.parameters.items() if p.low < p.value)
    game = compile_game(
        scenario, set={name: p.low}, rationality_factor=0.5, known=["home"], **options
    )
    moved = game.under(view=None, policy="dig_in")
    wanted = compile_game(
        scenario, policy="dig_in", rationality_factor=0.5, known=["home"], **options
    )
    same_games(moved, wanted)
    assert moved.parameters[name] == p.value
    drawn = game.replace(parameters={name: p.high}).under(view=None, policy=None)
    assert drawn.parameters[name] == p.value


def test_what_is_set_outside_a_range_leaves_states_enough():
    scenario = cm.load("little-crisis")
    name, p = next((n, p) for n, p in scenario.parameters.items() if p.low < p.high)
    game = compile_game(scenario, set={name: p.high + 0.001})
    same_games(game.under(view=None, policy=None), compile_game(scenario))


def test_unknown_names_are_refused():
    game = compile_game(cm.load("sanctions"))
    with pytest.raises(UnknownName, match="no view 'doves'"):
        game.under(view="doves", policy=None)
    with pytest.raises(UnknownName, match=r"no policy 'no_coercio'.*no_coercion"):
        game.under(view=None, policy="no_coercio")


def test_games_made_of_arrays_have_neither():
    words = "a game made from arrays has neither views nor policies"
    with pytest.raises(InvalidRequest, match=words):
        cm.Game.from_arrays(**arguments()).under(view=None, policy=None)
