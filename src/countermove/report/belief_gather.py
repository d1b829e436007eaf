"""From a solution to the records of types and beliefs.

Axis letters: T periods, A actions, K types, B points of a player's belief grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.language.expressions import evaluate
from countermove.language.model import Scenario
from countermove.report.belief_records import (
    LEAST_PLAYS,
    BeliefPath,
    Beliefs,
    Signals,
    Spread,
    TypedPlayer,
)
from countermove.report.belief_story import story_of
from countermove.report.differences import differences
from countermove.report.prose import values_at

if TYPE_CHECKING:
    from countermove.game.beliefs import Axis
    from countermove.solve import Solution
    from countermove.solve.forward import Forward

Floats = NDArray[np.float64]
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def beliefs_of(solution: Solution, scenario: Scenario, forward: Forward) -> Beliefs:
    """Types, what sets them apart, where beliefs go and what moves them."""
    axes = solution.game.world.beliefs.axes
    if not axes:
        return Beliefs()
    first = int(solution.game.start_period)
    signals = tuple(
        _signals(scenario, forward, label, first)
        for label in forward.by_type
        if not axes[_axis(solution, label)].still
    )
    return Beliefs(
        players=tuple(_player(solution, scenario, forward, axis) for axis in axes),
        paths=tuple(p for axis in axes for p in _paths(scenario, forward, axis, first)),
        signals=signals,
        story=story_of(solution, forward, signals),
    )


def _axis(solution: Solution, label: str) -> int:
    return solution.game.world.beliefs.axis(label.partition("#")[0])


def _player(solution: Solution, scenario: Scenario, forward: Forward, axis: Axis) -> TypedPlayer:
    player = scenario.player(axis.player)
    values = values_at(solution.game.parameters)
    return TypedPlayer(
        player=player.name,
        title=player.title,
        types=player.types,
        prior=_floats(axis.points[axis.prior]),
        own_prior=tuple(float(evaluate(odds.node, values)) for odds in player.prior),
        payoffs=tuple(float(solution.type_payoffs[player.name, name]) for name in player.types),
        differences=tuple(differences(scenario, player)),
        redraws=_floats(forward.redraws[player.name]),
        learnt=not axis.still,
    )


def _signals(scenario: Scenario, forward: Forward, label: str, first: int) -> Signals:
    by_type, player = forward.by_type[label], scenario.player(label.partition("#")[0])
    counts = np.asarray(by_type.values)
    plays = counts.sum(axis=1)
    believed = np.asarray(forward.believed[label].values)
    return Signals(
        label=label,
        player=player.name,
        title=player.title,
        types=player.types,
        actions=tuple(str(action) for action in by_type.coords["action"].values),
        periods=tuple(range(first, first + len(counts))),
        plays=tuple(_floats(row) for row in plays),
        before=_shares(believed, plays),
        after=_shares(counts, plays),
        odds=tuple(
            tuple(_floats(row / row.sum()) if row.sum() > LEAST_PLAYS else None for row in period)
            for period in counts
        ),
    )


def _shares(counts: Floats, plays: Floats) -> tuple[tuple[tuple[float, ...] | None, ...], ...]:
    """Counts [T, K, A] over plays [T, A] as beliefs by period, action and type."""
    return tuple(
        tuple(
            _floats(count[:, a] / total) if total > LEAST_PLAYS else None
            for a, total in enumerate(row)
        )
        for count, row in zip(counts, plays, strict=True)
    )


def _paths(scenario: Scenario, forward: Forward, axis: Axis, first: int) -> list[BeliefPath]:
    """A path for each type; where there are two, for the first alone, as the other mirrors it."""
    if axis.still and not np.asarray(forward.redraws[axis.player]).any():
        return []
    mass = np.asarray(forward.beliefs[axis.player].values)
    start = np.zeros((1, mass.shape[1]))
    start[0, axis.prior] = 1.0
    mass = np.concatenate([start, mass])
    points = np.asarray(axis.points)
    drawn = np.flatnonzero(np.asarray(forward.redraws[axis.player]) > 0)
    shown = range(1) if len(axis.types) == 2 else range(len(axis.types))
    return [
        BeliefPath(
            player=axis.player,
            title=scenario.player(axis.player).title,
            type=axis.types[k],
            types=axis.types,
            times=tuple(range(first, first + len(mass))),
            overall=_spread(mass, points[:, k]),
            # Beliefs are calibrated: of the mass at a point, the share that the belief says
            # is of the type.
            if_so=_spread(mass * points[:, k], points[:, k]),
            if_not=_spread(mass * (1.0 - points[:, k]), points[:, k]),
            redraws=tuple(first + int(t) for t in drawn),
        )
        for k in shown
    ]


def _spread(mass: Floats, belief: Floats) -> Spread:
    """The mean and quantiles of a belief [B] at each time, by mass [T, B]; NaN without any."""
    order = np.argsort(belief, kind="stable")
    belief, running = belief[order], mass[:, order].cumsum(axis=1)
    total = running[:, -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (mass[:, order] @ belief) / total[:, 0]
    found = [mean]
    for share in _QUANTILES:
        at = (running >= share * total).argmax(axis=1)
        found.append(np.where(total[:, 0] > 0, belief[at], np.nan))
    return Spread(*(_floats(row) for row in found))


def _floats(array: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in array)
