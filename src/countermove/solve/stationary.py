"""Games that go on for ever: sweeps over one period until values stand still.

A sweep contracts only while strategies hardly answer values, so it is sped up and steadied by
Anderson's mixing [Walker & Ni 2011]; where that does not settle either, rationality is led up from
where it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import PeriodNumbers, World
from countermove.solve.backward import Backward, Progress, Stepper, blank_strategies
from countermove.solve.others import Sample

Floats = NDArray[np.float64]

_TOLERANCE = 1e-13  # of the largest value, by which a sweep may still move one
_SWEEPS = 3_000  # without settling, before rationality is led up
_MEMORY = 6  # sweeps that are mixed
_FACTOR = 0.1  # of rationality, where leading up begins
_LEAST = 1e-3  # the smallest step of the factor


def stationary(
    world: World,
    start_row: int,
    *,
    serial: bool,
    keep_strategies: bool,
    progress: Progress | None = None,
    sample: Sample | None = None,
) -> Backward:
    """Solve a game that goes on for ever; arguments and result as for ``backward``."""
    numbers = world.at(world.start_period)
    sweeps = _Sweeps(world, serial, numbers, progress)
    values = np.zeros((world.n_states * world.beliefs.size, world.n_columns))
    found, moved = sweeps.settle(values, 1.0)
    if moved is not None:
        found, moved = _lead_up(sweeps, np.zeros_like(values), found, moved)
    stepper = Stepper.of(world, serial=serial)
    strategies = blank_strategies(world)
    stepper.starts = sweeps.stepper.starts
    stepper.start_from(found)
    stepper.sample = sample
    stepper.period(numbers, strategies)
    return Backward(
        np.stack([found, found]),
        stepper.before[start_row, : world.n_columns].copy(),
        [strategies] if keep_strategies else None,
        [stepper.kept_starts(numbers)],
        stepper.record,
        moved,
    )


def _lead_up(
    sweeps: _Sweeps, values: Floats, best: Floats, moved: float
) -> tuple[Floats, float | None]:
    """Follow the solution from low rationality; the unsettled ``best`` where that fails."""
    factor, step = 0.0, _FACTOR
    while factor < 1.0:
        aim = min(1.0, factor + step)
        found, still = sweeps.settle(values, aim)
        if still is None:
            values, factor, step = found, aim, 1.5 * step
        elif step > _LEAST:
            step *= 0.5
        else:
            return best, moved
    return values, None


@dataclass(slots=True)
class _Sweeps:
    world: World
    serial: bool
    numbers: PeriodNumbers
    progress: Progress | None
    stepper: Stepper = field(init=False)
    strategies: list[Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.stepper = Stepper.of(self.world, serial=self.serial)
        self.strategies = blank_strategies(self.world)

    def settle(self, values: Floats, factor: float) -> tuple[Floats, float | None]:
        """Sweep from ``values`` [S * B, C] with rationality times ``factor`` until they stand.

        Returns them, and by how much they still moved where they did not settle.
        """
        numbers = self._at(factor)

        def sweep(values: Floats) -> Floats:
            self.stepper.start_from(values)
            self.stepper.period(numbers, self.strategies)
            return self.stepper.before[:, : values.shape[1]].copy()

        return _settle(sweep, values, self._report)

    def _at(self, factor: float) -> PeriodNumbers:
        steps = tuple(
            replace(step, arrays=step.arrays._replace(rationality=factor * step.arrays.rationality))
            for step in self.numbers.steps
        )
        return replace(self.numbers, steps=steps)

    def _report(self, moved: float) -> None:
        if self.progress is not None:
            share = np.log10(max(moved, _TOLERANCE)) / np.log10(_TOLERANCE)
            self.progress(int(100 * np.clip(share, 0.0, 1.0)), 100)


def _settle(
    sweep: Callable[[Floats], Floats], values: Floats, report: Callable[[float], None]
) -> tuple[Floats, float | None]:
    """A fixed point of ``sweep`` by Anderson's mixing; plain sweeps where mixing makes it worse."""
    shape = values.shape
    points: list[Floats] = []
    moves: list[Floats] = []
    best, least = values, np.inf
    for _ in range(_SWEEPS):
        following = sweep(values)
        move = (following - values).reshape(-1)
        moved = float(np.abs(move).max() / max(np.abs(following).max(), 1e-300))
        report(moved)
        if not moved > _TOLERANCE:
            return following, None if np.isfinite(moved) else moved
        if moved < least:
            best, least = following, moved
        elif moved > 100.0 * least:
            points, moves = [], []  # what was mixed leads astray
        points, moves = [*points, following.reshape(-1)][-_MEMORY:], [*moves, move][-_MEMORY:]
        values = _mixed(points, moves).reshape(shape)
    return best, least


def _mixed(points: list[Floats], moves: list[Floats]) -> Floats:
    """The mean of the last sweeps' results, weighted so that their moves cancel best."""
    if len(points) < 2:
        return points[-1]
    changes = np.stack([moves[-1] - m for m in moves[:-1]], axis=1)
    weights = np.linalg.lstsq(changes, moves[-1], rcond=1e-12)[0]
    if not np.isfinite(weights).all() or np.abs(weights).max() > 1e4:
        return points[-1]
    return np.asarray(
        points[-1] - np.stack([points[-1] - p for p in points[:-1]], axis=1) @ weights
    )
