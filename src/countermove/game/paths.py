"""How a state comes about: the moves and events from the start to it, found backwards."""

from __future__ import annotations

import numpy as np

from countermove.game.numbers import StepNumbers
from countermove.game.world import ScenarioWorld


def path_to(world: ScenarioWorld, period: int, step: int, state: int) -> tuple[str, ...]:
    """The moves and events, with their periods, that lead from the start to a state before a step.

    Periods in which nothing but waiting leads on are still shown, so that the path can be
    followed. Afterwards the world stands at ``period``.
    """
    structure = world.structure
    found: list[str] = []
    here, t, k = state, period, step
    while (t, k) != (structure.start_period, 0):
        numbers = world.at(t)
        if k == 0:
            here = _before_period(world, t, here)
            t, k = t - 1, len(structure.steps)
            continue
        came = _before_step(numbers.steps[k - 1], here)
        if came is None:
            break
        here, action = came
        if action is not None:
            label = structure.scenario.calendar.label(t)
            found.append(f"{label} {action}")
        k -= 1
    world.at(period)
    return tuple(reversed(found))


def _before_step(step: StepNumbers, state: int) -> tuple[int, str | None] | None:
    """A state before the step from which this one follows, and by what action."""
    arrays = step.arrays
    if state in arrays.idle:
        return state, None
    moving = np.zeros(len(arrays.legal), bool)
    moving[arrays.moving] = True
    n_actions = len(step.actions)
    branches = np.flatnonzero((arrays.successor == state) & (arrays.odds != 0))
    owners = np.searchsorted(arrays.pointer, branches, side="right") - 1
    for branch, owner in zip(branches, owners, strict=True):
        origin, action = divmod(int(owner), n_actions)
        if moving[origin] and arrays.legal[origin, action]:
            if step.kind == "move":
                return origin, f"{step.name}: {step.actions[action]}"
            return origin, step.name if step.happened[branch] else None
    return None


def _before_period(world: ScenarioWorld, period: int, state: int) -> int:
    """A state at the end of the period before from which this one begins."""
    structure = world.structure
    ends = structure.present[period - 1 - structure.start_period][-1]
    return int(ends[np.argmax(structure.carry[ends] == state)])
