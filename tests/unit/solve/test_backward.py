"""Steps that the loops take together come to what they come to one by one."""

import numpy as np
import pytest

import countermove
from countermove.solve.backward import Stepper, blank_strategies


@pytest.mark.parametrize("name", ["blockade", "cuba-1962", "sanctions"])
def test_steps_together_or_one_by_one(name):
    world = countermove.compile(countermove.load(name)).world
    found = []
    for together in (True, False):
        stepper = Stepper.of(world, serial=True)
        stepper.steps_together = together
        for period in range(world.periods - 1, world.start_period - 1, -1):
            strategies = blank_strategies(world)
            stepper.period(world.at(period), strategies)
            moves = [s for s, head in zip(strategies, world.steps, strict=True) if head.movers]
            found.append([stepper.before.copy(), *moves])
    half = len(found) // 2
    for one, other in zip(found[:half], found[half:], strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
