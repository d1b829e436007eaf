"""A large game with a private type: a fixed point of choice and belief at every point."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Part, short
from countermove import Game, Solution, solve
from countermove.game.arrays import Move
from countermove.solve.backward import strategies_of
from countermove.solve.record import ROUTES

Floats = NDArray[np.float64]

TARGET_SECONDS, TARGET_RESIDUAL = 15.0, 1e-8
DISCOUNT, RATIONALITY = 0.97, 4.0
_TYPED, _PRIOR = "p0", {"firm": 0.4, "weak": 0.6}
_COST = 0.35  # gives λ × spread of about 4


@dataclass(frozen=True)
class Shape:
    """Three public variables of so many levels; successors of each action, by player."""

    levels: tuple[int, int, int] = (20, 30, 40)
    actions: int = 5
    successors: tuple[int, ...] = (3, 2, 4, 3)
    periods: int = 24
    points: int = 21

    @property
    def states(self) -> int:
        """All combinations of levels."""
        return prod(self.levels)


def draw(shape: Shape, *, seed: int = 0) -> Game:
    """A random game whose payoffs and odds change little from a state to those beside it.

    Each action shifts levels up or down by one or two, in one way of a few; the first player's
    types differ in what it earns in a state and in what its actions cost.
    """
    rng = np.random.default_rng(seed)
    levels = np.indices(shape.levels).reshape(3, -1).T
    place = _place(shape, levels)
    players = tuple(f"p{i}" for i in range(len(shape.successors)))
    steps = [
        _move(rng, shape, levels, p, n) for p, n in zip(players, shape.successors, strict=True)
    ]
    flows = np.stack([_field(rng, place) for _ in players], axis=1)
    return Game.from_arrays(
        players=players,
        rationality=[RATIONALITY] * len(players),
        discount=[DISCOUNT] * len(players),
        periods=shape.periods,
        steps=steps,
        flows=flows + 0.05 * rng.normal(size=flows.shape),
        start=shape.states // 2,
        measures={
            "crisis": ("ever", (place[:, 0] > 0.9).astype(float)),
            "tension": ("mean", place[:, 1]),
            "left": ("final", place[:, 2]),
        },
        types={_TYPED: _PRIOR},
        belief_points=shape.points,
        typed_flows={(_TYPED, 1): _field(rng, place)},
    )


def _move(
    rng: np.random.Generator,
    shape: Shape,
    levels: NDArray[np.int64],
    who: str,
    n: int,
) -> Move:
    """A player's move, with ``n`` successors of each action."""
    place = _place(shape, levels)
    size = (shape.actions, n)
    shifts = rng.integers(-2, 3, (*size, 3))
    there = np.clip(levels[:, None, None, :] + shifts, 0, np.array(shape.levels) - 1)
    slopes = rng.normal(size=(3, *size))
    payers: list[str | tuple[str, int]] = [(who, 0), (who, 1)] if who == _TYPED else [who]
    costs = {payer: _costs(rng, place, shape.actions) for payer in payers}
    odds = np.exp(rng.normal(size=size) + np.einsum("sv,vam->sam", place, slopes))
    return Move(
        who,
        np.ravel_multi_index(tuple(np.moveaxis(there, -1, 0)), shape.levels),
        odds / odds.sum(axis=2, keepdims=True),
        costs=costs,
    )


def _costs(rng: np.random.Generator, place: Floats, actions: int) -> Floats:
    """Losses [S, A]."""
    return _COST * np.stack([_field(rng, place) for _ in range(actions)], axis=1)


def _field(rng: np.random.Generator, place: Floats) -> Floats:
    """A smooth random function of the place in the unit cube [S], of variance about one."""
    waves = rng.normal(size=(6, 3)) * 2.0
    turns = rng.uniform(0.0, 2.0 * np.pi, 6)
    return np.asarray(np.cos(place @ waves.T + turns) @ rng.normal(size=6) / np.sqrt(3.0))


def _place(shape: Shape, levels: NDArray[np.int64]) -> Floats:
    """Levels [S, 3] as points of the unit cube."""
    return np.asarray(levels / (np.array(shape.levels) - 1.0))


def run(*, quick: bool) -> Part:
    """Seconds, residuals and the ways by which the fixed points were found."""
    part = Part("types", "Private types and beliefs")
    shape = Shape(levels=(5, 6, 8), periods=4) if quick else Shape()
    solve(draw(Shape(levels=(3, 3, 3), periods=3)))  # loads the kernels
    game = draw(shape)
    times = []
    for _ in range(1 if quick else 3):
        began = time.perf_counter()
        solution = solve(game, keep_strategies=False)
        times.append(time.perf_counter() - began)
    middle = statistics.median(times)
    record = solution.record
    part.add(
        f"seconds: median (least) of {len(times)} solves",
        f"{short(middle)} ({short(min(times))})",
        f"{TARGET_SECONDS:g} s",
        None if quick else middle <= TARGET_SECONDS,
    )
    part.add(
        "largest residual of a fixed point",
        f"{record.residual:.0e}",
        f"{TARGET_RESIDUAL:.0e}",
        record.residual <= TARGET_RESIDUAL,
    )
    part.add("fixed points", f"{record.points:,}, {record.n_unsolved:,} of them unsolved")
    for name, count in zip(ROUTES, record.routes, strict=True):
        if count:
            part.add(f"found by: {name}", f"{count / record.points:.4%}")
    spread = _spread(solution)
    part.notes.append(
        f"{shape.states:,} states × {shape.points} belief points, {len(shape.successors)} players "
        f"× {shape.actions} actions with {', '.join(map(str, shape.successors))} successors, "
        f"{len(game.columns)} columns, {shape.periods} periods, discount {DISCOUNT}, "
        f"λ = {RATIONALITY:g}; the first player has two types. λ × (best − worst) of its actions "
        f"has a median of {spread[0]:.1f}, and 9 in 10 lie below {spread[1]:.1f}. `solve` with the "
        "kernels loaded, all cores; every fixed point's residual is measured."
    )
    return part


def _spread(solution: Solution) -> tuple[float, float]:
    """Of λ × (best - worst), which the logarithms of the choices tell: the median, the 9th decile.

    Over states, inner beliefs and types, in the middle period.
    """
    game = solution.game
    period = game.periods // 2
    with game.world.lock:
        choices = strategies_of(game.world, solution.found, period, serial=False)[0]
    head, n_types = game.world.steps[0], len(_PRIOR)
    by_type = choices.reshape(game.n_states, -1, n_types, len(head.actions))[:, 1:-1]
    logs = np.log(by_type)
    median, high = np.quantile(logs.max(axis=-1) - logs.min(axis=-1), [0.5, 0.9])
    return float(median), float(high)
