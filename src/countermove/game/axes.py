"""Beliefs under one draw of the parameters: priors, grids, and what columns and costs make of them.

Axis letters: B joint belief points, C columns, J axes (players with types), K charges or flows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Axis, Beliefs, Cells
from countermove.game.columns import Column
from countermove.game.numbers import RedrawNumbers
from countermove.game.redraws import Drawn, redraws_of
from countermove.language.expressions import Expression
from countermove.language.model import Player, Redraw, Scenario

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]
_SLACK = 1e-9


class Distributions:
    """The probabilities of types that a scenario names, evaluated.

    ``priors`` and ``redraws`` are as they come, which may be no distributions: ``is_wrong`` tells.
    What the grids are made from is put right, so that a world can be made and then faulted.
    """

    def __init__(
        self,
        scenario: Scenario,
        scalar: Callable[[Expression], float],
        start: Mapping[str, tuple[float, ...]],
    ) -> None:
        typed = [p for p in scenario.players if p.types]
        self.players: dict[str, Player] = {p.name: p for p in typed}
        self.priors = {p.name: np.array([scalar(e) for e in p.prior]) for p in typed}
        self.start = {n: np.asarray(start.get(n, prior)) for n, prior in self.priors.items()}
        self.redraws: dict[str, list[tuple[Redraw, Floats]]] = {
            p.name: [
                (r, np.array([scalar(e) for e in r.distribution]))
                for r in redraws_of(scenario, p.name)
            ]
            for p in typed
        }

    def named(self, player: str) -> Floats:
        """The points that a player's grid must have, the start first."""
        found = [self.start[player], self.priors[player]]
        found += [distribution for _, distribution in self.redraws[player]]
        return np.unique([put_right(d) for d in found], axis=0)

    def redraw(self, drawn: Drawn, beliefs: Beliefs) -> RedrawNumbers:
        """Types drawn anew, as points of the grids."""
        point, stops = [-1] * len(beliefs.axes), [False] * len(beliefs.axes)
        for redraw in drawn:
            axis = beliefs.axis(redraw.player)
            known = self.redraws[redraw.player]
            distribution = next(d for r, d in known if r.distribution == redraw.distribution)
            point[axis] = beliefs.axes[axis].index(put_right(distribution).tolist())
            stops[axis] = redraw.stops
        return RedrawNumbers(tuple(point), tuple(stops))


def is_wrong(distribution: Floats) -> bool:
    """Is this no distribution?"""
    fine = np.isfinite(distribution).all() and (distribution >= -_SLACK).all()
    return not (fine and abs(float(distribution.sum()) - 1.0) <= 1e-6)


def put_right(distribution: Floats) -> Floats:
    """The same as a distribution: nothing negative, adding up to 1."""
    found = np.clip(np.nan_to_num(distribution, nan=0.0, posinf=1.0, neginf=0.0), 0.0, None)
    total = found.sum()
    return found / total if total > 0 else np.full(len(found), 1.0 / len(found))


def beliefs_of(distributions: Distributions, points: Mapping[str, int], still: Set[str]) -> Beliefs:
    """The grids; ``points`` along each edge stand in for those of the players."""
    if not distributions.players:
        return Beliefs()
    axes = []
    for name, player in distributions.players.items():
        named = tuple(tuple(d) for d in distributions.named(name).tolist())
        number = 0 if name in still else points.get(name, player.belief_points)
        closer = player.belief_spacing == "ends"
        cells = _cells(len(player.types), number, named, closer)
        axis = Axis(name, player.types, cells, 0, still=name in still)
        prior = axis.index(put_right(distributions.start[name]).tolist())
        axes.append(Axis(name, player.types, cells, prior, still=name in still))
    return Beliefs(tuple(axes))


@lru_cache(maxsize=64)  # worlds that leave the priors as they are share their grids
def _cells(
    n_types: int, points: int, named: tuple[tuple[float, ...], ...], closer_at_ends: bool
) -> Cells:
    """A grid; with no points along the edges, merely those that are named."""
    from countermove.game import grids

    if not points:
        return grids.still(named)
    return grids.cells(n_types, points, named, closer_at_ends=closer_at_ends)


def points_of(scenario: Scenario, points: Mapping[str, int]) -> dict[str, int]:
    """The number of points of each typed player's grid, at the most."""
    found = {}
    for player in scenario.players:
        if player.types:
            edge, k = points.get(player.name, player.belief_points), len(player.types)
            named = 2 + len(list(redraws_of(scenario, player.name)))
            found[player.name] = comb(edge + k - 2, k - 1) + named
    return found


def weights_of(types: Sequence[Iterable[tuple[str, int]]], beliefs: Beliefs) -> Floats:
    """The probability of each of these profiles of types at each joint point [K, B]."""
    found = np.ones((len(types), beliefs.size))
    known: dict[str, Floats] = {}
    for row, profile in zip(found, types, strict=True):
        for player, position in profile:
            if player not in known:
                known[player] = beliefs.probabilities(beliefs.axis(player))
            row *= known[player][:, position]
    return found


def fixed_of(columns: Sequence[Column], beliefs: Beliefs) -> Indices:
    """[C, J] the type of each axis that a column takes for granted, -1 for none."""
    found = np.full((len(columns), len(beliefs.axes)), -1, np.int32)
    for row, column in zip(found, columns, strict=True):
        for player, position in column.types:
            row[beliefs.axis(player)] = position
    return found


def owner_of(columns: Sequence[Column], beliefs: Beliefs) -> Indices:
    """[C] the axis of the typed player whose payoff a column is, -1 for none."""
    owners = [beliefs.axis(c.player) if c.kind == "payoff" else -1 for c in columns]
    return np.array(owners, np.int32)
