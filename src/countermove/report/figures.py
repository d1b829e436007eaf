"""Figures of a result: where variables go, and how firm its probabilities are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.report import words
from countermove.report.canvas import WIDTH, data_of, drawn, moments, time_axis
from countermove.report.condense import condensed
from countermove.report.records import Fan, MeasureRow
from countermove.report.result_tables import measure_name

if TYPE_CHECKING:
    from countermove.language.model import Calendar

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
    return drawn(alt, chart, f"How likely each level of {fan.variable} is, over time")


def _areas(alt: Any, fan: Fan, calendar: Calendar) -> Any:
    names = _level_labels(fan)
    rows = [
        {"at": when, "level": name, "rank": rank, "odds": odds}
        for when, row in zip(moments(fan.times, calendar), fan.odds, strict=True)
        for rank, (name, odds) in enumerate(zip(names, row, strict=True))
    ]
    colours = level_colours(len(names), ordered=fan.ordered)
    return (
        alt.Chart(data_of(alt, rows), width=WIDTH, height=120)
        .mark_area(stroke="white", strokeWidth=0.4, interpolate="linear")
        .encode(
            x=time_axis(alt, fan.times, calendar, labels=not fan.means),
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
    ends = moments(fan.times, calendar)
    rows = [{"at": at, "mean": mean} for at, mean in zip(ends, fan.means, strict=True)]
    title = f"mean, {fan.unit}" if fan.unit else "mean"
    return (
        alt.Chart(data_of(alt, rows), width=WIDTH, height=50)
        .mark_line(color="#d55e00", strokeWidth=2, interpolate="linear")
        .encode(
            x=time_axis(alt, fan.times, calendar, labels=True),
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
    base = alt.Chart(data_of(alt, points), width=WIDTH, height=26 * len(rows)).encode(
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
    return drawn(alt, line + dots, "Each measure's probability at each rationality")


def _shape_scale(alt: Any, labels: list[str]) -> Any:
    return alt.Scale(domain=labels, range=["triangle-down", "circle", "triangle-up"][: len(labels)])


def _dot_scale(alt: Any, labels: list[str]) -> Any:
    return alt.Scale(domain=labels, range=["#56b4e9", "#d55e00", "#009e73"][: len(labels)])


def _factor_label(factor: float) -> str:
    named = {0.5: "rationality halved", 1.0: "as given", 2.0: "rationality doubled"}
    return named.get(factor, f"rationality × {factor:g}")


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
    return max(1, min(len(names), WIDTH // (7 * widest + 26)))
