"""The one loop over periods: values carried backwards a step at a time.

Axis letters: T periods, S states, C columns (P padded to a multiple of eight), A actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest
from countermove.game.numbers import PeriodNumbers, StepNumbers, World
from countermove.solve.simd import LANES

# States × actions below which a step is done before the cores would have shared it out.
_SMALL = 10_000

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]  # periods done, periods in all


@dataclass(frozen=True, slots=True)
class Backward:
    """The values at the start of each period, and (where kept) each step's strategies.

    ``values`` [T + 1, S, C], the last all zero; ``strategies[t][k]`` [S, A], or None where they are
    to be computed again from the values.
    """

    values: Floats
    strategies: list[list[Floats]] | None


def padded(n_columns: int) -> int:
    """The number of columns, rounded up to whole vectors."""
    return -(-n_columns // LANES) * LANES


def _aligned(shape: tuple[int, int]) -> Floats:
    """Zeros [S, P] whose rows begin at cache lines, so that reading a row touches no more."""
    size = shape[0] * shape[1]
    room = np.zeros(size + LANES)
    skip = (-room.ctypes.data // room.itemsize) % LANES
    return room[skip : skip + size].reshape(shape)


@contextmanager
def using(threads: int | None) -> Iterator[None]:
    """Numba's number of threads within a block."""
    if threads is None:
        yield
        return
    import numba

    if not 1 <= threads <= numba.config.NUMBA_NUM_THREADS:
        raise InvalidRequest(f"threads must be 1 to {numba.config.NUMBA_NUM_THREADS}: {threads}")
    before = numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        yield
    finally:
        numba.set_num_threads(before)


@dataclass(slots=True)
class Stepper:
    """The working arrays of the recursion: two value buffers [S, P] that take turns."""

    world: World
    serial: bool
    after: Floats
    before: Floats
    frozen: Floats

    @classmethod
    def of(cls, world: World, *, serial: bool) -> Stepper:
        """Buffers for a world; the frozen values are made when first needed."""
        shape = (world.n_states, padded(world.n_columns))
        return cls(world, serial, _aligned(shape), _aligned(shape), np.zeros((0, shape[1])))

    def start_from(self, following: Floats) -> None:
        """Take the values [S, C] at the start of the next period."""
        self.before[:, : following.shape[1]] = following

    def period(self, numbers: PeriodNumbers, strategies: list[Floats]) -> None:
        """Carry the values back over one period; strategies [S, A] are written, step by step.

        Before: ``before`` holds the next period's values; after: this period's.
        """
        from countermove.solve.kernels import freeze, period_end

        self.after, self.before = self.before, self.after
        add, keep, n_payoffs = numbers.add, numbers.keep, self.world.n_payoffs
        if numbers.over.size and not len(self.frozen):
            self.frozen = np.zeros_like(self.after)
        period_end(
            numbers.end,
            add,
            keep,
            numbers.carry,
            numbers.over,
            n_payoffs,
            self.after,
            self.frozen,
            self.before,
        )
        if numbers.over.size:
            freeze(add, keep, n_payoffs, self.frozen)
        for k in range(len(numbers.steps) - 1, -1, -1):
            self.step(numbers.steps[k], strategies[k])

    def step(self, step: StepNumbers, strategy: Floats) -> None:
        """Carry the values back over one step."""
        from countermove.solve.kernels import absorb, copy_rows, step_parallel, step_serial

        arrays = step.arrays
        if not len(arrays.moving):
            return
        self.after, self.before = self.before, self.after
        copy_rows(arrays.idle, self.after, self.before)
        small = len(arrays.moving) * len(step.actions) < _SMALL
        run = step_serial if self.serial or small else step_parallel
        run(arrays, self.after, self.before, strategy)
        for a in step.absorbs:
            absorb(arrays, a.hit, a.condition, a.column, strategy, self.after, self.before)


def blank_strategies(world: World) -> list[Floats]:
    """Arrays [S, A] for each step's strategy."""
    return [np.zeros((world.n_states, len(step.actions))) for step in world.steps]


def backward(
    world: World, *, serial: bool, keep_strategies: bool, progress: Progress | None = None
) -> Backward:
    """Solve by backward induction from the last period to the first."""
    first, periods = world.start_period, world.periods
    stepper = Stepper.of(world, serial=serial)
    n_columns = world.n_columns
    values = np.zeros((periods - first + 1, world.n_states, n_columns))
    kept: list[list[Floats]] = []
    strategies = blank_strategies(world)
    for period in range(periods - 1, first - 1, -1):
        if keep_strategies:
            strategies = [np.zeros_like(s) for s in strategies]
            kept.append(strategies)
        stepper.period(world.at(period), strategies)
        values[period - first] = stepper.before[:, :n_columns]
        if progress is not None:
            progress(periods - period, periods - first)
    return Backward(values, kept[::-1] if keep_strategies else None)


def strategies_of(world: World, found: Backward, period: int, *, serial: bool) -> list[Floats]:
    """The strategies [S, A] of each step of a period, kept or computed again."""
    at = period - world.start_period
    if found.strategies is not None:
        return found.strategies[at]
    stepper = Stepper.of(world, serial=serial)
    stepper.start_from(found.values[at + 1])
    strategies = blank_strategies(world)
    stepper.period(world.at(period), strategies)
    return strategies
