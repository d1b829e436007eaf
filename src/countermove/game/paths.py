"""How a state comes about: what the values in force reach, and the moves that lead there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import StepArrays, StepNumbers
from countermove.game.profiles import owners, together
from countermove.game.world import ScenarioWorld

Mask = NDArray[np.bool_]


def playable(arrays: StepArrays) -> Mask:
    """What may be played in each state [S, P]: legal, and not ruled out by a policy."""
    can = arrays.legal != 0
    if len(arrays.bound):
        bound = np.repeat(arrays.bound != 0, np.diff(arrays.first), axis=1)
        can = np.where(bound, arrays.mixture != 0, can)
    return together(can, arrays.first)


@dataclass(slots=True)
class Trail:
    """Which states can be there before each step, with the parameters and the policy in force.

    ``rows[t][k]`` is a mask [S] of the states before step k of the t-th turn of a period, and after
    the last step of those at its end; found when first asked for. Where one period repeats itself,
    a turn's states are those that were there so far, and there are turns until none is new. Asking
    leaves the world at that period.
    """

    world: ScenarioWorld
    rows: list[list[Mask]] = field(default_factory=list)

    def reached(self, period: int, step: int) -> Mask:
        """The states that can be there before a step (after the last: at the period's end)."""
        return self._rows_to(period)[step]

    def path_to(self, period: int, step: int, state: int) -> tuple[str, ...]:
        """The moves and events, with their periods, that lead from the start to a state reached.

        An event that brings nothing about is not named.
        """
        self._rows_to(period)
        calendar = self.world.structure.scenario.calendar
        found: list[str] = []
        here, k, t = state, step, self._first_turn(period - self.world.start_period, step, state)
        while (t, k) != (0, 0):
            if k == 0:
                here = self._before_turn(t, here)
                k = len(self.world.structure.steps)
                t = self._first_turn(t - 1, k, here)
                continue
            numbers = self.world.at(self._period_of(t)).steps[k - 1]
            here, what = self._before_step(numbers, self.rows[t][k - 1], here)
            if what:
                found.append(f"{calendar.label(self.world.start_period + t)} {what}")
            k -= 1
            t = self._first_turn(t, k, here)
        self.world.at(period)
        return tuple(reversed(found))

    def _rows_to(self, period: int) -> list[Mask]:
        """The row of a period; of the last turn where one repeats itself."""
        if self.world.stationary:
            while len(self.rows) < 2 or (self.rows[-1][0] != self.rows[-2][0]).any():
                self.rows.append(self._row(len(self.rows)))
            return self.rows[-1]
        while len(self.rows) <= period - self.world.start_period:
            self.rows.append(self._row(len(self.rows)))
        self.world.at(period)
        return self.rows[period - self.world.start_period]

    def _first_turn(self, turn: int, step: int, state: int) -> int:
        """The turn in which a state came up first, where one period repeats itself."""
        if not self.world.stationary:
            return turn
        return next(t for t, row in enumerate(self.rows) if row[step][state])

    def _period_of(self, turn: int) -> int:
        return self.world.start_period + (0 if self.world.stationary else turn)

    def _row(self, turn: int) -> list[Mask]:
        here = self._at_start(turn)
        row = [here]
        for step in self.world.at(self._period_of(turn)).steps:
            arrays = step.arrays
            moving = np.zeros(len(here), bool)
            moving[arrays.moving] = True
            after = here & ~moving
            follow = arrays.successor[self._open(step, here & moving)] % len(here)
            after[follow] = True
            row.append(after)
            here = after
        return row

    def _at_start(self, turn: int) -> Mask:
        here = np.zeros(self.world.n_states, bool)
        if turn == 0 or self.world.stationary:
            here[self.world.structure.start] = True
        if turn > 0:
            here[self.world.structure.carry[self._going_on(turn - 1)]] = True
        return here

    def _going_on(self, turn: int) -> Mask:
        """The states at a turn's end from which another follows."""
        here = self.rows[turn][-1]
        over = self.world.at(self._period_of(turn)).over
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
        leads = self._open(step, reached & moving)
        leads &= arrays.successor % len(reached) == state
        branch = int(np.argmax(leads))
        origin, action = (int(x[branch]) for x in owners(arrays))
        if step.kind != "event":
            return origin, f"{step.name}: {step.actions[action]}"
        return origin, step.name if step.happened[branch] else ""

    def _before_turn(self, turn: int, state: int) -> int:
        """A state at the end of the turn before after which this one begins in this state."""
        ends = np.flatnonzero(self._going_on(turn - 1))
        return int(ends[np.argmax(self.world.structure.carry[ends] == state)])
