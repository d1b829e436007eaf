"""What all charts share: colours, axes of time and of odds, titles, and marks of the calendar.

Charts carry no configuration, so that they can be put together and take a notebook's theme;
neutral marks are of a grey that is seen on white and on black.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from countermove.language import words

if TYPE_CHECKING:
    import datetime as dt

    from countermove.language.model import Calendar
    from countermove.report.scheduled import Mark

WIDTH = 420
ROW = 26  # pixels of a row in a chart with a row a policy, a parameter or a move
GREY = "#888888"
# Okabe and Ito's colours, told apart by people who see few colours.
ORANGE, BLUE, GREEN, VERMILION, SKY, PURPLE = (
    "#e69f00", "#0072b2", "#009e73", "#d55e00", "#56b4e9", "#cc79a7",
)  # fmt: skip
UNORDERED = (
    BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, "#b8ad00", "#777777",
    "#7fb8d8", "#f2cf80", "#7fcdb7", "#e5bcd3", "#003f63", "#804f00", "#004f3a", "#6d3c56",
)  # fmt: skip
# Viridis without its ends: even in lightness, so told apart without colour and in print.
_ORDERED = ("#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#75d054", "#a0da39", "#e8e419")
_LABEL = 6.5  # pixels a letter of a mark's label takes, about
_LABELLED_TIMES = 6


def data_of(alt: Any, rows: Sequence[dict[str, Any]]) -> Any:
    """Rows as a chart takes them."""
    return alt.Data(values=list(rows))


def entitled(alt: Any, chart: Any, title: str, *more: str) -> Any:
    """The chart with a title that says what it shows, and further lines beneath it.

    Its colours and shapes are its own, whatever it is laid beside.
    """
    if isinstance(chart, alt.Chart):
        chart = alt.layer(chart)
    chart = chart.resolve_scale(color="independent", shape="independent", strokeDash="independent")
    told = [line for line in more if line]
    options = {"subtitle": told} if told else {}
    return chart.properties(title=alt.Title(title, anchor="start", offset=12, **options))


def colours_of(count: int, *, ordered: bool = False) -> list[str]:
    """A colour each: from dark to light where there is an order, apart in hue where none is."""
    if not ordered:
        return [UNORDERED[at % len(UNORDERED)] for at in range(count)]
    few = {1: (2,), 2: (1, 6), 3: (0, 2, 6), 4: (0, 2, 4, 6)}
    last = len(_ORDERED) - 1
    picks = few.get(count) or tuple(round(at * last / (count - 1)) for at in range(count))
    return [_ORDERED[at] for at in picks]


def colour(
    alt: Any, field: str, names: Sequence[str], colours: Sequence[str], *, width: int = WIDTH
) -> Any:
    """Colours of named things in their order, with a legend above the chart."""
    scale = alt.Scale(domain=list(names), range=list(colours))
    return alt.Color(f"{field}:N", sort=list(names), scale=scale).legend(**legend(names, width))


def shape(
    alt: Any, field: str, names: Sequence[str], shapes: Sequence[str], *, width: int = WIDTH
) -> Any:
    """Shapes of named things, so that colour is not alone in telling them apart."""
    scale = alt.Scale(domain=list(names), range=list(shapes))
    return alt.Shape(f"{field}:N", sort=list(names), scale=scale).legend(**legend(names, width))


def legend(names: Sequence[str], width: int) -> dict[str, Any]:
    """A legend above the chart, broken into lines that are not wider than it."""
    widest = max((len(name) for name in names), default=1)
    columns = max(1, min(len(names), width // int(_LABEL * widest + 30)))
    return {"title": None, "orient": "top", "columns": columns, "labelLimit": 400}


def names_axis(alt: Any, field: str, names: Sequence[str]) -> Any:
    """The names of rows, from top to bottom."""
    return alt.Y(f"{field}:N", sort=list(names), scale=alt.Scale(domain=list(names))).axis(
        title=None, labelLimit=260, labelPadding=8, ticks=False, domain=False
    )


def odds_scale(alt: Any) -> Any:
    """All probabilities there are, so that charts are read alike."""
    return alt.Scale(domain=[0, 1])


def odds_axis(alt: Any, title: str | None = "probability") -> Any:
    """An axis of probabilities in per cent."""
    return alt.Axis(format=".0%", title=title, values=[0, 0.25, 0.5, 0.75, 1])


def value_axis(alt: Any, title: str, *, percent: bool, signed: bool = False) -> Any:
    """An axis of what a measure, payoff or score comes to; of a change with its sign.

    Changes of probabilities are in percentage points.
    """
    if not signed:
        return alt.Axis(title=title, format=".0%" if percent else ",.4~r", tickCount=6)
    number = (
        "format(100 * datum.value, ',.3~r') + ' pt'"
        if percent
        else ("format(datum.value, ',.4~r')")
    )
    return alt.Axis(title=title, labelExpr=f"(datum.value > 0 ? '+' : '') + {number}", tickCount=6)


def instant(day: dt.date) -> str:
    """A day as a chart reads it: a bare date would be read as UTC and drawn in local time."""
    return f"{day.isoformat()}T00:00:00"


def moments(times: Sequence[int], calendar: Calendar) -> list[str | int]:
    """When so many periods have ended: the day the next begins, or the count itself."""
    days = [calendar.begins(time) for time in times]
    return [
        instant(day) if day is not None else time for day, time in zip(days, times, strict=True)
    ]


def time_axis(
    alt: Any, times: Sequence[int], calendar: Calendar, *, labels: bool = True, field: str = "at"
) -> Any:
    """The axis of time, with few labels; dated where the calendar is."""
    every = max(1, -(-(len(times) - 1) // _LABELLED_TIMES))
    if calendar.begins(0) is None:
        title = "periods ended" if labels else None
        values = list(times[::every])
        return alt.X(f"{field}:Q").axis(title=title, labels=labels, values=values, format="d")
    dated = "%-d %b" if calendar.step_unit in ("day", "week") else "%b %Y"
    ticks = [
        alt.DateTime(year=day.year, month=day.month, date=day.day)
        for time in times[::every]
        if (day := calendar.begins(time)) is not None
    ]
    return alt.X(f"{field}:T").axis(
        title=_years(times, calendar) if labels and "%Y" not in dated else None,
        labels=labels, values=ticks, labelOverlap=True, labelFlush=True, format=dated,
    )  # fmt: skip


def _years(times: Sequence[int], calendar: Calendar) -> str | None:
    """The years that an axis covers, where its labels leave them out."""
    first, last = calendar.begins(times[0]), calendar.begins(times[-1])
    if first is None or last is None:
        return None
    return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"


def event_marks(
    alt: Any, marks: Sequence[Mark], times: Sequence[int], calendar: Calendar, width: int
) -> list[Any]:
    """A dashed line down the chart at each scheduled event, with its name above the chart."""
    shown = [mark for mark in marks if times[0] <= mark.period < times[-1]]
    if not shown:
        return []
    rows = _placed(shown, times, calendar, width)
    base = alt.Chart(data_of(alt, rows)).encode(x=time_axis(alt, times, calendar))
    tooltip = [alt.Tooltip("event:N"), alt.Tooltip("when:N")]
    rule = base.mark_rule(color=GREY, strokeDash=[4, 3], strokeWidth=1.5)
    text = base.mark_text(color=GREY, baseline="bottom", fontSize=10, clip=False)
    heights = sorted({row["lift"] for row in rows})
    names = [
        text.transform_filter(f"datum.lift == {lift}").encode(
            text="event:N", y=alt.value(-3 - 11 * lift)
        )
        for lift in heights
    ]
    return [rule.encode(tooltip=tooltip), *names]


def _placed(
    marks: Sequence[Mark], times: Sequence[int], calendar: Calendar, width: int
) -> list[dict[str, Any]]:
    """A row a mark; ``lift`` raises a name that would run into the one before it."""
    rows: list[dict[str, Any]] = []
    ends: dict[int, float] = {}  # by height: where the last name ends
    for mark in marks:
        when = words.period(calendar, mark.period) if mark.day is None else words.day(mark.day)
        at = moments([mark.period], calendar)[0] if mark.day is None else instant(mark.day)
        name = words.plain_name(mark.event)
        middle = width * (mark.period - times[0]) / max(times[-1] - times[0], 1)
        half = _LABEL * len(name) / 2
        lift = next((n for n in (0, 1) if middle - half > ends.get(n, -1e9)), 0)
        ends[lift] = middle + half
        rows.append({"at": at, "event": name, "when": when, "lift": lift})
    return rows
