"""Paths of a game without types, one mover at a time: steps as the compiled loops take them.

Axis letters: N paths, C columns, S states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import PeriodNumbers, StepNumbers, World
from countermove.simulate.kernels import Passage, Paths, close, walk

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlainWalker:
    """Takes paths through steps and period ends; every column is an account of its own."""

    world: World
    paths: Paths

    def step(self, k: int, step: StepNumbers, strategy: Floats) -> None:
        """Every path that acts at step k draws its action and its branch."""
        walk(passage_of(self.world, k, step, strategy), self.paths)

    def close(self, numbers: PeriodNumbers) -> None:
        """A period's end."""
        close(self.paths, numbers.add, numbers.keep, numbers.over, self.world.n_payoffs)

    def left(self, values: Floats) -> Floats:
        """What the rest of the game is worth to each path [N, C]; ``values`` are [S, C]."""
        going_on = self.paths.done[:, None] == 0
        return np.where(going_on, self.paths.weight * values[self.paths.state], 0.0)


def passage_of(world: World, k: int, step: StepNumbers, strategy: Floats) -> Passage:
    """Step k of a period as the loops take it."""
    arrays, n_states = step.arrays, world.n_states
    acts = np.zeros(n_states, np.uint8)
    acts[arrays.moving] = 1
    order = np.argsort(arrays.charge_action, kind="stable").astype(np.int32)
    counts = np.bincount(arrays.charge_action, minlength=len(step.actions))
    hanging = world.on_branches(k)
    hung_row = np.full(len(order), -1, np.int32)
    for row, (charge, _) in enumerate(hanging):
        hung_row[charge] = row
    n_branches = len(arrays.successor)
    return Passage(
        acts,
        arrays.pointer,
        arrays.successor,
        arrays.odds,
        strategy if step.kind != "event" else np.ones((n_states, 1)),
        step.happened if step.kind == "event" else np.empty(0, np.uint8),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        order,
        arrays.charge_column,
        arrays.charge,
        hung_row,
        np.array([v for _, v in hanging]).reshape(len(hanging), n_branches),
        np.array([a.column for a in step.absorbs], np.int32),
        np.array([a.hit for a in step.absorbs], np.uint8).reshape(len(step.absorbs), n_branches),
        np.array([a.condition for a in step.absorbs]).reshape(len(step.absorbs), n_states),
    )
