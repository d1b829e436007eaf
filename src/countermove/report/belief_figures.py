"""Figures of beliefs: where they go, and what each move does to them. As ``figures`` are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.report import words
from countermove.report.belief_records import BeliefPath, Signals
from countermove.report.belief_tables import line_names
from countermove.report.canvas import INK, WIDTH, data_of, drawn, moments, time_axis

if TYPE_CHECKING:
    from countermove.language.model import Calendar

_TRUE, _FALSE = "#0072b2", "#d55e00"
_ROW = 30


def path_figure(path: BeliefPath, calendar: Calendar) -> str:
    """The belief in a type over time: quantiles of all courses, means by what is true."""
    import altair as alt

    at = moments(path.times, calendar)
    band = [
        {"at": when, "low": low, "lower": lower, "upper": upper, "high": high}
        for when, low, lower, upper, high in zip(
            at,
            path.overall.low,
            path.overall.lower,
            path.overall.upper,
            path.overall.high,
            strict=True,
        )
    ]
    names = line_names(path)
    lines = [
        {"at": when, "line": name, "belief": belief}
        for name, means in zip(names, _means(path), strict=True)
        for when, belief in zip(at, means, strict=True)
        if belief == belief
    ]
    x = time_axis(alt, path.times, calendar, labels=True)
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(data_of(alt, band), width=WIDTH, height=130)
    bands = [
        base.mark_area(color="#888888", opacity=opacity, interpolate="linear").encode(
            x=x,
            y=alt.Y(f"{low}:Q", scale=scale).axis(format=".0%", title=None),
            y2=f"{high}:Q",
        )
        for low, high, opacity in (("low", "high", 0.22), ("lower", "upper", 0.3))
    ]
    drawn_lines = (
        alt.Chart(data_of(alt, lines))
        .mark_line(strokeWidth=2, interpolate="linear")
        .encode(
            x=x,
            y=alt.Y("belief:Q", scale=scale).axis(format=".0%", title=None),
            color=alt.Color(
                "line:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[_TRUE, _FALSE, INK]),
            ).legend(title=None, orient="top", columns=1, symbolType="stroke", symbolStrokeWidth=2),
            strokeDash=alt.StrokeDash(
                "line:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[[1, 0], [6, 2], [2, 2]]),
            ).legend(title=None, orient="top", columns=1),
        )
    )
    layers = [*bands, *_redraw_marks(alt, path, calendar), drawn_lines]
    title = words.within(path.title)
    label = f"The public belief that {title} is {words.plain_name(path.type)}, over time"
    return drawn(alt, alt.layer(*layers), label)


def _means(path: BeliefPath) -> list[tuple[float, ...]]:
    return [path.if_so.mean, path.if_not.mean, path.overall.mean]


def _redraw_marks(alt: Any, path: BeliefPath, calendar: Calendar) -> list[Any]:
    """A line down the figure at the end of each period in which the type may be drawn anew."""
    if not path.redraws or len(path.redraws) > 6:
        return []
    at = moments(tuple(period + 1 for period in path.redraws), calendar)
    marks = alt.Chart(data_of(alt, [{"at": when} for when in at]))
    x = time_axis(alt, path.times, calendar, labels=True)
    return [marks.mark_rule(color=INK, strokeDash=[3, 3], opacity=0.6).encode(x=x)]


def tells_figure(signals: Signals, kind: int) -> str:
    """The belief in a type before and after each action, on one scale."""
    import altair as alt

    found = sorted(signals.moved(), key=lambda row: -row[2][kind])
    names = [words.plain_name(signals.actions[action]) for action, _, _ in found]
    stages = ["before the move", "after it"]
    points = [
        {"action": name, "stage": stage, "belief": belief[kind]}
        for name, (_, *beliefs) in zip(names, found, strict=True)
        for stage, belief in zip(stages, beliefs, strict=True)
    ]
    base = alt.Chart(data_of(alt, points), width=WIDTH, height=_ROW * len(names)).encode(
        y=alt.Y("action:N", sort=names).axis(title=None, labelLimit=200, ticks=False)
    )
    x = alt.X("belief:Q", scale=alt.Scale(domain=[0, 1])).axis(format=".0%", title=None)
    line = base.mark_line(color="#888888", strokeWidth=2).encode(x=x, detail="action:N")
    dots = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=x,
        shape=alt.Shape("stage:N", sort=stages, scale=_scale(alt, stages, ["diamond", "circle"])),
        color=alt.Color(
            "stage:N", sort=stages, scale=_scale(alt, stages, ["#56b4e9", "#d55e00"])
        ).legend(title=None, orient="top"),
    )
    title, type_ = words.within(signals.title), words.plain_name(signals.types[kind])
    label = f"The belief that {title} is {type_}, before and after each of its moves"
    return drawn(alt, line + dots, label)


def _scale(alt: Any, domain: list[str], range_: list[str]) -> Any:
    return alt.Scale(domain=domain, range=range_)
