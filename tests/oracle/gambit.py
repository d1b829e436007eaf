"""Countermove's strategies as Gambit sees them: a profile on the exported tree, and what it says.

The public belief is followed exactly along each history, by Bayes' rule on the strategies as they
are between grid points (log probabilities interpolated); Gambit then tells from the tree alone what
is believed and what actions are worth.
"""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pygambit

from countermove.interop.efg import written
from countermove.interop.nodes import Decision, Tree
from countermove.interop.tree import unroll
from countermove.solve import Solution
from countermove.solve.backward import strategies_of
from countermove.solve.recheck_beliefs import Grid, grids_of

Belief = tuple[tuple[float, ...], ...]  # by axis and type


@dataclass
class Seen:
    """A solution, the tree of its game, and Gambit's reading of that tree."""

    solution: Solution
    max_nodes: int = 20_000
    _beliefs: dict[int, Belief] = field(default_factory=dict)
    _strategies: dict[int, list[Any]] = field(default_factory=dict)

    @property
    def world(self):
        return self.solution.game.world

    @cached_property
    def tree(self) -> Tree:
        return unroll(self.solution.game, max_nodes=self.max_nodes)

    @cached_property
    def gambit(self):
        return pygambit.read_efg(io.StringIO(written(self.tree, self.solution.game)))

    @cached_property
    def grids(self) -> list[Grid]:
        return grids_of(self.world.beliefs)

    # -- our side --------------------------------------------------------------------------------

    def strategy(self, period, step, state, mover, belief):
        """A mover's probabilities [K, A] at any belief: logs interpolated between grid points."""
        if period not in self._strategies:
            found = strategies_of(self.world, self.solution.found, period, serial=True)
            self._strategies[period] = [s.copy() for s in found]
        beliefs, head = self.world.beliefs, self.world.steps[step]
        by_point = self._strategies[period][step][state].reshape(beliefs.size, -1)
        mover, first, size = head.places[mover]
        total = np.zeros(size)
        for joint, weight in self.corners(belief):
            sigma = by_point[joint, first : first + size]
            total += weight * np.log(np.maximum(sigma, 1e-300))
        shares = np.exp(total).reshape(-1, len(mover.actions))
        return shares / shares.sum(axis=1, keepdims=True)

    def corners(self, belief: Belief):
        """Joint grid points and weights that average to a belief."""
        found = [((), 1.0)]
        for grid, shares in zip(self.grids, belief, strict=True):
            spread = self.spread(grid, np.array(shares))
            found = [((*at, int(v)), w * x) for at, w in found for v, x in spread if x > 0]
        return [(self.world.beliefs.join(at), w) for at, w in found]

    @staticmethod
    def spread(grid: Grid, shares):
        """The points of one axis that average to a belief, with their weights."""
        possible = np.flatnonzero(shares > 0)
        if len(possible) == 1:
            return [(grid.axis.index(shares.tolist()), 1.0)]
        if grid.axis.still:
            return [(grid.axis.index(shares.tolist()), 1.0)]
        supports = [types.tolist() for types, _ in grid.vertices]
        vertex, weight = grid.place(supports.index(possible.tolist()), shares[None, possible])
        return list(zip(vertex[0], weight[0], strict=True))

    def believed(self, history: int) -> Belief:
        """The public belief after a history, exactly."""
        axes = self.world.beliefs.axes
        if history == 0:
            return tuple(tuple(map(float, axis.points[axis.prior])) for axis in axes)
        if history not in self._beliefs:
            event = self.tree.events[history - 1]
            belief = list(self.believed(event.before))
            step = self.world.at(event.period).steps[event.step]
            arrays = step.arrays
            for m, a in enumerate(event.chosen):
                axis = int(arrays.axis[m])
                bound = len(arrays.bound) and arrays.bound[event.state, m]
                if axis < 0 or bound:
                    continue
                where = event.period, event.step, event.state, m
                sigma = self.strategy(*where, self.believed(event.before))
                joint = np.array(belief[axis]) * sigma[:, a]
                belief[axis] = tuple(joint / joint.sum())
            if event.outcome.redraw:
                for axis, point in enumerate(step.redraws[event.outcome.redraw - 1].point):
                    if point >= 0:
                        belief[axis] = tuple(map(float, axes[axis].points[point]))
            self._beliefs[history] = tuple(belief)
        return self._beliefs[history]

    def choice(self, decision: Decision):
        """What the mover of an information set plays there, its legal actions alone."""
        where = decision.period, decision.step, decision.state, decision.mover
        sigma = self.strategy(*where, self.believed(decision.history))
        shares = sigma[max(decision.type, 0), list(decision.actions)]
        return shares / shares.sum()

    def rationality(self, decision: Decision) -> float:
        steps = self.world.at(decision.period).steps
        return float(steps[decision.step].arrays.rationality[decision.mover])

    # -- Gambit's side ---------------------------------------------------------------------------

    @cached_property
    def by_player(self) -> list[list[Decision]]:
        found = [[] for _ in self.tree.players]
        for decision in self.tree.decisions:
            found[decision.player].append(decision)
        return found

    @cached_property
    def profile(self):
        data = [[self.choice(d).tolist() for d in its] for its in self.by_player]
        return self.gambit.mixed_behavior_profile(data)

    def infosets(self):
        """Our information sets with Gambit's history of each, players in turn."""
        for name, its in zip(self.tree.players, self.by_player, strict=True):
            found = self.gambit.get_infosets(name)
            assert len(found) == len(its)
            yield from zip(its, found, strict=True)

    def worst_choice(self) -> float:
        """max |σ - softmax(λ / discount · Gambit's action values)|; unreached ones are left out."""
        values = self.profile.action_values
        worst = 0.0
        for decision, history in self.infosets():
            actions = self.gambit.get_actions(selector(history))
            its = values[selector(history)]
            worth = [its[a] for a in actions]
            if None in worth or decision.rate == 0:
                continue
            exponent = self.rationality(decision) / decision.rate * np.array(worth, float)
            share = np.exp(exponent - exponent.max())
            off = np.abs(self.choice(decision) - share / share.sum()).max()
            worst = max(worst, float(off))
        return worst

    def worst_belief(self) -> float:
        """max |public belief in others' types - Gambit's belief|."""
        beliefs, worst = self.profile.beliefs, 0.0
        axes = self.world.beliefs.axes
        own = [self.world.beliefs.axis(p) for p in self.solution.game.players]
        for decision, history in self.infosets():
            name = self.tree.players[decision.player].partition(",")[0]
            mine = own[list(self.solution.game.players).index(name)]
            ours = self.believed(decision.history)
            theirs = [defaultdict(float) for _ in axes]
            members = self.gambit.get_members(selector(history))
            shares = [beliefs[member] for member in members]
            if None in shares:
                continue
            for member, share in zip(members, shares, strict=True):
                for axis, kind in enumerate(self.types(member)):
                    theirs[axis][kind] += float(share)
            for j, axis in enumerate(axes):
                if j != mine:
                    off = [abs(theirs[j][k] - p) for k, p in zip(axis.types, ours[j], strict=True)]
                    worst = max(worst, *off)
        return worst

    def types(self, history) -> list[str]:
        """The types that chance has drawn last along a history of Gambit's, by axis."""
        found = []
        for axis in self.world.beliefs.axes:
            possible = [k for k, p in zip(axis.types, axis.points[axis.prior], strict=True) if p]
            now = possible[0] if len(possible) == 1 else ""
            for before, action in self.drawn(history):
                if before == axis.player:
                    now = action
            found.append(now)
        return found

    def drawn(self, history):
        """Whose type each chance move along a history drew, and which it was."""
        at, nodes = 0, self.tree.nodes
        for transition in history:
            node = nodes[at]
            number = self.labels(node).index(transition.action)
            if node.kind == "chance" and node.label.startswith("type of "):
                yield node.label.removeprefix("type of "), transition.action
            at = self.children[at][number]

    @staticmethod
    def labels(node):
        names = node.actions
        if len(set(names)) == len(names) or node.kind != "chance":
            return names
        return tuple(f"{name} ({number})" for number, name in enumerate(names, 1))

    @cached_property
    def children(self) -> list[list[int]]:
        """The children of each node, by position."""
        found = [[] for _ in self.tree.nodes]
        open_ = []
        for at, node in enumerate(self.tree.nodes):
            while open_ and len(found[open_[-1]]) == len(self.tree.nodes[open_[-1]].actions):
                open_.pop()
            if open_:
                found[open_[-1]].append(at)
            if node.kind != "end":
                open_.append(at)
        return found


def selector(history):
    return pygambit.H.path(*history.actions)
