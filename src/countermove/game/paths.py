"""How a state comes about: what the values in force reach, and the moves that lead there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import StepArrays, StepNumbers
from countermove.game.world import ScenarioWorld

Mask = NDArray[np.bool_]


def playable(arrays: StepArrays) -> Mask:
    """What may be played in each state [S, A]: legal, and not ruled out by a policy."""
    legal = arrays.legal != 0
    if not len(arrays.bound):
        return np.asarray(legal)
    return np.asarray(np.where(arrays.bound[:, None] != 0, arrays.mixture != 0, legal))


def owners(arrays: StepArrays) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The state and the action of each branch, both [E]."""
    n_actions = arrays.legal.shape[1]
    owner = np.repeat(np.arange(len(arrays.pointer) - 1), np.diff(arrays.pointer))
    return owner // n_actions, owner % n_actions


@dataclass(slots=True)
class Trail:
    """Which states can be there before each step, with the parameters and the policy in force.

    ``rows[t][k]`` is a mask [S] of the states before step k of the t-th period, and after the last
    step of those at its end; found when first asked for. Asking leaves the world at that period.
    """

    world: ScenarioWorld
    rows: list[list[Mask]] = field(default_factory=list)

    def reached(self, period: int, step: int) -> Mask:
        """The states that can be there before a step (after the last: at the period's end)."""
        first = self.world.start_period
        while len(self.rows) <= period - first:
            self.rows.append(self._row(first + len(self.rows)))
        self.world.at(period)
        return self.rows[period - first][step]

    def path_to(self, period: int, step: int, state: int) -> tuple[str, ...]:
        """The moves and events, with their periods, that lead from the start to a state reached.

        An event that brings nothing about is not named.
        """
        self.reached(period, step)
        calendar = self.world.structure.scenario.calendar
        found: list[str] = []
        here, t, k = state, period, step
        while (t, k) != (self.world.start_period, 0):
            if k == 0:
                t, k = t - 1, len(self.world.structure.steps)
                here = self._before_period(t, here)
                continue
            numbers = self.world.at(t).steps[k - 1]
            here, what = self._before_step(numbers, self.reached(t, k - 1), here)
            if what:
                found.append(f"{calendar.label(t)} {what}")
            k -= 1
        self.world.at(period)
        return tuple(reversed(found))

    def _row(self, period: int) -> list[Mask]:
        here = self._at_start(period)
        row = [here]
        for step in self.world.at(period).steps:
            arrays = step.arrays
            moving = np.zeros(len(here), bool)
            moving[arrays.moving] = True
            after = here & ~moving
            after[arrays.successor[self._open(step, here & moving)]] = True
            row.append(after)
            here = after
        return row

    def _at_start(self, period: int) -> Mask:
        here = np.zeros(self.world.n_states, bool)
        if period == self.world.start_period:
            here[self.world.structure.start] = True
        else:
            here[self.world.structure.carry[self._going_on(period - 1)]] = True
        return here

    def _going_on(self, period: int) -> Mask:
        """The states at a period's end from which another follows."""
        here = self.rows[period - self.world.start_period][-1]
        over = self.world.at(period).over
        return here & (over == 0) if over.size else here

    def _open(self, step: StepNumbers, moving: Mask) -> Mask:
        """The branches [E] that states of a mask can take."""
        arrays = step.arrays
        origin, action = owners(arrays)
        return np.asarray(moving[origin] & playable(arrays)[origin, action] & (arrays.odds != 0))

    def _before_step(self, step: StepNumbers, reached: Mask, state: int) -> tuple[int, str]:
        """A state reached before the step from which this one follows, and by what."""
        arrays = step.arrays
        moving = np.zeros(len(reached), bool)
        moving[arrays.moving] = True
        if reached[state] and not moving[state]:
            return state, ""
        leads = self._open(step, reached & moving) & (arrays.successor == state)
        branch = int(np.argmax(leads))
        origin, action = (int(x[branch]) for x in owners(arrays))
        if step.kind == "move":
            return origin, f"{step.name}: {step.actions[action]}"
        return origin, step.name if step.happened[branch] else ""

    def _before_period(self, period: int, state: int) -> int:
        """A state at a period's end after which the next begins in this one."""
        ends = np.flatnonzero(self._going_on(period))
        return int(ends[np.argmax(self.world.structure.carry[ends] == state)])
