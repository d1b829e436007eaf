"""The one loop over periods: values carried backwards a step at a time.

Axis letters: T periods, S states, B belief points, C columns (P padded to a multiple of eight), Z
numbers of a step's strategies at one state and belief point. Rows are s * B + b.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest
from countermove.game.numbers import PeriodNumbers, StepHead, StepNumbers, World
from countermove.solve.others import Sample
from countermove.solve.record import Record
from countermove.solve.redraws import redrawn_values
from countermove.solve.simd import LANES

if TYPE_CHECKING:
    from countermove.solve.kernels import Marks
    from countermove.solve.posteriors import Atlas

# Rows × actions below which a step is done before the cores would have shared it out.
_SMALL = 10_000
_TOGETHER = 4  # steps that the loops take in one call

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]  # periods done, periods in all


@dataclass(frozen=True, slots=True)
class Backward:
    """The values at the start of each period, and (where kept) each step's strategies.

    ``values`` [T + 1, S * B, C], the last all zero; with beliefs only the payoffs' columns are
    kept. ``first`` [C] are all columns at the start. ``strategies[t][k]`` [S, B * Z], or None where
    they are to be computed again from the values; ``starts[t][k]`` are then the unknowns of the
    fixed points that were found, for the states that move, so that the same ones are found again
    (empty where strategies are kept).
    ``record`` tells how the fixed points were found; ``unsettled``, of a game that goes on for
    ever, by how much the values still moved when the sweeps were given up (None where they stand).
    """

    values: Floats
    first: Floats
    strategies: list[list[Floats]] | None
    starts: list[list[NDArray[np.float32] | None]]
    record: Record
    unsettled: float | None = None


def padded(n_columns: int) -> int:
    """The number of columns, rounded up to whole vectors."""
    return -(-n_columns // LANES) * LANES


def _aligned(shape: tuple[int, int]) -> Floats:
    """Zeros [S * B, P] whose rows begin at cache lines, so that reading a row touches no more."""
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


def has_fixed_points(head: StepHead) -> bool:
    """Is a step's choice a fixed point: of a mover with types, or of several at once?"""
    return len(head.movers) > 1 or any(m.types for m in head.movers)


def unknowns(head: StepHead) -> int:
    """The unknowns of a step's fixed point at one state and belief point; 0 where it has none."""
    if not has_fixed_points(head):
        return 0
    if len(head.movers) > 1:
        return head.width  # log probabilities
    mover = head.movers[0]
    return len(mover.actions) * (len(mover.types) - 1)  # log odds of posteriors


@dataclass(slots=True)
class Stepper:
    """The working arrays of the recursion: two value buffers [S * B, P] that take turns.

    ``starts`` are the unknowns [S, B * U] of each step's fixed points, from which the next are
    sought.
    """

    world: World
    serial: bool
    n_beliefs: int
    after: Floats
    before: Floats
    frozen: Floats
    starts: list[Floats]
    record: Record
    period_now: int = 0
    sample: Sample | None = None  # where other equilibria are looked for
    steps_together: bool = True  # may steps be handed to the loops several at a time?
    _hits: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    _unmarked: dict[int, Marks] = field(default_factory=dict)
    _atlas: Atlas | None = None

    @classmethod
    def of(cls, world: World, *, serial: bool, n_columns: int | None = None) -> Self:
        """Buffers for a world's first ``n_columns`` (all by default)."""
        n_beliefs = world.beliefs.size
        wanted = world.n_columns if n_columns is None else n_columns
        shape = (world.n_states * n_beliefs, padded(wanted))
        starts = [np.zeros((world.n_states, n_beliefs * unknowns(head))) for head in world.steps]
        return cls(
            world,
            serial,
            n_beliefs,
            _aligned(shape),
            _aligned(shape),
            np.zeros((0, shape[1])),
            [_unset(start) for start in starts],
            Record.of(world),
        )

    def start_from(self, following: Floats) -> None:
        """Take the values [S * B, C] at the start of the next period."""
        self.before[:, : following.shape[1]] = following

    def period(self, numbers: PeriodNumbers, strategies: list[Floats]) -> None:
        """Carry the values back over one period; strategies [S, B * Z] are written, step by step.

        Before: ``before`` holds the next period's values; after: this period's.
        """
        from countermove.solve.kernels import PeriodArrays, freeze, period_end

        self.after, self.before = self.before, self.after
        self.period_now = numbers.period
        if numbers.over.size and not len(self.frozen):
            self.frozen = np.zeros_like(self.after)
        arrays = PeriodArrays(
            numbers.end,
            numbers.add,
            numbers.keep,
            numbers.carry,
            numbers.over,
            numbers.typed_column,
            numbers.typed_value,
            numbers.typed_weight,
        )
        period_end(arrays, self.world.n_payoffs, self.after, self.frozen, self.before)
        if numbers.over.size:
            freeze(arrays, self.world.n_payoffs, self.frozen)
        waiting: list[tuple[Any, ...]] = []
        for k in range(len(numbers.steps) - 1, -1, -1):
            step = numbers.steps[k]
            if self._is_quick(step):
                waiting.append((step.arrays, self.marks(k, step), strategies[k]))
                if len(waiting) == _TOGETHER:
                    self._together(waiting)
                continue
            self._together(waiting)
            self.step(k, step, strategies[k])
        self._together(waiting)

    def _is_quick(self, step: StepNumbers) -> bool:
        """Is it done on one core, by the loops that need nothing besides?"""
        return (
            self.steps_together
            and not step.redraws
            and not has_fixed_points(step.head)
            and (self.serial or self._is_small(step))
        )

    def _is_small(self, step: StepNumbers) -> bool:
        return len(step.arrays.moving) * self.n_beliefs * len(step.actions) < _SMALL

    def _together(self, waiting: list[tuple[Any, ...]]) -> None:
        """Carry the values back over up to four steps in one call; ``waiting`` is emptied."""
        from countermove.solve.kernels import four_steps

        if not waiting:
            return
        n = len(waiting)
        listed = [part for one in (*waiting, *(waiting[:1] * (_TOGETHER - n))) for part in one]
        if four_steps(n, *listed, self.n_beliefs, self.before, self.after):
            self.after, self.before = self.before, self.after
        waiting.clear()

    def step(self, k: int, step: StepNumbers, strategy: Floats) -> None:
        """Carry the values back over one step."""
        from countermove.solve.kernels import copy_rows, step_parallel, step_serial

        arrays = step.arrays
        if not len(arrays.moving):
            return
        self.after, self.before = self.before, self.after
        alone = self.serial or self._is_small(step)
        after, before = self.after, self.before
        share_out(
            lambda some: copy_rows(some, self.n_beliefs, after, before), arrays.idle, alone=alone
        )
        if step.redraws:
            after = redrawn_values(self.world, step.redraws, self.after)
        marks = self.marks(k, step)
        if has_fixed_points(step.head):
            self._fixed_points(k, step, marks, after, strategy, alone)
            return
        run = step_serial if alone else step_parallel
        run(arrays, marks, self.n_beliefs, after, before, strategy)

    def _fixed_points(
        self, k: int, step: StepNumbers, marks: Marks, after: Floats, strategy: Floats, alone: bool
    ) -> None:
        from countermove.solve.posteriors import atlas_of

        world, found = self.world, self.record.room(k)
        if self._atlas is None:
            self._atlas = atlas_of(world.beliefs)
        states = step.arrays.moving
        rest = (
            step.arrays,
            marks,
            self._atlas,
            world.fixed,
            world.n_payoffs,
            self.n_beliefs,
            after,
            self.before,
            strategy,
            self.starts[k],
            found,
        )
        if len(step.head.movers) == 1:
            from countermove.solve.quick import quick_rows

            left = np.zeros(world.n_states, np.uint8)
            share_out(lambda some: quick_rows(some, *rest, left), states, alone=alone)
            states = states[left[states] != 0]
        if len(states):
            from countermove.solve.signals import signal_rows

            share_out(lambda some: signal_rows(some, *rest), states, alone=alone)
        self.record.note(self.period_now, step, found)
        if self.sample is not None:
            self.sample.look(step, marks, self._atlas, after, strategy)

    def marks(self, k: int, step: StepNumbers) -> Marks:
        """The columns that become 1 on some of a step's branches."""
        from countermove.solve.kernels import Marks

        absorbs = step.absorbs
        if not absorbs and k in self._unmarked:
            return self._unmarked[k]
        n_branches, n_states = len(step.arrays.successor), self.world.n_states
        if k not in self._hits:
            hits = np.array([a.hit for a in absorbs], np.uint8)
            self._hits[k] = hits.reshape(len(absorbs), n_branches)
        marks = Marks(
            np.array([a.column for a in absorbs], np.int32),
            self._hits[k],
            np.array([a.condition for a in absorbs], np.float64).reshape(len(absorbs), n_states),
        )
        if not absorbs:
            self._unmarked[k] = marks
        return marks

    def kept_starts(self, numbers: PeriodNumbers) -> list[NDArray[np.float32] | None]:
        """The unknowns found in a period, for the states that move."""
        return [
            self.starts[k][step.arrays.moving].astype(np.float32)
            if has_fixed_points(step.head)
            else None
            for k, step in enumerate(numbers.steps)
        ]

    def take_starts(self, numbers: PeriodNumbers, kept: list[NDArray[np.float32] | None]) -> None:
        """Seek a period's fixed points from those that were found before."""
        for k, (step, start) in enumerate(zip(numbers.steps, kept, strict=True)):
            if start is not None:
                self.starts[k][step.arrays.moving] = start


def share_out(
    rows: Callable[[NDArray[np.int32]], None], states: NDArray[np.int32], *, alone: bool
) -> None:
    """``rows(some)`` of all states, by threads unless ``alone``; it must release the lock."""
    if alone or not len(states):
        rows(states)
        return
    import numba

    threads = numba.get_num_threads()
    parts = np.array_split(states, min(len(states), 8 * threads))  # small enough to balance
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(rows, parts):
            pass


def _unset(start: Floats) -> Floats:
    start[:] = np.nan  # tells that no fixed point is known yet
    return start


def blank_strategies(world: World) -> list[Floats]:
    """Arrays [S, B * Z] for each step's strategy; events, which choose nothing, share one."""
    n_beliefs = world.beliefs.size
    event = np.zeros((world.n_states, n_beliefs))
    return [
        np.zeros((world.n_states, n_beliefs * head.width)) if head.movers else event
        for head in world.steps
    ]


def backward(
    world: World,
    start_row: int,
    *,
    serial: bool,
    keep_strategies: bool,
    progress: Progress | None = None,
    sample: Sample | None = None,
) -> Backward:
    """Solve by backward induction from the last period to the first.

    ``sample`` is told of the points at which it wants to look for other equilibria.
    """
    first, periods = world.start_period, world.periods
    stepper = Stepper.of(world, serial=serial)
    stepper.sample = sample
    n_kept = world.n_columns if stepper.n_beliefs == 1 else world.n_payoffs
    values = np.zeros((periods - first + 1, world.n_states * stepper.n_beliefs, n_kept))
    kept: list[list[Floats]] = []
    starts: list[list[Any]] = []
    strategies = blank_strategies(world)
    for period in range(periods - 1, first - 1, -1):
        if keep_strategies:
            strategies = blank_strategies(world)  # zeros that are never written take no memory
            kept.append(strategies)
        numbers = world.at(period)
        stepper.period(numbers, strategies)
        values[period - first] = stepper.before[:, :n_kept]
        starts.append([] if keep_strategies else stepper.kept_starts(numbers))
        if progress is not None:
            progress(periods - period, periods - first)
    return Backward(
        values,
        stepper.before[start_row, : world.n_columns].copy(),
        kept[::-1] if keep_strategies else None,
        starts[::-1],
        stepper.record,
    )


def strategies_of(world: World, found: Backward, period: int, *, serial: bool) -> list[Floats]:
    """The strategies [S, B * Z] of each step of a period, kept or computed again."""
    at = period - world.start_period
    if found.strategies is not None:
        return found.strategies[at]
    stepper = Stepper.of(world, serial=serial, n_columns=found.values.shape[2])
    stepper.start_from(found.values[at + 1])
    strategies = blank_strategies(world)
    numbers = world.at(period)
    stepper.take_starts(numbers, found.starts[at])
    stepper.period(numbers, strategies)
    return strategies
