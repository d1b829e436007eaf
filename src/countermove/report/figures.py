"""Figures as inline SVG: drawn once here, so that the page needs no script and no request.

Text and axes take the page's own colour (``currentColor``), so that one figure serves light, dark
and printed pages; the data stands beside each figure as a table.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from countermove.report import words
from countermove.report.condense import condensed
from countermove.report.records import Fan, MeasureRow
from countermove.report.result_tables import measure_name

if TYPE_CHECKING:
    from countermove.language.model import Calendar

_INK = "#010203"  # replaced by currentColor
_WIDTH = 250
_GROWS = 1.25  # a figure may be drawn so much larger than it was laid out
_LABELLED_TIMES = 4
# Viridis without its ends: even in lightness, so told apart without colour and in print.
_ORDERED = ("#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#75d054", "#a0da39", "#e8e419")
# Okabe and Ito's colours, told apart by people who see few colours.
_UNORDERED = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#b8ad00",
    "#777777",
)


def fan_figure(fan: Fan, calendar: Calendar) -> str:
    """Stacked probabilities of a variable's levels over time; below, the mean where it has one."""
    import altair as alt

    chart: Any = _areas(alt, condensed(fan), calendar)
    if fan.means:
        line = _mean_line(alt, fan, calendar)
        chart = alt.vconcat(chart, line, spacing=10).resolve_scale(x="shared")
    return _svg(alt, chart, f"How likely each level of {fan.variable} is, over time")


def _areas(alt: Any, fan: Fan, calendar: Calendar) -> Any:
    names = _level_labels(fan)
    rows = [
        {"at": when, "level": name, "rank": rank, "odds": odds}
        for when, row in zip(_moments(fan.times, calendar), fan.odds, strict=True)
        for rank, (name, odds) in enumerate(zip(names, row, strict=True))
    ]
    colours = level_colours(len(names), ordered=fan.ordered)
    return (
        alt.Chart(_data(alt, rows), width=_WIDTH, height=120)
        .mark_area(stroke="white", strokeWidth=0.4, interpolate="linear")
        .encode(
            x=_time_axis(alt, fan.times, calendar, labels=not fan.means),
            y=alt.Y("odds:Q", stack="zero", scale=alt.Scale(domain=[0, 1])).axis(
                format=".0%", title=None, values=[0, 0.25, 0.5, 0.75, 1]
            ),
            color=alt.Color(
                "level:N", sort=names, scale=alt.Scale(domain=names, range=list(colours))
            ).legend(title=None, orient="top", columns=_legend_columns(names)),
            order=alt.Order("rank:Q"),
        )
    )


def _mean_line(alt: Any, fan: Fan, calendar: Calendar) -> Any:
    moments = _moments(fan.times, calendar)
    rows = [{"at": at, "mean": mean} for at, mean in zip(moments, fan.means, strict=True)]
    title = f"mean, {fan.unit}" if fan.unit else "mean"
    return (
        alt.Chart(_data(alt, rows), width=_WIDTH, height=50)
        .mark_line(color="#d55e00", strokeWidth=2, interpolate="linear")
        .encode(
            x=_time_axis(alt, fan.times, calendar, labels=True),
            y=alt.Y("mean:Q", scale=alt.Scale(zero=True, nice=True)).axis(
                title=None, tickCount=3, format=",~r"
            ),
        )
        .properties(title=alt.Title(title, anchor="start", fontSize=11, fontWeight="normal"))
    )


def rationality_figure(rows: tuple[MeasureRow, ...], factors: tuple[float, ...]) -> str:
    """Probabilities at each rationality on one scale: how firm each answer is."""
    import altair as alt

    names = [measure_name(row) for row in rows]
    points = [
        {"measure": name, "at": _factor_label(factor), "odds": value}
        for name, row in zip(names, rows, strict=True)
        for factor, value in sorted({**row.variants, 1.0: row.value}.items())
    ]
    labels = [_factor_label(factor) for factor in sorted({*factors, 1.0})]
    base = alt.Chart(_data(alt, points), width=_WIDTH, height=26 * len(rows)).encode(
        y=alt.Y("measure:N", sort=names).axis(title=None, labelLimit=220, ticks=False)
    )
    line = base.mark_line(color="#888888", strokeWidth=2).encode(
        x=alt.X("odds:Q"), detail="measure:N"
    )
    dots = base.mark_point(size=70, filled=True, opacity=1).encode(
        x=alt.X("odds:Q", scale=alt.Scale(domain=[0, 1])).axis(format=".0%", title=None),
        shape=alt.Shape("at:N", sort=labels, scale=_shape_scale(alt, labels)),
        color=alt.Color("at:N", sort=labels, scale=_dot_scale(alt, labels)).legend(
            title=None, orient="top"
        ),
    )
    return _svg(alt, line + dots, "Each measure's probability at each rationality")


def _shape_scale(alt: Any, labels: list[str]) -> Any:
    return alt.Scale(domain=labels, range=["triangle-down", "circle", "triangle-up"][: len(labels)])


def _dot_scale(alt: Any, labels: list[str]) -> Any:
    return alt.Scale(domain=labels, range=["#56b4e9", "#d55e00", "#009e73"][: len(labels)])


def _factor_label(factor: float) -> str:
    named = {0.5: "rationality halved", 1.0: "as given", 2.0: "rationality doubled"}
    return named.get(factor, f"rationality × {factor:g}")


def _data(alt: Any, rows: list[dict[str, Any]]) -> Any:
    return alt.Data(values=rows)


def level_colours(count: int, *, ordered: bool) -> tuple[str, ...]:
    """A colour a level: from dark to light where they have an order, apart in hue where not."""
    if not ordered:
        return tuple(_UNORDERED[at % len(_UNORDERED)] for at in range(count))
    few = {1: (2,), 2: (1, 6), 3: (0, 2, 6), 4: (0, 2, 4, 6)}
    last = len(_ORDERED) - 1
    picks = few.get(count) or tuple(round(at * last / (count - 1)) for at in range(count))
    return tuple(_ORDERED[at] for at in picks)


def _level_labels(fan: Fan) -> list[str]:
    return [words.plain_name(level) for level in fan.levels]


def _legend_columns(names: list[str]) -> int:
    widest = max(len(name) for name in names)
    return max(1, min(len(names), _WIDTH // (7 * widest + 26)))


def _moments(times: tuple[int, ...], calendar: Calendar) -> list[str | int]:
    """When so many periods have ended: the day the next begins, or the count itself.

    A time of day is given because a bare date would be read as UTC and drawn in local time.
    """
    days = [calendar.begins(time) for time in times]
    return [
        f"{day.isoformat()}T00:00:00" if day is not None else time
        for day, time in zip(days, times, strict=True)
    ]


def _time_axis(alt: Any, times: tuple[int, ...], calendar: Calendar, *, labels: bool) -> Any:
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
    text: dict[str, Any] = {"labelColor": _INK, "titleColor": _INK, "labelFontSize": 11}
    axis = {**text, "domainColor": _INK, "tickColor": _INK, "gridColor": _INK, "gridOpacity": 0.12}
    return alt.Config(
        background="transparent",
        font="sans-serif",
        aria=False,
        axis=axis,
        legend={**text, "symbolType": "square", "symbolStrokeWidth": 0, "labelLimit": 220},
        title={"color": _INK},
        view={"stroke": None},
    )


def _svg(alt: Any, chart: Any, label: str) -> str:
    buffer = io.StringIO()
    chart.configure(**_config(alt).to_dict()).save(buffer, format="svg")
    return _inline(buffer.getvalue(), label)


def _inline(svg: str, label: str) -> str:
    """The SVG to stand in a page: it scales, takes the page's ink, and says what it shows."""
    from markupsafe import escape

    width = re.search(r'\bwidth="([\d.]+)"', svg)
    widest = _GROWS * float(width.group(1) if width else _WIDTH)
    style = f"width:100%;max-width:{widest:.0f}px;height:auto"
    head = f'<svg role="img" aria-label="{escape(label)}" style="{style}"'
    svg = re.sub(r'(<svg\b[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
    return svg.replace("<svg", head, 1).replace(_INK, "currentColor")
