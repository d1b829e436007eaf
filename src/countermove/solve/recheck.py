"""``verify``: a solution is computed again by other code, and what differs is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest, wrong_kind
from countermove.game.columns import Reading
from countermove.game.game import Game
from countermove.game.numbers import World
from countermove.solve.backward import strategies_of, using
from countermove.solve.certificate import (
    TOLERANCE,
    Certificate,
    Check,
    Compared,
    Refinement,
    Regret,
    Where,
)
from countermove.solve.recheck_paths import Earned, along_paths
from countermove.solve.recheck_period import Faults, Worst, freeze, recheck_period
from countermove.solve.recheck_refine import finer, refinement_of
from countermove.solve.recheck_step import Facts
from countermove.solve.recheck_words import period_of, where_of
from countermove.solve.solution import Solution

_SAMPLE = 5  # periods that are looked at unless all are asked for
_LEAST = 1e-6  # what is smaller is compared as if it were as large: ratios of nothing are noise

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]  # parts done, parts in all


def verify(
    solution: Solution,
    *,
    periods: str | int | Sequence[int] | None = None,
    refine: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Certificate:
    """Recompute a solution in plain NumPy, by code that shares nothing with the solver's loops.

    In a sample of the periods (``periods``: ``"all"``, how many, or which; by default the first,
    the last and three between), at all states and belief points that may come up: what actions are
    worth at the posteriors of Bayes' rule, the logit choice that follows, and the values one
    period before. From the start, along all paths: payoffs and measures. ``refine`` solves the game
    on belief grids with twice the cells, too, where players have types. ``threads`` are those of
    that solve; ``progress`` is called with the parts done and in all.

    Raises ``InvalidRequest`` for periods that there are not, ``SizeLimitError`` where the finer
    grids need too much memory (leave them out by ``refine=False``), ``TypeError`` for what is no
    solution.
    """
    if not isinstance(solution, Solution):
        remedy = "countermove.verify(countermove.solve(game))"
        raise wrong_kind("verify", "Solution", solution, remedy)
    game = solution.game
    chosen = _chosen(game, periods)
    fine = finer(game) if refine else None  # refused before anything is computed
    total = len(chosen) + 1 + (fine is not None)

    def done(parts: int) -> None:
        if progress is not None:
            progress(parts, total)

    with using(threads), game.world.lock, np.errstate(all="ignore"):
        faults = _recheck(solution, chosen, done)
        earned = None
        if not game.world.stationary:
            earned = along_paths(
                game.world, solution.start_row, lambda period: _strategies(solution, period)
            )
    done(len(chosen) + 1)
    refined: Refinement | None = None
    if fine is not None:
        refined = refinement_of(solution, fine, threads)
        done(total)
    return _certificate(solution, chosen, faults, earned, refined, asked=refine)


def _chosen(game: Game, periods: str | int | Sequence[int] | None) -> list[int]:
    """The periods to look at, in order."""
    first, last = game.start_period, game.periods - 1
    everything = list(range(first, last + 1))
    if periods == "all":
        return everything
    if isinstance(periods, str):
        raise InvalidRequest(f'periods must be "all", a number, or a list: {periods!r}')
    if periods is None or isinstance(periods, int):
        wanted = _SAMPLE if periods is None else periods
        if wanted < 1:
            raise InvalidRequest(f"periods must be at least 1: {wanted}")
        spaced = np.linspace(first, last, min(wanted, len(everything)))
        return sorted({round(float(t)) for t in spaced})
    for period in periods:
        if period not in everything:
            raise InvalidRequest(f"period {period} lies outside {first} to {last}")
    return sorted(set(periods))


def _strategies(solution: Solution, period: int) -> list[Floats]:
    return strategies_of(solution.game.world, solution.found, period, serial=solution.serial)


def _recheck(solution: Solution, chosen: list[int], done: Callable[[int], None]) -> Faults:
    """Look at the chosen periods, the last first."""
    world, values = solution.game.world, solution.found.values
    facts, faults = Facts.of(world), Faults()
    frozen = np.zeros(values.shape[1:])
    for period in range(world.periods - 1, world.start_period - 1, -1):
        t = period - world.start_period
        if period in chosen:
            strategies = _strategies(solution, period)
            numbers = world.at(period)
            recheck_period(facts, numbers, strategies, values[t + 1], values[t], frozen, faults)
            done(sum(p >= period for p in chosen))
        numbers = world.at(period)
        if numbers.over.size and values.shape[2] > facts.n_payoffs:
            frozen = freeze(facts, numbers, frozen)
    return faults


def _certificate(
    solution: Solution,
    chosen: list[int],
    faults: Faults,
    earned: Earned | None,
    refined: Refinement | None,
    *,
    asked: bool,
) -> Certificate:
    game, notes = solution.game, []
    checks = [
        _check(game, "choices against logit", faults.choices),
        *([_check(game, "choices that a policy dictates", faults.policies)] if game.policy else []),
        _check(game, "choices add up to 1", faults.sums),
        _check(game, "illegal actions", faults.illegal),
        _check(game, "values between periods", faults.values),
        _check(game, "values at the start", _at_start(solution)),
    ]
    compared: tuple[Compared, ...] = ()
    if earned is None:
        notes.append("the game goes on for ever: no paths were followed to their end")
    else:
        checks.append(_check(game, "columns along all paths", _columns(solution, earned)))
        compared = _measures(solution, earned)
        worst = max(compared, key=lambda c: np.nan_to_num(c.off, nan=np.inf))
        place = Where(column=worst.name)
        checks.append(Check("payoffs and measures along all paths", worst.off, TOLERANCE, place))
    if len(chosen) < game.periods - game.start_period:
        notes.append("a sample of the periods was looked at; `all` looks at every one")
    if refined is None and game.world.beliefs.axes:
        notes.append(
            "no finer belief grid was tried"
            + (": this game's grids cannot be refined" if asked else "")
        )
    return Certificate(
        game=game.name,
        policy=game.policy,
        view=game.view,
        status=solution.status,
        periods=tuple(period_of(game, p) for p in chosen),
        n_periods=game.periods - game.start_period,
        decisions=faults.points,
        checks=tuple(checks),
        regrets=tuple(
            Regret(player, worst.size, faults.allowed[player], where_of(game, worst.spot))
            for player, worst in sorted(faults.regret.items())
        ),
        measures=compared,
        refinement=refined,
        notes=tuple(notes),
    )


def _check(game: Game, name: str, worst: Worst) -> Check:
    where = where_of(game, worst.spot) if worst.size > 0 else Where()
    return Check(name, worst.size, TOLERANCE, where)


def _at_start(solution: Solution) -> Worst:
    """The columns at the start against the values of the first period there."""
    kept = solution.found.values[0, solution.start_row]
    first = solution.found.first[: len(kept)]
    worst = Worst()
    scale = np.maximum(np.abs(kept), np.abs(first))
    off = np.abs(first - kept) / np.where(scale > 0, scale, 1.0)
    worst.note(off, column=np.arange(len(kept)))
    return worst


def _columns(solution: Solution, earned: Earned) -> Worst:
    """All columns at the start, over the size of what adds up to them."""
    off = np.abs(solution.found.first[: len(earned.value)] - earned.value)
    worst = Worst()
    worst.note(off / np.where(earned.size > 0, earned.size, 1.0), column=np.arange(len(off)))
    return worst


def _measures(solution: Solution, earned: Earned) -> tuple[Compared, ...]:
    """Payoffs and measures as reported, beside what paths give."""
    game, found = solution.game, []
    own = own_columns(game.world, game.players)
    for player, columns in own.items():
        axis = game.world.beliefs.axis(player)
        prior = np.ones(1)
        if axis >= 0:
            at = game.world.beliefs.axes[axis]
            prior = np.asarray(at.points[at.prior])
            for name, c in zip(at.types, columns, strict=True):
                reported = solution.type_payoffs[player, name]
                row = (f"payoff of {player} as {name}", reported, earned.value[c], earned.size[c])
                found.append(_compared(*row))
        value, size = float(prior @ earned.value[columns]), float(prior @ earned.size[columns])
        found.append(_compared(f"payoff of {player}", solution.payoffs[player], value, size))
    for name, reading in game.readings.items():
        result = solution.measures[name]
        value, size = read_again(game, reading, earned)
        found.append(_compared(name, result.value, value, size))
    return tuple(found)


def _compared(name: str, reported: float, recomputed: float, size: float) -> Compared:
    if np.isnan(reported) and np.isnan(recomputed):
        return Compared(name, reported, float(recomputed), 0.0)
    off = abs(reported - recomputed) / max(size, abs(recomputed), _LEAST)
    return Compared(name, float(reported), float(recomputed), float(off))


def own_columns(world: World, players: Sequence[str]) -> dict[str, list[int]]:
    """Each player's payoff columns, one a type."""
    found, first = {}, 0
    for player in players:
        axis = world.beliefs.axis(player)
        n = len(world.beliefs.axes[axis].types) if axis >= 0 else 1
        found[player] = list(range(first, first + n))
        first += n
    return found


def read_again(game: Game, reading: Reading, earned: Earned) -> tuple[float, float]:
    """A measure from the columns, and the size of what adds up to it."""
    value, size = float(earned.value[reading.value]), float(earned.size[reading.value])
    if reading.by_type:
        axis = game.world.beliefs.axes[game.world.beliefs.axis(reading.typed)]
        prior = np.asarray(axis.points[axis.prior])
        value = float(prior @ earned.value[list(reading.by_type)])
        size = float(prior @ earned.size[list(reading.by_type)])
    divisor = 1.0
    if reading.over is not None:
        divisor = float(earned.value[reading.over])
        if abs(divisor) <= 1e-300:
            return float("nan"), 0.0
    elif reading.mean:
        divisor = game.periods - game.start_period
    return value / divisor, size / abs(divisor)
