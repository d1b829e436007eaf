"""Bundled scenarios make games wherever their ranges reach, under every view."""

import numpy as np
import pytest

import countermove
from countermove.explore.space import space_of
from countermove.explore.worlds import points, sample
from countermove.language.bundle import bundled

DRAWN = 16


def uncertain(name):
    return any(p.uncertain for p in countermove.load(name).parameters.values())


@pytest.mark.parametrize("name", [name for name in bundled() if uncertain(name)])
def test_drawn_worlds_make_games(name):
    scenario = countermove.load(name)
    game = countermove.compile(scenario)
    views = (None, *scenario.views)
    space = space_of(scenario, views)
    (cube,) = points(sample("sobol", DRAWN, space.dimensions, seed=3))
    for at, view in enumerate(views):
        under = game.under(view=view, policy=None)
        for values in space.values(np.asarray(cube), view)[at % 2 :: 2]:
            drawn = under.replace(
                parameters=dict(zip(space.names, map(float, values), strict=True))
            )
            assert set(drawn.parameters) >= set(space.names)
