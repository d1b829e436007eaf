"""A table of the report as a table on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table as RichTable

    from countermove.report.tables import Table


def grid(table: Table, width: int) -> RichTable:
    """Headings above, columns apart by spaces, long cells folded, spare columns where they fit."""
    from rich.table import Table as RichTable
    from rich.text import Text

    from countermove.report.tables import fitted

    table = fitted(table, width)
    shown = RichTable(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for position, heading in enumerate(table.columns):
        numeric = heading in table.numeric
        shown.add_column(
            heading,
            justify="right" if numeric else "left",
            no_wrap=numeric or not position,
            overflow="ellipsis" if numeric else "fold",  # a number cut short must show it
        )
    for row in table.rows:
        shown.add_row(*(Text(cell, style="bold" if not at else "") for at, cell in enumerate(row)))
    return shown
