"""Surprised others by definition: they play free strategies, and read a policy's moves by them.

A policy draws the actions of those whom it binds; where it leaves them a choice they answer the
free strategies of all others, of those who are bound beside them too. Posteriors, and the lottery
between belief points, are free play's.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import defaultdict
from functools import cache, cached_property

from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from countermove.solve.surprise import surprised
from oracle.accounts import ACCOUNTS
from oracle.typed import TypedTree
from oracle.typed_cases import close, referred
from oracle.typed_invent import invent_typed
from oracle.typed_paths import COUNTED, Counts, Paths, known_types, starts

POLICIES = ["bound", "partly", "south_set", "mixes", "two"]


class SurprisedTree(TypedTree):
    """The free game's tree with a policy in it; ``plays`` are what is played, ``read`` by what."""

    def __init__(self, free, policy):
        super().__init__(
            free.scenario, free.grids.values(), policy, play=free.play, believed=free.believed
        )
        self.ours = set(self.scenario.policies[policy].players)
        self.read_by = {}

    def at_move(self, period, k, state, belief, step):
        free = self.play(self, period, k, state, belief, step)
        worth = self.worth(period, k, state, belief, step, free)
        where = period, k, state, belief
        played = self.played(where, step, free, worth)
        self.read_by[where], self.plays[where] = free, played
        found = {}
        for column in self.columns:
            mixed = self.mixtures(step, belief, played, column)
            found[column] = sum(
                math.prod(mixed[i][a] for i, a in enumerate(profile)) * total[column]
                for profile, total in worth.items()
            )
        return found

    def played(self, where, step, free, worth):
        """The free strategies, but of those who are bound: their policy's, or their answers."""
        found = list(free)
        for m, name in enumerate(step.players):
            if name in self.ours:
                found[m] = [
                    self.chosen(
                        name, self.action_values(step, where[3], free, worth, m, kind), where
                    )
                    for kind in range(self.kinds.get(name, 1))
                ]
        return found

    def chosen(self, name, worth, where):
        """What a bound player does, given what its actions are worth."""
        period, _, state, _ = where
        player = self.scenario.player(name)
        return self.choice(player, self.legal(player, state, period), worth, state, period)

    def lottery(self, player, after, kind):
        """The points that a belief moves to where the true type is ``kind``, with their chances."""
        spread, points = self.once(self.spread, player, after), self.grids[player].points
        if after[kind] == 0:  # nobody is of this type, or nothing is learnt
            return spread
        return [(v, w * points[v][kind] / after[kind]) for v, w in spread if points[v][kind] > 0]


class SurprisedPaths(Paths):
    """Every path of surprised play; the beliefs about ``plain`` move as its own types read them."""

    def __init__(self, tree, *, plain=None, **options):
        super().__init__(tree, **options)
        self.plain = plain

    def _beliefs(self, period, k, state, belief, profile):
        free = self.tree.read_by[period, k, state, belief]
        return self.tree.learnt(self.tree.scenario.order[k], belief, free, profile)[0]

    def _lottery(self, step, node, beliefs, truth):
        tree, points = self.tree, [[(b, 1.0)] for b in node.belief]
        for name in step.players:
            if name == self.plain:
                points[tree.typed.index(name)] = tree.once(tree.spread, name, beliefs[name])
            elif name in tree.grids:
                points[tree.typed.index(name)] = tree.lottery(name, beliefs[name], truth[name])
        return [
            (tuple(v for v, _ in way), math.prod(w for _, w in way))
            for way in itertools.product(*points)
        ]


class SurprisedCounts(Counts):
    """What adds up, along the paths of surprised play."""

    def __init__(self, tree, plain=None):
        self.tree = tree
        for name in ("payoffs", "parts", "wholes", "levels", "mass", "actions", "happenings"):
            setattr(self, name, defaultdict(float))
        self.measures = {n: m for n, m in tree.scenario.measures.items() if m.kind in COUNTED}
        SurprisedPaths(tree, watcher=self, whole=True, plain=plain).run()

    def moved(self, p, node, period, k, player, action, beliefs):
        # The truth weighs the points that a posterior may move to; what is read is their mean.
        seen = {}
        for name, kind in zip(self.tree.typed, node.types, strict=True):
            ways, points = (
                self.tree.lottery(name, beliefs[name], kind),
                self.tree.grids[name].points,
            )
            seen[name] = [sum(w * points[v][j] for v, w in ways) for j in range(len(points[0]))]
        super().moved(p, node, period, k, player, action, seen)


class Surprised:
    """All measures of a policy in surprised play; of ``first`` three numbers."""

    def __init__(self, free, policy):
        self.tree = SurprisedTree(free, policy)
        self.starts = dict(starts(self.tree))

    @cached_property
    def counts(self):
        return SurprisedCounts(self.tree)

    def payoffs(self, player):
        """Counts in which a player's payoffs are as its own types read them."""
        if player not in self.tree.typed:
            return self.counts
        return self.tree.once(self._plain, player)

    def _plain(self, player):
        return SurprisedCounts(self.tree, player)

    def measured(self, measure):
        given = measure.given_type
        if measure.kind == "payoff" and (given is None or given[0] == measure.player):
            return self.payoffs(measure.player).measured(measure)
        if measure.kind in COUNTED:
            return self.counts.measured(measure)
        return self._kept(measure)

    def _kept(self, measure):
        tree, kept = self.tree, defaultdict(float)
        account, known = ACCOUNTS[measure.kind](tree, measure), known_types(tree, measure)
        for node, p in SurprisedPaths(tree, account=account, known=known).run().items():
            kept[node.kept] += p
        part = sum(p * a for (a, _), p in kept.items())
        if measure.kind == "first":
            hit = sum(p for (when, _), p in kept.items() if when)
            late = sum(p * (when or tree.T - tree.at) for (when, _), p in kept.items())
            return hit, part / hit if hit else math.nan, late
        if measure.given is None:
            return part
        whole = sum(p * b for (_, b), p in kept.items())
        return part / whole if whole else math.nan


def invent_policies(seed, **options):
    """A random scenario's text, with more policies, and all payoffs measured."""
    # A rule binds two players by an action that both have.
    found = json.loads(invent_typed(seed, **options).replace("bide", "wait"))
    for player, action in (("north", "push"), ("south", "act")):
        found["players"][player]["actions"][action].pop("when", None)
    found["policies"] |= {
        "mixes": {
            "player": "north",
            "rules": [
                {"when": "heat >= 1", "play": {"wait": "slip", "push": "rest"}},
                {"when": "lamp == dark", "forbid": ["pull"]},
            ],
        },
        "two": {
            "players": ["north", "south"],
            "rules": [
                {"when": "lamp == lit", "play": {"wait": 1}},
                {"when": "heat >= 1", "forbid": ["wait"]},
            ],
        },
    }
    measures = found["measures"]
    measures |= {f"payoff_{name}": f"payoff({name})" for name in found["players"]}
    for who, about in found["players"].items():
        for kind in about.get("types", ()):
            given = f"type({who}) == {kind}"
            measures |= {
                f"{name}_if_{kind}": {"of": f"payoff({name})", "given": given}
                for name in found["players"]
            }
    return json.dumps(found, indent=1)


@cache
def played_freely(seed, **options):
    """A random scenario where nobody is bound: its reference, and its solution."""
    game = compile_game(loads(invent_policies(seed, **options)))
    solution = solve(game, others=0)
    assert solution.status == "solved"
    return referred(game, solution), solution


@cache
def reference(seed, policy, **options):
    """What surprised play comes to by definition."""
    return Surprised(played_freely(seed, **options)[0], policy)


@cache
def met(seed, policy, **options):
    """What is found for it."""
    tree, free = played_freely(seed, **options)
    bound = tree.scenario.policies[policy].players
    game = compile_game(tree.scenario, policy=policy, known=bound)
    return surprised(free, game, threads=1)


def same(seed, policy, **options):
    """All measures are as they should be."""
    its, found = reference(seed, policy, **options), met(seed, policy, **options)
    assert found.status == "solved"
    for name, measure in its.tree.scenario.measures.items():
        result = found.measures[name]
        value = result.value
        if measure.kind == "first":
            value = result.value, result.mean_given, result.mean_censored
        assert close(value, its.measured(measure)), (name, measure.text, measure.given_type)
