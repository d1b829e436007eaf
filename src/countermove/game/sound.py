"""A quick look for what may be wrong with a draw of the parameters, before the long one.

Looks at every entry, whether or not a state that matters reads it: what passes has no fault, and
what does not pass may still have none (``faults.inspect`` tells).
"""

from __future__ import annotations

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from countermove.game.domains import Floats
from countermove.game.faults import SLACK, distribution_faults, scalar_faults
from countermove.game.policies import bind
from countermove.game.step_work import StepWork, its_of, legal_of, sides
from countermove.game.world import ScenarioWorld


def is_sound(world: ScenarioWorld) -> bool:
    """Is everything finite, are all odds probabilities, and can all players always move?"""
    if next(chain(scalar_faults(world), distribution_faults(world)), None) is not None:
        return False
    odds = np.zeros(len(world.flat), bool)
    for table in world.structure.tables.tables:
        odds[table.offset : table.offset + table.length] = table.kind != "value"
    first = world.first_timed
    if not _entries_are_sound(world.flat[:first], odds[:first]):
        return False
    if not all(_entries_are_sound(block, odds[first:]) for block in world.timed_entries()):
        return False
    timed = [k for k, s in enumerate(world.work) if s.timed_legal or s.timed_rules or s.timed_guard]
    for period in range(world.start_period, world.periods) if timed else ():
        world.move(period)
        there = world.structure.present[period - world.start_period]
        if not all(_can_move(world, world.work[k], there[k]) for k in timed):
            return False
    constant = (k for k in range(len(world.work)) if k not in timed)
    return all(_can_ever_move(world, k) for k in constant)


def _entries_are_sound(entries: Floats, chances: NDArray[np.bool_]) -> bool:
    """Are the last axis's entries finite, and probabilities where they should be?"""
    if not np.isfinite(entries).all():
        return False
    odds = entries[..., chances]
    return not ((odds < -SLACK) | (odds > 1 + SLACK)).any()


def _can_ever_move(world: ScenarioWorld, k: int) -> bool:
    """As ``_can_move`` at all periods, of a step that time does not enter."""
    step = world.work[k]
    if _can_move(world, step, np.arange(world.n_states, dtype=np.int32)):
        return True
    ever = np.unique(np.concatenate([there[k] for there in world.structure.present]))
    return _can_move(world, step, ever)


def _can_move(world: ScenarioWorld, step: StepWork, there: NDArray[np.int32]) -> bool:
    """Has every mover a legal action, and its policy a mixture, in the states ``there``?"""
    if not step.timed_guard:
        there = there[step.guard[there]]
    legal = legal_of(step.structure, world.flat, world.n_states)
    for m, (first, mover) in enumerate(sides(step.structure.program.movers)):
        its = legal[:, its_of(first, mover)]
        if not its[there].any(axis=1).all():
            return False
        if step.rules[m]:
            binding = bind(step.rules[m], its, world.flat)
            mixture = binding.mixture[there][binding.bound[there] != 0]
            if binding.stuck[there].any() or (mixture < 0).any():
                return False
            if (np.abs(mixture.sum(axis=1) - 1.0) > 1e-6).any():
                return False
    return True
