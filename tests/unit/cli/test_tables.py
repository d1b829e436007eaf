"""Tables on the terminal: what does not fit is folded, and no number is cut short."""

from __future__ import annotations

import io

from rich.console import Console

from countermove.cli.tables import grid
from countermove.report.tables import Table

HEADINGS = ("move", "believed resolved", "believed bluffing", "signal to the United States")
TABLE = Table(HEADINGS, (("demand", "42.1%", "57.9%", "−0.00031"),), frozenset(HEADINGS[1:]))


def _shown(table: Table, width: int) -> str:
    told = io.StringIO()
    Console(file=told, width=width).print(grid(table, width))
    return told.getvalue()


def test_headings_are_in_one_line_where_there_is_room() -> None:
    assert " ".join(_shown(TABLE, 100).splitlines()[0].split()) == " ".join(HEADINGS)


def test_headings_are_folded_where_there_is_none() -> None:
    shown = _shown(TABLE, 50)
    words = {word for heading in HEADINGS for word in heading.split()}
    assert words | {"demand", "42.1%", "57.9%", "−0.00031"} == set(shown.split())
    assert "…" not in shown
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 50


def test_a_table_without_rows() -> None:
    assert set(_shown(Table(HEADINGS, (), TABLE.numeric), 40).split()) == {
        word for heading in HEADINGS for word in heading.split()
    }
