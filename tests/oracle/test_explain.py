"""Explanations against plain recursion: parts of payoffs, now and later, and others' answers."""

import random

import pytest

from countermove.explain.node import Node, beliefs_at
from countermove.explain.record import ITSELF
from countermove.explain.signals import signals
from countermove.explain.why import weigh
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.bruteforce import positions
from oracle.explained import PartTree, Unanswering, mixtures_after
from oracle.invent import invent
from oracle.typed_cases import case, close
from oracle.typed_play import labels

SEEDS = range(12)


def decisions(tree, solution, seed, count=3):
    """Some places with a choice that play reaches: the reference's, and the node's."""
    _ = tree.payoffs
    number, join = positions(solution.game), solution.game.world.beliefs.join
    found = []
    for period, k, state, belief in tree.plays:
        step = tree.scenario.order[k]
        for m, (name, menu) in enumerate(
            zip(step.players, tree.menus(step, state, period), strict=True)
        ):
            if len(menu) > 1:
                player = tree.scenario.player(name)
                for kind in range(max(len(player.types), 1)):
                    row, point = number(state), join(belief)
                    node = Node(
                        labels(tree.scenario)[k][m],
                        name,
                        period,
                        str(period),
                        solution.game.state(row),
                        beliefs_at(solution, point),
                        player.types[kind] if player.types else "",
                        k,
                        m,
                        row,
                        point,
                        kind,
                    )
                    found.append(((period, k, state, belief), m, kind, menu, node))
    return random.Random(seed).sample(found, min(count, len(found)))


def check(tree, solution, seed):
    scenario, n = tree.scenario, 0
    for place, m, kind, menu, node in decisions(tree, solution, seed):
        names = [a.name for a in scenario.player(node.player).actions]
        this, other = random.Random(seed).sample(menu, 2)
        weighed = weigh(solution, node, names[this], names[other])
        why = weighed.why
        whole = PartTree(solution).actions(*place, m, kind)
        for option in why.options:
            assert close(option.value, whole[names.index(option.action)])
        for gain in why.gains:
            part = {"player": node.player, "part": (gain.source, gain.name)}
            both = PartTree(solution, **part).actions(*place, m, kind)
            now = PartTree(solution, **part, now=place[0]).actions(*place, m, kind)
            assert close(gain.now_this, now[this])
            assert close(gain.now_other, now[other])
            assert close(gain.now_this + gain.later_this, both[this])
            assert close(gain.now_other + gain.later_other, both[other])
        assert close(sum(g.difference for g in why.gains), whole[this] - whole[other])
        wanted = answers(solution, place, m, kind, this, other, node.player)
        assert close({a.who: a.difference for a in why.answers}, wanted)
        assert close(sum(wanted.values()), whole[this] - whole[other])
        check_signals(tree, signals(weighed), place, m, kind, node)
        n += 1
    return n


def answers(solution, place, m, kind, this, other, mover):
    """Who is owed what of the difference, straight from its definition."""
    tree = PartTree(solution)
    mixtures = mixtures_after(tree, *place, m, other)
    movers = [name for step in tree.scenario.order for name in step.players]
    others = [name for name in dict.fromkeys(movers) if name != mover]

    def difference(answering):
        play = Unanswering(solution, set(others) - set(answering), mixtures)
        values = PartTree(solution, play=play)
        # At the node itself all play as they do: what they know there is the same.
        step = tree.scenario.order[place[1]]
        sigmas = tree.play(tree, *place, step)
        worth = values.worth(*place, step, sigmas)
        found = values.action_values(step, place[3], sigmas, worth, m, kind)
        return found[this] - found[other]

    found = {ITSELF: difference([]), **dict.fromkeys(others, 0.0)}
    for order in (others, others[::-1]):
        so_far = []
        for name in order:
            found[name] += 0.5 * (difference([*so_far, name]) - difference(so_far))
            so_far.append(name)
    return found


def check_signals(tree, found, place, m, kind, node):
    step = tree.scenario.order[place[1]]
    if node.player not in tree.grids:
        assert found is None
        return
    sigmas = tree.play(tree, *place, step)
    names = [a.name for a in tree.scenario.player(node.player).actions]
    for sign in found.signs:
        a = names.index(sign.action)
        wanted = tree.posterior(node.player, place[3], sigmas[m], a)
        assert list(sign.belief.values()) == pytest.approx(wanted, abs=1e-9)
        assert list(sign.likelihood.values()) == pytest.approx([r[a] for r in sigmas[m]], abs=1e-9)
    for player in tree.players:
        direct = sum(s.chance * s.effect(player).direct for s in found.signs)
        assert direct == pytest.approx(0.0, abs=1e-9)
    own = {s.action: s.effect(node.player) for s in found.signs}
    values = PartTree(tree_solution(tree)).actions(*place, m, kind)
    effects = [own[s.action].direct + own[s.action].signal for s in found.signs]
    gaps = [values[names.index(s.action)] - e for s, e in zip(found.signs, effects, strict=True)]
    assert max(gaps) - min(gaps) < 1e-9  # both are the action's value, less what all share


def tree_solution(tree):
    return tree.of


@pytest.mark.parametrize("seed", SEEDS)
def test_explained_decisions_of_games_with_types(seed: int) -> None:
    tree, solution = case(seed)
    tree.of = solution
    assert check(tree, solution, seed)


@pytest.mark.parametrize("seed", range(100, 106))
def test_explained_decisions_where_types_are_drawn_anew(seed: int) -> None:
    tree, solution = case(seed, redraws=True, east=True, joint=True)
    tree.of = solution
    assert check(tree, solution, seed)


@pytest.mark.parametrize("seed", [202, 203, 204, 206, 207, 209])
def test_explained_decisions_of_games_without_types(seed: int) -> None:
    solution = solve(compile_game(loads(invent(seed, ends=False))))
    tree = PartTree(solution)
    tree.of = solution
    assert check(tree, solution, seed)
