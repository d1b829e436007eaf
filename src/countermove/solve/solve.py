"""``solve``: a game becomes a solution."""

from __future__ import annotations

import platform
import time
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from countermove._version import __version__
from countermove.errors import wrong_kind
from countermove.game.forms import unit_of
from countermove.game.game import Game
from countermove.solve.backward import Backward, Progress, backward, using
from countermove.solve.measures import MeasureResult, read
from countermove.solve.residual import residual
from countermove.solve.solution import Solution

# Above this many bytes strategies are computed again where asked, instead of kept.
_KEEP_BYTES = 1 << 29


def solve(
    game: Game,
    *,
    threads: int | None = None,
    keep_strategies: bool | None = None,
    progress: Progress | None = None,
) -> Solution:
    """The agent logit equilibrium of a game [McKelvey & Palfrey 1998], by backward induction.

    ``threads`` is the number of cores to use (all by default); with one, the compiled loops run
    serially and release the interpreter's lock. ``keep_strategies`` keeps every period's
    strategies in memory (by default, where they take less than 512 MB). ``progress`` is called
    with the periods done and in all.

    A solve that meets numbers that are not finite says so in ``status``. Raises
    ``InvalidRequest`` for a number of threads that there is not, ``TypeError`` for what is no game.
    """
    if not isinstance(game, Game):
        raise wrong_kind("solve", "Game", game, "countermove.solve(countermove.compile(scenario))")
    began = time.perf_counter()
    serial = threads == 1
    if keep_strategies is None:
        keep_strategies = _bytes_of_strategies(game) <= _KEEP_BYTES
    with using(threads), game.world.lock:
        found = backward(
            game.world, serial=serial, keep_strategies=keep_strategies, progress=progress
        )
        off = residual(game.world, found, serial=serial)
    wall = time.perf_counter() - began
    return conclude(game, found, off, wall, serial=serial)


def conclude(
    game: Game, found: Backward, off: float, wall_time: float, *, serial: bool
) -> Solution:
    """A solution from what the recursion found."""
    row = found.values[0, game.start]
    finite = bool(np.isfinite(row).all()) and bool(np.isfinite(off))
    length = game.periods - game.start_period
    return Solution(
        game=game,
        found=found,
        status="solved" if finite else "not solved: values that are not finite",
        residual=off,
        wall_time=wall_time,
        versions=versions(),
        measures={n: _measured(game, n, row, length) for n in game.readings},
        payoffs={player: float(row[i]) for i, player in enumerate(game.players)},
        serial=serial,
    )


def _measured(game: Game, name: str, row: NDArray[np.float64], length: int) -> MeasureResult:
    """A measure read off the values at the start [C], with the unit that follows where none is."""
    found = read(name, game.readings[name], row, length)
    if found.unit or game.scenario is None:
        return found
    return replace(found, unit=unit_of(game.scenario, game.scenario.measures[name]))


def _bytes_of_strategies(game: Game) -> int:
    steps = game.world.steps
    periods = game.periods - game.start_period
    return 8 * game.n_states * periods * sum(len(s.actions) for s in steps)


def versions() -> dict[str, str]:
    """The versions of what a result depends on."""
    return dict(_versions())


@cache  # reading them costs as much as a small solve
def _versions() -> dict[str, str]:
    found = {"countermove": __version__, "python": platform.python_version()}
    for name in ("numpy", "numba", "llvmlite"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # pragma: no cover
            found[name] = "unknown"
    return found
