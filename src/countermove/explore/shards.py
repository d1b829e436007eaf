"""Shards of rows: computed from a block of worlds, always in the same order, as bytes."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from countermove.explore.cases import SOLVED, Case, Job

if TYPE_CHECKING:
    from countermove.explore.cases import Outcome
    from countermove.explore.sweep_plan import Plan
    from countermove.explore.worlds_file import Block

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")


class Evaluates(Protocol):
    """What computes outcomes: ``cases.Evaluator``, or what a test puts in its place."""

    keys: tuple[str, ...]

    def prepare(self, cases: Iterable[Case]) -> None:
        """Find the faults that concern these cases."""

    def outcomes(
        self,
        jobs: Iterable[Job],
        *,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Outcome]:
        """Outcomes of the jobs, in order."""


Computed = Generator[tuple[int, Any], None, None]  # shards with their tables, in any order
Factory = Callable[["Plan", "int | str | None"], Evaluates]


def evaluator_of(plan: Plan, max_memory: int | str | None = None) -> Evaluates:
    """The evaluator of a plan's scenario."""
    from countermove.explore.cases import Evaluator
    from countermove.language import loads

    return Evaluator(
        loads(plan.scenario, file=f"{plan.name}.yaml"),
        measures=plan.measures,
        belief_points=plan.belief_points,
        max_memory=max_memory,
    )


def jobs_of(plan: Plan, block: Block) -> list[Job]:
    """What to compute for a block of worlds: world by world, in each the plan's cases in order."""
    cases = plan.cases
    place = {view: at for at, view in enumerate(plan.views)}
    jobs: list[Job] = []
    for world in range(block.worlds):
        drawn = [
            dict(zip(plan.parameters, map(float, row), strict=True))
            for row in block.values[:, world]
        ]
        jobs += [(case, drawn[place[case.view]]) for case in cases]
    return jobs


def compute(
    evaluator: Evaluates,
    plan: Plan,
    block: Block,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """The rows of a block of worlds, as an Arrow table."""
    found = evaluator.outcomes(jobs_of(plan, block), threads=threads, progress=progress)
    return table_of(found, plan, block, evaluator.keys)


def table_of(outcomes: Sequence[Outcome], plan: Plan, block: Block, keys: Sequence[str]) -> Any:
    """Outcomes as an Arrow table; a value is null where there is no number."""
    import pyarrow as pa

    each = len(plan.cases)
    columns: dict[str, Any] = {
        "world": pa.array([block.first + at // each for at in range(len(outcomes))], pa.int64()),
        "view": pa.array([o.case.view_label for o in outcomes], pa.string()),
        "policy": pa.array([o.case.policy_label for o in outcomes], pa.string()),
        "met": pa.array([str(o.case.met) for o in outcomes], pa.string()),
        "status": pa.array([o.status for o in outcomes], pa.string()),
        "residual": pa.array([_number(o.residual) for o in outcomes], pa.float64()),
        "unsolved": pa.array([int(o.unsolved) for o in outcomes], pa.int64()),
    }
    for key in keys:
        columns[key] = pa.array([_value(outcome, key) for outcome in outcomes], pa.float64())
    return pa.table(columns)


def _value(outcome: Outcome, key: str) -> float | None:
    return _number(outcome.values.get(key)) if outcome.solved else None


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def parquet_of(table: Any) -> bytes:
    """A shard's file; the same bytes for the same rows and version of pyarrow."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    words = ["view", "policy", "met", "status"]
    pq.write_table(table, buffer, compression="zstd", use_dictionary=words, write_statistics=False)
    return buffer.getvalue()


def failures_of(table: Any) -> dict[str, int]:
    """How many rows of a shard were not solved, by reason."""
    said = table["status"].to_pylist()
    counts = Counter(reason(status) for status in said if status != SOLVED)
    return dict(sorted(counts.items()))


def reason(status: str) -> str:
    """Why a row was not solved, without the numbers in which worlds differ."""
    return _NUMBER.sub("#", status)
