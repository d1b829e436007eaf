"""A random game of a given shape, as arrays: what the kernels and their peers solve.

Axis letters: S states, A actions, M successors, P players, C columns (payoffs, then measures).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game import Game
from countermove.game.arrays import Move

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """How large; 4 players of 5 actions with 4 successors each and 4 measures, if not told."""

    states: int = 100_000
    players: int = 4
    actions: int = 5
    successors: int = 4
    measures: int = 4
    periods: int = 24

    @property
    def columns(self) -> int:
        """Payoffs and measures."""
        return self.players + self.measures

    @property
    def branches(self) -> int:
        """Rows gathered in one solve."""
        return self.states * self.players * self.actions * self.successors * self.periods


@dataclass(frozen=True)
class Arrays:
    """``successors`` and ``odds`` [P, S, A, M], ``costs`` [P, S, A] of the mover, ``add`` and
    ``keep`` [S, C] at a period's end, ``rationality`` [P]."""

    shape: Shape
    successors: NDArray[np.int32]
    odds: Floats
    costs: Floats
    add: Floats
    keep: Floats
    rationality: Floats


def draw(shape: Shape, *, seed: int = 0) -> Arrays:
    """Successors anywhere among the states, so that caches help no more than they must."""
    rng = np.random.default_rng(seed)
    size = (shape.players, shape.states, shape.actions, shape.successors)
    odds = rng.random(size)
    odds /= odds.sum(axis=-1, keepdims=True)
    flows = rng.normal(size=(shape.states, shape.players))
    hits = (rng.random((shape.states, shape.measures)) < 0.05).astype(np.float64)
    discount = np.full(flows.shape, 0.97)
    return Arrays(
        shape,
        rng.integers(0, shape.states, size, dtype=np.int32),
        odds,
        rng.random(size[:3]) * 0.2,
        np.hstack([flows, hits]),
        np.hstack([discount, 1.0 - hits]),
        np.linspace(1.0, 4.0, shape.players),
    )


def game_of(arrays: Arrays) -> Game:
    """The same numbers as a game; every measure is an ``ever``."""
    shape = arrays.shape
    names = [f"p{i}" for i in range(shape.players)]
    return Game.from_arrays(
        players=names,
        rationality=arrays.rationality,
        discount=arrays.keep[0, : shape.players],
        periods=shape.periods,
        steps=[
            Move(name, arrays.successors[i], arrays.odds[i], costs={name: arrays.costs[i]})
            for i, name in enumerate(names)
        ],
        flows=arrays.add[:, : shape.players],
        measures={
            f"m{j}": ("ever", arrays.add[:, shape.players + j]) for j in range(shape.measures)
        },
    )
