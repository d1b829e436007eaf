"""What a play of a game needs to know at each turn: who may choose what, and what comes of it.

Axis letters: S states, A actions of all movers of a step side by side, C columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from countermove.game.game import Game
from countermove.game.numbers import Mover, StepNumbers
from countermove.interop.numbers import Branch, Numbers, Payment, Period

_KEPT = 1 << 16  # situations whose outcome is remembered


@dataclass(frozen=True, slots=True)
class Menu:
    """A mover's actions in one state: who, which it may choose, and how likely where it is bound.

    ``odds`` add up, action by action, and are none where the mover is free.
    """

    player: int
    mover: Mover
    legal: tuple[int, ...]
    odds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a profile of actions pays at once, and how chance may then turn out.

    ``odds`` are those of the branches, added up.
    """

    paid: tuple[Payment, ...]
    branches: tuple[Branch, ...]
    odds: tuple[float, ...]


class Rules:
    """A game as one goes through it, turn by turn; ``length`` is the number of periods played.

    Payoffs are ``discounted`` to the start, or taken as they come. ``axis`` is the belief axis of
    each player (-1 without types), ``owner`` the player and type of each payoff column.
    ``chooses`` are the players who ever have a choice.
    """

    def __init__(self, game: Game, length: int, *, discounted: bool) -> None:
        beliefs = game.beliefs
        self.game = game
        self.length = length
        self.discounted = discounted
        self.numbers = Numbers(game)
        self.heads = game.world.steps
        self.axes = beliefs.axes
        self.axis = [beliefs.axis(player) for player in game.players]
        self.owner = _owners(game, self.axis)
        self.column = {own: column for column, own in enumerate(self.owner)}
        self.menu = lru_cache(_KEPT)(self._menu)
        self.outcome = lru_cache(_KEPT)(self._outcome)
        self.earned = lru_cache(_KEPT)(self._earned)
        self.chooses = _choosers(game)

    def at(self, t: int) -> Period:
        """The numbers of the period that is ``t`` periods after the start."""
        return self.numbers.at(self.period(t))

    def period(self, t: int) -> int:
        """Its number; one that repeats itself is number 0."""
        return 0 if self.game.world.stationary else self.game.start_period + t

    def _menu(self, t: int, step: int, mover: int, state: int) -> Menu:
        numbers = self.at(t).steps[step]
        its = slice(numbers.arrays.first[mover], numbers.arrays.first[mover + 1])
        who = numbers.head.movers[mover]
        player = self.game.players.index(who.player)
        if len(numbers.arrays.bound) and numbers.arrays.bound[state, mover]:
            odds = numbers.arrays.mixture[state, its]
            played = np.flatnonzero(odds > 0)
            return Menu(player, who, tuple(played.tolist()), tuple(accumulate(odds[played])))
        legal = np.flatnonzero(numbers.arrays.legal[state, its])
        return Menu(player, who, tuple(legal.tolist()))

    def _outcome(self, t: int, step: int, state: int, chosen: tuple[int, ...]) -> Outcome:
        period = self.period(t)
        sizes = [len(mover.actions) for mover in self.heads[step].movers]
        profile = int(np.ravel_multi_index(chosen, sizes)) if chosen else 0
        branches = self.numbers.branches(period, step, state, profile)
        paid = self.numbers.charges(period, step, state, profile)
        return Outcome(tuple(paid), tuple(branches), tuple(accumulate(b.odds for b in branches)))

    def _earned(self, t: int, state: int) -> tuple[Payment, ...]:
        """What is paid at the period's end."""
        found = self.numbers.flows(self.period(t), state)
        return tuple(payment for payment in found if payment.amount)

    def ends(self, t: int, state: int) -> bool:
        """Is the game over at this period's end?"""
        over = self.at(t).over
        last = not self.game.world.stationary and self.period(t) == self.game.periods - 1
        return last or bool(over.size and over[state])

    def successions(self, player: int) -> int:
        """How often, at the most, a successor may take a player's place and its payoff."""
        axis = self.axis[player]
        steps = self.at(0).steps
        stopping = [
            s for s in steps if any(r.point[axis] >= 0 and r.stops[axis] for r in s.redraws)
        ]
        return self.length * len(stopping) if axis >= 0 else 0


def _owners(game: Game, axis: list[int]) -> list[tuple[int, int]]:
    """Each payoff column's player, and its type (-1 where it has none)."""
    found = []
    for column in range(game.n_payoffs):
        player = game.players.index(game.columns[column].player)
        kind = int(game.fixed[column, axis[player]]) if axis[player] >= 0 else -1
        found.append((player, kind))
    return found


def _choosers(game: Game) -> tuple[str, ...]:
    """The players who have a choice somewhere, in the game's order."""
    found: set[str] = set()
    world = game.world
    periods = [0] if world.stationary else range(world.start_period, world.periods)
    with world.lock:
        for period in periods:
            for step in world.at(period).steps:
                found |= {m.player for i, m in enumerate(step.head.movers) if _chooses(step, i)}
    return tuple(player for player in game.players if player in found)


def _chooses(step: StepNumbers, mover: int) -> bool:
    arrays = step.arrays
    its = slice(arrays.first[mover], arrays.first[mover + 1])
    several: NDArray[np.bool_] = arrays.legal[arrays.moving, its].sum(axis=1) > 1
    if len(arrays.bound):
        several = several & (arrays.bound[arrays.moving, mover] == 0)
    return bool(several.any())
