"""The worlds in which a search tries its settings: the same ones for every setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from countermove.errors import InvalidRequest
from countermove.explore.search_plan import Plan
from countermove.explore.space import space_of
from countermove.explore.worlds import points, sample

World = Mapping[str, float]
Worlds = Callable[[Plan], list[World]]


def worlds_of(plan: Plan) -> list[World]:
    """The uncertain parameters' values in each world, drawn by Sobol's sequence from the seed.

    One world, of the values as the view states them, where none are asked for (``worlds=0``).
    Raises ``InvalidRequest`` where nothing is uncertain and several worlds are asked for.
    """
    if plan.worlds == 0:
        return [{}]
    try:
        space = space_of(plan.scenario, (plan.view,))
    except InvalidRequest as error:
        raise InvalidRequest(f"{error}; or search the values as stated, by --worlds 0") from None
    drawn = sample("sobol", plan.worlds, space.dimensions, seed=plan.seed)

    def rows() -> Iterator[World]:
        for block in points(drawn):
            for row in space.values(block, plan.view):
                yield dict(zip(space.names, map(float, row), strict=True))

    return list(rows())
