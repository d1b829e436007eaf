"""``worlds.parquet``: every world's parameters under every view, written once, read by block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.explore.cases import OWN
from countermove.explore.space_draws import Floats
from countermove.explore.worlds import points

if TYPE_CHECKING:
    from countermove.explore.space import Space
    from countermove.explore.sweep_plan import Plan


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring worlds: the first one's number, and ``(V, n, D)`` values by view."""

    first: int
    values: Floats

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return int(self.values.shape[1])


def blocks(plan: Plan, space: Space) -> Iterator[Block]:
    """The plan's worlds in order, as its views draw them."""
    first = 0
    for cube in points(plan.sample):
        yield Block(first, np.stack([space.values(cube, view) for view in plan.views]))
        first += len(cube)


def write_worlds(path: Path, plan: Plan, space: Space) -> str:
    """Write the worlds; the SHA-256 of their values, which no version of Parquet changes."""
    import pyarrow.parquet as pq

    digest = hashlib.sha256()
    schema = _schema(plan)
    options = {"compression": "zstd", "use_dictionary": ["view"]}
    with pq.ParquetWriter(path, schema, **options) as writer:
        for block in blocks(plan, space):
            digest.update(np.ascontiguousarray(block.values.transpose(1, 0, 2)).tobytes())
            rows = block.worlds * len(plan.views)
            writer.write_table(_table(block, plan, schema), row_group_size=rows)
    return digest.hexdigest()


def digest_of(path: Path, plan: Plan, worlds: int) -> str:
    """The SHA-256 of the values of the first worlds in a file."""
    digest = hashlib.sha256()
    reader = WorldsReader(path, plan)
    for first in range(0, worlds, plan.shard):
        block = reader.block(first, min(first + plan.shard, worlds))
        digest.update(np.ascontiguousarray(block.values.transpose(1, 0, 2)).tobytes())
    return digest.hexdigest()


def _schema(plan: Plan) -> Any:
    import pyarrow as pa

    floats = [(name, pa.float64()) for name in plan.parameters]
    return pa.schema([("world", pa.int64()), ("view", pa.string()), *floats])


def _table(block: Block, plan: Plan, schema: Any) -> Any:
    """World by world, and in each view by view."""
    import pyarrow as pa

    labels = [view or OWN for view in plan.views]
    flat = block.values.transpose(1, 0, 2).reshape(-1, len(plan.parameters))
    world = np.arange(block.first, block.first + block.worlds, dtype=np.int64)
    columns = [np.repeat(world, len(labels)), labels * block.worlds]
    columns += [np.ascontiguousarray(flat[:, at]) for at in range(flat.shape[1])]
    return pa.table([pa.array(column) for column in columns], schema=schema)


class WorldsReader:
    """Reads blocks of worlds; keeps the row group last read, so that reading on is cheap."""

    def __init__(self, path: Path, plan: Plan) -> None:
        import pyarrow.parquet as pq

        self._plan = plan
        with path.open("rb") as file:
            kept = pq.ParquetFile(file).metadata
            self._ends = np.cumsum(
                [kept.row_group(at).num_rows for at in range(kept.num_row_groups)]
            )
        self._path = path
        self._group: tuple[int, Floats] | None = None

    def block(self, first: int, last: int) -> Block:
        """The worlds from ``first`` up to, and not with, ``last``."""
        views, dimensions = len(self._plan.views), len(self._plan.parameters)
        rows = np.empty(((last - first) * views, dimensions))
        start, filled = first * views, 0
        while filled < len(rows):
            at = int(np.searchsorted(self._ends, start + filled, side="right"))
            values = self._read(at)
            begins = int(self._ends[at]) - len(values)
            piece = values[start + filled - begins :][: len(rows) - filled]
            rows[filled : filled + len(piece)] = piece
            filled += len(piece)
        shaped = rows.reshape(last - first, views, dimensions).transpose(1, 0, 2)
        return Block(first, np.ascontiguousarray(shaped))

    def _read(self, group: int) -> Floats:
        import pyarrow.parquet as pq

        if self._group is None or self._group[0] != group:
            names = list(self._plan.parameters)
            table = pq.ParquetFile(self._path).read_row_group(group, columns=names)
            stacked = np.column_stack([table[name].to_numpy() for name in names])
            self._group = (group, stacked)
        return self._group[1]
