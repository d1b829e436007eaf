"""A slow reference for explanations: one part of a payoff alone, and others who do not answer."""

import itertools
import math
from collections import defaultdict

from oracle.typed import TypedTree
from oracle.typed_grid import Grid
from oracle.typed_play import Reported, labels


class PartTree(TypedTree):
    """Values of one part of a player's payoff, along given strategies; of all, where it is None.

    ``now`` counts only what comes in that period.
    """

    def __init__(self, solution, *, player=None, part=None, now=None, play=None):
        game = solution.game
        grids = [Grid.of(axis) for axis in game.world.beliefs.axes]
        super().__init__(game.scenario, grids, game.policy, play=play or Reported(solution))
        self.player, self.part, self.now = player, part, now

    def averaged(self, expression, state, period, beliefs, column):
        if self.part is not None and not self.counts(expression, column[0]):
            return 0.0
        return super().averaged(expression, state, period, beliefs, column)

    def counts(self, expression, name):
        player, (source, key) = self.scenario.player(name), self.part
        if name != self.player:
            return False
        if source == "costs":
            earned = [*player.interests.values(), *player.final.values()]
            return not any(expression is x for x in earned)
        return expression is (player.interests if source == "each" else player.final)[key]

    def later(self, period, state, belief):
        if self.now is not None and period >= self.now:
            return dict.fromkeys(self.columns, 0.0)
        return super().later(period, state, belief)

    def actions(self, period, k, state, belief, m, kind):
        """What each action of mover m is worth to its type."""
        step = self.scenario.order[k]
        sigmas = self.play(self, period, k, state, belief, step)
        worth = self.worth(period, k, state, belief, step, sigmas)
        return self.action_values(step, belief, sigmas, worth, m, kind)


class Unanswering:
    """Reported play, but for players who play the same mixtures whatever has happened."""

    def __init__(self, solution, players, mixtures):
        self.reported, self.players, self.mixtures = Reported(solution), players, mixtures

    def __call__(self, tree, period, k, state, belief, step):
        found = self.reported(tree, period, k, state, belief, step)
        for m, name in enumerate(step.players):
            mixture = self.mixtures.get((period, labels(tree.scenario)[k][m]))
            if name not in self.players or mixture is None:
                continue
            menu = tree.menus(step, state, period)[m]
            share = {a: mixture[a] for a in menu}
            total = sum(share.values())
            if total > 0:
                row = [share.get(a, 0.0) / total for a in range(len(mixture))]
                found[m] = [row] * len(found[m])
        return found


def mixtures_after(tree, period, k, state, belief, m, action):
    """How often each move is made, by period and label, as an onlooker expects after an action."""
    step = tree.scenario.order[k]
    here = defaultdict(float)
    sigmas = tree.play(tree, period, k, state, belief, step)
    for profile, chance, points in profiles(tree, step, state, belief, period, sigmas):
        if profile[m] != action:
            continue
        mine = mixed(tree, step, belief, sigmas)[m][action]
        branches, _ = tree.deeds(k, profile, state, period)
        for way, (point, weight) in itertools.product(branches, points):
            here[way.state, point] += chance / mine * way.probability * weight
    counts = defaultdict(lambda: defaultdict(float))
    first = k + 1
    while period < tree.T:
        for at in range(first, len(tree.scenario.order)):
            here = stepped(tree, period, at, here, counts)
        first, following = 0, defaultdict(float)
        for (where, point), p in here.items():
            if not tree.ended(where, period):
                following[tree.next_period(where), point] += p
        here, period = following, period + 1
    found = {}
    for (when, label), by_action in counts.items():
        player = tree.scenario.player(label.split("#")[0])
        total = sum(by_action.values())
        if total > 0:
            found[when, label] = [by_action[a] / total for a in range(len(player.actions))]
    return found


def mixed(tree, step, belief, sigmas):
    return tree.mixtures(step, belief, sigmas, (None, 0))


def profiles(tree, step, state, belief, period, sigmas):
    """Each profile with its probability in the public's eyes, and the points after it."""
    shares = mixed(tree, step, belief, sigmas)
    for profile in itertools.product(*tree.menus(step, state, period)):
        chance = math.prod(share[a] for share, a in zip(shares, profile, strict=True))
        if chance > 0:
            yield profile, chance, tree.learnt(step, belief, sigmas, profile)[1]


def stepped(tree, period, k, here, counts):
    """A distribution over states and beliefs after one step; ``counts`` are added to."""
    step, after = tree.scenario.order[k], defaultdict(float)
    for (state, belief), p in here.items():
        if not tree.acts(state, False, period, step):
            after[state, belief] += p
        elif step.kind == "event":
            event = tree.scenario.event(step.name)
            for way in tree.chances(k, state, period):
                point = belief
                for draw in (*event.redraws, *way.redraws):
                    point = tree.moved(point, draw, tree.distribution(draw.distribution))
                after[way.state, point] += p * way.probability
        else:
            sigmas = tree.play(tree, period, k, state, belief, step)
            for profile, chance, points in profiles(tree, step, state, belief, period, sigmas):
                for label, a in zip(labels(tree.scenario)[k], profile, strict=True):
                    counts[period, label][a] += p * chance
                branches, _ = tree.deeds(k, profile, state, period)
                for way, (point, weight) in itertools.product(branches, points):
                    after[way.state, point] += p * chance * way.probability * weight
    return after
