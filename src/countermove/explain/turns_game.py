"""A game from one decision on, solved anew under other numbers: how likely two actions then are.

Only the periods from the decision's own on are solved, and no measure is carried along. Where the
belief stands at the prior it follows the prior; elsewhere it stays what it is, as a point of its
own on the grid.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.explain.again import compiled_again
from countermove.explain.node import Node, Place, places_of
from countermove.explore.cases import SOLVED, Case, Evaluator, Outcome
from countermove.game import Game
from countermove.solve.backward import strategies_of

if TYPE_CHECKING:
    from countermove.solve import Solution

Floats = NDArray[np.float64]
THIS, OTHER, BELIEF = "this", "other", "belief "  # keys of the outcomes; the last with a player


@dataclass(frozen=True, slots=True)
class Odds:
    """How a mover's type plays at a node: ``played`` and ``open`` by action [A].

    ``moves`` is whether the move comes up, ``bound`` whether a policy leaves no choice.
    """

    played: Floats
    open: NDArray[np.bool_]
    moves: bool
    bound: bool


def odds_at(solution: Solution, node: Node, *, row: int, point: int) -> Odds:
    """How the node's move is played at a state's row and a joint belief point."""
    place: Place = places_of(solution)[node.mover]
    world, n_actions = solution.game.world, len(place.mover.actions)
    with world.lock:
        sigma = strategies_of(world, solution.found, node.period, serial=solution.serial)
        here = sigma[place.step][row].reshape(world.beliefs.size, -1)[point]
        arrays = world.at(node.period).steps[place.step].arrays
        moves = bool(np.isin(row, arrays.moving))
        its = slice(arrays.first[place.place], arrays.first[place.place + 1])
        legal = arrays.legal[row, its].astype(bool)
        bound = bool(len(arrays.bound) and arrays.bound[row, place.place])
    begin = place.first + node.kind * n_actions
    return Odds(here[begin : begin + n_actions].copy(), legal, moves, bound)


def followers(solution: Solution, node: Node) -> tuple[str, ...]:
    """The players about whom the node's belief is the prior, which it then follows."""
    game = solution.game
    beliefs = game.world.beliefs
    points = zip(beliefs.axes, beliefs.split(node.point), strict=True)
    at_prior = [axis.player for axis, point in points if point == axis.prior]
    return tuple(player for player in at_prior if player not in game.start_beliefs)


def from_node(solution: Solution, node: Node) -> Game:
    """The same game without measures from a node's period on; it starts in the node's state."""
    made = compiled_again(solution.game, measures=False, beliefs=_held(solution, node))
    return _entered(made, solution, node)


def _held(solution: Solution, node: Node) -> dict[str, Mapping[str, float]]:
    """The node's beliefs about those players of whom they do not follow the prior."""
    following = followers(solution, node)
    return {name: b for name, b in node.beliefs.items() if name not in following}


def _entered(made: Game, solution: Solution, node: Node) -> Game:
    """The game entered in the node's period and state."""
    old, structure = solution.game.structure, made.structure
    assert old is not None and structure is not None
    names = old.tables.layout.names
    wanted = old.levels[[node.row]][:, [names.index(n) for n in structure.tables.layout.names]]
    row = int(structure.registry.find(wanted)[0])
    period = made.start_period if made.world.stationary else node.period
    entered = replace(
        structure,
        start=row,
        start_period=period,
        present=structure.present[period - structure.start_period :],
    )
    return replace(made, structure=entered, start=row, start_period=period).replace()


class AtNode(Evaluator):
    """Solves a game from one node on under other parameters, for how likely two actions are.

    The values of an outcome are the probabilities of ``this`` and ``other`` (positions among the
    mover's actions), and by how much the belief about each player has moved.
    """

    def __init__(self, solution: Solution, node: Node, this: int, other: int) -> None:
        entered = from_node(solution, node)
        assert entered.scenario is not None
        super().__init__(entered.scenario, measures=())
        self.case = Case(entered.view, entered.policy, "adaptive" if entered.policy else "free")
        self._entered, self._node, self._pair = entered, node, (this, other)

    def game(self, case: Case) -> Game:
        """The game from the node on."""
        return self._entered

    def outcome_of(self, case: Case, solution: Solution) -> Outcome:
        """How likely the two actions are."""
        unsolved = solution.found.record.n_unsolved
        if solution.status != SOLVED:
            return Outcome(case, solution.status, unsolved=unsolved)
        beliefs = solution.game.world.beliefs
        odds = odds_at(solution, self._node, row=solution.game.start, point=beliefs.start)
        if not odds.moves:
            return Outcome(case, f"{self._node.mover} does not get to move there")
        this, other = (float(odds.played[a]) for a in self._pair)
        if this == 0.0 and other == 0.0:
            return Outcome(case, "neither action is open there")
        values = {THIS: this, OTHER: other}
        for axis in beliefs.axes:
            before = [self._node.beliefs[axis.player][name] for name in axis.types]
            moved = float(np.abs(axis.points[axis.prior] - before).max())
            values[f"{BELIEF}{axis.player}"] = moved
        return Outcome(case, SOLVED, values, solution.residual, unsolved)


def log_odds(this: float, other: float) -> float:
    """log(other / this), infinite where one of them is never played."""
    if not (this > 0.0 and other > 0.0):
        return math.inf if other > this else -math.inf
    return math.log(other / this)
