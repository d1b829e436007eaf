"""Simulated against exact, with private types: payoffs, measures, what is believed, who moves."""

import math
from functools import cache

import numpy as np
import pytest

from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.simulate import simulate
from countermove.solve import solve
from oracle.typed import TypedTree
from oracle.typed_grid import Grid
from oracle.typed_invent import invent_typed
from oracle.typed_paths import Counts, starts
from oracle.typed_play import Reported
from statistical import rates

PATHS = 100_000

# Two who hide something, once moving at once; one who does not; types drawn anew in both ways.
VEILED = """
scenario: veiled
title: Two who hide something
calendar: {periods: 4}
state:
  tension: {levels: 0..3, start: 1}
  leader: {levels: [old, new], start: old, ordered: false}
players:
  us:
    rationality: 2
    discount: 0.9
    types: {resolved: 0.4, bluffing: rest}
    belief_points: 7
    interests:
      war: {by: type, resolved: -0.3 * tension, bluffing: -tension}
      office: leader == old
    actions:
      wait: {}
      threaten:
        costs:
          us: {by: type, resolved: 0.1, bluffing: 0.6}
          iran: 0.5 * (type(us) == resolved)
        effects: [{tension: 1, probability: 0.6}]
  iran:
    rationality: 1.5
    types: {firm: 0.3, shaky: 0.5, soft: rest}
    belief_points: 4
    interests: {calm: {by: type, firm: -0.2 * tension, shaky: -0.7 * tension, soft: -tension}}
    actions:
      bend: {effects: [{tension: -1}]}
      resist: {effects: [{tension: 1, probability: 0.3}]}
      strike: {when: tension > 0, costs: 0.3, effects: [{tension: 2, probability: 0.5}]}
  iraq:
    rationality: 2
    interests:
      us: {by: type(us), resolved: 0.5 * tension, bluffing: -0.5 * tension}
      both: 0.4 * (type(us) == resolved) * (type(iran) == firm) * tension
    actions: {stay: {}, side: {costs: {iraq: 0.2 * (type(iran) == soft)}, effects: [{tension: -1}]}}
events:
  election:
    outcomes:
      - {probability: 0.3, effects: [{leader: new}], costs: {us: 0.5 * (type(us) == bluffing)},
         redraw: {us: {resolved: 0.65, bluffing: rest}}, succession: stops}
      - {probability: 0.2, costs: {iraq: 0.3}, redraw: {us: {resolved: 0.2, bluffing: rest}}}
  coup:
    when: tension == 3
    redraw: {iran: {firm: 0.5, shaky: 0.2, soft: rest}}
    effects: [{tension: -1, probability: 0.7}]
order: [us, iran, iraq, election, [us, iran], coup]
ends: tension == 0 and leader == new
measures:
  war: ever(tension == 3)
  war_if: {of: ever(tension == 3), given: type(us) == resolved}
  war_if_firm: {of: ever(tension == 3), given: type(iran) == firm}
  time_to_war: first(tension == 3)
  tense: mean(tension)
  tense_if: {of: mean(tension), given: type(iran) == soft}
  tense_new: {of: mean(tension), given: leader == new}
  late: final(tension)
  threats: played(us, threaten)
  threats_if: {of: "played(us, threaten)", given: type(us) == bluffing}
  read: belief(us, resolved) after threaten
  read_strike: belief(iran, firm) after strike
  at_last: final(belief(us, resolved))
  at_last_new: {of: "final(belief(us, resolved))", given: leader == new}
  at_last_iran: final(belief(iran, shaky))
  votes: happened(election)
  iraq_gets: payoff(iraq)
  iraq_if: {of: payoff(iraq), given: type(us) == resolved}
policies:
  bind:
    player: us
    rules: [{play: {wait: 0.3, threaten: rest}}]
  partly:
    player: iran
    rules: [{when: tension == 1, play: {bend: 0.5, resist: rest}}, {forbid: [bend]}]
"""

# Small enough to walk every path; on coarse grids, and the types act apart.
INVENTED = {
    "three": (10, {"three": True, "joint": False}),
    "both": (34, {"three": False, "both": True, "joint": True, "east": True}),
    "one": (16, {"three": False, "both": False, "east": True}),
}
NAMES = ["veiled", *INVENTED]


@cache
def solved(name):
    if name == "veiled":
        return solve(compile_game(loads(VEILED)))
    seed, options = INVENTED[name]
    return solve(compile_game(loads(invent_typed(seed, sharp=3.0, **options))))


@cache
def simulated(name):
    return simulate(solved(name), paths=PATHS, seed=21, log=0)


@cache
def counted(name):
    """All paths of a small game, walked one by one under the solution's strategies."""
    solution = solved(name)
    grids = [Grid.of(axis) for axis in solution.game.world.beliefs.axes]
    tree = TypedTree(solution.game.scenario, grids, play=Reported(solution))
    return tree, Counts(tree)


def compare_measures(solution, simulation, skip=()):
    for key, result in solution.measures.items():
        estimate = simulation.measures[key]
        if key in skip:
            continue
        if math.isnan(result.value):
            assert math.isnan(estimate.mean), key
        elif not math.isnan(estimate.mean):
            rates.mean(estimate.mean, estimate.standard_error, result.value, key)


def typed_payoffs(solution):
    """Measures of payoffs of players with types, which between grid points are read otherwise."""
    typed = {axis.player for axis in solution.game.world.beliefs.axes}
    measures = solution.game.scenario.measures
    return {n for n, m in measures.items() if m.kind == "payoff" and m.player in typed}


@pytest.mark.parametrize("name", NAMES)
def test_measures(name):
    solution = solved(name)
    assert solution.status == "solved"
    compare_measures(solution, simulated(name), skip=typed_payoffs(solution))


@pytest.mark.parametrize("name", NAMES)
def test_payoffs_of_players_without_types(name):
    solution, typed = solved(name), {a.player for a in solved(name).game.world.beliefs.axes}
    without = [p for p in solution.game.players if p not in typed]
    for player in without:
        estimate = simulated(name).payoffs[player]
        rates.mean(estimate.mean, estimate.standard_error, solution.payoffs[player], player)


@pytest.mark.parametrize("name", list(INVENTED))
def test_payoffs_by_type(name):
    # The columns of players with types are read between grid points as the types read them when
    # they choose; what paths truly come to is told by walking all of them.
    simulation, (tree, counts) = simulated(name), counted(name)
    begun = dict(starts(tree))
    for j, player in enumerate(tree.typed):
        for k, kind in enumerate(tree.scenario.player(player).types):
            these = [types for types in begun if types[j] == k]
            share = sum(begun[types] for types in these)
            wanted = sum(counts.payoffs[player, types] for types in these) / share
            estimate = simulation.type_payoffs[player, kind]
            rates.frequency(estimate.n, PATHS, share, (player, kind))
            assert estimate.n == (simulation.types[player] == k).sum()
            rates.mean(estimate.mean, estimate.standard_error, wanted, (player, kind))
            # The grid is coarse, and yet the two are near.
            assert wanted == pytest.approx(solved(name).type_payoffs[player, kind], abs=0.15)
    for player in tree.players:
        wanted = sum(counts.payoffs[player, types] for types in begun)
        estimate = simulation.payoffs[player]
        rates.mean(estimate.mean, estimate.standard_error, wanted, player)


def compare(found, exact, paths, what):
    assert found.dims == exact.dims
    for name in exact.coords:
        assert list(found[name].to_numpy()) == list(exact[name].to_numpy())
    for place, probability in np.ndenumerate(exact.to_numpy()):
        count = round(float(found.to_numpy()[place]) * paths, 6)
        rates.frequency(count, paths, float(probability), (what, place))


@pytest.mark.parametrize("name", NAMES)
def test_fans_and_frequencies(name):
    exact, simulation = solved(name).forward(), simulated(name)
    for kind in ("fans", "actions", "by_type", "moves", "happenings"):
        found, wanted = getattr(simulation, kind), getattr(exact, kind)
        assert set(found) == set(wanted)
        for key, values in wanted.items():
            compare(found[key], values, PATHS, (kind, key))


def compare_beliefs(solution, simulation):
    """Paths at each point of the grid, by true type: beliefs where they should be, and right."""
    for player, exact in solution.forward().beliefs.items():
        paths = simulation.beliefs[player]
        for (t, point, k), count in np.ndenumerate(paths.counts):
            share = float(exact.to_numpy()[t, point])
            rates.frequency(
                count, simulation.kept, share * paths.points[point, k], (player, t, point, k)
            )


@pytest.mark.parametrize("name", NAMES)
def test_beliefs_and_true_types(name):
    compare_beliefs(solved(name), simulated(name))


def compare_calibration(simulation):
    """Where the belief is 0.7, seven in ten hold the type."""
    checked = 0
    for player, paths in simulation.beliefs.items():
        for t, counts in enumerate(paths.counts):
            for point, n in enumerate(counts.sum(axis=1)):
                for k, believed in enumerate(paths.points[point]):
                    if n:
                        rates.frequency(counts[point, k], n, float(believed), (player, t, point))
                        checked += 0 < believed < 1
    return checked


@pytest.mark.parametrize("name", NAMES)
def test_beliefs_are_calibrated(name):
    assert compare_calibration(simulated(name)) > 3
    for paths in simulated(name).beliefs.values():
        pooled = paths.calibration(bins=20)
        some = pooled["count"].to_numpy() > 10_000
        assert some.sum() > 2
        away = np.abs(pooled["held"] - pooled["belief"]).to_numpy()[some]
        # A bin's periods are of the same paths, at worst as few as a quarter of its count.
        assert (away < 0.04).all()


def test_a_mean_belief_is_the_prior_until_types_are_drawn_anew():
    solution, simulation = solved("veiled"), simulated("veiled")
    exact = solution.forward().beliefs
    for player, paths in simulation.beliefs.items():
        means = paths.summary.sel(held="all", statistic="mean").to_numpy()
        for t, row in enumerate(means):
            for k, found in enumerate(row):
                share = exact[player].to_numpy()[t]
                wanted = float(share @ paths.points[:, k])
                spread = math.sqrt(float(share @ paths.points[:, k] ** 2) - wanted**2)
                rates.mean(found, spread / math.sqrt(PATHS), wanted, (player, t, k))


@pytest.mark.parametrize("policy", ["bind", "partly"])
def test_under_a_policy(policy):
    solution = solve(compile_game(loads(VEILED), policy=policy))
    simulation = simulate(solution, paths=PATHS, seed=5, log=0)
    compare_measures(solution, simulation)
    compare_beliefs(solution, simulation)
    axis = solution.game.world.beliefs.axes[0]
    assert axis.still == (policy == "bind")
    if policy == "bind":
        # What the bound player does tells nothing, so its payoffs need no grid.
        for kind in axis.types:
            estimate = simulation.type_payoffs["us", kind]
            wanted = solution.type_payoffs["us", kind]
            rates.mean(estimate.mean, estimate.standard_error, wanted, kind)


def test_given_first_moves_of_those_who_move_at_once():
    text = VEILED.replace("order: [us, iran, iraq,", "order: [[us, iran], iraq,")
    solution = solve(compile_game(loads(text)))
    given = {"us": "threaten", "iran": "resist"}
    simulation = simulate(solution, paths=PATHS, seed=5, given=given, log=0)
    first = solution.forward()
    both = 1.0
    for player, action in given.items():
        # At the start movers draw independently of each other.
        share = float(first.actions[player].isel(period=0).sel(action=action))
        both *= share
        assert float(simulation.actions[player].isel(period=0).sel(action=action)) == 1.0
        by_type = first.by_type[player].isel(period=0).sel(action=action).to_numpy() / share
        drawn = np.bincount(simulation.types[player], minlength=len(by_type))
        for k, count in enumerate(drawn):
            rates.frequency(count, simulation.kept, float(by_type[k]), (player, k))
    rates.frequency(simulation.kept, PATHS, both, given)


STAGES = """
scenario: stages
title: Two move at once, again and again
calendar: {periods: 4}
state:
  trust: {levels: 0..2, start: 1}
players:
  one:
    rationality: 1.5
    interests: {trust: trust}
    actions:
      help: {costs: {one: 0.4}, effects: [{trust: 1, probability: 0.7}]}
      harm: {costs: {two: 0.8}, effects: [{trust: -1}]}
      rest_up: {when: trust > 0}
  two:
    rationality: 1
    discount: 0.8
    interests: {trust: 0.7 * trust}
    actions:
      help: {costs: {two: 0.4}, effects: [{trust: 1, probability: 0.7}]}
      harm: {costs: {one: 0.8}, effects: [{trust: -1}]}
order: [[one, two], one]
measures:
  low: ever(trust == 0)
  helped: played(two, help)
  harmed: {of: "played(one, harm)", given: trust == 1}
  late: final(trust)
"""


def test_movers_at_once_without_types():
    solution = solve(compile_game(loads(STAGES)))
    simulation = simulate(solution, paths=PATHS, seed=13, log=0)
    compare_measures(solution, simulation)
    for player, payoff in solution.payoffs.items():
        estimate = simulation.payoffs[player]
        rates.mean(estimate.mean, estimate.standard_error, payoff, player)
    exact = solution.forward()
    for kind in ("fans", "actions", "moves"):
        assert set(getattr(simulation, kind)) == set(getattr(exact, kind))
        for key, values in getattr(exact, kind).items():
            compare(getattr(simulation, kind)[key], values, PATHS, (kind, key))
    assert set(simulation.actions) == {"one", "two", "one#2"}


@pytest.mark.parametrize("periods", [1, 6])
def test_games_that_go_on_for_ever(periods):
    # What is left after the last period walked is taken from the solution, however soon that is.
    text = STAGES.replace("calendar: {periods: 4}", "calendar: {periods: forever}")
    text = text.replace("rationality: 1.5", "rationality: 1.5\n    discount: 0.7")
    text = text[: text.index("measures:")]
    solution = solve(compile_game(loads(text)))
    simulation = simulate(solution, paths=PATHS, seed=13, log=0, periods=periods)
    for player, payoff in solution.payoffs.items():
        estimate = simulation.payoffs[player]
        rates.mean(estimate.mean, estimate.standard_error, payoff, player)
    exact = solution.forward(periods)
    for key, values in exact.fans.items():
        compare(simulation.fans[key], values, PATHS, key)
