"""Sampled paths of a solved game: what is asked for, and which paths are kept.

Axis letters: N paths, T periods, K steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest, unknown, wrong_kind
from countermove.game.game import Game
from countermove.simulate.parts import Part, parts_of
from countermove.simulate.summaries import Simulation
from countermove.simulate.tally import Tally
from countermove.solve.backward import using
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    from countermove.simulate.walk import Walked

# Paths are walked in blocks, so that memory does not grow with their number or the calendar.
_BLOCK = 1 << 16
_HISTORY = 1 << 28  # bytes that a block's histories may take
Progress = Callable[[int, int], None]


def simulate(
    solution: Solution,
    *,
    paths: int = 100_000,
    seed: int = 0,
    log: int = 1_000,
    given: Mapping[str, str] | None = None,
    periods: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Sample paths from the start state, every player following its strategy.

    Where players have types, every path draws them from the priors. The same ``seed`` gives the
    same paths whatever the number of ``threads``. ``log`` paths are kept move by move. ``given``
    maps players to actions: only the paths on which these are their first moves are kept, and all
    that is reported is given that. ``periods`` is how many to walk through where the game goes on
    for ever (what the rest is worth is then taken from the solution). ``progress`` is called with
    the paths walked and in all.

    Raises ``InvalidRequest`` for numbers out of range, or where no path matches ``given``;
    ``UnknownName`` for players and actions that there are not; ``SolveError`` where the game was
    not solved; ``TypeError`` for what is no solution.
    """
    from countermove.simulate.walk import walk_block

    if not isinstance(solution, Solution):
        remedy = "countermove.simulate(countermove.solve(game))"
        raise wrong_kind("simulate", "Solution", solution, remedy)
    solution.refuse_unsolved()
    _check(paths, log, seed)
    length = _length(solution, periods)
    wanted = _first_moves(solution.game, given or {})
    tally = Tally.of(solution, length, log)
    with using(threads), solution.game.world.lock:
        block = _block(solution, length)
        for first in range(0, paths, block):
            n = min(block, paths - first)
            left = max(log - tally.logged, 0)
            walked = walk_block(solution, n, first, seed, length=length, log=left)
            tally.add(walked, _matching(walked, wanted))
            if progress is not None:
                progress(first + n, paths)
    if not tally.kept:
        shown = ", ".join(f"{p}={a}" for p, a in (given or {}).items())
        raise InvalidRequest(
            f"on none of the {paths:,} paths is the first move {shown}; it may not be legal then, "
            "or hardly ever chosen: begin from a state where it is likelier, or simulate more"
        )
    return tally.finish(paths, seed, dict(given or {}))


def _check(paths: int, log: int, seed: int) -> None:
    for name, number in (("paths", paths), ("log", log), ("seed", seed)):
        if not isinstance(number, Integral):
            raise InvalidRequest(f"{name} must be a whole number: {number!r}")
    if paths < 1:
        raise InvalidRequest(f"paths must be at least 1: {paths}")
    if log < 0:
        raise InvalidRequest(f"log must not be negative: {log}")
    if not 0 <= seed < 2**64:
        raise InvalidRequest(f"seed must be a whole number from 0 to 2^64 - 1: {seed}")


def _length(solution: Solution, periods: int | None) -> int:
    """How many periods to walk through."""
    if periods is None:
        return len(solution.labels_of(None))
    if not solution.game.world.stationary:
        raise InvalidRequest(
            "the game has its own periods: only one that goes on for ever needs any"
        )
    if not isinstance(periods, Integral) or periods < 1:
        raise InvalidRequest(f"periods must be a whole number of at least 1: {periods!r}")
    return int(periods)


def _block(solution: Solution, length: int) -> int:
    """How many paths are walked together."""
    world = solution.game.world
    steps, axes = len(world.steps), len(world.beliefs.axes)
    bytes_a_path = length * (4 + steps * (2 + 4))
    most = _BLOCK
    if axes:
        bytes_a_path += length * (4 + axes + steps * (4 + axes))
        # Each block computes strategies that were not kept once more, and with types that is long.
        most = _BLOCK if solution.found.strategies is not None else 16 * _BLOCK
    return max(min(most, _HISTORY // bytes_a_path), 1)


def _first_moves(game: Game, given: Mapping[str, str]) -> list[tuple[list[Part], int]]:
    """For each player named: its moves in order, and the action wanted first."""
    parts = [part for part in parts_of(game.world.steps) if part.mover is not None]
    players = dict.fromkeys(part.mover.player for part in parts if part.mover is not None)
    wanted = []
    for player, action in given.items():
        own = [part for part in parts if part.mover is not None and part.mover.player == player]
        if not own:
            raise unknown("player", player, list(players))
        if action not in own[0].names:
            raise unknown(f"action of {player}:", action, list(own[0].names))
        wanted.append((own, own[0].names.index(action)))
    return wanted


def _matching(walked: Walked, wanted: list[tuple[list[Part], int]]) -> NDArray[np.bool_]:
    """Which paths of a block have the first moves wanted? [N]"""
    keep = np.ones(walked.chosen.shape[2], bool)
    for parts, action in wanted:
        moves = np.stack([part.action(walked.chosen[:, part.step]) for part in parts], axis=1)
        moves = moves.reshape(-1, len(keep))
        moved = moves >= 0
        first = moves[moved.argmax(axis=0), np.arange(len(keep))]
        keep &= moved.any(axis=0) & (first == action)
    return keep
