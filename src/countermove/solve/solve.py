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
from countermove.game.columns import is_payoff, payoffs_at
from countermove.game.forms import unit_of
from countermove.game.game import Game
from countermove.solve.backward import Backward, Progress, backward, using
from countermove.solve.measures import MeasureResult, read
from countermove.solve.others import Others, Sample
from countermove.solve.residual import residual
from countermove.solve.solution import Solution
from countermove.solve.stationary import stationary

# Above this many bytes strategies are computed again where asked, instead of kept.
_KEEP_BYTES = 1 << 31


def solve(
    game: Game,
    *,
    threads: int | None = None,
    keep_strategies: bool | None = None,
    others: int = 100,
    progress: Progress | None = None,
) -> Solution:
    """The agent logit equilibrium of a game [McKelvey & Palfrey 1998], by backward induction.

    ``threads`` is the number of cores to use (all by default); with one, the compiled loops run
    serially and release the interpreter's lock. ``keep_strategies`` keeps every period's
    strategies in memory (by default, where they take less than 2 GB). ``others`` is at about how
    many points other equilibria are looked for, where movers have types or move at once (0 for
    none). ``progress`` is called with the periods done and in all.

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
        sample = Sample(game.world, row_of(game), others) if others else None
        find = stationary if game.world.stationary else backward
        found = find(
            game.world,
            row_of(game),
            serial=serial,
            keep_strategies=keep_strategies,
            progress=progress,
            sample=sample,
        )
        off = residual(game.world, found, serial=serial)
    wall = time.perf_counter() - began
    seen = None if sample is None else sample.result()
    return conclude(game, found, off, wall, serial=serial, others=seen)


def conclude(
    game: Game,
    found: Backward,
    off: float,
    wall_time: float,
    *,
    serial: bool,
    others: Others | None = None,
) -> Solution:
    """A solution from what the recursion found."""
    row, beliefs = found.first, game.world.beliefs
    length = game.periods - game.start_period
    return Solution(
        game=game,
        found=found,
        status=_status(found, off),
        residual=off,
        wall_time=wall_time,
        versions=versions(),
        measures={n: _measured(game, n, row, length) for n in game.readings},
        payoffs=payoffs_at(game.columns, row, beliefs),
        type_payoffs=_type_payoffs(game, row),
        others=others,
        serial=serial,
    )


def row_of(game: Game) -> int:
    """The row of the start state and the priors among the values [S * B, C]."""
    beliefs = game.world.beliefs
    return game.start * beliefs.size + beliefs.start


def _status(found: Backward, off: float) -> str:
    record = found.record
    if not (np.isfinite(found.first).all() and np.isfinite(off)):
        return "not solved: values that are not finite"
    if found.unsettled is not None:
        return f"not solved: the sweeps did not settle, values still move by {found.unsettled:.1e}"
    if record.n_unsolved:
        return f"solved, but for {record.n_unsolved:,} of {record.points:,} fixed points"
    return "solved"


def _type_payoffs(game: Game, row: NDArray[np.float64]) -> dict[tuple[str, str], float]:
    """What each type of the players that have any gets, from the columns at the start [C]."""
    found, beliefs = {}, game.world.beliefs
    for axis in beliefs.axes:
        own = [i for i, c in enumerate(game.columns) if is_payoff(c) and c.player == axis.player]
        found.update(
            {(axis.player, n): float(row[i]) for n, i in zip(axis.types, own, strict=True)}
        )
    return found


def _measured(game: Game, name: str, row: NDArray[np.float64], length: int) -> MeasureResult:
    """A measure read off the values at the start [C], with the unit that follows where none is."""
    found = read(name, game.readings[name], row, game.world.beliefs, length)
    return with_unit(game, name, found)


def with_unit(game: Game, name: str, found: MeasureResult) -> MeasureResult:
    """A measure's value with the unit that follows from the scenario, where it states none."""
    if found.unit or game.scenario is None:
        return found
    return replace(found, unit=unit_of(game.scenario, game.scenario.measures[name]))


def _bytes_of_strategies(game: Game) -> int:
    widths = sum(head.width for head in game.world.steps)
    periods = game.periods - game.start_period
    return 8 * game.n_states * game.world.beliefs.size * periods * widths


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
