"""What a measure keeps along one path, and what all paths come to, straight from definitions."""

from __future__ import annotations

import math
from collections import defaultdict


class Account:
    """Keeps nothing; others override what they need."""

    begin = (0.0, 0.0)

    def __init__(self, tree, measure=None):
        self.tree, self.measure = tree, measure

    def move(self, kept, state, period, player, action):
        return kept

    def chance(self, kept, state, period, event, happened):
        return kept

    def close(self, kept, state, period):
        return kept

    def given(self, state, period):
        return self.tree.holds(self.measure.given, state, period)

    def holds(self, state, period):
        return self.tree.holds(self.measure.expression, state, period)


class Sum(Account):
    """The sum over period ends, and how often the condition held there."""

    def close(self, kept, state, period):
        if not self.given(state, period):
            return kept
        x = self.tree.read(self.measure.expression, state, period)
        return kept[0] + x, kept[1] + 1


class Final(Account):
    """The reading at the last period's end."""

    def close(self, kept, state, period):
        if period < self.tree.T - 1 or not self.given(state, period):
            return (0.0, 0.0)
        return self.tree.read(self.measure.expression, state, period), 1.0


class Ever(Account):
    """Did both hold at some period's end, and did the condition?"""

    def close(self, kept, state, period):
        g = self.given(state, period)
        return (
            float(kept[0] or (g and self.holds(state, period))),
            float(kept[1] or g),
        )


class First(Account):
    """The first period's end at which both hold, counted from 1; 0 for never."""

    def close(self, kept, state, period):
        if kept[0] == 0 and self.given(state, period) and self.holds(state, period):
            return (period - self.tree.at + 1.0, 0.0)
        return kept


class Count(Account):
    """How often it occurred while the conditions held, and how often it could have."""

    def tally(self, kept, occurred, state, period):
        if not self.given(state, period):
            return kept
        more = float(occurred and self.holds(state, period))
        return kept[0] + more, kept[1] + 1

    def move(self, kept, state, period, player, action):
        if player != self.measure.player:
            return kept
        return self.tally(kept, action == self.measure.action, state, period)

    def chance(self, kept, state, period, event, happened):
        if event != self.measure.event:
            return kept
        return self.tally(kept, happened, state, period)


class EverCount(Count):
    """Did it occur at all, and could it have?"""

    def tally(self, kept, occurred, state, period):
        a, b = super().tally(kept, occurred, state, period)
        return min(a, 1.0), min(b, 1.0)


ACCOUNTS = {
    "mean": Sum,
    "total": Sum,
    "final": Final,
    "ever": Ever,
    "first": First,
    "played": Count,
    "happened": Count,
    "ever_played": EverCount,
    "ever_happened": EverCount,
}


def measured(tree, measure):
    """A measure's value; for ``first`` (probability, mean time given it, censored mean)."""
    if measure.kind == "payoff":
        return tree.payoffs[measure.player]
    paths = tree.walk(ACCOUNTS[measure.kind](tree, measure))
    length = tree.T - tree.at
    if measure.kind == "first":
        hit = sum(p for (when, _), p in paths.items() if when)
        time = sum(p * when for (when, _), p in paths.items())
        censored = sum(p * (when or length) for (when, _), p in paths.items())
        return hit, time / hit if hit else math.nan, censored
    part = sum(p * a for (a, _), p in paths.items())
    if measure.given is not None:
        whole = sum(p * b for (_, b), p in paths.items())
        return part / whole if whole else math.nan
    return part / length if measure.kind == "mean" else part


def frequencies(tree):
    """How often: (period, step, action) is played, (period, step, "happened"), and the probability
    of (period, variable, level) at the period's end."""
    counts = defaultdict(float)

    class Tally(Account):
        begin = 0.0

    here = {(tree.first_state, False, 0.0): 1.0}
    _ = tree.payoffs
    for period in range(tree.at, tree.T):
        for k, step in enumerate(tree.scenario.order):
            for (state, over, _kept), p in here.items():
                if not tree.acts(state, over, period, step):
                    continue
                if step.kind == "move":
                    player = tree.scenario.player(step.name)
                    for a, sigma in zip(
                        player.actions, tree.strategies[period, k, state], strict=True
                    ):
                        counts[period, k, a.name] += p * sigma
                else:
                    event = tree.scenario.event(step.name)
                    for way in tree.branches(event.effects, state, period):
                        counts[period, k, "happened"] += p * way.probability * way.happened
            here = tree._walk_step(here, period, k, step, Tally(tree))
        following = defaultdict(float)
        for (state, over, kept), p in here.items():
            for name, level in zip(tree.variables, state[0], strict=True):
                counts[period, name, level] += p
            over = over or tree.ended(state, period)
            following[state if over else tree.next_period(state), over, kept] += p
        here = following
    return counts
