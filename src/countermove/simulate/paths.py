"""Sampled paths of a solved game.

Axis letters: N paths, T periods, K steps, C columns, S states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest, unknown, wrong_kind
from countermove.game.game import Game
from countermove.game.numbers import StepNumbers
from countermove.simulate.summaries import Simulation, Tally
from countermove.solve.backward import strategies_of, using
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    from countermove.simulate.kernels import Passage, Paths

# Paths are walked in blocks, so that memory does not grow with their number or the calendar.
_BLOCK = 1 << 16
_HISTORY = 1 << 28  # bytes that a block's histories may take
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Walked:
    """A block of paths with their histories.

    ``states`` [T, N] at period ends; ``chosen`` [T, K, N] the action at each step (for an event, 0
    where it brought something about), -1 for none; ``before`` [T, K, N] the state at each step, for
    the paths that may be logged; ``earned`` [N, C]; ``first`` is the number of the first path.
    """

    first: int
    states: NDArray[np.uint32]
    chosen: NDArray[np.int16]
    before: NDArray[np.uint32]
    earned: NDArray[np.float64]


def simulate(
    solution: Solution,
    *,
    paths: int = 100_000,
    seed: int = 0,
    log: int = 1_000,
    given: Mapping[str, str] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Sample paths from the start state, every player following its strategy.

    The same ``seed`` gives the same paths whatever the number of ``threads``. ``log`` paths are
    kept move by move. ``given`` maps players to actions: only the paths on which these are their
    first moves are kept, and all that is reported is given that. ``progress`` is called with the
    paths walked and in all.

    Raises ``InvalidRequest`` for numbers out of range, or where no path matches ``given``;
    ``UnknownName`` for players and actions that there are not; ``SolveError`` where the game was
    not solved; ``TypeError`` for what is no solution.
    """
    if not isinstance(solution, Solution):
        remedy = "countermove.simulate(countermove.solve(game))"
        raise wrong_kind("simulate", "Solution", solution, remedy)
    solution.refuse_unsolved()
    for name, number in (("paths", paths), ("log", log), ("seed", seed)):
        if not isinstance(number, Integral):
            raise InvalidRequest(f"{name} must be a whole number: {number!r}")
    if paths < 1:
        raise InvalidRequest(f"paths must be at least 1: {paths}")
    if log < 0:
        raise InvalidRequest(f"log must not be negative: {log}")
    if not 0 <= seed < 2**64:
        raise InvalidRequest(f"seed must be a whole number from 0 to 2^64 - 1: {seed}")
    wanted = _first_moves(solution.game, given or {})
    tally = Tally.of(solution, log)
    with using(threads), solution.game.world.lock:
        block = _block(solution.game)
        for first in range(0, paths, block):
            n = min(block, paths - first)
            walked = walk_block(solution, n, first, seed, log=max(log - tally.logged, 0))
            tally.add(walked, _matching(walked, wanted, solution.game))
            if progress is not None:
                progress(first + n, paths)
    if not tally.kept:
        shown = ", ".join(f"{p}={a}" for p, a in (given or {}).items())
        raise InvalidRequest(
            f"on none of the {paths:,} paths is the first move {shown}; it may not be legal then, "
            "or hardly ever chosen: begin from a state where it is likelier, or simulate more"
        )
    return tally.finish(paths, seed, dict(given or {}))


def _block(game: Game) -> int:
    """How many paths are walked together."""
    steps = len(game.world.steps)
    bytes_a_path = (game.periods - game.start_period) * (4 + steps * (2 + 4))
    return max(min(_BLOCK, _HISTORY // bytes_a_path), 1)


def _first_moves(game: Game, given: Mapping[str, str]) -> dict[tuple[int, ...], int]:
    """For each player named: the steps at which it moves, and the action wanted first."""
    steps = game.world.steps
    wanted = {}
    for player, action in given.items():
        at = tuple(k for k, s in enumerate(steps) if s.kind == "move" and s.name == player)
        if not at:
            movers = dict.fromkeys(s.name for s in steps if s.kind == "move")
            raise unknown("player", player, list(movers))
        actions = steps[at[0]].actions
        if action not in actions:
            raise unknown(f"action of {player}:", action, list(actions))
        wanted[at] = actions.index(action)
    return wanted


def _matching(
    walked: Walked, wanted: Mapping[tuple[int, ...], int], game: Game
) -> NDArray[np.bool_]:
    """Which paths of a block have the first moves wanted? [N]"""
    keep = np.ones(walked.chosen.shape[2], bool)
    for steps, action in wanted.items():
        moves = walked.chosen[:, list(steps), :].reshape(-1, len(keep))
        moved = moves >= 0
        first = moves[moved.argmax(axis=0), np.arange(len(keep))]
        keep &= moved.any(axis=0) & (first == action)
    return keep


def walk_block(solution: Solution, n: int, first: int, seed: int, *, log: int) -> Walked:
    """Walk ``n`` paths through the whole calendar; ``log`` says whether states are kept."""
    from countermove.simulate import kernels

    game, world = solution.game, solution.game.world
    paths = _begin(game, n, first, seed)
    length = game.periods - game.start_period
    n_steps = len(world.steps)
    states = np.empty((length, n), np.uint32)
    chosen = np.empty((length, n_steps, n), np.int16)
    before = np.empty((length, n_steps, n if log else 0), np.uint32)
    for t in range(length):
        period = game.start_period + t
        strategies = strategies_of(world, solution.found, period, serial=solution.serial)
        numbers = world.at(period)
        for k, step in enumerate(numbers.steps):
            if log:
                before[t, k] = paths.state
            kernels.walk(_passage(solution, k, step, strategies[k]), paths)
            chosen[t, k] = paths.chosen
        kernels.close(paths, numbers.add, numbers.keep, numbers.over, world.n_payoffs)
        states[t] = paths.state
        kernels.begin(paths, numbers.carry)
    return Walked(first, states, chosen, before, paths.earned)


def _begin(game: Game, n: int, first: int, seed: int) -> Paths:
    from countermove.simulate.kernels import Paths, begin_streams

    n_columns = game.world.n_columns
    paths = Paths(
        np.full(n, game.start, np.uint32),
        np.zeros(n, np.uint8),
        np.zeros(n, np.uint64),
        np.zeros((n, n_columns)),
        np.ones((n, n_columns)),
        np.zeros(n, np.int16),
    )
    begin_streams(np.uint64(seed), np.uint64(first), paths.streams)
    return paths


def _passage(
    solution: Solution, k: int, step: StepNumbers, strategy: NDArray[np.float64]
) -> Passage:
    from countermove.simulate.kernels import Passage

    arrays, n_states = step.arrays, solution.game.n_states
    acts = np.zeros(n_states, np.uint8)
    acts[arrays.moving] = 1
    order = np.argsort(arrays.charge_action, kind="stable").astype(np.int32)
    counts = np.bincount(arrays.charge_action, minlength=len(step.actions))
    hanging = solution.game.world.on_branches(k)
    hung_row = np.full(len(order), -1, np.int32)
    for row, (charge, _) in enumerate(hanging):
        hung_row[charge] = row
    n_branches = len(arrays.successor)
    return Passage(
        acts,
        arrays.pointer,
        arrays.successor,
        arrays.odds,
        strategy if step.kind == "move" else np.ones((n_states, 1)),
        step.happened if step.kind == "event" else np.empty(0, np.uint8),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        order,
        arrays.charge_column,
        arrays.charge,
        hung_row,
        np.array([v for _, v in hanging]).reshape(len(hanging), n_branches),
        np.array([a.column for a in step.absorbs], np.int32),
        np.array([a.hit for a in step.absorbs], np.uint8).reshape(len(step.absorbs), n_branches),
        np.array([a.condition for a in step.absorbs]).reshape(len(step.absorbs), n_states),
    )
