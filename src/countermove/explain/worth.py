"""What each action of a mover comes to at one decision, in every column of a game.

Axis letters: A actions of the mover, B belief points, C columns (P padded), S states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.solve.redraws import redrawn_points, redrawn_values

if TYPE_CHECKING:
    from countermove.explain.node import Node
    from countermove.game.numbers import StepNumbers, World

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a mover's actions come to at a node.

    ``believed`` [A, P]: each action, read at the belief that it brings; ``unmoved`` [A, P]: the
    same if nothing were inferred from it. ``played`` [A]: how likely the mover's type plays it;
    ``chance`` [A]: how likely it is in the public's eyes; ``legal`` [A].
    """

    believed: Floats
    unmoved: Floats
    played: Floats
    chance: Floats
    legal: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One way in which a profile's outcome is read: at the state's row of q, with a weight."""

    action: int
    profile: int
    point: int
    weight: float


class Decision:
    """A node's step, ready to be read with any values that follow it.

    ``numbers`` is the step in the node's period, whose arrays must not be overwritten meanwhile;
    ``strategy`` [S, B * Z] what its movers play.
    """

    def __init__(
        self, world: World, step: StepNumbers, strategy: Floats, node: Node, marks: Any
    ) -> None:
        from countermove.solve.posteriors import atlas_of

        self.world, self.step, self.node, self._marks = world, step, node, marks
        self._atlas = atlas_of(world.beliefs)
        self._n_beliefs = world.beliefs.size
        width = step.head.width
        self._sigma = strategy[node.row, node.point * width : (node.point + 1) * width].copy()
        first = step.arrays.first
        self.actions = range(first[node.place], first[node.place + 1])
        self._n_profiles = (len(step.arrays.pointer) - 1) // world.n_states
        self._spread = self._spread_out()
        self.leaves = list(self._leaves(moved=True))
        self._kept = list(self._leaves(moved=False))

    def worth(self, after: Floats) -> Worth:
        """What the actions come to, given the values [S * B, P] just after the step."""
        q = self._expected(after)
        shape = (len(self.actions), after.shape[1])
        believed, unmoved = np.zeros(shape), np.zeros(shape)
        for leaf in self.leaves:
            believed[leaf.action] += leaf.weight * q[leaf.profile, leaf.point]
        for leaf in self._kept:
            unmoved[leaf.action] += leaf.weight * q[leaf.profile, leaf.point]
        head, node = self.step.head, self.node
        _, first, _ = head.places[node.place]
        at = first + node.kind * len(self.actions)
        legal = self.step.arrays.legal[node.row, self.actions.start : self.actions.stop] != 0
        chance = self._spread.chance[self.actions.start : self.actions.stop].copy()
        return Worth(believed, unmoved, self._sigma[at : at + len(self.actions)], chance, legal)

    def posterior(self, action: int, axis: int) -> Floats:
        """What is believed of an axis's types [K] after an action."""
        points = self.world.beliefs.probabilities(axis)
        weights = [(leaf.point, leaf.weight) for leaf in self.leaves if leaf.action == action]
        total = sum(weight for _, weight in weights)
        if not total > 0.0:
            return np.asarray(points[self.node.point])
        return np.asarray(sum(weight * points[point] for point, weight in weights) / total)

    def likelihood(self, action: int) -> Floats:
        """How likely each of the mover's types [K] plays an action."""
        mover, first, width = self.step.head.places[self.node.place]
        return np.asarray(
            self._sigma[first : first + width].reshape(-1, len(mover.actions))[:, action]
        )

    def after(self, action: int) -> Floats:
        """Where an action leads: the probability of each state and belief [S * B] after it."""
        arrays, n_states = self.step.arrays, self.world.n_states
        out = np.zeros((n_states, self._n_beliefs))
        redrawn = redrawn_points(self.world.beliefs, self.step.redraws)
        for leaf in self.leaves:
            if leaf.action != action:
                continue
            at = self.node.row * self._n_profiles + leaf.profile
            for e in range(int(arrays.pointer[at]), int(arrays.pointer[at + 1])):
                draw, state = divmod(int(arrays.successor[e]), n_states)
                point = leaf.point if draw == 0 else int(redrawn[draw - 1, leaf.point])
                out[state, point] += leaf.weight * arrays.odds[e]
        return out.reshape(-1)

    def _expected(self, after: Floats) -> Floats:
        """What each profile comes to, by belief point [profiles, B, P]."""
        from countermove.solve.kernels import aligned, expect

        if self.step.redraws:
            after = redrawn_values(self.world, self.step.redraws, after)
        shape = (self._n_profiles, self._n_beliefs, after.shape[1])
        q = aligned(int(np.prod(shape)))
        here = np.array([self.node.row], np.int32)
        expect(here, self.step.arrays, self._marks, shape[0], shape[1], after, q)
        return np.asarray(q[: int(np.prod(shape))].reshape(shape))

    def _spread_out(self) -> Any:
        from countermove.solve.posteriors import begin_spread, spread_out

        kinds = max((len(axis.types) for axis in self.world.beliefs.axes), default=1)
        spread = begin_spread(self.step.arrays.legal.shape[1], kinds)
        node = self.node
        spread_out(self.step.arrays, self._atlas, node.row, node.point, self._sigma, spread)
        return spread

    def _leaves(self, *, moved: bool) -> Iterator[Leaf]:
        """The mover's actions with all that others may do at once, and the beliefs after them."""
        from countermove.solve.mixing import begin_entries, list_entries

        spread, arrays, node = self._spread, self.step.arrays, self.node
        if not moved:
            spread = spread._replace(many=spread.many.copy(), shift=spread.shift.copy())
            spread = spread._replace(weight=spread.weight.copy())
            for a in self.actions:
                spread.many[a], spread.shift[a, 0], spread.weight[a, 0] = 1, 0, 1.0
        room = self._n_profiles * int(spread.many.max()) ** max(len(arrays.first) - 1, 1)
        entries = begin_entries(room)
        n = list_entries(
            arrays, node.row, self._n_beliefs, node.point, spread, self._n_profiles, entries
        )
        for i in range(n):
            profile, mine, weight = int(entries.profile[i]), 0, float(entries.share[i])
            rest = profile
            for m in range(len(arrays.first) - 2, -1, -1):
                size = int(arrays.first[m + 1] - arrays.first[m])
                a, rest = rest % size, rest // size
                if m == node.place:
                    mine = a
                else:
                    weight *= float(spread.chance[arrays.first[m] + a])
            yield Leaf(mine, profile, int(entries.row[i]) - profile * self._n_beliefs, weight)
