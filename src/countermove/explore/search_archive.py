"""Every setting that a search has tried, on the disk after each generation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from countermove.errors import InvalidRequest
from countermove.explore.files import whole
from countermove.explore.levers import Lever, Setting
from countermove.explore.objectives import Objective
from countermove.explore.search_points import Point

ARCHIVE, FRONT = "archive.parquet", "front.parquet"


@dataclass(slots=True)
class Archive:
    """Points by their setting, in the order in which they were tried."""

    points: dict[Setting, Point] = field(default_factory=dict)

    def add(self, found: Iterable[Point]) -> None:
        """Keep points; one that is known keeps its place."""
        for point in found:
            self.points.setdefault(point.setting, point)

    def first(self, others: Archive) -> list[Point]:
        """Its own points in order, then those that the other has besides."""
        return [
            *self.points.values(),
            *(p for s, p in others.points.items() if s not in self.points),
        ]


def table(points: Sequence[Point], levers: Sequence[Lever], objectives: Sequence[Objective]) -> Any:
    """Points as a frame of polars: a column for each lever and objective, exact to the last bit.

    A figure is null where a world failed.
    """
    import polars as pl

    columns: dict[str, Any] = {
        "point": pl.Series(range(len(points)), dtype=pl.Int64),
        "generation": pl.Series([p.generation for p in points], dtype=pl.Int64),
        "failed": pl.Series([p.failed for p in points], dtype=pl.Int64),
        "reason": pl.Series([p.reason or None for p in points], dtype=pl.String),
    }
    for at, lever in enumerate(levers):
        columns[lever.name] = pl.Series([p.setting[at] for p in points], dtype=pl.Float64)
    for at, objective in enumerate(objectives):
        figures = [_known(p.figures[at]) for p in points]
        columns[objective.key] = pl.Series(figures, dtype=pl.Float64)
    return pl.DataFrame(columns)


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None


def write(path: Path, frame: Any) -> None:
    """Write a frame whole or not at all."""
    with whole(path) as partial:
        frame.write_parquet(partial)


def read(path: Path, levers: Sequence[Lever], objectives: Sequence[Objective]) -> Archive:
    """What was tried before; nothing where there is no file.

    Raises ``InvalidRequest`` for a file that is no archive of these levers and objectives.
    """
    import polars as pl

    if not path.is_file():
        return Archive()
    wanted = [lever.name for lever in levers], [objective.key for objective in objectives]
    try:
        frame = pl.read_parquet(path)
        points = [
            Point(
                tuple(row[name] for name in wanted[0]),
                tuple(math.nan if row[key] is None else row[key] for key in wanted[1]),
                row["failed"],
                row["generation"],
                row["reason"] or "",
            )
            for row in frame.iter_rows(named=True)
        ]
    except (pl.exceptions.PolarsError, KeyError, OSError) as error:
        raise InvalidRequest(
            f"{path} is not the archive of this search ({error}); begin anew by --restart "
            "(restart=True in Python)"
        ) from None
    return Archive({point.setting: point for point in points})
