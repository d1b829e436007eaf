"""Why not the other: the smallest change of each parameter that makes another action likelier.

One parameter at a time moves through its range, the others as they are, and the game is solved anew
from the decision on. The sign of the log odds, log(other / this), tells which action is likelier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explain.node import Node, places_of
from countermove.explain.turns_game import BELIEF, OTHER, THIS, AtNode, followers, log_odds, odds_at
from countermove.explain.turns_record import (
    LEVEL,
    NO_EFFECT,
    NO_VALUE,
    NOT_KNOWN,
    TURNS,
    Look,
    Turn,
    Turns,
)
from countermove.explain.turns_search import Axis, Side, search, sides_of, slope
from countermove.explore.cases import Outcome
from countermove.explore.pivots_scan import ranges_of

if TYPE_CHECKING:
    from countermove.language.model import Scenario
    from countermove.solve import Solution

Progress = Callable[[int, int], None]
POINTS = 5  # on either side of the present value, the ends of the range among them
TOLERANCE = 1e-3  # of the range: how closely a turn is enclosed


def turns(
    solution: Solution,
    node: Node,
    this: str | None = None,
    other: str | None = None,
    *,
    parameters: Sequence[str] | None = None,
    points: int = POINTS,
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Turns:
    """The smallest change of each parameter that makes ``other`` likelier than ``this``.

    By default, the likeliest action and the next likeliest; where the other is likelier as it is,
    the two change places. ``parameters`` are all that are uncertain by default, each within the
    view's range or its own. On either side of the present
    value ``points`` places are looked at, the nearest first, until the other is likelier; that
    change is then enclosed to ``tolerance`` of the range. Two changes between neighbours that undo
    each other are not seen. A value that makes no game, or whose game does not solve, is a status.
    ``progress`` is called with the solves done, and those known to be needed.

    Raises ``InvalidRequest`` where one of the two is not open, or a policy binds the mover; and for
    parameters without a range. ``UnknownName``.
    """
    _check(points, tolerance)
    solution.refuse_unsolved()
    scenario = solution.game.scenario
    if scenario is None:
        raise InvalidRequest("a game made from arrays has no parameters that could change")
    chosen = _pair(solution, node, this, other)
    axes = _axes(solution, scenario, parameters)
    actions = places_of(solution)[node.mover].mover.actions
    asked = _Asked(
        AtNode(solution, node, *(actions.index(name) for name in chosen)), threads, progress
    )
    now = asked.at_present(axes[0])
    sides = {axis.name: sides_of(axis, points) for axis in axes}
    search([side for own in sides.values() for side in own], now, asked.look, tolerance)
    found = [_turn(scenario, axis, sides[axis.name], now) for axis in axes]
    return Turns(
        scenario,
        node,
        *chosen,
        now,
        tuple(sorted(found, key=_order)),
        followers(solution, node),
        points,
        tolerance,
        asked.solves,
        solution.game.view,
    )


class _Asked:
    """Solves for values of parameters, many side by side, and counts."""

    def __init__(self, evaluator: AtNode, threads: int | None, progress: Progress | None) -> None:
        self._evaluator, self._threads, self._progress = evaluator, threads, progress
        self.solves = 0

    def look(self, places: Sequence[tuple[str, float]]) -> Mapping[tuple[str, float], Look]:
        """How likely the two actions are at each parameter's value."""
        before = self.solves
        wanted = list(dict.fromkeys(places))

        def told(done: int, total: int) -> None:
            if self._progress is not None:
                self._progress(before + done, before + total)

        outcomes = self._evaluator.outcomes(
            [(self._evaluator.case, {name: value}) for name, value in wanted],
            threads=self._threads,
            progress=told,
        )
        self.solves += len(wanted)
        pairs = zip(wanted, outcomes, strict=True)
        return {place: _look(place[1], outcome) for place, outcome in pairs}

    def at_present(self, axis: Axis) -> Look:
        """How likely they are with all parameters as they are."""
        found = self.look([(axis.name, axis.value)])[axis.name, axis.value]
        if not found.solved:
            raise InvalidRequest(f"the game from there on is not solved as it is: {found.status}")
        return found


def _look(value: float, outcome: Outcome) -> Look:
    if not outcome.solved:
        return Look(value, status=outcome.status)
    this, other = outcome.values[THIS], outcome.values[OTHER]
    moved = {k[len(BELIEF) :]: v for k, v in outcome.values.items() if k.startswith(BELIEF)}
    return Look(value, this, other, log_odds(this, other), moved=moved)


def _check(points: int, tolerance: float) -> None:
    if points < 1:
        raise InvalidRequest(f"look at 1 point on either side or more, not {points}")
    if not 0 < tolerance < 1:
        raise InvalidRequest(f"the tolerance is a share of the range, 0 to 1, not {tolerance:g}")


def _pair(solution: Solution, node: Node, this: str | None, other: str | None) -> tuple[str, str]:
    """The two actions: those named, else the likeliest that is left."""
    actions = places_of(solution)[node.mover].mover.actions
    odds = odds_at(solution, node, row=node.row, point=node.point)
    if odds.bound:
        raise InvalidRequest(
            f"a policy binds {node.mover} there: nothing but its rules decides between two actions"
        )
    for name in (this, other):
        if name is not None and name not in actions:
            raise unknown(f"action of {node.mover}:", name, actions)
        if name is not None and not odds.open[actions.index(name)]:
            raise InvalidRequest(f"{name} is not open to {node.mover} there")
    ranked = [actions[a] for a in np.argsort(-odds.played, kind="stable") if odds.open[a]]
    first = this or next((name for name in ranked if name != other), None)
    second = other or next((name for name in ranked if name != first), None)
    if first is None or second is None or first == second:
        raise InvalidRequest(f"{node.mover} has but one action there, or one was named twice")
    ahead = odds.played[actions.index(second)] > odds.played[actions.index(first)]
    return (second, first) if ahead else (first, second)


def _axes(
    solution: Solution, scenario: Scenario, parameters: Sequence[str] | None
) -> tuple[Axis, ...]:
    """The parameters with their ranges, on their scales, from their present values."""
    for name in parameters or ():
        known = scenario.parameters.get(name)
        if known is not None and known.lever_of:
            raise InvalidRequest(
                f"{name} is a lever of the policy {known.lever_of}, which is chosen and not "
                "uncertain: `countermove search` moves it"
            )
    values = solution.game.parameters
    ranges = ranges_of(scenario, solution.game.view, parameters, values)
    return tuple(
        Axis(name, low, high, values[name], scenario.parameters[name].scale == "log" and low > 0)
        for name, (low, high) in ranges.items()
    )


def _turn(scenario: Scenario, axis: Axis, sides: Sequence[Side], now: Look) -> Turn:
    """What the sides of a parameter have come to."""
    now = replace(now, value=axis.value)
    looks = {seen.value: seen for side in sides for d, seen in side.known.items() if d}
    looks[axis.value] = now
    ordered = tuple(looks[value] for value in sorted(looks))
    there = sorted((side for side in sides if side.turned), key=lambda side: side.outer or 0.0)
    near = there[0] if there else None
    known = scenario.parameters[axis.name]
    return Turn(
        axis.name,
        axis.value,
        (axis.low, axis.high),
        _status(near, ordered, now),
        looks[axis.low],
        looks[axis.high],
        max((look for look in ordered if look.solved), key=lambda look: look.log_odds),
        slope(sides),
        ordered,
        None if near is None else near.value(near.outer or 0.0),
        None if near is None else near.value(near.inner),
        there[1].value(there[1].outer or 0.0) if len(there) > 1 else None,
        None if near is None else near.sign * (near.outer or 0.0),
        known.unit,
        known.note,
        known.cites,
        known.assumption,
    )


def _status(near: Side | None, looks: Sequence[Look], now: Look) -> str:
    if near is not None:
        return TURNS
    solved = [look for look in looks if look.solved]
    if len(solved) == 1:
        return NOT_KNOWN
    still = all(
        look.log_odds == now.log_odds or abs(look.log_odds - now.log_odds) <= LEVEL
        for look in solved
    )
    return NO_EFFECT if still and len(solved) == len(looks) else NO_VALUE


def _order(turn: Turn) -> tuple[float, ...]:
    """Those with the least move first; then those that come nearest to a turn."""
    unknown_last = {NO_VALUE: 1.0, NOT_KNOWN: 2.0, NO_EFFECT: 3.0}
    weight = -abs(turn.weight) if turn.weight == turn.weight else 0.0
    if turn.move is not None:
        return (0.0, abs(turn.move), weight)
    return (unknown_last[turn.status], -turn.nearest.log_odds, weight)
