"""The numbers of a game that was given as arrays."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.numbers import PeriodNumbers, StepHead, StepNumbers


@dataclass(slots=True)
class ArraysWorld:
    """Numbers that are the same in every period, but for the last.

    ``types`` [C] is the type of the player ``owner`` [C] (an axis of beliefs, -1 for none) whose
    payoff a column is. Where ``stationary`` one period repeats itself for ever.
    """

    numbers: tuple[StepNumbers, ...]
    add: NDArray[np.float64]
    keep: NDArray[np.float64]
    final: NDArray[np.float64]
    over: NDArray[np.uint8]
    carry: NDArray[np.uint32]
    everyone: NDArray[np.int32]
    n_payoffs: int
    periods: int
    start_period: int = 0
    stationary: bool = False
    beliefs: Beliefs = field(default_factory=Beliefs)
    owner: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    types: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    lock: AbstractContextManager[Any] = field(default_factory=RLock)

    def __post_init__(self) -> None:
        if not len(self.owner):
            self.owner = np.full(self.n_columns, -1, np.int32)
            self.types = np.full(self.n_columns, -1, np.int32)

    @property
    def steps(self) -> tuple[StepHead, ...]:
        """The steps of every period, in order."""
        return tuple(s.head for s in self.numbers)

    @property
    def n_states(self) -> int:
        """The number of states."""
        return len(self.everyone)

    @property
    def fixed(self) -> NDArray[np.int32]:
        """[C, J] the type of each axis that a column takes for granted, -1 for none."""
        own = self.owner[:, None] == np.arange(len(self.beliefs.axes))
        return np.where(own, self.types[:, None], -1).astype(np.int32)

    @property
    def n_columns(self) -> int:
        """The number of columns."""
        return int(self.add.shape[1])

    def at(self, period: int) -> PeriodNumbers:
        """The numbers of a period."""
        add = self.add
        if period == self.periods - 1 and not self.stationary:
            add = add + self.final
        elif self.over.size:
            close = self.final.copy()
            close[:, self.n_payoffs :] = 0.0  # a measure's final reading is at the last period
            add = np.where(self.over[:, None] != 0, add + close, add)
        return PeriodNumbers(
            period,
            self.numbers,
            add,
            self.keep,
            self.carry,
            self.over,
            self.everyone,
            self.everyone,
            np.empty(0, np.int32),
            np.empty((self.n_states, 0)),
            np.empty((0, self.beliefs.size)),
        )

    def on_branches(self, step: int) -> list[tuple[int, NDArray[np.float64]]]:
        """No charge hangs on an outcome."""
        return []
