"""What others do in return: how their moves differ after two actions, and what that is worth.

The difference of two actions is told apart into what the first does by itself and what each of the
others does in return. Those who do not answer play as they would after the second action: at each
move the mixture that an onlooker then expects, whatever has happened (and as solved where none of
it is open). Who answers is added one by one, in the order of play and in its reverse; each gets the
mean of what it adds, so that all add up exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.explain.carry import Carrier, Carry, Variant
from countermove.explain.course import through
from countermove.explain.node import Node
from countermove.explain.record import ITSELF, Answer, Reply
from countermove.explain.worth import Decision, Worth
from countermove.solve.backward import strategies_of

if TYPE_CHECKING:
    from countermove.game import Game
    from countermove.solve import Solution

Floats = NDArray[np.float64]
_FAINT = 1e-4  # of a payoff: what is discounted further is left out of a mixture without end
_LONGEST = 400  # periods of a game without end


@dataclass(frozen=True, slots=True)
class Course:
    """What an onlooker expects: others' next moves, and their mixtures after the other action."""

    replies: tuple[Reply, ...]
    mixtures: Mapping[int, Mapping[str, Floats]]


def foreseen(
    solution: Solution,
    game: Game,
    node: Node,
    decision: Decision,
    at: Sequence[int],
    told: Callable[[int], None],
) -> Course:
    """Follow the course of play after each of two actions to the calendar's end."""
    world, first = solution.game.world, solution.game.start_period
    masses = [decision.after(action) for action in at]
    mixtures: dict[int, dict[str, Floats]] = {}
    seen: dict[str, tuple[str, list[Floats]]] = {}
    periods, labels = _periods(solution, game, node)
    for t, (period, weight) in enumerate(periods):
        strategies = strategies_of(world, solution.found, period, serial=solution.serial)
        numbers = world.at(period)
        begin = node.step + 1 if t == 0 else 0
        counts = []
        for i, mass in enumerate(masses):
            _, played, masses[i] = through(solution, numbers, strategies, mass, first=begin)
            counts.append(played)
        for k, head in enumerate(world.steps):
            for mover, place, width in head.places:
                both = [
                    played[k][place : place + width].reshape(-1, len(mover.actions)).sum(axis=0)
                    for played in counts
                ]
                _add(mixtures.setdefault(period, {}), mover.label, weight * both[1])
                if mover.player != node.player and mover.label not in seen and both[0].sum() > 0:
                    seen[mover.label] = (labels[node.period - first + t], both)
        told(2 if not world.stationary else 0)
    return Course(_replies(solution, seen), {t: _shares(its) for t, its in mixtures.items()})


def _periods(
    solution: Solution, game: Game, node: Node
) -> tuple[list[tuple[int, float]], list[str]]:
    """The periods to follow with the weights of their moves, and all periods' labels."""
    if not game.world.stationary:
        return [(t, 1.0) for t in range(node.period, game.periods)], solution.labels_of(None)
    assert game.scenario is not None
    numbers = game.world.at(node.period)
    discount = float(np.max(numbers.keep[:, : game.n_payoffs], initial=0.0))
    length = _LONGEST
    if 0.0 < discount < 1.0:
        length = min(_LONGEST, int(np.log(_FAINT) / np.log(discount)) + 1)
    return [(node.period, discount**t) for t in range(length)], solution.labels_of(length + 1)


def _add(mixtures: dict[str, Floats], label: str, counts: Floats) -> None:
    mixtures[label] = mixtures[label] + counts if label in mixtures else counts


def _shares(counts: Mapping[str, Floats]) -> dict[str, Floats]:
    """How often each action is played of the times that the mover moves, if it does."""
    return {label: c / c.sum() for label, c in counts.items() if c.sum() > 0.0}


def _replies(solution: Solution, seen: Mapping[str, tuple[str, list[Floats]]]) -> tuple[Reply, ...]:
    movers = {m.label: m for head in solution.game.world.steps for m in head.movers}
    found = []
    for label, (when, (this, other)) in seen.items():
        shares = [c / c.sum() if c.sum() > 0.0 else np.full(len(c), np.nan) for c in (this, other)]
        for a, action in enumerate(movers[label].actions):
            if this[a] > 0.0 or other[a] > 0.0:
                odds = (float(shares[0][a]), float(shares[1][a]))
                found.append(Reply(label, movers[label].player, when, action, *odds))
    return tuple(found)


def answers_of(
    solution: Solution,
    game: Game,
    node: Node,
    decision: Decision,
    at: Sequence[int],
    column: int,
    worth: Worth,
    others: Sequence[str],
    mixtures: Mapping[int, Mapping[str, Floats]],
    told: Callable[[int], None],
) -> tuple[Answer, ...]:
    """The difference in the mover's value, by what it is owed to."""
    closed = _closed(others)
    variants = {
        answering: Variant(
            Carrier.begin(game, serial=solution.serial, n_columns=game.n_payoffs),
            frozenset(others) - answering,
        )
        for answering in closed
    }
    for variant in variants.values():
        variant.stepper.node = node
    if variants:
        Carry(solution, game, node, list(variants.values()), mixtures).run(told)
    found = {frozenset(others): _difference(worth, at, column)}
    for answering, variant in variants.items():
        assert variant.stepper.caught is not None
        found[answering] = _difference(decision.worth(variant.stepper.caught), at, column)
    return _shared_out(others, found)


def _closed(others: Sequence[str]) -> list[frozenset[str]]:
    """Who answers, in each variant: the first so many in the order of play, or the last."""
    n = len(others)
    sets = [frozenset(others[:i]) for i in range(n)] + [frozenset(others[i:]) for i in range(1, n)]
    return list(dict.fromkeys(sets))


def _difference(worth: Worth, at: Sequence[int], column: int) -> float:
    """This action's value less the other's."""
    this, other = at
    return float(worth.believed[this, column] - worth.believed[other, column])


def _shared_out(others: Sequence[str], found: Mapping[frozenset[str], float]) -> tuple[Answer, ...]:
    """Each one's mean addition, in the order of play and in its reverse."""
    added = dict.fromkeys(others, 0.0)
    for i, player in enumerate(others):
        for answering in (frozenset(others[: i + 1]), frozenset(others[i:])):
            added[player] += 0.5 * (found[answering] - found[answering - {player}])
    itself = Answer(ITSELF, found[frozenset()])
    return (itself, *(Answer(player, value) for player, value in added.items()))
