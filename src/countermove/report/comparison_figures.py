"""The figure of a comparison: what each policy promises and what is left of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from countermove.report.canvas import INK, data_of, drawn
from countermove.report.comparison_words import in_percent, option_name, view_name

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison

_WIDTH = 330
_PROMISED, _DELIVERED = "promised", "delivered"
# Okabe and Ito's orange and blue, and shapes: told apart by people who see few colours.
_COLOURS = {_PROMISED: "#e69f00", _DELIVERED: "#0072b2"}
_SHAPES = {_PROMISED: "circle", _DELIVERED: "diamond"}


def promise_figure(comparison: Comparison, view: str) -> str:
    """An arrow a policy, from what it promises to what it delivers; 0 is free play."""
    import altair as alt

    key, sign = comparison.objective.key, comparison.objective.sign
    found = [(p, comparison.promise(view, p, key)) for p in comparison.policies]
    solved = [(p, f) for p, f in found if math.isfinite(f.promise) and math.isfinite(f.delivered)]
    if not solved:
        return ""
    solved.sort(key=lambda pair: -sign * pair[1].delivered)
    names = [option_name(policy) for policy, _ in solved]
    ends = [
        {"policy": name, "what": what, "change": number}
        for name, (_, f) in zip(names, solved, strict=True)
        for what, number in ((_PROMISED, f.promise), (_DELIVERED, f.delivered))
    ]
    spans = [
        {"policy": name, "from": f.promise, "to": f.delivered, "middle": _middle(f)}
        for name, (_, f) in zip(names, solved, strict=True)
    ]
    layers = _layers(alt, names, ends, spans, in_percent(comparison.scenario, key))
    chart = alt.layer(*layers).properties(width=_WIDTH, height=30 * len(names))
    label = f"What each policy promises and delivers with {view_name(view)}"
    return drawn(alt, chart, label)


def _middle(found: Any) -> float:
    return 0.5 * float(found.promise + found.delivered)


def _layers(
    alt: Any, names: list[str], ends: list[Any], spans: list[Any], percent: bool
) -> list[Any]:
    y = alt.Y("policy:N", sort=names, scale=alt.Scale(domain=names)).axis(
        title=None, labelLimit=220, ticks=False, domain=False
    )
    axis = {"title": "change from free play", "tickCount": 6}
    number = f"format(datum.value, '{'.0%' if percent else ',.3~r'}')"
    x_axis = alt.Axis(labelExpr=f"(datum.value > 0 ? '+' : '') + {number}", **axis)
    rule = (
        alt.Chart(data_of(alt, [{"zero": 0}]))
        .mark_rule(color=INK, strokeDash=[4, 3])
        .encode(x="zero:Q")
    )
    line = (
        alt.Chart(data_of(alt, spans))
        .mark_rule(color="#888888", strokeWidth=2)
        .encode(y=y, x=alt.X("from:Q", axis=x_axis, scale=alt.Scale(padding=9)), x2="to:Q")
    )
    heads = [_head(alt, y, spans, points) for points in ("right", "left")]
    domain = [_PROMISED, _DELIVERED]
    dots = (
        alt.Chart(data_of(alt, ends))
        .mark_point(size=110, filled=True, opacity=1)
        .encode(
            y=y,
            x="change:Q",
            color=alt.Color(
                "what:N", scale=alt.Scale(domain=domain, range=[_COLOURS[w] for w in domain])
            ).legend(title=None, orient="top"),
            shape=alt.Shape(
                "what:N", scale=alt.Scale(domain=domain, range=[_SHAPES[w] for w in domain])
            ),
        )
    )
    return [rule, line, *heads, dots]


def _head(alt: Any, y: Any, spans: list[Any], points: str) -> Any:
    """Arrowheads halfway, of the spans that point one way."""
    right = points == "right"
    pointing = [s for s in spans if s["to"] != s["from"] and (s["to"] > s["from"]) == right]
    return (
        alt.Chart(data_of(alt, pointing))
        .mark_point(shape=f"triangle-{points}", size=70, filled=True, color="#888888", opacity=1)
        .encode(y=y, x="middle:Q")
    )
