"""Why this action: the difference in value, by interest, by time, and by what others do in return.

An action's value is the sum of columns, one for each part of the mover's payoff, carried back along
the equilibrium: so the split by interest is exact. What others do in return is what is lost of the
difference when they play on as they would after the other action, whatever has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest, unknown
from countermove.explain.again import compiled_again
from countermove.explain.answers import answers_of, foreseen
from countermove.explain.carry import Carrier, Carry, Variant, n_carried
from countermove.explain.node import Node
from countermove.explain.record import Gain, Option, Why
from countermove.explain.worth import Decision, Worth
from countermove.game.columns import is_payoff

if TYPE_CHECKING:
    from countermove.game import Game
    from countermove.solve import Solution

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]


def why(
    solution: Solution,
    node: Node,
    this: str | None = None,
    other: str | None = None,
    *,
    progress: Progress | None = None,
) -> Why:
    """Why the mover rather plays ``this`` than ``other`` at a node.

    By default, the likeliest action and the next likeliest. Raises ``InvalidRequest`` for an
    action that is not open there or where only one is, ``UnknownName`` for one that there is not.
    """
    return weigh(solution, node, this, other, progress=progress).why


class Weighed:
    """A node that has been worked out: the decision, its worth in all columns, and why."""

    def __init__(self, game: Game, decision: Decision, worth: Worth, found: Why) -> None:
        self.game, self.decision, self.worth, self.why = game, decision, worth, found


def weigh(
    solution: Solution,
    node: Node,
    this: str | None = None,
    other: str | None = None,
    *,
    progress: Progress | None = None,
) -> Weighed:
    """As ``why``, with all that was worked out on the way."""
    solution.refuse_unsolved()
    game = compiled_again(solution.game, itemised=[node.player])
    with solution.game.world.lock, game.world.lock:
        return _weigh(solution, game, node, this, other, progress)


def _weigh(
    solution: Solution,
    game: Game,
    node: Node,
    this: str | None,
    other: str | None,
    progress: Progress | None,
) -> Weighed:
    known = next(m for s in game.world.steps for m in s.movers if m.label == node.mover)
    others = list(dict.fromkeys(m.player for s in game.world.steps for m in s.movers))
    others = [player for player in others if player != node.player]
    told = _Told.of(game, node, len(others), progress)

    whole = Variant(Carrier.begin(game, serial=solution.serial, n_columns=n_carried(game)))
    whole.stepper.node = node
    carry = Carry(solution, game, node, [whole])
    carry.run(told)
    numbers, strategies = carry.at(node.period)
    marks = whole.stepper.marks(node.step, numbers.steps[node.step])
    step, strategy = numbers.steps[node.step], strategies[node.step]
    decision = Decision(game.world, step, strategy, node, marks)
    worth = decision.worth(_caught(whole.stepper))
    mine = next(i for i, c in enumerate(game.columns) if is_payoff(c) and c.player == node.player)
    chosen = _pair(known.actions, worth, this, other)
    now = _now(solution, game, node, numbers, strategies, decision)

    at = [known.actions.index(name) for name in chosen]
    gains = _gains(game, node, at, worth, now)
    course = foreseen(solution, game, node, decision, at, told)
    answers = answers_of(
        solution, game, node, decision, at, mine + node.kind, worth, others, course.mixtures, told
    )
    values = worth.believed[:, mine + node.kind]
    options = sorted(
        (
            Option(name, float(worth.played[a]), float(values[a]))
            for a, name in enumerate(known.actions)
            if worth.legal[a]
        ),
        key=lambda option: -option.odds,
    )
    difference = float(values[at[0]] - values[at[1]])
    missed = max(
        abs(sum(g.difference for g in gains) - difference),
        abs(sum(a.difference for a in answers) - difference),
    )
    found = Why(
        node,
        *chosen,
        tuple(options),
        float(step.arrays.rationality[node.place]),
        gains,
        answers,
        course.replies,
        missed,
    )
    return Weighed(game, decision, worth, found)


class _Told:
    """Progress over all that is carried, told in one count."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self._progress = 0, total, progress

    @classmethod
    def of(cls, game: Game, node: Node, others: int, progress: Progress | None) -> _Told:
        length = 1 if game.world.stationary else game.periods - node.period
        return cls(length * (1 + max(2 * others - 1, 0)) + 2 * length, progress)

    def __call__(self, some: int) -> None:
        self.done += some
        if self._progress is not None:
            self._progress(min(self.done, self.total), self.total)


def _caught(stepper: Carrier) -> Floats:
    assert stepper.caught is not None, "the node's period has been met"
    return stepper.caught


def _pair(
    actions: Sequence[str], worth: Worth, this: str | None, other: str | None
) -> tuple[str, str]:
    """The two actions that are meant."""
    legal = [name for a, name in enumerate(actions) if worth.legal[a]]
    for name in (this, other):
        if name is not None and name not in actions:
            raise unknown("action", name, actions)
        if name is not None and name not in legal:
            raise InvalidRequest(f"{name} is not open there: {', '.join(legal)} are")
    if len(legal) < 2:
        raise InvalidRequest(f"there is nothing to choose there: only {legal[0]} is open")
    ranked = sorted(legal, key=lambda name: -float(worth.played[actions.index(name)]))
    first = this or next(name for name in ranked if name != other)
    second = other or next(name for name in ranked if name != first)
    if first == second:
        raise InvalidRequest(f"{first} was named twice: name two different actions")
    return first, second


def _now(
    solution: Solution, game: Game, node: Node, numbers: Any, strategies: Any, decision: Decision
) -> Floats:
    """What each action brings this period alone [A, P]: as if nothing came after its end."""
    stepper = Carrier.begin(game, serial=solution.serial, n_columns=n_carried(game))
    stepper.node = node
    stepper.meet(numbers, numbers, strategies)
    return decision.worth(_caught(stepper)).believed


def _gains(
    game: Game, node: Node, at: Sequence[int], worth: Worth, now: Floats
) -> tuple[Gain, ...]:
    """The parts of the payoff of the mover's type, after each of the two actions."""
    this, other = at
    found = []
    for i, column in enumerate(game.columns):
        if column.part is None or dict(column.types).get(node.player, 0) != node.kind:
            continue
        here, whole = now[:, i], worth.believed[:, i]
        found.append(
            Gain(
                column.part.name or column.part.source,
                column.part.source,
                float(here[this]),
                float(here[other]),
                float(whole[this] - here[this]),
                float(whole[other] - here[other]),
            )
        )
    return tuple(found)
