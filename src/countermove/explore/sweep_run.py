"""One run of a sweep: what is missing is computed and stored until there is a reason to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from countermove.explore.files import write_json
from countermove.explore.shards import (
    Computed,
    Evaluates,
    Factory,
    compute,
    failures_of,
    parquet_of,
)
from countermove.explore.stable import Contest, Watch
from countermove.explore.sweep_files import PROGRESS, shard_name
from countermove.explore.sweep_folder import Folder

if TYPE_CHECKING:
    from countermove.explore.objectives import Objective
    from countermove.explore.space import Space
    from countermove.explore.sweep_plan import Plan

Ended = Literal["complete", "interrupted", "stable"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A plan, where its rows go, and by what means they are computed (no row depends on those)."""

    plan: Plan
    space: Space
    folder: Path
    objective: Objective | None = None
    threads: int | None = None
    max_memory: str | int | None = None
    cluster: str | None = None
    until_stable: float | None = None
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an exploration is: rows in all and those of this run, in so many seconds."""

    rows: int
    total: int
    fresh: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second in this run; 0 before the first."""
        return self.fresh / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left at this rate; None before there is one."""
        return (self.total - self.rows) / self.rate if self.rate > 0 else None


Told = Callable[[Progress], None]


class Run:
    """One run of a sweep: what is there already is counted, the rest computed and stored."""

    def __init__(
        self, asked: Sweep, folder: Folder, contest: Contest | None, told: Told | None
    ) -> None:
        self._asked, self._folder, self._contest, self._told = asked, folder, contest, told
        self._watch = Watch(asked.until_stable) if asked.until_stable is not None else None
        self._stable = False
        self._began = time.monotonic()
        self._before = sum(shard["rows"] for shard in folder.shards.values())
        self._fresh = 0

    def go(self, evaluator: Evaluates, factory: Factory, stop: Callable[[], bool]) -> Ended:
        """Compute what is missing, until it is all there or there is a reason to stop."""
        self._count_those_there()
        self._began = time.monotonic()
        todo = self._folder.missing()
        if self._stable or not todo:
            return self._ended("stable" if todo else "complete")
        source = self._source(evaluator, factory, todo)
        with closing(source if self._watch is None else in_order(source, todo)) as tables:
            for shard, table in tables:
                self._store(shard, table)
                if self._stable:
                    break
                if stop():
                    return self._ended("interrupted" if self._folder.missing() else "complete")
        return self._ended("stable" if self._folder.missing() else "complete")

    def _ended(self, how: Ended) -> Ended:
        worlds = self._contest.worlds if self._contest and how == "stable" else None
        self._folder.note(stable_after=worlds)
        return how

    def _count_those_there(self) -> None:
        if self._contest is None:
            return
        import pyarrow.parquet as pq

        columns = ["world", "view", "policy", "met", self._contest.field.objective.key]
        for shard in range(self._asked.plan.shards):
            name = shard_name(shard)
            if name in self._folder.shards and not self._stable:
                self._count(shard, pq.read_table(self._folder.path / name, columns=columns))

    def _source(self, evaluator: Evaluates, factory: Factory, todo: list[int]) -> Computed:
        if self._asked.cluster is None:
            return self._here(evaluator, todo)
        from countermove.explore.cluster import computed

        return computed(
            self._asked.plan,
            self._folder.reader(),
            todo,
            address=self._asked.cluster,
            factory=factory,
            workers=self._asked.threads,
            max_memory=self._asked.max_memory,
        )

    def _here(self, evaluator: Evaluates, todo: list[int]) -> Computed:
        reader, plan = self._folder.reader(), self._asked.plan
        for shard in todo:
            block = reader.block(*plan.span(shard))
            yield (
                shard,
                compute(
                    evaluator,
                    plan,
                    block,
                    threads=self._asked.threads,
                    progress=lambda done, _total: self._tell(done),
                ),
            )

    def _store(self, shard: int, table: Any) -> None:
        self._folder.store(shard, parquet_of(table), failures_of(table))
        self._fresh += table.num_rows
        self._count(shard, table)
        self._tell(0)

    def _count(self, shard: int, table: Any) -> None:
        if self._contest is None:
            return
        for _ in self._contest.add(shard, table):
            if self._watch is None:
                continue
            self._stable = self._watch.stable(self._contest.worlds, self._contest.all_standings)
            if self._stable:
                break  # what comes later does not count, so that an interrupted run ends alike

    def _tell(self, within: int) -> None:
        if self._told is not None:
            self._told(self.progress(within))

    def progress(self, within: int = 0) -> Progress:
        """How far it is, with so many rows done of the shard in hand."""
        fresh = self._fresh + within
        seconds = time.monotonic() - self._began
        return Progress(self._before + fresh, self._asked.plan.rows, fresh, seconds)

    def keep_progress(self) -> None:
        """Leave the rate of this run for ``--status``; a run that computed nothing leaves it."""
        if not self._fresh:
            return
        done = self.progress()
        means = self._asked.cluster or f"{self._asked.threads or 'all'} threads"
        said = {"rows": self._fresh, "seconds": round(done.seconds, 3), "by": means}
        write_json(self._folder.path / PROGRESS, said)


def in_order(source: Computed, order: Sequence[int]) -> Computed:
    """What comes in any order, in this one; what comes early waits."""
    early: dict[int, Any] = {}
    wanted = iter(order)
    due = next(wanted, None)
    with closing(source):
        for shard, table in source:
            early[shard] = table
            while due is not None and due in early:
                yield due, early.pop(due)
                due = next(wanted, None)
