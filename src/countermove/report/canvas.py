"""What all figures share: inline SVG, drawn once, so that the page needs no script and no request.

Text and axes take the page's own colour (``currentColor``), so that one figure serves light, dark
and printed pages; the data stands beside each figure as a table.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermove.language.model import Calendar

INK = "#010203"  # replaced by currentColor
WIDTH = 250
_GROWS = 1.25  # a figure may be drawn so much larger than it was laid out
_LABELLED_TIMES = 4


def data_of(alt: Any, rows: list[dict[str, Any]]) -> Any:
    """Rows as a chart takes them."""
    return alt.Data(values=rows)


def moments(times: tuple[int, ...], calendar: Calendar) -> list[str | int]:
    """When so many periods have ended: the day the next begins, or the count itself.

    A time of day is given because a bare date would be read as UTC and drawn in local time.
    """
    days = [calendar.begins(time) for time in times]
    return [
        f"{day.isoformat()}T00:00:00" if day is not None else time
        for day, time in zip(days, times, strict=True)
    ]


def time_axis(alt: Any, times: tuple[int, ...], calendar: Calendar, *, labels: bool) -> Any:
    """The axis of time, with few labels; dated where the calendar is."""
    if calendar.begins(0) is None:
        return alt.X("at:Q").axis(
            title="periods ended" if labels else None, labels=labels, tickMinStep=1, format="d"
        )
    dated = "%-d %b" if calendar.step_unit in ("day", "week") else "%b %Y"
    every = max(1, -(-(len(times) - 1) // _LABELLED_TIMES))
    ticks = [
        alt.DateTime(year=day.year, month=day.month, date=day.day)
        for time in times[::every]
        if (day := calendar.begins(time)) is not None
    ]
    return alt.X("at:T").axis(
        title=None, labels=labels, values=ticks, labelOverlap=True, labelFlush=True, format=dated
    )


def _config(alt: Any) -> Any:
    text: dict[str, Any] = {"labelColor": INK, "titleColor": INK, "labelFontSize": 11}
    axis = {**text, "domainColor": INK, "tickColor": INK, "gridColor": INK, "gridOpacity": 0.12}
    return alt.Config(
        background="transparent",
        font="sans-serif",
        aria=False,
        axis=axis,
        legend={**text, "symbolType": "square", "symbolStrokeWidth": 0, "labelLimit": 220},
        title={"color": INK},
        view={"stroke": None},
    )


def drawn(alt: Any, chart: Any, label: str) -> str:
    """A chart as inline SVG; ``label`` says what it shows to those who do not see it."""
    buffer = io.StringIO()
    chart.configure(**_config(alt).to_dict()).save(buffer, format="svg")
    return _inline(buffer.getvalue(), label)


def _inline(svg: str, label: str) -> str:
    """The SVG to stand in a page: it scales, takes the page's ink, and says what it shows."""
    from markupsafe import escape

    width = re.search(r'\bwidth="([\d.]+)"', svg)
    widest = _GROWS * float(width.group(1) if width else WIDTH)
    style = f"width:100%;max-width:{widest:.0f}px;height:auto"
    head = f'<svg role="img" aria-label="{escape(label)}" style="{style}"'
    svg = re.sub(r'(<svg\b[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
    return svg.replace("<svg", head, 1).replace(INK, "currentColor")
