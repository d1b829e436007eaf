"""A table of the report as a table on the terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from countermove.report.tables import Table

_FOLDED = 16  # what a column of words may be folded to before headings are


def grid(table: Table, width: int) -> RichTable:
    """Headings above, columns apart by spaces, long cells folded, spare columns where they fit."""
    from rich.table import Table as RichTable
    from rich.text import Text

    from countermove.report.tables import fitted

    table = fitted(table, width)
    narrow = _narrow(table, width)
    shown = RichTable(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for position, heading in enumerate(table.columns):
        numeric = heading in table.numeric
        shown.add_column(
            _folded(table, position) if narrow and numeric else heading,
            justify="right" if numeric else "left",
            no_wrap=numeric or not position,
            overflow="ellipsis" if numeric else "fold",  # a number cut short must show it
        )
    for row in table.rows:
        shown.add_row(*(Text(cell, style="bold" if not at else "") for at, cell in enumerate(row)))
    return shown


def _narrow(table: Table, width: int) -> bool:
    """Whether the columns need more than the terminal has, even with their words folded."""
    needed = 0
    for at, heading in enumerate(table.columns):
        longest = max(len(cell) for cell in (heading, *(row[at] for row in table.rows)))
        whole = not at or heading in table.numeric
        needed += 2 + (longest if whole else min(longest, _FOLDED))
    return needed > width + 2


def _folded(table: Table, position: int) -> str:
    """A heading in as many lines as leave it no wider than its longest word or number."""
    heading = table.columns[position]
    words = [*heading.split(), *(row[position] for row in table.rows)]
    return "\n".join(wrap(heading, max(map(len, words))))
