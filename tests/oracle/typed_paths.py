"""Every path of a small game with private types, true types and all: what the columns must equal.

Types are drawn at the start and play their part. After a typed player's action the public belief
moves to a vertex of the cell that holds the posterior, more often to those that speak for its true
type, so that belief and type stay in keeping.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import NamedTuple

from oracle.accounts import ACCOUNTS

COUNTED = ("mean", "total", "final", "played", "happened", "payoff", "final_belief", "belief_after")


class Node(NamedTuple):
    """Where a path has got to."""

    state: tuple
    over: bool
    belief: tuple[int, ...]
    types: tuple[int, ...]
    begun: tuple[int, ...]  # the types at the start
    stopped: frozenset  # players who get nothing any more
    kept: object


class Watcher:
    """Is told all that happens; others override what they need."""

    def paid(self, p, node, period, player, amount):
        """A player earned an amount, not yet discounted."""

    def moved(self, p, node, period, k, player, action, beliefs):
        """A player acted, after which ``beliefs`` are held of its type and of others'."""

    def chanced(self, p, node, period, k, event, happened):
        """An event came up."""

    def closed(self, p, node, period):
        """A period ended."""


def starts(tree, known=None):
    """Types at the start and their probabilities, those of some players being known."""
    known = known or {}
    ways = [
        [(known[p], 1.0)] if p in known else [(k, x) for k, x in enumerate(tree.prior(p)) if x > 0]
        for p in tree.typed
    ]
    return [
        (tuple(k for k, _ in way), math.prod(x for _, x in way)) for way in itertools.product(*ways)
    ]


class Paths:
    """Walks every path of a tree."""

    def __init__(self, tree, *, account=None, watcher=None, known=None, whole=False):
        _ = tree.payoffs
        self.tree, self.account, self.watch = tree, account, watcher or Watcher()
        self.pays = watcher is not None  # else nobody asks what is paid
        begin = account.begin if account else None
        self.here = defaultdict(float)
        for types, p in starts(tree, known):
            begun = types if whole else ()
            node = Node(
                tree.first_state, False, tree.first_belief, types, begun, frozenset(), begin
            )
            self.here[node] += p

    def run(self):
        """How probable each end of a path is."""
        tree = self.tree
        for period in range(tree.at, tree.T):
            for k, step in enumerate(tree.scenario.order):
                self._step(period, k, step)
            self._close(period)
        return self.here

    def _step(self, period, k, step):
        before, self.here = self.here, defaultdict(float)
        for node, p in before.items():
            if not self.tree.acts(node.state, node.over, period, step):
                self.here[node] += p
            elif step.kind == "event":
                self._event(p, node, period, k, self.tree.scenario.event(step.name))
            else:
                self._move(p, node, period, k, step)

    def _pay(self, p, node, period, losses):
        if not self.pays:
            return
        types = dict(zip(self.tree.typed, node.types, strict=True))
        for who, c in losses:
            if who not in node.stopped:
                loss = self.tree.with_types(c.expression, c.state, c.period, types)
                self.watch.paid(p, node, period, who, -loss)

    def _event(self, p, node, period, k, event):
        tree = self.tree
        self._pay(p, node, period, tree.losses(event.costs, node.state, period))
        for way in tree.once(tree.chances, k, node.state, period):
            chance, kept = p * way.probability, node.kept
            self._pay(chance, node, period, way.losses)
            happened = way.happened or bool(event.redraws)
            self.watch.chanced(chance, node, period, k, event.name, happened)
            if self.account:
                kept = self.account.chance(kept, node.state, period, event.name, happened)
            reached = {node._replace(state=way.state, kept=kept): chance}
            for draw in (*event.redraws, *way.redraws):
                reached = self._drawn(reached, draw)
            for one, share in reached.items():
                self.here[one] += share

    def _drawn(self, nodes, draw):
        """Somebody's type is drawn anew."""
        tree, found = self.tree, defaultdict(float)
        at, shares = tree.typed.index(draw.player), tree.distribution(draw.distribution)
        for node, p in nodes.items():
            stopped = node.stopped | {draw.player} if draw.stops else node.stopped
            belief = tree.moved(node.belief, draw, shares)
            for kind, share in enumerate(shares):
                if share > 0:
                    types = (*node.types[:at], kind, *node.types[at + 1 :])
                    changed = node._replace(types=types, belief=belief, stopped=stopped)
                    found[changed] += p * share
        return found

    def _move(self, p, node, period, k, step):
        tree = self.tree
        sigmas = tree.plays[period, k, node.state, node.belief]
        truth = dict(zip(tree.typed, node.types, strict=True))
        rows = [s[truth.get(name, 0)] for name, s in zip(step.players, sigmas, strict=True)]
        for profile in itertools.product(*tree.menus(step, node.state, period)):
            chance = p * math.prod(row[a] for row, a in zip(rows, profile, strict=True))
            if chance == 0:
                continue
            beliefs = tree.once(self._beliefs, period, k, node.state, node.belief, profile)
            branches, losses = tree.once(tree.deeds, k, profile, node.state, period)
            self._pay(chance, node, period, losses)
            kept = node.kept
            for name, a in zip(step.players, profile, strict=True):
                action = tree.scenario.player(name).actions[a].name
                self.watch.moved(chance, node, period, k, name, action, beliefs)
                if self.account:
                    kept = self.account.move(kept, node.state, period, name, action)
            points = self._lottery(step, node, beliefs, truth)
            for way in branches:
                self._pay(chance * way.probability, node, period, way.losses)
                for belief, weight in points:
                    reached = node._replace(state=way.state, belief=belief, kept=kept)
                    self.here[reached] += chance * way.probability * weight

    def _beliefs(self, period, k, state, belief, profile):
        """What is believed after a profile."""
        sigmas = self.tree.plays[period, k, state, belief]
        return self.tree.learnt(self.tree.scenario.order[k], belief, sigmas, profile)[0]

    def _lottery(self, step, node, beliefs, truth):
        """The grid points that the beliefs move to, given the true types."""
        tree, points = self.tree, [[(b, 1.0)] for b in node.belief]
        for name in step.players:
            if name in tree.grids:
                grid, after, kind = tree.grids[name], beliefs[name], truth[name]
                points[tree.typed.index(name)] = [
                    (v, w * grid.points[v][kind] / after[kind])
                    for v, w in tree.once(tree.spread, name, after)
                    if grid.points[v][kind] > 0
                ]
        return [
            (tuple(v for v, _ in way), math.prod(w for _, w in way))
            for way in itertools.product(*points)
        ]

    def _close(self, period):
        tree = self.tree
        before, self.here = self.here, defaultdict(float)
        for node, p in before.items():
            self.watch.closed(p, node, period)
            over = node.over or tree.ended(node.state, period)
            if self.pays and not node.over:
                self._earn(p, node, period, over or period == tree.T - 1)
            kept = node.kept
            if self.account:
                kept = self.account.close(kept, node.state, period)
            state = node.state if over else tree.next_period(node.state)
            self.here[node._replace(state=state, over=over, kept=kept)] += p

    def _earn(self, p, node, period, last):
        types = dict(zip(self.tree.typed, node.types, strict=True))
        for player in self.tree.scenario.players:
            if player.name in node.stopped:
                continue
            terms = [*player.interests.values(), *(player.final.values() if last else ())]
            gain = sum(self.tree.with_types(x, node.state, period, types) for x in terms)
            self.watch.paid(p, node, period, player.name, gain)


class Counts(Watcher):
    """Payoffs, frequencies and all measures that merely add up, by the types at the start."""

    def __init__(self, tree):
        self.tree = tree
        self.payoffs = defaultdict(float)  # player, types at the start
        self.parts = defaultdict(float)  # measure, types at the start
        self.wholes = defaultdict(float)
        self.levels = defaultdict(float)  # period, variable, level
        self.mass = defaultdict(float)  # period, state, belief
        self.actions = defaultdict(float)  # period, step, player, type, action
        self.happenings = defaultdict(float)  # period, step
        self.measures = {n: m for n, m in tree.scenario.measures.items() if m.kind in COUNTED}
        Paths(tree, watcher=self, whole=True).run()

    def paid(self, p, node, period, player, amount):
        discount = self.tree.scenario.player(player).discount
        factor = math.prod(
            self.tree.read(discount, self.tree.first_state, t) for t in range(self.tree.at, period)
        )
        self.payoffs[player, node.begun] += p * factor * amount

    def _note(self, name, p, node, period, amount):
        measure = self.measures[name]
        if self.tree.holds(measure.given, node.state, period):
            self.parts[name, node.begun] += p * amount
            self.wholes[name, node.begun] += p

    def moved(self, p, node, period, k, player, action, beliefs):
        kind = None
        if player in self.tree.typed:
            kind = node.types[self.tree.typed.index(player)]
        self.actions[period, k, player, kind, action] += p
        for name, m in self.measures.items():
            if m.kind == "played" and m.player == player:
                holds = self.tree.holds(m.expression, node.state, period)
                self._note(name, p, node, period, float(m.action == action and holds))
            if m.kind == "belief_after" and (m.actor, m.action) == (player, action):
                types = self.tree.scenario.player(m.player).types
                self._note(name, p, node, period, beliefs[m.player][types.index(m.type)])

    def chanced(self, p, node, period, k, event, happened):
        self.happenings[period, k] += p * happened
        for name, m in self.measures.items():
            if m.kind == "happened" and m.event == event:
                holds = self.tree.holds(m.expression, node.state, period)
                self._note(name, p, node, period, float(happened and holds))

    def closed(self, p, node, period):
        tree, last = self.tree, period == self.tree.T - 1
        self.mass[period, node.state, node.belief] += p
        for variable, level in zip(tree.variables, node.state[0], strict=True):
            self.levels[period, variable, level] += p
        for name, m in self.measures.items():
            if m.kind in ("mean", "total") or (m.kind == "final" and last):
                x = tree.read(m.expression, node.state, period)
                self._note(name, p, node, period, x)
            if m.kind == "final_belief" and last:
                point = tree.probabilities(node.belief)[m.player]
                types = tree.scenario.player(m.player).types
                self._note(name, p, node, period, point[types.index(m.type)])

    def measured(self, measure):
        """A measure that adds up, as a ratio where it has a condition."""
        tree = self.tree
        begun = {types: p for types, p in starts(tree) if self._is_known(measure, types)}
        everyone = sum(begun.values())
        if measure.kind == "payoff":
            return sum(self.payoffs[measure.player, types] for types in begun) / everyone
        part = sum(self.parts[measure.name, types] for types in begun)
        if measure.given is not None or measure.kind == "belief_after":
            whole = sum(self.wholes[measure.name, types] for types in begun)
            return part / whole if whole else math.nan
        length = tree.T - tree.at if measure.kind == "mean" else 1
        return part / everyone / length

    def _is_known(self, measure, types):
        known = known_types(self.tree, measure)
        return all(types[self.tree.typed.index(p)] == k for p, k in known.items())


def known_types(tree, measure):
    """The true type that a measure takes for granted."""
    if measure.given_type is None:
        return {}
    player, kind = measure.given_type
    return {player: tree.scenario.player(player).types.index(kind)}


def measured(tree, measure, counts):
    """A measure's value; for ``first`` (probability, mean time given it, censored mean)."""
    if measure.kind in COUNTED:
        return counts.measured(measure)
    account = ACCOUNTS[measure.kind](tree, measure)
    kept = defaultdict(float)
    for node, p in Paths(tree, account=account, known=known_types(tree, measure)).run().items():
        kept[node.kept] += p
    if measure.kind == "first":
        hit = sum(p for (when, _), p in kept.items() if when)
        time = sum(p * when for (when, _), p in kept.items())
        censored = sum(p * (when or tree.T - tree.at) for (when, _), p in kept.items())
        return hit, time / hit if hit else math.nan, censored
    part = sum(p * a for (a, _), p in kept.items())
    if measure.given is None:
        return part
    whole = sum(p * b for (_, b), p in kept.items())
    return part / whole if whole else math.nan
