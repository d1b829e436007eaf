"""A block of paths walked through the calendar, with their histories.

Axis letters: N paths, T periods, K steps, C columns, G accounts, S states, J belief axes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import PeriodNumbers, StepNumbers, World
from countermove.simulate.accounts import Accounts, accounts_of
from countermove.simulate.kernels import Paths, begin, begin_streams
from countermove.simulate.plain import PlainWalker
from countermove.solve.backward import strategies_of
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    from countermove.simulate.typed import TypedWalker


@dataclass(frozen=True, slots=True)
class Trace:
    """What is hidden on a block of paths, and what is publicly believed of it.

    ``drawn`` [N, J] are the true types at the start, ``types`` [T, N, J] and ``beliefs`` [T, N] the
    types and the joint belief point at period ends. ``held`` [T, K, N, J] are the types at each
    step; ``believed`` [T, K, N] the beliefs there, for the paths that may be logged.
    """

    drawn: NDArray[np.uint8]
    types: NDArray[np.uint8]
    beliefs: NDArray[np.uint32]
    held: NDArray[np.uint8]
    believed: NDArray[np.uint32]

    @classmethod
    def blank(cls, length: int, n_steps: int, n: int, n_axes: int, n_logged: int) -> Trace:
        """Room for a block."""
        return cls(
            np.zeros((n, n_axes), np.uint8),
            np.zeros((length, n, n_axes), np.uint8),
            np.zeros((length, n), np.uint32),
            np.zeros((length, n_steps, n, n_axes), np.uint8),
            np.zeros((length, n_steps, n_logged), np.uint32),
        )


@dataclass(frozen=True, slots=True)
class Walked:
    """A block of paths with their histories.

    ``states`` [T, N] at period ends; ``chosen`` [T, K, N] the profile at each step (where one moves
    alone, its action; for an event, 0 where it brought something about), -1 for none; ``before``
    [T, K, N] the state at each step, for the paths that may be logged; ``earned`` [N, G];
    ``trace`` where players have types; ``first`` is the number of the first path.
    """

    first: int
    states: NDArray[np.uint32]
    chosen: NDArray[np.int16]
    before: NDArray[np.uint32]
    earned: NDArray[np.float64]
    trace: Trace | None


class _Walker(Protocol):
    """Takes every path of a block through a step, or to a period's end."""

    def step(self, k: int, step: StepNumbers, strategy: NDArray[np.float64]) -> None: ...

    def close(self, numbers: PeriodNumbers) -> None: ...

    def left(self, values: NDArray[np.float64]) -> NDArray[np.float64]: ...


def is_plain(world: World) -> bool:
    """Has nobody types, and moves nobody together with another?"""
    return not world.beliefs.axes and all(len(head.movers) < 2 for head in world.steps)


def walk_block(
    solution: Solution, n: int, first: int, seed: int, *, length: int, log: int
) -> Walked:
    """Walk ``n`` paths through ``length`` periods; ``log`` says whether states are kept.

    Where the game goes on for ever, paths earn at last what the rest is worth to them.
    """
    world = solution.game.world
    accounts = accounts_of(world)
    paths = _begin(solution, accounts.n, n, first, seed)
    n_steps = len(world.steps)
    states = np.empty((length, n), np.uint32)
    chosen = np.empty((length, n_steps, n), np.int16)
    before = np.empty((length, n_steps, n if log else 0), np.uint32)
    walker, typed = _walker(world, accounts, paths)
    trace = None
    if typed is not None and world.beliefs.axes:
        trace = Trace.blank(length, n_steps, n, len(world.beliefs.axes), n if log else 0)
        trace.drawn[:] = typed.hidden.types
    strategies: list[NDArray[np.float64]] = []
    for t in range(length):
        period = solution.period_at(t)
        if not (world.stationary and strategies):
            strategies = strategies_of(world, solution.found, period, serial=solution.serial)
        numbers = world.at(period)
        for k, step in enumerate(numbers.steps):
            if log:
                before[t, k] = paths.state
            if trace is not None and typed is not None:
                trace.held[t, k] = typed.hidden.types
                if log:
                    trace.believed[t, k] = typed.hidden.belief
            walker.step(k, step, strategies[k])
            chosen[t, k] = paths.chosen
        walker.close(numbers)
        states[t] = paths.state
        if trace is not None and typed is not None:
            trace.types[t] = typed.hidden.types
            trace.beliefs[t] = typed.hidden.belief
        begin(paths, numbers.carry)
    if world.stationary:
        paths.earned[:] += walker.left(solution.found.values[-1])
    return Walked(first, states, chosen, before, paths.earned, trace)


def _walker(world: World, accounts: Accounts, paths: Paths) -> tuple[_Walker, TypedWalker | None]:
    """What walks the paths, and the same where it is one for types or movers at once."""
    if is_plain(world):
        return PlainWalker(world, paths), None
    from countermove.simulate.typed import TypedWalker  # its loops take a while to load

    typed = TypedWalker.of(world, accounts, paths)
    return typed, typed


def _begin(solution: Solution, n_accounts: int, n: int, first: int, seed: int) -> Paths:
    paths = Paths(
        np.full(n, solution.game.start, np.uint32),
        np.zeros(n, np.uint8),
        np.zeros(n, np.uint64),
        np.zeros((n, n_accounts)),
        np.ones((n, n_accounts)),
        np.zeros(n, np.int16),
    )
    begin_streams(np.uint64(seed), np.uint64(first), paths.streams)
    return paths
