"""Paths with hidden types, or with movers who move at once: steps as the compiled loops take them.

Axis letters: N paths, C columns, G accounts, J belief axes, K types, M movers, R redraws, S states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.numbers import PeriodNumbers, StepNumbers, World
from countermove.simulate import hidden as loops
from countermove.simulate.accounts import Accounts
from countermove.simulate.hidden import Closing, Entries, Hidden, Moves
from countermove.simulate.kernels import Paths
from countermove.simulate.plain import passage_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TypedWalker:
    """Takes paths with types and beliefs through steps and period ends."""

    world: World
    accounts: Accounts
    paths: Paths
    hidden: Hidden

    @classmethod
    def of(cls, world: World, accounts: Accounts, paths: Paths) -> TypedWalker:
        """Every path draws its true types from the priors."""
        beliefs, n = world.beliefs, len(paths.state)
        start = np.full(n, beliefs.start, np.int64)
        hidden = Hidden(start, start.copy(), np.zeros((n, len(beliefs.axes)), np.uint8))
        priors = [axis.prior for axis in beliefs.axes]
        loops.begin_types(_chances(beliefs, priors), paths, hidden)
        return cls(world, accounts, paths, hidden)

    def step(self, k: int, step: StepNumbers, strategy: Floats) -> None:
        """Every path that acts at step k draws its movers' actions, its beliefs and its branch."""
        ledger, passage = self.accounts.ledger, passage_of(self.world, k, step, strategy)
        moves = _moves(step, strategy)
        loops.choose(passage.acts, moves, self.paths, self.hidden)
        for m, j in enumerate(moves.axis):
            if j >= 0 and moves.n_actions[m] > 1 and not self.world.beliefs.axes[j].still:
                cells = self.world.beliefs.axes[j].cells
                loops.snap(m, cells, ledger, moves, self.paths, self.hidden)
        entries = self._entries(step)
        loops.settle(passage, entries, ledger, len(step.actions), self.paths, self.hidden)

    def close(self, numbers: PeriodNumbers) -> None:
        """A period's end."""
        column = numbers.typed_column
        end = Closing(
            numbers.add,
            numbers.keep,
            numbers.over,
            self.accounts.fixed[column],
            self.accounts.of[column],
            self.accounts.truly[column],
            numbers.typed_value,
            numbers.typed_weight,
        )
        loops.close(end, self.accounts.ledger, self.paths, self.hidden)

    def left(self, values: Floats) -> Floats:
        """What the rest of the game is worth to each path [N, G]; ``values`` are [S * B, C]."""
        ledger = self.accounts.ledger
        rows = self.paths.state.astype(np.int64) * self.world.beliefs.size + self.hidden.belief
        columns = ledger.base + self.hidden.types.astype(np.int64) @ ledger.step.T
        going_on = self.paths.done[:, None] == 0
        return np.where(going_on, self.paths.weight * values[rows[:, None], columns], 0.0)

    def _entries(self, step: StepNumbers) -> Entries:
        accounts, arrays = self.accounts, step.arrays
        marks = np.array([a.column for a in step.absorbs], np.int32)
        n_axes = len(self.world.beliefs.axes)
        shape = (len(step.redraws), n_axes)
        points = [r.point for r in step.redraws]
        return Entries(
            accounts.fixed[arrays.charge_column],
            accounts.of[arrays.charge_column],
            accounts.truly[arrays.charge_column],
            arrays.charge_weight,
            accounts.fixed[marks],
            accounts.of[marks],
            np.array(points, np.int32).reshape(shape),
            np.array([r.stops for r in step.redraws], np.uint8).reshape(shape),
            np.array([_chances(self.world.beliefs, at) for at in points]).reshape(
                *shape, accounts.ledger.certain.shape[1]
            ),
        )


def _moves(step: StepNumbers, strategy: Floats) -> Moves:
    places = step.head.places
    counts = np.array([len(mover.actions) for mover, _, _ in places], np.int32)
    later = [counts[m + 1 :].prod() for m in range(len(counts))]
    return Moves(
        counts,
        np.array([first for _, first, _ in places], np.int32),
        np.array(later, np.int32),
        step.arrays.axis,
        step.arrays.bound,
        strategy,
        step.head.width,
    )


def _chances(beliefs: Beliefs, points: list[int] | tuple[int, ...]) -> Floats:
    """The probability of each type [J, K] at a point of each axis; none where that is -1."""
    widest = max((len(axis.types) for axis in beliefs.axes), default=0)
    found = np.zeros((len(beliefs.axes), widest))
    for j, (axis, point) in enumerate(zip(beliefs.axes, points, strict=True)):
        if point >= 0:
            found[j, : len(axis.types)] = axis.points[point]
    return found
