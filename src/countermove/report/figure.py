"""A figure for the page: a title that says what it shows, its picture, its numbers, and files.

Files are given as ``data:`` addresses, so that a page without scripts and without requests can
still hand out each figure as SVG, PNG and CSV.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countermove.report.canvas import drawn, inline, standalone
from countermove.report.tables import Table

WIDTH = 300  # of a plot that stands beside another
PNG_SCALE = 1.5


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure says (``title``), how to read it (``about``, with its unit), and its files.

    ``name`` is what its files are called; ``svg`` stands in the page; ``files`` are (kind,
    address) pairs to save; ``table`` holds the numbers for people.
    """

    name: str
    title: str
    about: str
    svg: str
    files: tuple[tuple[str, str], ...]
    table: Table | None = None

    @property
    def id(self) -> str:
        """The anchor in the page."""
        return f"figure-{self.name}"


def figure(
    chart: Any,
    *,
    name: str,
    title: str,
    about: str,
    rows: Sequence[Mapping[str, Any]],
    table: Table | None = None,
) -> Figure:
    """A chart made ready for the page; ``rows`` are its numbers as they go into the CSV file."""
    import vl_convert

    svg = drawn(chart)
    alone = standalone(svg, title)
    png = vl_convert.svg_to_png(alone, scale=PNG_SCALE)
    files = (
        ("SVG", _address("image/svg+xml", alone.encode())),
        ("PNG", _address("image/png", png)),
        ("CSV", _address("text/csv", as_csv(rows).encode())),
    )
    label = f"{title}. The numbers are in the table below."
    return Figure(name, title, about, inline(svg, label), files, table)


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a CSV file, its headings those of the first; what is not there is empty."""
    buffer = io.StringIO()
    headings = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(buffer, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
