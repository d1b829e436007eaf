"""A table of text: what the terminal, the page and tests show alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of text; ``numeric`` names the columns to be set flush right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} headings")


def without_empty_columns(table: Table) -> Table:
    """The table less the columns in which every cell is empty."""
    kept = [at for at in range(len(table.columns)) if not at or any(row[at] for row in table.rows)]
    columns = tuple(table.columns[at] for at in kept)
    rows = tuple(tuple(row[at] for at in kept) for row in table.rows)
    return Table(columns, rows, table.numeric & frozenset(columns))
