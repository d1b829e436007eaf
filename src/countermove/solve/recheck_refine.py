"""What twice the cells of every belief grid change at the start.

Axis letters: C columns, S states, B joint belief points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.game.columns import Reading
from countermove.game.game import Game
from countermove.game.game import compile as compile_game
from countermove.game.numbers import PeriodNumbers, StepNumbers
from countermove.solve.backward import strategies_of
from countermove.solve.certificate import Change, Refinement
from countermove.solve.recheck_period import earned_at_end
from countermove.solve.recheck_step import Facts
from countermove.solve.solution import Solution
from countermove.solve.solve import solve

PROBABILITY = 0.01  # that a probability at the start may move
SHARE = 0.01  # of its range that another number may move
_SWEEPS = 10_000

Floats = NDArray[np.float64]


def finer(game: Game) -> Game | None:
    """The same game with twice the cells along each edge; None where no grid would be finer."""
    scenario = game.scenario
    if scenario is None or not game.world.beliefs.axes:
        return None
    points = {p.name: p.belief_points for p in scenario.players if p.types}
    points.update(game.belief_points)
    types = {p.name: p.types for p in scenario.players}
    variables = [v.name for v in scenario.variables]
    levels = game.state(game.start)
    found = compile_game(
        scenario,
        view=game.view,
        policy=game.policy,
        set=game.parameters,
        rationality_factor=game.rationality_factor,
        start={name: levels[name] for name in variables},
        at=game.start_period,
        beliefs={
            player: dict(zip(types[player], shares, strict=True))
            for player, shares in game.start_beliefs.items()
        },
        belief_points={player: 2 * n - 1 for player, n in points.items()},
    )
    return found if found.world.beliefs.sizes != game.world.beliefs.sizes else None


def refinement_of(solution: Solution, fine: Game, threads: int | None) -> Refinement:
    """Solve the finer game, and compare what is at the start."""
    other = solve(fine, threads=threads)
    game = solution.game
    spans = spans_of(game)
    changes = [*_first_moves(solution, other), *_payoffs(solution, other, spans)]
    for name, reading in game.readings.items():
        before, after = solution.measures[name], other.measures[name]
        known = before.is_probability or before.kind in ("final_belief", "belief_after")
        limit = PROBABILITY if known else SHARE * _span(game, reading, spans)
        changes.append(Change(name, before.value, after.value, limit))
    pairs = zip(game.world.beliefs.axes, fine.world.beliefs.axes, strict=True)
    points = {a.player: (len(a.points), len(b.points)) for a, b in pairs}
    return Refinement(points, other.status, tuple(changes))


def _first_moves(solution: Solution, other: Solution) -> list[Change]:
    """The choices of the first period at the start state and the priors."""
    before, after = _at_start(solution), _at_start(other)
    return [Change(name, p, after[name], PROBABILITY) for name, p in before.items()]


def _at_start(solution: Solution) -> dict[str, float]:
    game, found = solution.game, {}
    world = game.world
    with world.lock:
        period = world.start_period
        strategies = strategies_of(world, solution.found, period, serial=solution.serial)
        numbers = world.at(period)
        for step, strategy in zip(numbers.steps, strategies, strict=True):
            if game.start not in step.arrays.moving:
                continue
            width = step.head.width
            sigma = strategy[game.start].reshape(-1, width)[world.beliefs.start]
            for m, (mover, first, size) in enumerate(step.head.places):
                by_type = sigma[first : first + size].reshape(-1, len(mover.actions))
                legal = step.arrays.legal[game.start, step.arrays.first[m] :]
                for kind, shares in zip(mover.types or ("",), by_type, strict=True):
                    who = f"{mover.label} as {kind}" if kind else mover.label
                    for a, (action, share) in enumerate(zip(mover.actions, shares, strict=True)):
                        if legal[a]:
                            found[f"P({action}) of {who}"] = float(share)
    return found


def _payoffs(solution: Solution, other: Solution, spans: Floats) -> list[Change]:
    found, c = [], 0
    beliefs = solution.game.world.beliefs
    for player in solution.game.players:
        axis = beliefs.axis(player)
        n = len(beliefs.axes[axis].types) if axis >= 0 else 1
        limit = SHARE * float(spans[c : c + n].max())
        before, after = solution.payoffs[player], other.payoffs[player]
        found.append(Change(f"payoff of {player}", before, after, limit))
        c += n
    return found


def _span(game: Game, reading: Reading, spans: Floats) -> float:
    """The range of a measure, from those of its columns."""
    columns = reading.by_type or (reading.value,)
    span = float(spans[list(columns)].max())
    a_period = reading.mean or (reading.over is not None and _adds_up(game, reading))
    return span / (game.periods - game.start_period) if a_period else span


def _adds_up(game: Game, reading: Reading) -> bool:
    return game.columns[reading.value].kind == "sum"


def spans_of(game: Game) -> Floats:
    """By how much each column could differ at the most between two plays [C]."""
    world, facts = game.world, Facts.of(game.world)
    low, high = np.zeros((2, world.n_columns))
    with world.lock:
        if world.stationary:
            numbers = world.at(world.start_period)
            for _ in range(_SWEEPS):
                before = high - low
                low, high = _before(facts, numbers, low, high)
                if np.allclose(high - low, before, rtol=1e-6, atol=0.0):
                    break
        else:
            for period in range(world.periods - 1, world.start_period - 1, -1):
                low, high = _before(facts, world.at(period), low, high)
    return np.asarray(high - low)


def _before(
    facts: Facts, numbers: PeriodNumbers, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """The least and the most that columns can come to before a period, given those after it."""
    earned = earned_at_end(facts, numbers, len(low))[numbers.end]
    keep = numbers.keep[numbers.end][:, None, :]
    low = (earned + keep * low).min(axis=(0, 1))
    high = (earned + keep * high).max(axis=(0, 1))
    for step in reversed(numbers.steps):
        least, most = _paid(step, len(low))
        low, high = low + least, high + most
        for mark in step.absorbs:
            high[mark.column] = max(high[mark.column], 1.0)
    return low, high


def _paid(step: StepNumbers, n_columns: int) -> tuple[Floats, Floats]:
    """The least and the most that a step adds to columns."""
    arrays, moving = step.arrays, step.arrays.moving
    n_profiles = len(step.actions)
    by_profile = np.zeros((2, n_profiles, n_columns))
    for k in range(len(arrays.charge_action) if len(moving) else 0):
        paid = arrays.charge[moving, k][:, None] * arrays.charge_weight[k]
        at = arrays.charge_action[k], arrays.charge_column[k]
        by_profile[0][at] += paid.min()
        by_profile[1][at] += paid.max()
    least, most = by_profile[0].min(axis=0), by_profile[1].max(axis=0)
    if len(arrays.idle) or not len(moving):
        least, most = np.minimum(least, 0.0), np.maximum(most, 0.0)
    return least, most
