"""A policy met by surprised others: they play, and read its moves, as if nobody were bound.

The others keep the strategies of the free equilibrium, and believe what its strategies make of the
moves that they see. The bound player knows this: where its policy leaves it a choice, it answers
their play by the logit. As the public belief is then wrong, what is measured, and what the others
get, is carried for each true type of the bound player, and averaged by the prior at the start.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest
from countermove.game.columns import Reading
from countermove.game.game import Game
from countermove.game.numbers import World
from countermove.solve.along import Along
from countermove.solve.backward import Progress, strategies_of, using
from countermove.solve.measures import MeasureResult, read
from countermove.solve.solve import row_of, with_unit

if TYPE_CHECKING:
    from countermove.solve.solution import Solution

Floats = NDArray[np.float64]
_SWEEPS = 20_000  # of a game without end, before it is given up
_STANDS = 1e-12  # of the largest value, by which a sweep may still move one


@dataclass(frozen=True, slots=True)
class Surprised:
    """What a policy comes to before the others have understood it.

    ``measures`` by name, as of a ``Solution``; ``status`` is ``solved``, or tells why not.
    ``game`` is bound by the policy; its measures take the bound players' types for granted.
    """

    game: Game
    status: str
    measures: Mapping[str, MeasureResult]
    wall_time: float

    def _repr_html_(self) -> str:
        from countermove.solve.notebook import surprised_view

        return surprised_view(self)


def surprised(
    free: Solution, game: Game, *, threads: int | None = None, progress: Progress | None = None
) -> Surprised:
    """Play a policy against the strategies of the free equilibrium.

    ``game`` is the same scenario, view and parameters as that of ``free``, compiled with the
    policy and with ``known`` naming the players that it binds. Each value is exact: it is
    carried backwards along the policy's moves and the free strategies of all others.

    Raises ``InvalidRequest`` where the games do not belong together.
    """
    _refuse_strangers(free.game, game)
    began = time.perf_counter()
    serial = threads == 1
    with using(threads), free.game.world.lock, game.world.lock:
        row, settled = _carried(free, game, serial, progress)
    status = "solved"
    if not np.isfinite(row).all():
        status = "not solved: values that are not finite"
    elif not settled:
        status = "not solved: the sweeps did not settle"
    length = game.periods - game.start_period
    measures = {name: _read(game, name, row, length) for name in game.readings}
    return Surprised(game, status, measures, time.perf_counter() - began)


def _refuse_strangers(free: Game, game: Game) -> None:
    if game.structure is None or free.structure is None or game.policy is None:
        raise InvalidRequest("a surprise needs two games of one scenario, one bound by a policy")
    if free.policy is not None:
        raise InvalidRequest(f"the others are surprised in free play, not under {free.policy!r}")
    bound = game.structure.scenario.policies[game.policy].players
    typed = {p.name for p in game.structure.scenario.players if p.types}
    if not typed & set(bound) <= set(game.structure.known):
        raise InvalidRequest(f"compile the game with known={sorted(typed & set(bound))}")
    same = (
        free.labels == game.labels
        and (free.start, free.start_period) == (game.start, game.start_period)
        and dict(free.start_beliefs) == dict(game.start_beliefs)
        and np.array_equal(free.structure.levels, game.structure.levels)
        and free.world.beliefs.sizes == game.world.beliefs.sizes
        and _shared(free) == _shared(game)
        and free.rationality_factor == game.rationality_factor
    )
    if not same:
        raise InvalidRequest(
            "the free game and the bound one must share start, parameters and belief grids"
        )


def _shared(game: Game) -> dict[str, float]:
    """The parameters in force, but for policies' levers, which the free game does not read."""
    assert game.structure is not None
    known = game.structure.scenario.parameters
    return {name: value for name, value in game.parameters.items() if not known[name].lever_of}


def _carried(
    free: Solution, game: Game, serial: bool, progress: Progress | None
) -> tuple[Floats, bool]:
    """All columns at the start [C], and whether they stand (a game without end may not)."""
    world, of = game.world, free.game.world
    assert game.structure is not None
    assert game.policy is not None
    bound = game.structure.scenario.policies[game.policy].players
    stepper = Along.begin(game, bound, serial=serial)
    periods = range(world.periods - 1, world.start_period - 1, -1)
    sweeps = _SWEEPS if world.stationary else len(periods)
    settled = not world.stationary
    for sweep in range(sweeps):
        period = world.start_period if world.stationary else periods[sweep]
        if not (world.stationary and sweep):
            strategies = strategies_of(of, free.found, period, serial=serial)
            numbers, known = world.at(period), of.at(period)
        before = stepper.before.copy() if world.stationary else None
        stepper.meet(numbers, known, strategies)
        if progress is not None and not world.stationary:
            progress(sweep + 1, sweeps)
        if before is not None:
            moved = np.abs(stepper.before - before).max()
            if not moved > _STANDS * max(1.0, np.abs(before).max()):
                settled = bool(np.isfinite(moved))
                break
    return stepper.before[row_of(game), : world.n_columns].copy(), settled


def _read(game: Game, name: str, row: Floats, length: int) -> MeasureResult:
    """A measure from the columns at the start, averaged over the types taken for granted."""
    reading = game.readings[name]
    given = reading.measure.given_type
    row = row.copy()
    own = {reading.typed} if reading.by_type else set()
    if given is not None:
        own.add(given[0])
    assert game.structure is not None
    known = [p for p in game.structure.known if p not in own]
    for column in _columns_of(reading):
        row[column] = _mean(game, row, column, known)
    return with_unit(game, name, read(name, reading, row, game.world.beliefs, length))


def _columns_of(reading: Reading) -> list[int]:
    named = [reading.value, reading.over, reading.time, *reading.by_type]
    return sorted({i for i in named if i is not None})


def _mean(game: Game, row: Floats, column: int, known: list[str]) -> float:
    """A column averaged with its siblings over the priors of the players ``known``."""
    world = game.world
    axes = [world.beliefs.axes[world.beliefs.axis(p)] for p in known]
    fixed = world.fixed[column]
    strides = [_stride(world, fixed, world.beliefs.axis(p)) for p in known]
    total = 0.0
    for profile in product(*(range(len(axis.types)) for axis in axes)):
        weight, at = 1.0, column
        for axis, stride, k in zip(axes, strides, profile, strict=True):
            weight *= float(axis.points[axis.prior, k])
            at += k * stride
        total += weight * float(row[at])
    return total


def _stride(world: World, fixed: NDArray[np.int32], axis: int) -> int:
    """How far a column is from its sibling of the next type of an axis."""
    later = range(axis + 1, len(world.beliefs.axes))
    sizes = [len(world.beliefs.axes[j].types) for j in later if fixed[j] >= 0]
    return int(np.prod(sizes, dtype=np.int64))
