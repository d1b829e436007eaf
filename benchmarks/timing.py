"""Repeated timings, and the rows that the parts report."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table; ``met`` is None where there is no target."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None


@dataclass
class Part:
    """What one part of the benchmark found: rows, notes below them, plots by file name (SVG)."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plots: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, measured: str, target: str = "", met: bool | None = None) -> None:
        """Add a row."""
        self.rows.append(Row(what, measured, target, met))


def seconds(call: Callable[[], Any], *, repeats: int) -> list[float]:
    """Wall seconds of each of several calls, after one that is not counted."""
    call()
    found = []
    for _ in range(repeats):
        gc.collect()
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return found


def words(times: list[float]) -> str:
    """The median and the least of some times."""
    return f"{short(statistics.median(times))} (least {short(min(times))})"


def short(time_: float) -> str:
    """A time as people read it."""
    return f"{time_ * 1e3:.3g} ms" if time_ < 1 else f"{time_:.3g} s"
