"""Charts of analyses: robustness, sensitivity, where a policy fails, and what changes the best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest
from countermove.explore.discovery_words import discovery_words, limit_words
from countermove.explore.robustness_words import number
from countermove.language import words
from countermove.report import comparison_words as said
from countermove.report.charts import (
    BLUE,
    GREY,
    ORANGE,
    ROW,
    VERMILION,
    WIDTH,
    data_of,
    entitled,
    names_axis,
    value_axis,
)

if TYPE_CHECKING:
    from countermove.explore.discovery import Discovery, Restriction
    from countermove.explore.pivots import Pivots, Scanned
    from countermove.explore.robustness import Robustness
    from countermove.explore.sensitivity import Sensitivity
    from countermove.language.model import Scenario


def robustness_chart(
    found: Robustness,
    statistic: str = "mean",
    *,
    scenario: Scenario | None = None,
    width: int = WIDTH,
) -> Any:
    """One statistic of every policy with its interval, the best first.

    With a ``scenario`` figures have their names and units, and probabilities are in per cent.
    """
    import altair as alt

    ranked, key = found[statistic], found.objective.key
    order = sorted(range(len(found.alternatives)), key=lambda at: ranked.ranks[at])
    names = [said.option_name(found.alternatives[at]) for at in order]
    rows = [
        {
            "policy": name, "value": ranked.values[at], "low": ranked.low[at],
            "high": ranked.high[at], "first": ranked.first[at],
        }
        for name, at in zip(names, order, strict=True)
    ]  # fmt: skip
    percent = not ranked.statistic.in_units and ranked.statistic.name != "skewness"
    if ranked.statistic.in_units and scenario is not None:
        percent = said.in_percent(scenario, key)
    named = key if scenario is None else said.key_name(scenario, key)
    axis = value_axis(alt, f"{ranked.statistic.title}: {named}", percent=percent)
    way = {"loss": "low", "gain": "high"}.get(ranked.statistic.scale, found.objective.better)
    chart = _intervals(alt, rows, "policy", names, axis, ".1%" if percent else ",.4~r", width)
    title = f"How policies stand up over {found.n_worlds:,} worlds: {ranked.statistic.title}"
    return entitled(alt, chart, title, f"{way} is better; bars: {found.confidence:.0%} intervals")


def _intervals(
    alt: Any,
    rows: Sequence[dict[str, Any]],
    field: str,
    names: Sequence[str],
    axis: Any,
    form: str,
    width: int,
) -> Any:
    """A dot a row with its interval."""
    base = alt.Chart(data_of(alt, rows)).encode(y=names_axis(alt, field, names))
    tooltip = [
        alt.Tooltip(f"{field}:N"),
        *(alt.Tooltip(f"{name}:Q", format=form) for name in ("value", "low", "high")),
    ]
    if rows and "first" in rows[0]:
        tooltip.append(alt.Tooltip("first:Q", format=".0%", title="first in resamples"))
    scale = alt.Scale(zero=False, padding=8)
    span = base.mark_rule(color=GREY, strokeWidth=3).encode(
        x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q", tooltip=tooltip
    )
    dot = base.mark_point(color=BLUE, size=80, filled=True, opacity=1)
    return alt.layer(span, dot.encode(x="value:Q", tooltip=tooltip)).properties(
        width=width, height=ROW * max(len(names), 1)
    )


def sensitivity_chart(found: Sensitivity, count: int = 15, *, width: int = WIDTH) -> Any:
    """How much each parameter matters, the most influential first, with intervals.

    Where a second index tells what a parameter does alone, or what chance would show, it is a tick.
    """
    import altair as alt

    shown = found.ranked[:count]
    at = [found.parameters.index(name) for name in shown]
    main, others = found.indices[0], found.indices[1:2]
    names = [words.plain_name(name) for name in shown]
    rows = [
        {"parameter": name, "value": main.values[i], "low": main.low[i], "high": main.high[i]}
        for name, i in zip(names, at, strict=True)
    ]
    base = alt.Chart(data_of(alt, rows)).encode(y=names_axis(alt, "parameter", names))
    tooltip = [
        alt.Tooltip("parameter:N"),
        *(alt.Tooltip(f"{name}:Q", format=".3~r") for name in ("value", "low", "high")),
    ]
    axis = alt.Axis(title=main.title, format=".3~r", tickCount=6)
    bar = base.mark_bar(color=BLUE, size=ROW * 0.55).encode(
        x=alt.X("value:Q", axis=axis), tooltip=tooltip
    )
    span = base.mark_rule(color=GREY, strokeWidth=2).encode(x="low:Q", x2="high:Q", tooltip=tooltip)
    layers = [bar, span]
    told = ""
    for index in others:
        ticks = [
            {"parameter": name, "other": index.values[i]} for name, i in zip(names, at, strict=True)
        ]
        tick = alt.Chart(data_of(alt, ticks)).mark_tick(color=ORANGE, thickness=3, size=ROW * 0.75)
        layers.append(tick.encode(x="other:Q", y=names_axis(alt, "parameter", names)))
        told = f"orange ticks: {index.title}"
    chart = alt.layer(*layers).properties(width=width, height=ROW * max(len(names), 1))
    figure = f"{found.key} under {said.option_name(found.policy)}"
    if found.against:
        figure += f", less that under {said.option_name(found.against)}"
    return entitled(alt, chart, "Which parameters the figure rests on", figure, told)


def discovery_chart(found: Discovery, box: int = 0, *, width: int = WIDTH) -> Any:
    """A region of worlds where the policy fails: each limit within its parameter's range.

    Raises ``InvalidRequest`` where no such region was found.
    """
    import altair as alt

    limits = found.boxes[box].restrictions if 0 <= box < len(found.boxes) else ()
    if not limits:
        raise InvalidRequest(" ".join(("there is no such region.", *discovery_words(found))))
    names = [words.plain_name(limit.parameter) for limit in limits]
    rows = [_limit_row(name, limit) for name, limit in zip(names, limits, strict=True)]
    y = names_axis(alt, "parameter", names)
    base = alt.Chart(data_of(alt, rows)).encode(y=y, tooltip=["limits:N"])
    axis = alt.Axis(title="share of the parameter's range", format=".0%", tickCount=4)
    scale = alt.Scale(domain=[0, 1])
    whole = base.mark_bar(color=GREY, opacity=0.35, size=6).encode(
        x=alt.X("zero:Q", axis=axis, scale=scale), x2="one:Q"
    )
    inside = base.mark_bar(color=VERMILION, size=14).encode(x="from:Q", x2="to:Q")
    low = base.mark_text(align="left", dy=-12, color=GREY, fontSize=10)
    high = base.mark_text(align="right", dy=-12, color=GREY, fontSize=10)
    ends = [
        low.transform_filter("isValid(datum.low)").encode(x="from:Q", text="low:N"),
        high.transform_filter("isValid(datum.high)").encode(x="to:Q", text="high:N"),
    ]
    chart = alt.layer(whole, inside, *ends).properties(width=width, height=(ROW + 8) * len(names))
    fit, policy = found.boxes[box].fit, said.option_name(found.policy)
    told = (
        f"{fit.coverage:.0%} of the failures, {fit.density:.0%} pure, {fit.mass:.0%} of all worlds"
    )
    return entitled(alt, chart, f"Where {policy} fails: {found.question}", told)


def _limit_row(name: str, limit: Restriction) -> dict[str, Any]:
    low, high = limit.range
    wide = high - low or 1.0
    return {
        "parameter": name,
        "zero": 0.0,
        "one": 1.0,
        "from": 0.0 if limit.low is None else (limit.low - low) / wide,
        "to": 1.0 if limit.high is None else (limit.high - low) / wide,
        "low": None if limit.low is None else number(limit.low, 3),
        "high": None if limit.high is None else number(limit.high, 3),
        "limits": limit_words(limit),
    }


def pivots_chart(found: Pivots, *, width: int = WIDTH) -> Any:
    """Each parameter's range with its base value, and where another policy becomes the best."""
    import altair as alt

    names = [words.plain_name(scanned.parameter) for scanned in found.parameters]
    ranges = [_range_row(n, s) for n, s in zip(names, found.parameters, strict=True)]
    turns = [
        row
        for name, scanned in zip(names, found.parameters, strict=True)
        for row in _turn_rows(name, scanned)
    ]
    y = names_axis(alt, "parameter", names)
    axis = alt.Axis(title="share of the parameter's range", format=".0%", tickCount=4)
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(data_of(alt, ranges)).encode(y=y, tooltip=["parameter:N", "base:N", "range:N"])
    line = base.mark_bar(color=GREY, opacity=0.35, size=6).encode(
        x=alt.X("zero:Q", axis=axis, scale=scale), x2="one:Q"
    )
    at_base = base.mark_point(shape="circle", size=70, filled=True, color=BLUE, opacity=1)
    turning = alt.Chart(data_of(alt, turns)).encode(y=y, x="at:Q", tooltip=["told:N"])
    ticks = turning.mark_tick(color=VERMILION, thickness=3, size=18)
    layers = [line, at_base.encode(x="at:Q"), *([ticks, *_turn_names(turning)] if turns else [])]
    chart = alt.layer(*layers).properties(width=width, height=(ROW + 12) * max(len(names), 1))
    best = said.option_name(found.best)
    title = f"Where {best} stops being the best for {found.objective.key}"
    told = "dots: base values; ticks: values at which another takes its place"
    return entitled(alt, chart, title, told if turns else "dots: base values; no value found")


def _turn_names(turning: Any) -> list[Any]:
    """The values with who takes over, kept within the chart at either end."""
    look = {"dy": -15, "fontSize": 10, "color": GREY}
    left = turning.mark_text(align="left", **look).transform_filter("datum.at < 0.2")
    right = turning.mark_text(align="right", **look).transform_filter("datum.at > 0.8")
    middle = turning.mark_text(align="center", **look)
    kept = middle.transform_filter("datum.at >= 0.2 && datum.at <= 0.8")
    return [text.encode(text="value:N") for text in (left, kept, right)]


def _range_row(name: str, scanned: Scanned) -> dict[str, Any]:
    low, high = scanned.range
    return {
        "parameter": name,
        "zero": 0.0,
        "one": 1.0,
        "at": (scanned.base - low) / (high - low or 1.0),
        "base": number(scanned.base),
        "range": f"{number(low)} to {number(high)}",
    }


def _turn_rows(name: str, scanned: Scanned) -> list[dict[str, Any]]:
    low, high = scanned.range
    return [
        {
            "parameter": name,
            "at": (pivot.value - low) / (high - low or 1.0),
            "value": f"{number(pivot.value, 3)}: {said.option_name(pivot.after)}",
            "told": f"at {number(pivot.value)}, {said.option_name(pivot.after)} takes the place "
            f"of {said.option_name(pivot.before)}",
        }
        for pivot in scanned.pivots
    ]
