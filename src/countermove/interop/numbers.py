"""A game's numbers, period by period, as an unrolled tree needs them.

Axis letters: S states, E branches, C columns, J belief axes.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.game import Game
from countermove.game.numbers import PeriodNumbers, StepNumbers

Floats = NDArray[np.float64]
Types = tuple[tuple[int, int], ...]  # belief axis, type


@dataclass(frozen=True, slots=True)
class Payment:
    """What is added to a payoff column, given the types of others."""

    column: int
    amount: float
    types: Types


@dataclass(frozen=True, slots=True)
class Branch:
    """A way that chance may turn out: its odds, where it leads, how types are drawn anew.

    ``redraw`` numbers the step's redraws from 1; 0 where none is. ``paid`` hangs on it.
    """

    odds: float
    state: int
    redraw: int
    paid: tuple[Payment, ...]


@dataclass(slots=True)
class Period:
    """A copy of one period's numbers, since a world overwrites them."""

    steps: tuple[StepNumbers, ...]
    moving: list[set[int]]
    hung: list[list[tuple[int, Floats]]]
    add: Floats
    keep: Floats
    carry: NDArray[np.uint32]
    over: NDArray[np.uint8]
    typed_column: NDArray[np.int32]
    typed_value: Floats


@dataclass(slots=True)
class Numbers:
    """All periods of a game, each copied when it is first asked for."""

    game: Game
    periods: dict[int, Period] = field(default_factory=dict)

    def at(self, period: int) -> Period:
        """A period's numbers."""
        if period not in self.periods:
            world = self.game.world
            with world.lock:
                numbers = world.at(period)
                hung = [world.on_branches(k) for k in range(len(numbers.steps))]
                self.periods[period] = _copied(numbers, hung)
        return self.periods[period]

    def charge_types(self, step: int, charge: int) -> Types:
        """The types of others that a charge depends on."""
        structure = self.game.structure
        if structure is None:
            return ()
        return self._axes(structure.steps[step].charges[charge].types)

    def flow_types(self, flow: int) -> Types:
        """The types that a typed flow depends on."""
        structure = self.game.structure
        if structure is None:
            return ()
        return self._axes([f for f in structure.flows if f.types][flow].types)

    def _axes(self, types: tuple[tuple[str, int], ...]) -> Types:
        beliefs = self.game.world.beliefs
        return tuple((beliefs.axis(player), position) for player, position in types)

    def charges(self, period: int, step: int, state: int, profile: int) -> list[Payment]:
        """What playing a profile pays at once, whatever chance then does."""
        numbers = self.at(period)
        arrays, n_payoffs = numbers.steps[step].arrays, self.game.world.n_payoffs
        hanging = {charge for charge, _ in numbers.hung[step]}
        return [
            Payment(int(column), float(arrays.charge[state, k]), self.charge_types(step, k))
            for k, (played, column) in enumerate(
                zip(arrays.charge_action, arrays.charge_column, strict=True)
            )
            if played == profile and column < n_payoffs and k not in hanging
        ]

    def branches(self, period: int, step: int, state: int, profile: int) -> list[Branch]:
        """How chance may turn out after a profile; ways that differ in nothing are one."""
        numbers = self.at(period)
        arrays, n_states = numbers.steps[step].arrays, self.game.n_states
        n_profiles = len(numbers.steps[step].actions)
        place = state * n_profiles + profile
        found: dict[tuple[int, int, tuple[Payment, ...]], float] = {}
        for e in range(arrays.pointer[place], arrays.pointer[place + 1]):
            if arrays.odds[e] <= 0.0:
                continue
            redraw, target = divmod(int(arrays.successor[e]), n_states)
            key = target, redraw, self._hanging(numbers, step, e)
            found[key] = found.get(key, 0.0) + float(arrays.odds[e])
        return [Branch(odds, *key) for key, odds in found.items()]

    def _hanging(self, numbers: Period, step: int, branch: int) -> tuple[Payment, ...]:
        columns, n_payoffs = numbers.steps[step].arrays.charge_column, self.game.world.n_payoffs
        return tuple(
            Payment(int(columns[k]), float(amounts[branch]), self.charge_types(step, k))
            for k, amounts in numbers.hung[step]
            if amounts[branch] != 0.0 and columns[k] < n_payoffs
        )

    def flows(self, period: int, state: int) -> list[Payment]:
        """What is earned at the period's end."""
        numbers = self.at(period)
        n_payoffs = self.game.world.n_payoffs
        found = [Payment(c, float(numbers.add[state, c]), ()) for c in range(n_payoffs)]
        found += [
            Payment(int(column), float(numbers.typed_value[state, f]), self.flow_types(f))
            for f, column in enumerate(numbers.typed_column)
            if column < n_payoffs
        ]
        return found


def _copied(numbers: PeriodNumbers, hung: list[list[tuple[int, Floats]]]) -> Period:
    steps = tuple(
        StepNumbers(
            step.head,
            deepcopy(step.arrays),
            step.happened,
            step.absorbs,
            step.redraws,
        )
        for step in numbers.steps
    )
    return Period(
        steps,
        [set(step.arrays.moving.tolist()) for step in steps],
        [[(k, np.array(amounts)) for k, amounts in step] for step in hung],
        numbers.add.copy(),
        numbers.keep.copy(),
        numbers.carry.copy(),
        numbers.over.copy(),
        numbers.typed_column.copy(),
        numbers.typed_value.copy(),
    )
