"""Charts of one solved game: where variables go, what players do, what is believed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report.belief_records import BeliefPath, Signals
from countermove.report.belief_tables import line_names
from countermove.report.charts import (
    BLUE,
    GREEN,
    GREY,
    ROW,
    SKY,
    VERMILION,
    WIDTH,
    colour,
    colours_of,
    data_of,
    entitled,
    event_marks,
    legend,
    moments,
    names_axis,
    odds_axis,
    odds_scale,
    shape,
    time_axis,
)  # fmt: skip
from countermove.report.condense import condensed
from countermove.report.records import Fan, MeasureRow, Moves
from countermove.report.result_tables import measure_name
from countermove.report.scheduled import Mark

if TYPE_CHECKING:
    from countermove.language.model import Calendar

_ROOM = 28  # pixels between a chart and its legend, for the names of scheduled events
_FACTORS = {0.5: "rationality halved", 1.0: "as given", 2.0: "rationality doubled"}


def fan_chart(
    fan: Fan, calendar: Calendar, *, marks: Sequence[Mark] = (), width: int = WIDTH
) -> Any:
    """Stacked probabilities of a variable's levels over time; below, the mean where it has one."""
    import altair as alt

    areas = _areas(alt, condensed(fan), calendar, width)
    layers = [areas, *event_marks(alt, marks, fan.times, calendar, width)]
    chart: Any = alt.layer(*layers).properties(width=width, height=170)
    if fan.means:
        line = _mean_line(alt, fan, calendar, width)
        chart = alt.vconcat(chart, line, spacing=10).resolve_scale(x="shared")
    name = words.plain_name(fan.variable)
    return entitled(alt, chart, f"How likely each level of {name} is, at the periods' ends")


def _areas(alt: Any, fan: Fan, calendar: Calendar, width: int) -> Any:
    names = [words.plain_name(level) for level in fan.levels]
    rows = [
        {"at": when, "level": name, "rank": rank, "odds": odds}
        for when, row in zip(moments(fan.times, calendar), fan.odds, strict=True)
        for rank, (name, odds) in enumerate(zip(names, row, strict=True))
    ]
    colours = colours_of(len(names), ordered=fan.ordered)
    return (
        alt.Chart(data_of(alt, rows))
        .mark_area(stroke="white", strokeWidth=0.4, interpolate="linear")
        .encode(
            x=time_axis(alt, fan.times, calendar, labels=not fan.means),
            y=alt.Y("odds:Q", stack="zero", scale=odds_scale(alt), axis=odds_axis(alt)),
            color=colour(alt, "level", names, colours, width=width).legend(
                **legend(names, width), offset=_ROOM
            ),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("level:N"), alt.Tooltip("odds:Q", format=".1%")],
        )
    )


def _mean_line(alt: Any, fan: Fan, calendar: Calendar, width: int) -> Any:
    ends = moments(fan.times, calendar)
    rows = [{"at": at, "mean": mean} for at, mean in zip(ends, fan.means, strict=True)]
    scale = alt.Scale(zero=True, nice=True)
    told = f"mean, {fan.unit}" if fan.unit else "mean"
    return (
        alt.Chart(data_of(alt, rows), width=width, height=60)
        .mark_line(color=VERMILION, strokeWidth=2, interpolate="linear", point=len(rows) < 3)
        .encode(
            x=time_axis(alt, fan.times, calendar),
            y=alt.Y("mean:Q", scale=scale).axis(title=None, tickCount=3, format=",~r"),
        )
        .properties(title=alt.Title(told, anchor="start", fontSize=11, fontWeight="normal"))
    )


def moves_chart(
    moves: Moves, calendar: Calendar, *, marks: Sequence[Mark] = (), width: int = WIDTH
) -> Any:
    """What a player does, period by period, where it gets to move; of one period, as bars."""
    import altair as alt

    who = words.within(moves.title) + _visit(moves.label)
    if len(moves.periods) == 1:
        chart = _bars(alt, moves.actions, moves.odds[0], width)
        return entitled(alt, chart, f"What {who} does where it gets to move")
    times = (*moves.periods, moves.periods[-1] + 1)
    columns = _columns(alt, moves, times, calendar, width)
    layers = [columns, *event_marks(alt, marks, times, calendar, width)]
    chart = alt.layer(*layers).properties(width=width, height=170)
    return entitled(alt, chart, f"What {who} does in each period where it gets to move")


def _visit(label: str) -> str:
    _, _, visit = label.partition("#")
    return f" (move {visit} of the period)" if visit else ""


def _bars(
    alt: Any, actions: Sequence[str], odds: Sequence[float] | None, width: int, kind: str = ""
) -> Any:
    names = [words.plain_name(action) for action in actions]
    rows = [{"action": n, "odds": p} for n, p in zip(names, odds or (), strict=bool(odds))]
    return (
        alt.Chart(data_of(alt, rows), width=width, height=ROW * len(names))
        .mark_bar(color=BLUE, size=ROW * 0.6)
        .encode(
            x=alt.X("odds:Q", scale=odds_scale(alt), axis=odds_axis(alt)),
            y=names_axis(alt, "action", names),
            tooltip=[alt.Tooltip("action:N"), alt.Tooltip("odds:Q", format=".1%")],
        )
    )


def _columns(alt: Any, moves: Moves, times: Sequence[int], calendar: Calendar, width: int) -> Any:
    """A column a period from its first day to the next period's, cut by the odds of actions."""
    names = [words.plain_name(action) for action in moves.actions]
    at = moments(times, calendar)
    rows = []
    for t, odds in enumerate(moves.odds):
        below = 0.0
        for name, part in zip(names, odds or (), strict=bool(odds)):
            rows.append(
                {
                    "at": at[t], "to": at[t + 1], "action": name, "low": below,
                    "high": below + part, "odds": part, "moves": moves.moves[t],
                    "period": words.period(calendar, moves.periods[t]),
                }
            )  # fmt: skip
            below += part
    return (
        alt.Chart(data_of(alt, rows))
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            x=time_axis(alt, times, calendar),
            x2="to",
            y=alt.Y("low:Q", scale=odds_scale(alt), axis=odds_axis(alt)),
            y2="high:Q",
            color=colour(alt, "action", names, colours_of(len(names))).legend(
                **legend(names, width), offset=_ROOM
            ),
            tooltip=[
                alt.Tooltip("period:N"), alt.Tooltip("action:N"),
                alt.Tooltip("odds:Q", format=".1%"),
                alt.Tooltip("moves:Q", format=".1%", title="gets to move"),
            ],
        )
    )  # fmt: skip


def path_chart(
    path: BeliefPath, calendar: Calendar, *, marks: Sequence[Mark] = (), width: int = WIDTH
) -> Any:
    """The belief in a type over time: quantiles of all courses, means by what is true."""
    import altair as alt

    layers = [
        *_bands(alt, path, calendar),
        *_redraws(alt, path, calendar),
        *event_marks(alt, marks, path.times, calendar, width),
        _belief_lines(alt, path, calendar),
    ]
    chart = alt.layer(*layers).properties(width=width, height=170)
    title, kind = words.within(path.title), words.plain_name(path.type)
    told = "bands: 5 to 95 and 25 to 75 in 100 of all courses"
    redrawn = "dotted: the type may be drawn anew" if _redraws(alt, path, calendar) else ""
    said = f"The public belief that {title} {words.verb(path.title)} {kind}"
    return entitled(alt, chart, said, told, redrawn)


def _bands(alt: Any, path: BeliefPath, calendar: Calendar) -> list[Any]:
    spread = path.overall
    columns = (spread.low, spread.lower, spread.upper, spread.high)
    rows = [
        dict(zip(("at", "low", "lower", "upper", "high"), (when, *row), strict=True))
        for when, row in zip(moments(path.times, calendar), zip(*columns, strict=True), strict=True)
    ]
    base = alt.Chart(data_of(alt, rows)).encode(x=time_axis(alt, path.times, calendar))
    return [
        base.mark_area(color=GREY, opacity=opacity, interpolate="linear").encode(
            y=alt.Y(f"{low}:Q", scale=odds_scale(alt), axis=odds_axis(alt, "belief")),
            y2=f"{high}:Q",
        )
        for low, high, opacity in (("low", "high", 0.22), ("lower", "upper", 0.3))
    ]


def _belief_lines(alt: Any, path: BeliefPath, calendar: Calendar) -> Any:
    names = line_names(path)
    means = (path.if_so.mean, path.if_not.mean, path.overall.mean)
    rows = [
        {"at": when, "line": name, "belief": belief}
        for name, line in zip(names, means, strict=True)
        for when, belief in zip(moments(path.times, calendar), line, strict=True)
        if belief == belief
    ]
    lines = {"title": None, "orient": "top", "columns": 1, "offset": _ROOM, "labelLimit": 400}
    dashes = alt.Scale(domain=names, range=[[1, 0], [6, 2], [2, 2]])
    return (
        alt.Chart(data_of(alt, rows))
        .mark_line(strokeWidth=2, interpolate="linear")
        .encode(
            x=time_axis(alt, path.times, calendar),
            y=alt.Y("belief:Q", scale=odds_scale(alt)),
            color=colour(alt, "line", names, (BLUE, VERMILION, GREY)).legend(
                symbolType="stroke", symbolStrokeWidth=2, **lines
            ),
            strokeDash=alt.StrokeDash("line:N", sort=names, scale=dashes).legend(**lines),
            tooltip=[alt.Tooltip("line:N"), alt.Tooltip("belief:Q", format=".1%")],
        )
    )


def _redraws(alt: Any, path: BeliefPath, calendar: Calendar) -> list[Any]:
    """A dotted line at the end of each period in which the type may be drawn anew."""
    if not path.redraws or len(path.redraws) > 6:
        return []
    days = moments([period + 1 for period in path.redraws], calendar)
    rows = alt.Chart(data_of(alt, [{"at": day} for day in days]))
    rule = rows.mark_rule(color=GREY, strokeDash=[1, 3], strokeWidth=1.5)
    return [rule.encode(x=time_axis(alt, path.times, calendar))]


def tells_chart(signals: Signals, kind: int, *, width: int = WIDTH) -> Any:
    """The belief in a type before and after each action, on one scale."""
    import altair as alt

    found = sorted(signals.moved(), key=lambda row: -row[2][kind])
    names = [words.plain_name(signals.actions[action]) for action, _, _ in found]
    stages = ["before the move", "after it"]
    rows = [
        {"row": name, "what": stage, "odds": belief[kind]}
        for name, (_, *beliefs) in zip(names, found, strict=True)
        for stage, belief in zip(stages, beliefs, strict=True)
    ]
    chart = dots(alt, rows, names, stages, (SKY, VERMILION), ("diamond", "circle"), width=width)
    type_, verb = words.plain_name(signals.types[kind]), words.verb(signals.title)
    who = words.within(signals.title) + _visit(signals.label)
    return entitled(alt, chart, f"The belief that {who} {verb} {type_}, before and after its moves")


def rationality_chart(
    rows: Sequence[MeasureRow], factors: Sequence[float] = (), *, width: int = WIDTH
) -> Any:
    """Probabilities on one scale, at each rationality: how likely, and how firm that is."""
    import altair as alt

    names = [measure_name(row) for row in rows]
    labels = [_factor(factor) for factor in sorted({*factors, 1.0})]
    points = [
        {"row": name, "what": _factor(factor), "odds": value}
        for name, row in zip(names, rows, strict=True)
        for factor, value in sorted({**row.variants, 1.0: row.value}.items())
        if value == value
    ]
    look = {"rationality halved": (SKY, "triangle-down"), "as given": (VERMILION, "circle"),
            "rationality doubled": (GREEN, "triangle-up")}  # fmt: skip
    drawn = [look.get(label, (GREY, "square")) for label in labels]
    chart = dots(
        alt, points, names, labels, [c for c, _ in drawn], [s for _, s in drawn], width=width
    )
    title = "How likely each is"
    return entitled(alt, chart, f"{title}, at each rationality" if len(labels) > 1 else title)


def _factor(factor: float) -> str:
    return _FACTORS.get(factor, f"rationality × {factor:g}")


def _legend(alt: Any, options: dict[str, Any] | None) -> Any:
    return alt.Legend(**options) if options is not None else None


def dots(
    alt: Any,
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    kinds: Sequence[str],
    colours: Sequence[str],
    shapes: Sequence[str],
    *,
    width: int,
    title: str = "probability",
) -> Any:
    """Rows of dots on one scale of probabilities, told apart by colour and shape, joined."""
    base = alt.Chart(data_of(alt, [dict(row) for row in rows])).encode(
        y=names_axis(alt, "row", names)
    )
    x = alt.X("odds:Q", scale=odds_scale(alt), axis=odds_axis(alt, title))
    line = base.mark_line(color=GREY, strokeWidth=2).encode(x=x, detail="row:N")
    told = legend(kinds, width) if len(kinds) > 1 else None
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=x,
        shape=shape(alt, "what", kinds, shapes).legend(_legend(alt, told)),
        color=colour(alt, "what", kinds, colours).legend(_legend(alt, told)),
        tooltip=[
            alt.Tooltip("row:N", title=" "), alt.Tooltip("what:N", title="  "),
            alt.Tooltip("odds:Q", format=".1%", title="probability"),
        ],
    )  # fmt: skip
    return alt.layer(line, points).properties(width=width, height=ROW * max(len(names), 1))
