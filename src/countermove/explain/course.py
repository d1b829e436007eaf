"""The course of play, step by step: the probability of each state and belief before each step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.solve.backward import strategies_of
from countermove.solve.redraws import redrawn_points

if TYPE_CHECKING:
    from countermove.game.numbers import PeriodNumbers
    from countermove.solve import Solution

Floats = NDArray[np.float64]


def course(solution: Solution, *, upto: int | None = None) -> Iterator[tuple[int, list[Floats]]]:
    """Each period with the mass [S * B] before each of its steps, from the start.

    Goes to ``upto``, or to the calendar's end. Of a game that goes on for ever, whose periods are
    alike, it yields the first alone.
    """
    world = solution.game.world
    mass = np.zeros(world.n_states * world.beliefs.size)
    mass[solution.start_row] = 1.0
    last = world.periods - 1 if upto is None else upto
    if world.stationary:
        last = world.start_period
    for period in range(world.start_period, last + 1):
        with world.lock:
            strategies = strategies_of(world, solution.found, period, serial=solution.serial)
            masses, _, mass = through(solution, world.at(period), strategies, mass)
        yield period, masses


def through(
    solution: Solution,
    numbers: PeriodNumbers,
    strategies: list[Floats],
    mass: Floats,
    *,
    first: int = 0,
) -> tuple[list[Floats], list[Floats], Floats]:
    """Push a mass [S * B] through a period's steps, from the ``first`` on.

    Returns the mass before each step, how often each step's actions are played (by mover, type and
    action), and the mass at the next period's start, less what is over.
    """
    from countermove.solve.posteriors import atlas_of
    from countermove.solve.push import push_all

    world = solution.game.world
    grids, n_beliefs = atlas_of(world.beliefs), world.beliefs.size
    masses: list[Floats] = []
    counts: list[Floats] = []
    for k, step in enumerate(numbers.steps):
        if k < first:
            masses.append(np.zeros(0))
            counts.append(np.zeros(step.head.width))
            continue
        masses.append(mass)
        redrawn = redrawn_points(world.beliefs, step.redraws)
        mass, played, _ = push_all(
            step, grids, redrawn, strategies[k], mass, serial=solution.serial
        )
        counts.append(played)
    if numbers.over.size:
        mass = np.where(np.repeat(numbers.over != 0, n_beliefs), 0.0, mass)
    following = np.zeros((world.n_states, n_beliefs))
    np.add.at(following, numbers.carry, mass.reshape(world.n_states, n_beliefs))
    return masses, counts, following.reshape(-1)
