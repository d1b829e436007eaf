"""What many worlds cost, on paper: from a few that are solved and timed here."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.explore.shards import Evaluates, compute, parquet_of
from countermove.explore.worlds import points
from countermove.explore.worlds_file import Block

if TYPE_CHECKING:
    from collections.abc import Callable

    from countermove.explore.space import Space
    from countermove.explore.sweep_plan import Plan

_ENOUGH = 10.0  # seconds of measuring
_FLOAT = 8  # bytes; drawn values do not compress


@dataclass(frozen=True, slots=True)
class Cost:
    """Of ``worlds`` worlds: rows, hours of one core, hours on ``cores``, bytes on the disk.

    From ``measured`` rows that took ``core_seconds`` of processor time on ``threads`` threads of
    this machine, after one world to warm up. That is what they take where nothing else runs, too.
    """

    worlds: int
    rows: int
    core_hours: float
    cores: int
    hours: float
    disk: float
    measured: int
    core_seconds: float
    threads: int
    bytes_a_row: float


def cost(
    plan: Plan,
    space: Space,
    evaluator: Evaluates,
    *,
    cores: int | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cost:
    """What the plan's worlds would cost, on ``cores`` like those here (those here if left out).

    Solves the plan's first worlds, twice as many each time, until that takes some 5 to 10 seconds.
    """
    used = threads or os.cpu_count() or 1
    cube = next(points(plan.sample))
    drawn = np.stack([space.values(cube, view) for view in plan.views])
    compute(evaluator, plan, Block(0, drawn[:, :1]), threads=used)  # compiles the loops
    took, worlds, table, spent = 0.0, max(1, used), None, 0.0
    while table is None or (took < _ENOUGH / 2 and worlds < drawn.shape[1]):
        worlds = min(worlds if table is None else 2 * worlds, drawn.shape[1])
        block = Block(0, drawn[:, :worlds])
        began, before = time.perf_counter(), time.process_time()
        table = compute(evaluator, plan, block, threads=used, progress=progress)
        took, spent = time.perf_counter() - began, time.process_time() - before
    return _from(plan, table, spent, used, cores or os.cpu_count() or 1)


def _from(plan: Plan, table: Any, spent: float, threads: int, cores: int) -> Cost:
    measured = int(table.num_rows)
    core_hours = plan.rows * spent / measured / 3600
    bytes_a_row = _bytes_a_row(table, min(plan.shard, plan.worlds) * len(plan.cases))
    drawn = plan.worlds * len(plan.views) * _FLOAT * (1 + len(plan.parameters))
    return Cost(
        plan.worlds,
        plan.rows,
        core_hours,
        cores,
        core_hours / cores,
        plan.rows * bytes_a_row + drawn,
        measured,
        spent,
        threads,
        bytes_a_row,
    )


def _bytes_a_row(table: Any, rows_a_shard: int) -> float:
    """Bytes on the disk: what a row adds to a file, and its part of what every file has."""
    rows = int(table.num_rows)
    empty = len(parquet_of(table.slice(0, 0)))
    return (len(parquet_of(table)) - empty) / rows + empty / rows_a_shard
