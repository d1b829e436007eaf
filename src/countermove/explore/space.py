"""What is uncertain in a scenario, and how a point of the unit cube becomes a world in a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explore.space_draws import Draw, Floats, check_draw, quantile
from countermove.explore.space_ranks import correlated, mixing

if TYPE_CHECKING:
    from countermove.language.model import Parameter, Scenario, View


@dataclass(frozen=True, slots=True)
class Space:
    """The uncertain parameters of a scenario, in its order, and how each view draws them.

    ``names`` are those that are uncertain by the scenario or by any of its views, whichever views
    are asked for: so the points do not depend on that. ``draws`` holds a ``Draw`` a name, by view
    (None: the scenario's own). ``root`` mixes normals to the stated rank correlations, ``(D, D)``.
    """

    names: tuple[str, ...]
    draws: Mapping[str | None, tuple[Draw, ...]]
    root: Floats | None = None

    @property
    def dimensions(self) -> int:
        """D, the number of uncertain parameters."""
        return len(self.names)

    def values(self, points: Floats, view: str | None) -> Floats:
        """The parameters' values under a view at points of the unit cube, ``(W, D)`` both."""
        if points.ndim != 2 or points.shape[1] != self.dimensions:
            raise InvalidRequest(
                f"points of the unit cube come as (worlds, {self.dimensions}), not {points.shape}"
            )
        moved = correlated(points, self.root)
        values = np.empty(moved.shape)
        for at, draw in enumerate(self.draws[view]):
            values[:, at] = quantile(draw, moved[:, at])
        return values


def space_of(scenario: Scenario, views: Sequence[str | None] = (None,)) -> Space:
    """The space of a scenario's worlds, as these views draw it.

    Raises ``UnknownName`` for a view that is not there, ``ScenarioError`` where a parameter cannot
    be drawn as stated, and ``InvalidRequest`` where nothing is uncertain or the correlations
    contradict each other.
    """
    for view in views:
        if view is not None and view not in scenario.views:
            raise unknown("view", view, list(scenario.views))
    uncertain = [p for p in scenario.parameters.values() if _is_uncertain(p, scenario)]
    if not uncertain:
        raise InvalidRequest(
            f"nothing is uncertain in {scenario.name!r}: no parameter has a range or a "
            "distribution; give one a range, such as {value: 2, range: [1, 4]}"
        )
    draws = {view: tuple(_draw(p, scenario, view) for p in uncertain) for view in views}
    for view, drawn in draws.items():
        for draw in drawn:
            check_draw(draw, view=view)
    names = tuple(p.name for p in uncertain)
    return Space(names, draws, mixing(names, scenario.correlations))


def _is_uncertain(parameter: Parameter, scenario: Scenario) -> bool:
    if parameter.lever_of:
        return False
    if parameter.low < parameter.high or parameter.distribution:
        return True
    own = (view.ranges.get(parameter.name) for view in scenario.views.values())
    return any(given is not None and given[0] < given[1] for given in own)


def _draw(parameter: Parameter, scenario: Scenario, view: str | None) -> Draw:
    """A view's range takes the place of the scenario's; its value, given alone, pins."""
    seen: View | None = scenario.views[view] if view is not None else None
    name = parameter.name
    if seen is not None and name in seen.values and name not in seen.ranges:
        return Draw(name, seen.values[name], seen.values[name], location=seen.location)
    moved = seen.ranges.get(name) if seen is not None else None
    low, high = moved or (parameter.low, parameter.high)
    if low == high and (moved or not parameter.distribution):
        return Draw(name, low, high, location=parameter.location)
    return Draw(
        name,
        low,
        high,
        parameter.scale,
        parameter.distribution,
        parameter.distribution_parameters,
        cut=low < high,
        location=parameter.location,
    )
