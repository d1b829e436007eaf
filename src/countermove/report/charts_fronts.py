"""Charts of fronts: policies that no other beats on every count, and settings of levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest, unknown
from countermove.explore.search_words import setting_words
from countermove.language import words
from countermove.report import comparison_words as said
from countermove.report.charts import (
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    WIDTH,
    colour,
    data_of,
    entitled,
    shape,
    value_axis,
)

if TYPE_CHECKING:
    from countermove.explore.objectives import Objective
    from countermove.explore.search import Search
    from countermove.explore.search_points import Point
    from countermove.explore.tradeoffs import Tradeoffs
    from countermove.language.model import Scenario

_KINDS = ("not beaten on every count", "beaten on every count")
_TRIED, _FRONT, _WRITTEN, _KNEE = "tried", "beaten by no other", "as written", "returns diminish"
# Colour, shape and size; what stands lower is drawn above.
_LOOK: Mapping[str, tuple[str, str, int]] = {
    _TRIED: (GREY, "circle", 45),
    _FRONT: (BLUE, "circle", 70),
    _KNEE: (ORANGE, "triangle-up", 200),
    _WRITTEN: (VERMILION, "diamond", 170),
}


def tradeoffs_chart(
    found: Tradeoffs,
    x: str | None = None,
    y: str | None = None,
    *,
    scenario: Scenario | None = None,
    width: int = WIDTH,
) -> Any:
    """Policies by two of the objectives (the first two), and which of them others beat.

    With a ``scenario`` figures have their names and units, and probabilities are in per cent.
    """
    import altair as alt

    across, up = _two([o.key for o in found.objectives], x, y)
    names = [said.option_name(s.policy) for s in found.standings]
    rows = [
        {
            "policy": name, "x": s.values[across], "y": s.values[up],
            "kind": _KINDS[0] if s.efficient else _KINDS[1],
            "by": words.listed([said.option_name(p) for p in s.dominated_by]) or "none",
            "kept": s.kept,
        }
        for name, s in zip(names, found.standings, strict=True)
    ]  # fmt: skip
    base = alt.Chart(data_of(alt, rows), width=width, height=280).encode(
        x=_axis(alt, "x", found.objectives[across], scenario),
        y=_axis(alt, "y", found.objectives[up], scenario),
        tooltip=["policy:N", alt.Tooltip("by:N", title="beaten by"),
                 alt.Tooltip("kept:Q", format=".0%", title="not beaten, of resamples")],
    )  # fmt: skip
    points = base.mark_point(size=100, filled=True, opacity=1).encode(
        color=colour(alt, "kind", _KINDS, (BLUE, GREY)),
        shape=shape(alt, "kind", _KINDS, ("circle", "cross")),
    )
    text = base.mark_text(align="left", dx=8, dy=-6, color=GREY).encode(text="policy:N")
    told = f"{found.statistic} over {found.n_worlds:,} worlds"
    return entitled(alt, alt.layer(points, text), "What one objective costs in another", told)


def _two(keys: Sequence[str], x: str | None, y: str | None) -> tuple[int, int]:
    """The places of the two objectives to draw."""
    for key in (x, y):
        if key is not None and key not in keys:
            raise unknown("objective", key, keys)
    across = keys.index(x) if x is not None else next(i for i, k in enumerate(keys) if k != y)
    up = keys.index(y) if y is not None else next(i for i in range(len(keys)) if i != across)
    if across == up:
        raise InvalidRequest(f"a chart of a trade-off shows two objectives, not {x!r} twice")
    return across, up


def _axis(alt: Any, field: str, objective: Objective, scenario: Scenario | None) -> Any:
    """An axis of an objective that says which way is better."""
    percent = scenario is not None and said.in_percent(scenario, objective.key)
    name = objective.key if scenario is None else said.key_name(scenario, objective.key)
    better = f"{name} ({objective.better} is better)"
    channel = alt.X if field == "x" else alt.Y
    scale = alt.Scale(zero=False, nice=False, padding=30)
    return channel(f"{field}:Q", axis=value_axis(alt, better, percent=percent), scale=scale)


def search_chart(
    found: Search, x: str | None = None, y: str | None = None, *, width: int = WIDTH
) -> Any:
    """The settings that were tried, by two objectives; the front and the policy as written.

    Of a search for one objective, the figure by the first lever (or the lever ``x``).
    """
    import altair as alt

    plan = found.plan
    if len(plan.objectives) == 1:
        return _by_lever(alt, found, x, width)
    across, up = _two([o.key for o in plan.objectives], x, y)
    rows = [
        {**row, "x": point.figures[across], "y": point.figures[up]} for row, point in _drawn(found)
    ]
    axes = [_axis(alt, "x", plan.objectives[across], plan.scenario),
            _axis(alt, "y", plan.objectives[up], plan.scenario)]  # fmt: skip
    title = f"What the levers of {words.plain_name(plan.policy)} can reach"
    return entitled(alt, _layers(alt, rows, axes, width), title, _worlds(found))


def _by_lever(alt: Any, found: Search, lever: str | None, width: int) -> Any:
    plan = found.plan
    names = [known.name for known in plan.levers]
    if lever is not None and lever not in names:
        raise unknown("lever", lever, names)
    at = names.index(lever) if lever is not None else 0
    rows = [{**row, "x": p.setting[at], "y": p.figures[0]} for row, p in _drawn(found)]
    chosen = plan.levers[at]
    title = (
        f"{words.plain_name(chosen.name)} ({chosen.unit})"
        if chosen.unit
        else (words.plain_name(chosen.name))
    )
    axes = [alt.X("x:Q", scale=alt.Scale(zero=False, nice=False, padding=16)).axis(title=title),
            _axis(alt, "y", plan.objectives[0], plan.scenario)]  # fmt: skip
    told = f"What {words.plain_name(plan.policy)} comes to, by {words.plain_name(chosen.name)}"
    return entitled(alt, _layers(alt, rows, axes, width, joined=False), told, _worlds(found))


def _worlds(found: Search) -> str:
    plan = found.plan
    where = f"{plan.statistic.words}, {words.counted(plan.worlds, 'world')}"
    left = f"; {words.counted(found.failed, 'setting')} failed" if found.failed else ""
    return (where if plan.worlds else "at the values as stated") + left


def _drawn(found: Search) -> list[tuple[dict[str, Any], Point]]:
    """A row a setting that holds, with what it is; the front comes last and in its order."""
    front = {point.setting for point in found.front.points}
    knee = found.front.knee.place if found.front.knee is not None else -1
    tried = [p for p in found.points if p.holds and p.setting not in front]
    rows = [
        (_row(found, p, _WRITTEN if p.setting == found.written.setting else _TRIED), p)
        for p in tried
    ]
    for place, p in enumerate(found.front.points):
        kind = _KNEE if place == knee else _FRONT
        rows.append((_row(found, p, kind, place), p))
        if p.setting == found.written.setting:
            rows.append((_row(found, p, _WRITTEN), p))
    return rows


def _row(found: Search, point: Point, kind: str, place: int | None = None) -> dict[str, Any]:
    return {"kind": kind, "place": place, "setting": setting_words(found.plan.levers, point)}


def _layers(
    alt: Any,
    rows: Sequence[dict[str, Any]],
    axes: Sequence[Any],
    width: int,
    *,
    joined: bool = True,
) -> Any:
    kinds = [k for k in _LOOK if any(row["kind"] == k for row in rows)]
    colours, shapes, _ = zip(*(_LOOK[kind] for kind in kinds), strict=True)
    rows = [
        {**row, "size": _LOOK[row["kind"]][2]}
        for row in sorted(rows, key=lambda row: kinds.index(row["kind"]))
    ]
    x, y = axes
    base = alt.Chart(data_of(alt, rows), width=width, height=280).encode(
        x=x, y=y, tooltip=["kind:N", "setting:N", "x:Q", "y:Q"]
    )
    points = base.mark_point(filled=True, opacity=0.85).encode(
        color=colour(alt, "kind", kinds, colours),
        shape=shape(alt, "kind", kinds, shapes),
        size=alt.Size("size:Q", scale=None, legend=None),
    )
    line = (
        base.transform_filter("isValid(datum.place)")
        .mark_line(color=BLUE, strokeWidth=1.5)
        .encode(order="place:Q")
    )
    return alt.layer(*([line] if joined else []), points)
