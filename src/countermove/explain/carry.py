"""Columns carried back to one decision along given strategies, by part and as others might play.

Axis letters: S states, B belief points, P columns padded, Z numbers of a step's strategies at a
state and belief, A actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest
from countermove.explain.node import Node
from countermove.game import Game
from countermove.game.numbers import PeriodNumbers, StepNumbers
from countermove.solve import Solution
from countermove.solve.along import Along
from countermove.solve.backward import strategies_of

Floats = NDArray[np.float64]
Mixtures = Mapping[int, Mapping[str, Floats]]  # by period and move: how often each action is played
_SWEEPS = 20_000  # of a game without end
_STANDS = 1e-12


def n_carried(game: Game) -> int:
    """How many columns hold payoffs and their parts: they come before those of measures."""
    return game.n_payoffs + sum(column.part is not None for column in game.columns)


@dataclass(slots=True)
class Carrier(Along):
    """A recursion along given strategies that stops at a node, and keeps what follows it."""

    node: Node | None = None
    caught: Floats | None = None

    def step(self, k: int, step: StepNumbers, strategy: Floats) -> None:
        """Carry the values back over one step, unless the node has been reached."""
        node = self.node
        if node is not None and self.period_now == node.period and k <= node.step:
            if self.caught is None:
                self.caught = self.before.copy()
            return
        Along.step(self, k, step, strategy)


@dataclass(slots=True)
class Variant:
    """Others' play: those in ``open`` play the same mixtures whatever has happened."""

    stepper: Carrier
    open: frozenset[str] = frozenset()


@dataclass(slots=True)
class Carry:
    """Carries several variants back to a node side by side, so that strategies are found once."""

    solution: Solution
    game: Game
    node: Node
    variants: Sequence[Variant]
    mixtures: Mixtures = field(default_factory=dict)

    def run(self, progress: Callable[[int], None] | None = None) -> None:
        """Carry back from the calendar's end; ``progress`` is told of each period done."""
        if self.game.world.stationary:
            self._sweep(progress)
            return
        for period in range(self.game.periods - 1, self.node.period - 1, -1):
            last = period == self.node.period
            numbers, strategies = self.at(period)
            for variant in self.variants:
                variant.stepper.node = self.node if last else None
                played = self._played(numbers, strategies, variant.open, period)
                variant.stepper.meet(numbers, numbers, played)
                if progress is not None:
                    progress(1)

    def at(self, period: int) -> tuple[PeriodNumbers, list[Floats]]:
        """A period's numbers, and the strategies in force."""
        of = self.solution
        strategies = strategies_of(of.game.world, of.found, period, serial=of.serial)
        return self.game.world.at(period), strategies

    def _sweep(self, progress: Callable[[int], None] | None) -> None:
        """As ``run`` for a game that goes on for ever: until the values stand."""
        period = self.node.period
        numbers, strategies = self.at(period)
        for variant in self.variants:
            stepper = variant.stepper
            stepper.node = None
            played = self._played(numbers, strategies, variant.open, period)
            for _ in range(_SWEEPS):
                before = stepper.before.copy()
                stepper.meet(numbers, numbers, played)
                moved = float(np.abs(stepper.before - before).max())
                if not moved > _STANDS * max(1.0, float(np.abs(before).max())):
                    break
            else:
                raise InvalidRequest("the values of the game do not settle: nothing to explain")
            stepper.node = self.node
            stepper.meet(numbers, numbers, played)
            if progress is not None:
                progress(1)

    def _played(
        self, numbers: PeriodNumbers, solved: list[Floats], open: frozenset[str], period: int
    ) -> list[Floats]:
        """Each step's strategies, those who are ``open`` playing their mixtures where they can."""
        if not open:
            return solved
        return [
            self._step_played(step, sigma, open, self.mixtures.get(period, {}))
            for step, sigma in zip(numbers.steps, solved, strict=True)
        ]

    def _step_played(
        self, step: StepNumbers, sigma: Floats, open: frozenset[str], mixtures: Mapping[str, Floats]
    ) -> Floats:
        concerned = [
            (m, place)
            for m, place in enumerate(step.head.places)
            if place[0].player in open and place[0].label in mixtures
        ]
        if not concerned:
            return sigma
        found = sigma.reshape(len(sigma), -1, step.head.width).copy()
        for m, (mover, first, _) in concerned:
            low, high = step.arrays.first[m], step.arrays.first[m + 1]
            mixed = mixtures[mover.label] * (step.arrays.legal[:, low:high] != 0)
            total = mixed.sum(axis=1)
            can = np.flatnonzero(total > 0.0)  # elsewhere it plays as solved
            rows = (mixed[can] / total[can, None])[:, None, :]
            for k in range(max(len(mover.types), 1)):
                at = first + k * len(mover.actions)
                found[can, :, at : at + len(mover.actions)] = rows
        return found.reshape(len(sigma), -1)
