"""Players who play a solved equilibrium, and what is publicly believed while they do.

Axis letters: J belief axes, B joint belief points, K types, A actions, S states.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Axis
from countermove.interop.pettingzoo_rules import Rules
from countermove.solve.backward import strategies_of
from countermove.solve.posteriors import TINY, locate
from countermove.solve.solution import Solution

Floats = NDArray[np.float64]


class Equilibrium:
    """Strategies of a solution at the public belief, which Bayes' rule carries along a play.

    Between grid points a strategy is interpolated, as values are. ``beliefs`` are by axis, each
    the public probability of every type [K]; ``base`` is the grid point from which it set out.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.axes = solution.game.beliefs.axes
        self._kept: dict[int, list[Floats]] = {}
        self.beliefs: list[Floats] = []
        self.base: list[int] = []
        self.begin()

    def begin(self) -> None:
        """Back to the priors."""
        self.base = [axis.prior for axis in self.axes]
        self.beliefs = [axis.points[axis.prior].copy() for axis in self.axes]

    def redraw(self, axis: int, point: int) -> None:
        """A player's types are drawn anew, in public."""
        self.base[axis] = point
        self.beliefs[axis] = self.axes[axis].points[point].copy()

    def strategy(self, t: int, step: int, mover: int, state: int) -> Floats:
        """What each type of a mover plays at the public belief [K, A]; one row without types."""
        game = self.solution.game
        found, first, width = game.world.steps[step].places[mover]
        rows = self._strategies(t)[step][state].reshape(game.beliefs.size, -1)
        mixed = self._weights() @ rows[:, first : first + width]
        return np.asarray(mixed).reshape(-1, len(found.actions))

    def learn(self, rules: Rules, t: int, step: int, state: int, chosen: tuple[int, ...]) -> None:
        """The belief after a step: all movers are read by what was believed before it."""
        if not self.axes:
            return
        after = list(self.beliefs)
        for mover, action in enumerate(chosen):
            menu = rules.menu(t, step, mover, state)
            axis = rules.axis[menu.player]
            if axis < 0 or menu.odds or self.axes[axis].still:
                continue
            likely = self.beliefs[axis] * self.strategy(t, step, mover, state)[:, action]
            total = likely.sum()
            if total > TINY:
                after[axis] = likely / total
        self.beliefs = after

    def _strategies(self, t: int) -> list[Floats]:
        solution = self.solution
        period = solution.period_at(t)
        if period not in self._kept:
            with solution.game.world.lock:
                self._kept[period] = strategies_of(
                    solution.game.world, solution.found, period, serial=solution.serial
                )
        return self._kept[period]

    def _weights(self) -> Floats:
        """The weight of each joint point [B] that the belief lies between."""
        joint = np.ones(1)
        for axis, base, belief in zip(self.axes, self.base, self.beliefs, strict=True):
            joint = np.outer(joint, _weights(axis, base, belief)).reshape(-1)
        return joint


def _weights(axis: Axis, base: int, belief: Floats) -> Floats:
    """The weight of each point of an axis; the types possible are those possible at ``base``."""
    cells = axis.cells
    found = np.zeros(len(axis.points))
    support = int(cells.support[base])
    if axis.still or support < 0:
        found[base] = 1.0
        return found
    n = int(cells.n_types[support])
    among = belief[cells.types[support, :n]]
    weight = np.zeros(axis.points.shape[1])
    cell = locate(cells, support, among / among.sum(), int(cells.corner[base]), weight)
    np.add.at(found, cells.vertex[cell, :n], weight[:n])
    return found
