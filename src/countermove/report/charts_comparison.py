"""Charts of a comparison: promise and delivery, what wrong advice costs, what tells views apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report import comparison_words as said
from countermove.report.charts import (
    BLUE,
    GREY,
    ORANGE,
    ROW,
    WIDTH,
    colour,
    colours_of,
    data_of,
    entitled,
    names_axis,
    shape,
    value_axis,
)
from countermove.report.charts_solution import dots

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.promise import Promise

_PROMISED, _DELIVERED = "promised", "delivered"
_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")


def promise_chart(
    comparison: Comparison, view: str, key: str | None = None, *, width: int = WIDTH
) -> Any:
    """An arrow a policy, from what it promises to what it delivers; 0 is free play.

    The arrow is the countermove effect. A policy that has no figure is left out, and named.
    """
    import altair as alt

    key = key or comparison.objective.key
    found = [(p, comparison.promise(view, p, key)) for p in comparison.policies]
    solved = [(p, f) for p, f in found if math.isfinite(f.promise) and math.isfinite(f.delivered)]
    sign = comparison.objective.sign if key == comparison.objective.key else 1.0
    solved.sort(key=lambda pair: -sign * pair[1].delivered)
    rows = [_row(comparison, key, policy, one) for policy, one in solved]
    percent = said.in_percent(comparison.scenario, key)
    layers = _arrows(alt, rows, percent)
    names = [row["policy"] for row in rows]
    chart = alt.layer(*layers).properties(width=width, height=(ROW + 4) * max(len(names), 1))
    without = [said.option_name(p) for p, f in found if (p, f) not in solved]
    left = f"without a figure: {words.listed(without)}" if without else ""
    figure, seen = said.key_name(comparison.scenario, key), said.view_name(view)
    what = f"{figure}, with {seen}"
    return entitled(alt, chart, "What each policy promises and what it delivers", what, left)


def _row(comparison: Comparison, key: str, policy: str, found: Promise) -> dict[str, Any]:
    numbers = {_PROMISED: found.promise, _DELIVERED: found.delivered, "effect": found.effect}
    told = {
        f"{name}_words": said.change(comparison.scenario, key, number, noise=found.noise)
        for name, number in numbers.items()
    }
    middle = 0.5 * (found.promise + found.delivered)
    return {"policy": said.option_name(policy), "middle": middle, **numbers, **told}


def _arrows(alt: Any, rows: Sequence[dict[str, Any]], percent: bool) -> list[Any]:
    y = names_axis(alt, "policy", [row["policy"] for row in rows])
    axis = value_axis(alt, "change from free play", percent=percent, signed=True)
    zero = alt.Chart(data_of(alt, [{"zero": 0}])).mark_rule(color=GREY, strokeDash=[4, 3])
    base = alt.Chart(data_of(alt, rows)).encode(
        y=y,
        tooltip=[
            alt.Tooltip("policy:N"),
            alt.Tooltip("promised_words:N", title=_PROMISED),
            alt.Tooltip("delivered_words:N", title=_DELIVERED),
            alt.Tooltip("effect_words:N", title="countermove effect"),
        ],
    )
    x = alt.X("promised:Q", axis=axis, scale=alt.Scale(padding=9))
    line = base.mark_rule(color=GREY, strokeWidth=2).encode(x=x, x2="delivered:Q")
    heads = [
        base.transform_filter(f"datum.delivered {way} datum.promised")
        .mark_point(shape=f"triangle-{to}", size=70, filled=True, color=GREY, opacity=1)
        .encode(x="middle:Q")
        for way, to in ((">", "right"), ("<", "left"))
    ]
    kinds = [_PROMISED, _DELIVERED]
    ends = (
        base.transform_fold(kinds, as_=["what", "change"])
        .mark_point(size=110, filled=True, opacity=1)
        .encode(
            x="change:Q",
            color=colour(alt, "what", kinds, (ORANGE, BLUE)),
            shape=shape(alt, "what", kinds, ("circle", "diamond")),
        )
    )
    return [zero.encode(x="zero:Q"), line, *heads, ends]


def regret_chart(comparison: Comparison) -> Any:
    """What the advice of each view (row) costs in the world of each other (column)."""
    import altair as alt

    key, found = comparison.objective.key, comparison.regret
    names = [said.view_name(view) for view in found.views]
    worst = max((float(x) for x in found.matrix.ravel() if math.isfinite(x)), default=0.0)
    rows = [
        {
            "advice": row, "world": column, "advised": said.option_name(found.advice(view)),
            "best": said.option_name(found.advice(other)), "regret": cost,
            "share": cost / worst if worst else 0.0,
            "told": said.cost(comparison.scenario, key, cost),
        }
        for row, view, costs in zip(names, found.views, found.matrix, strict=True)
        for column, other, cost in zip(names, found.views, map(float, costs), strict=True)
        if math.isfinite(cost)
    ]  # fmt: skip
    chart = _heat(alt, rows, names)
    title = "What the advice of one view costs where another is right"
    figure = said.key_name(comparison.scenario, key)
    return entitled(alt, chart, title, f"regret in {figure}; 0 where both advise as well")


def _heat(alt: Any, rows: Sequence[dict[str, Any]], names: Sequence[str]) -> Any:
    base = alt.Chart(data_of(alt, rows), width=72 * len(names), height=34 * len(names)).encode(
        x=alt.X("world:N", sort=list(names)).axis(
            title="who is right", orient="top", labelAngle=0, labelLimit=90, ticks=False
        ),
        y=alt.Y("advice:N", sort=list(names)).axis(title="whose advice", ticks=False),
        tooltip=["advice:N", "advised:N", "world:N", "best:N", alt.Tooltip("told:N", title="cost")],
    )
    scale = alt.Scale(domain=[0, 1], range=["#eef3f8", "#08306b"])
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color("share:Q", scale=scale, legend=None)
    )
    ink = alt.condition(alt.datum.share > 0.5, alt.value("white"), alt.value("black"))
    return alt.layer(cells, base.mark_text().encode(text="told:N", color=ink))


def telltale_chart(comparison: Comparison, count: int = 8, *, width: int = WIDTH) -> Any:
    """The events that would tell the views apart best, with their odds under each view."""
    import altair as alt

    found = comparison.signs
    shown = found.best(count) if found is not None else ()
    views = [said.view_name(view) for view in found.views] if found is not None else []
    scenario, names, rows = comparison.scenario, [], []
    for sign in shown:
        outcome = sign.telling()
        what = said.sign_words(scenario, sign, outcome)
        names.append(f"{what}, {said.sign_when(scenario, sign)} ({said.bits(sign.bits)} bits)")
        rows += [
            {"row": names[-1], "what": view, "odds": float(sign.odds[v, outcome])}
            for v, view in enumerate(views)
        ]
    shapes = [_SHAPES[at % len(_SHAPES)] for at in range(len(views))]
    chart = dots(alt, rows, names, views, colours_of(len(views)), shapes, width=width)
    title = "What would tell the views apart: how likely each expects it to be"
    return entitled(alt, chart, title)
