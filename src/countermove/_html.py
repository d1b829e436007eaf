"""The pieces of which notebooks' views of results are made: escaped text, tables with captions.

No colours are set, so that a view takes those of the notebook, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

MOST = 30  # rows that a table shows
_LEFT, _RIGHT = "text-align:left", "text-align:right"


class Html(str):
    """Text that is HTML already, and is not escaped again."""

    __slots__ = ()


class Figure(str):
    """A number in words: stands at the right of its column."""

    __slots__ = ()


def text(part: object) -> Html:
    """Anything as HTML: escaped unless it is HTML."""
    return part if isinstance(part, Html) else Html(escape(str(part)))


def code(name: object) -> Html:
    """What is written so in code or in a scenario."""
    return Html(f"<code>{text(name)}</code>")


def strong(part: object) -> Html:
    """What matters most."""
    return Html(f"<strong>{text(part)}</strong>")


def view(title: object, *parts: object) -> Html:
    """A whole view: its title, then its parts (text as paragraphs; what is empty is left out)."""
    body = "".join(_block(part) for part in parts if part)
    return Html(f'<div class="countermove"><p>{strong(title)}</p>{body}</div>')


def _block(part: object) -> str:
    return str(part) if isinstance(part, Html) else f"<p>{text(part)}</p>"


def bullets(items: Iterable[object]) -> Html:
    """A list; nothing where it is empty."""
    listed = "".join(f"<li>{text(item)}</li>" for item in items)
    return Html(f"<ul>{listed}</ul>" if listed else "")


def folded(summary: object, *parts: object) -> Html:
    """What only some will want to see, behind its summary; nothing where there is nothing."""
    body = "".join(_block(part) for part in parts if part)
    return Html(f"<details><summary>{text(summary)}</summary>{body}</details>" if body else "")


def table(
    caption: object,
    heads: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    most: int = MOST,
) -> Html:
    """A table; the first cell of each row is its head. Nothing where there are no rows.

    Columns stand at the right where all their cells are figures. After ``most`` rows the table
    says how many more there are.
    """
    every = [list(row) for row in rows]
    if not every:
        return Html("")
    aligned = [
        _RIGHT if all(isinstance(row[at], Figure) for row in every) else _LEFT
        for at in range(len(heads))
    ]
    head = "".join(
        f'<th scope="col" style="{style}">{text(name)}</th>'
        for name, style in zip(heads, aligned, strict=True)
    )
    body = "".join(_row(row, aligned) for row in every[:most])
    left = len(every) - most
    more = f'<tr><td colspan="{len(heads)}" style="{_LEFT}">and {left:,} more</td></tr>'
    title = f'<caption style="caption-side:top;{_LEFT}">{text(caption)}</caption>'
    return Html(
        f"<table>{title}<thead><tr>{head}</tr></thead>"
        f"<tbody>{body}{more if left > 0 else ''}</tbody></table>"
    )


def _row(cells: Sequence[object], aligned: Sequence[str]) -> str:
    first, *others = zip(cells, aligned, strict=True)
    told = "".join(f'<td style="{style}">{text(cell)}</td>' for cell, style in others)
    return f'<tr><th scope="row" style="{first[1]}">{text(first[0])}</th>{told}</tr>'


def number(value: float, digits: int = 4) -> Figure:
    """A number to so many figures; an en dash where there is none."""
    if math.isnan(value):
        return Figure("–")
    shown = f"{value:,.0f}" if 10**digits <= abs(value) < 1e15 else f"{value:.{digits}g}"
    return Figure(shown.replace("-", "−"))


def percent(value: float) -> Figure:
    """A probability in per cent, to a tenth; an en dash where it is not defined."""
    if math.isnan(value):
        return Figure("–")
    shown = f"{100 * value:.1f}%"
    if shown == "0.0%" and value > 1e-12:
        return Figure("<0.1%")
    if shown == "100.0%" and value < 1 - 1e-12:
        return Figure(">99.9%")
    return Figure(shown.replace("-", "−"))


def signed(value: float, *, in_percent: bool = False, noise: float = 0.0) -> Figure:
    """A difference with its sign; of probabilities in points; 0 where it is no more than noise."""
    if math.isnan(value):
        return Figure("–")
    if abs(value) <= noise:
        return Figure("0")
    shown = f"{100 * value:+.1f} pt" if in_percent else f"{value:+.3g}"
    return Figure(shown.replace("-", "−"))


def count(many: int) -> Figure:
    """A number of things."""
    return Figure(f"{many:,}")


def counted(many: int, thing: str) -> str:
    """``1 state``, ``12,096 states``."""
    return f"{many:,} {thing}{'' if many == 1 else 's'}"


def listed(names: Iterable[object]) -> Html:
    """Names one after the other."""
    return Html(", ".join(text(name) for name in names))
