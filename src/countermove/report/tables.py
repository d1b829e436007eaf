"""A table of text: what the terminal, the page and tests show alike."""

from __future__ import annotations

from dataclasses import dataclass

_FOLDED = 16  # columns of words may be folded to this width


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of text.

    ``numeric`` names the columns to be set flush right; ``spare`` those to be left out, the first
    of them first, where there is no room.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()
    spare: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} headings")


def without_empty_columns(table: Table) -> Table:
    """The table less the columns in which every cell is empty."""
    kept = [at for at in range(len(table.columns)) if not at or any(row[at] for row in table.rows)]
    return _only(table, kept)


def fitted(table: Table, width: int) -> Table:
    """The table less as many of its spare columns as must go for it to fit the width."""
    for name in table.spare:
        if _least_width(table) <= width:
            break
        table = _only(table, [at for at, column in enumerate(table.columns) if column != name])
    return table


def _only(table: Table, kept: list[int]) -> Table:
    columns = tuple(table.columns[at] for at in kept)
    rows = tuple(tuple(row[at] for at in kept) for row in table.rows)
    return Table(columns, rows, table.numeric & frozenset(columns), table.spare)


def _least_width(table: Table) -> int:
    """Characters that the table needs, with two between columns: names and numbers are whole."""
    cells = enumerate(zip(table.columns, *table.rows, strict=True))
    return sum(_column_width(table, at, column) + 2 for at, column in cells) - 2


def _column_width(table: Table, at: int, cells: tuple[str, ...]) -> int:
    longest = max(len(line) for cell in cells for line in cell.split("\n"))
    whole = not at or table.columns[at] in table.numeric
    return longest if whole else min(longest, _FOLDED)
