"""How large a game's tree would be, told before it is unrolled.

Axis letters: S states, P profiles of actions, M movers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.game.game import Game
from countermove.game.numbers import PeriodNumbers, StepNumbers

Floats = NDArray[np.float64]


def estimate(game: Game) -> float:
    """The nodes that a game's tree has at the most, counted backwards state by state."""
    world = game.world
    kinds = [len(axis.types) for axis in world.beliefs.axes]
    below = np.ones(game.n_states)
    with world.lock:
        for period in range(world.periods - 1, world.start_period - 1, -1):
            numbers = world.at(period)
            if period < world.periods - 1:
                below = _at_end(numbers, below)
            for step in reversed(numbers.steps):
                below = _before(step, below, kinds)
    return float(np.prod(kinds, dtype=float) * (below[game.start] + 1.0))


def _at_end(numbers: PeriodNumbers, following: Floats) -> Floats:
    below = following[numbers.carry]
    return np.where(numbers.over != 0, 1.0, below) if numbers.over.size else below


def _before(step: StepNumbers, below: Floats, kinds: list[int]) -> Floats:
    """Nodes below each state [S] before a step, from those after it."""
    arrays = step.arrays
    moving, n_profiles = arrays.moving.astype(np.int64), len(step.actions)
    total = np.ones(len(moving))
    for profile in range(n_profiles):
        open_ = _playable(step, moving, profile)
        total += open_
        place = moving * n_profiles + profile
        low, count = arrays.pointer[place], arrays.pointer[place + 1] - arrays.pointer[place]
        for i in range(int(count.max(initial=0))):
            here = np.flatnonzero(count > i)
            branch = low[here] + i
            way, state = np.divmod(arrays.successor[branch].astype(np.int64), len(below))
            found = _drawn(step, kinds)[way] * (below[state] + 1.0)
            total[here] += np.where(arrays.odds[branch] > 0, found, 0.0) * open_[here]
    found = below.copy()
    found[moving] = total
    return found


def _playable(step: StepNumbers, states: NDArray[np.int64], profile: int) -> Floats:
    """Where all movers may play their part [N], as zeros and ones."""
    arrays, found = step.arrays, np.ones(len(states))
    counts = tuple(np.diff(arrays.first))
    for m, a in enumerate(np.unravel_index(profile, counts) if counts else ()):
        found *= arrays.legal[states, arrays.first[m] + a] != 0
    return found


def _drawn(step: StepNumbers, kinds: list[int]) -> Floats:
    """By how many each way of drawing types anew multiplies what follows; 1 for none."""
    ways = [
        np.prod([n for n, point in zip(kinds, redraw.point, strict=True) if point >= 0])
        for redraw in step.redraws
    ]
    return np.array([1.0, *ways])
