"""Games with private types against plain recursion, and against every path with true types."""

from collections import Counter

import numpy as np
import pytest

from oracle.bruteforce import positions
from oracle.typed_cases import (
    SETTLED,
    answered,
    case,
    close,
    same_measures,
    same_payoffs,
)
from oracle.typed_invent import TypedInventor, invent_typed
from oracle.typed_paths import Counts, Paths, Watcher
from oracle.typed_play import distance, labels

SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_strategies_answer_each_other(seed):
    tree, _ = case(seed)
    assert answered(tree) < SETTLED


@pytest.mark.parametrize("seed", SEEDS)
def test_payoffs(seed):
    tree, solution = case(seed)
    same_payoffs(tree, solution)


@pytest.mark.parametrize("seed", SEEDS)
def test_measures_are_what_every_path_comes_to(seed):
    tree, solution = case(seed)
    same_measures(tree, solution, Counts(tree))


@pytest.mark.parametrize("seed", SEEDS)
def test_payoff_measures(seed):
    tree, solution = case(seed)
    counts = Counts(tree)
    for name, measure in tree.scenario.measures.items():
        if measure.kind != "payoff" or measure.player not in tree.kinds:
            continue
        if measure.given_type is None:
            wanted = tree.payoffs[measure.player]
        elif measure.given_type[0] == measure.player:
            kind = tree.scenario.player(measure.player).types.index(measure.given_type[1])
            wanted = tree.type_payoffs[measure.player, kind]
        else:
            wanted = counts.measured(measure)
        assert close(solution.measures[name].value, wanted), (name, measure.text)


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_where_the_game_goes(seed):
    tree, solution = case(seed)
    counts, forward = Counts(tree), solution.forward()
    number, beliefs = positions(solution.game), solution.game.world.beliefs
    mass = np.zeros((tree.T, solution.game.n_states, beliefs.size))
    for (period, state, belief), p in counts.mass.items():
        mass[period, number(state), beliefs.join(belief)] += p
    assert close(forward.mass, mass.reshape(tree.T, -1))
    for variable in tree.variables:
        fan = forward.fans[variable].to_numpy()
        wanted = [
            [counts.levels[t, variable, x] for x in range(fan.shape[1])] for t in range(tree.T)
        ]
        assert close(fan, np.array(wanted))
    for player, axis in zip(tree.typed, beliefs.axes, strict=True):
        assert axis.player == player
        split = mass.sum(axis=1).reshape(tree.T, *beliefs.sizes)
        others = tuple(1 + j for j in range(len(beliefs.axes)) if beliefs.axes[j] is not axis)
        assert close(forward.beliefs[player].to_numpy(), split.sum(axis=others))


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_how_often_each_type_acts(seed):
    tree, solution = case(seed)
    counts, forward = Counts(tree), solution.forward()
    heads = solution.game.world.steps
    for k, (step, names) in enumerate(zip(tree.scenario.order, labels(tree.scenario), strict=True)):
        if step.kind == "event":
            wanted = [counts.happenings[t, k] for t in range(tree.T)]
            assert close(forward.happenings[heads[k].label].to_numpy(), np.array(wanted))
        for player, label in zip(step.players, names, strict=True):
            actions = [a.name for a in tree.scenario.player(player).actions]
            kinds = range(tree.kinds[player]) if player in tree.kinds else [None]
            wanted = np.array(
                [
                    [[counts.actions[t, k, player, kind, a] for a in actions] for kind in kinds]
                    for t in range(tree.T)
                ]
            )
            assert close(forward.actions[label].to_numpy(), wanted.sum(axis=1))
            if player in tree.kinds:
                assert close(forward.by_type[label].to_numpy(), wanted)


def every_point(tree, solution):
    """Every place at which a strategy is reported: period, step, state and belief."""
    game, beliefs = solution.game, solution.game.world.beliefs
    number, order = positions(game), tree.scenario.order
    states = {number(state): state for row in tree.present() for here in row for state in here}
    for k, names in enumerate(labels(tree.scenario)):
        if not names:
            continue
        known = ~np.isnan(solution.strategies[names[0]].to_numpy())
        axes = tuple(range(3 if beliefs.axes else 2, known.ndim))
        for period, s, b in zip(*np.nonzero(known.any(axis=axes)), strict=True):
            if int(s) in states:
                yield order[k], (int(period), k, states[int(s)], beliefs.split(int(b)))


@pytest.mark.parametrize("seed", SEEDS[::6])
def test_strategies_at_every_point_of_the_grids(seed):
    tree, solution = case(seed)
    places = list(every_point(tree, solution))
    assert len({where[3] for _, where in places}) == solution.game.world.beliefs.size
    for step, (period, k, state, belief) in places:
        sigmas = tree.play(tree, period, k, state, belief, step)
        assert distance(tree.answers(period, k, state, belief, step, sigmas), sigmas) < SETTLED


@pytest.mark.parametrize("seed", SEEDS[::6])
def test_values_at_every_point_of_the_grids(seed):
    tree, solution = case(seed)
    beliefs, number = solution.game.world.beliefs, positions(solution.game)
    values = solution.values.to_numpy()
    for period, row in enumerate(tree.present()):
        for state in row[0]:
            for b in range(beliefs.size):
                wanted = tree.value(period, 0, state, beliefs.split(b))
                found = values[period, number(state), b, : len(tree.columns)]
                assert close(found, np.array([wanted[c] for c in tree.columns]))


class Calibration(Watcher):
    """How probable each point and type are together at period ends."""

    def __init__(self, tree):
        self.tree, self.together = tree, Counter()

    def closed(self, p, node, period):
        for player, b, kind in zip(self.tree.typed, node.belief, node.types, strict=True):
            self.together[period, player, b, kind] += p


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_types_are_as_frequent_as_they_are_believed_to_be(seed):
    tree, _ = case(seed)
    watcher = Calibration(tree)
    Paths(tree, watcher=watcher).run()
    for period, player, b, _ in list(watcher.together):
        point = tree.grids[player].points[b]
        found = [watcher.together[period, player, b, kind] for kind in range(len(point))]
        assert found == pytest.approx([sum(found) * x for x in point], abs=1e-12)


@pytest.mark.parametrize("seed", [s for s in range(12) if TypedInventor(s).three])
def test_triangles_cover_all_beliefs_once(seed):
    tree, _ = case(seed)
    grid = tree.grids["north"]
    corners = [np.array([grid.points[v] for v in cell]) for cell in grid.cells if len(cell) == 3]
    # The determinant is twice the area, in units of the whole's.
    assert sum(abs(np.linalg.det(c)) for c in corners) == pytest.approx(1.0, abs=1e-12)
    draw = np.random.default_rng(seed)
    for belief in draw.dirichlet([1, 1, 1], 50):
        spread = grid.spread(tuple(belief))
        mean = sum(w * np.array(grid.points[v]) for v, w in spread)
        assert mean == pytest.approx(belief, abs=1e-12)


def test_the_scenarios_are_worth_the_trouble():
    # Were the generator to stop using a feature, the tests above would go on passing.
    texts = [invent_typed(seed) for seed in SEEDS]
    words = ('"by": "type', "type(", "type ==", '"redraw"', '"stops"', '"continues"', "last(")
    for word in (*words, '"odd"', '"firm": ', '"east"', '"ends"', '"outcomes"', '"costs"'):
        assert sum(word in text for text in texts) >= len(texts) // 6, word
    trees = [case(seed)[0] for seed in SEEDS]
    assert sum(any(s.kind == "joint" for s in t.scenario.order) for t in trees) > len(trees) // 4
    moved = [
        max(distance([s[:1]], [s[1:2]]) for p in t.plays.values() for s in p if len(s) > 1)
        for t in trees
    ]
    # Types differ in what they do, and what they do is learnt from.
    assert sum(x > 0.02 for x in moved) > len(trees) // 2
    reached = [len({belief for _, _, belief in Counts(t).mass}) for t in trees]
    assert sum(n > 3 for n in reached) > len(trees) // 2
