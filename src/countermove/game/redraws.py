"""Types drawn anew along the branches of an event: which, and how they are numbered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from countermove.language.model import Outcomes, Redraw, Scenario

Drawn = tuple[Redraw, ...]  # at most one a player


@dataclass(slots=True)
class Draws:
    """The different ways in which a step's branches draw types anew; 0 is that none is."""

    known: list[Drawn] = field(default_factory=lambda: [()])

    def after(self, numbers: NDArray[np.int64], redraws: Drawn) -> NDArray[np.int64]:
        """What these ways [M] become once more types are drawn."""
        if not redraws:
            return numbers
        following = np.zeros(len(self.known), np.int64)
        for number in np.unique(numbers):
            following[number] = self._number(_joined(self.known[number], redraws))
        return following[numbers]

    def _number(self, way: Drawn) -> int:
        if way not in self.known:
            self.known.append(way)
        return self.known.index(way)


def _joined(before: Drawn, then: Drawn) -> Drawn:
    """One draw after another: the last tells the type, and a succession that stopped has."""
    found = {r.player: r for r in before}
    for redraw in then:
        stopped = redraw.player in found and found[redraw.player].stops
        found[redraw.player] = replace(redraw, stops=redraw.stops or stopped)
    return tuple(found[player] for player in sorted(found))


def redraws_of(scenario: Scenario, player: str) -> Iterator[Redraw]:
    """Every draw of a player's type in a scenario."""
    for event in scenario.events:
        outcomes = [
            o for item in event.effects if isinstance(item, Outcomes) for o in item.outcomes
        ]
        for redraw in (*event.redraws, *(r for o in outcomes for r in o.redraws)):
            if redraw.player == player:
                yield redraw
