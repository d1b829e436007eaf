"""Charts of many worlds: how the ranking settles, and what policies come to in each world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.errors import check_names
from countermove.explore.objectives_values import (
    Sampled,
    alternatives_of,
    sampled,
    view_of,
)
from countermove.explore.robustness import resampled
from countermove.explore.sensitivity import worlds_of
from countermove.language import words
from countermove.report import comparison_words as said
from countermove.report.charts import (
    GREY,
    WIDTH,
    colour,
    colours_of,
    data_of,
    entitled,
    odds_axis,
    odds_scale,
    shape,
    value_axis,
)

if TYPE_CHECKING:
    from countermove.explore.exploration import Exploration
    from countermove.explore.objectives import Objective

MOST_POINTS = 3000  # that a scatter draws: more make a page heavy and tell nothing more
_LOOKS = 40  # numbers of worlds at which a chart looks
_RESAMPLES = 200
_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")


def convergence_chart(
    exploration: Exploration,
    objective: Objective,
    *,
    policies: Sequence[str] | None = None,
    view: str | None = None,
    met: str = "adaptive",
    width: int = WIDTH,
) -> Any:
    """Each policy's mean over the first so many worlds; below, how sure the first place is."""
    import altair as alt

    points, seen = _points(exploration, objective, policies, view, met)
    names = [said.option_name(label) for label in points.labels]
    looks = _looks(len(points.world))
    means = _means(alt, exploration, objective, points, names, looks, width)
    sure = _sure(alt, objective, points, names, looks, width)
    chart = alt.vconcat(means, sure, spacing=12).resolve_scale(x="shared")
    figure = said.key_name(exploration.scenario, objective.key)
    what = f"{figure}, {objective.better} is better; as {said.view_name(seen)} sees the worlds"
    return entitled(alt, chart, "How the ranking settles as worlds are added", what)


def _points(
    exploration: Exploration,
    objective: Objective,
    policies: Sequence[str] | None,
    view: str | None,
    met: str,
) -> tuple[Sampled, str]:
    """The worlds of a view in which all the policies have a figure, in their order."""
    seen = view_of(exploration, view)
    chosen = alternatives_of(exploration, policies=policies, met=met)
    found = sampled(exploration, chosen, [objective.key], views=[seen])
    return found.only(found.complete()), seen


def _looks(worlds: int) -> list[int]:
    """Numbers of worlds from few to all, evenly apart."""
    return sorted({round(n) for n in np.linspace(min(2, worlds), worlds, _LOOKS)})


def _means(
    alt: Any,
    exploration: Exploration,
    objective: Objective,
    points: Sampled,
    names: Sequence[str],
    looks: Sequence[int],
    width: int,
) -> Any:
    values = points.values[objective.key]
    running = values.cumsum(axis=1) / np.arange(1, values.shape[1] + 1)
    rows = [
        {"worlds": n, "policy": name, "mean": float(running[p, n - 1])}
        for p, name in enumerate(names)
        for n in looks
        if n
    ]
    percent = said.in_percent(exploration.scenario, objective.key)
    axis = value_axis(alt, "mean so far", percent=percent)
    return (
        alt.Chart(data_of(alt, rows), width=width, height=200)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("worlds:Q").axis(title=None, labels=False),
            y=alt.Y("mean:Q", axis=axis, scale=alt.Scale(zero=False)),
            color=colour(alt, "policy", names, colours_of(len(names)), width=width),
            tooltip=[
                alt.Tooltip("policy:N"),
                alt.Tooltip("worlds:Q"),
                alt.Tooltip("mean:Q", format=".1%" if percent else ",.4~r"),
            ],
        )
    )


def _sure(
    alt: Any,
    objective: Objective,
    points: Sampled,
    names: Sequence[str],
    looks: Sequence[int],
    width: int,
) -> Any:
    """The share of bootstrap samples of the worlds so far in which the first is the same."""
    values = objective.sign * points.values[objective.key]
    rows = []
    for n in looks:
        so_far = values[:, :n]
        counts = np.array(list(resampled(points.world[:n], _RESAMPLES, seed=n)))
        best = int(so_far.mean(axis=1).argmax())
        firsts = (so_far @ counts.T).argmax(axis=0)
        rows.append({"worlds": n, "first": names[best], "odds": float(np.mean(firsts == best))})
    line = alt.Chart(data_of(alt, rows), width=width, height=70).encode(
        x=alt.X("worlds:Q").axis(title="worlds"),
        y=alt.Y("odds:Q", scale=odds_scale(alt), axis=odds_axis(alt, None)),
        tooltip=[
            alt.Tooltip("worlds:Q"),
            alt.Tooltip("first:N"),
            alt.Tooltip("odds:Q", format=".0%", title="first in resamples"),
        ],
    )
    points_ = line.mark_point(filled=True, size=28, opacity=1).encode(
        color=colour(alt, "first", names, colours_of(len(names)), width=width).legend(None)
    )
    told = "how often the first so far is first in resamples of the worlds so far"
    title = alt.Title(told, anchor="start", fontSize=11, fontWeight="normal")
    return alt.layer(line.mark_line(color=GREY), points_).properties(title=title)


def worlds_chart(
    exploration: Exploration,
    parameter: str,
    objective: Objective,
    *,
    policies: Sequence[str] | None = None,
    view: str | None = None,
    met: str = "adaptive",
    width: int = WIDTH,
) -> Any:
    """What policies come to in each world, by the value that a parameter has there.

    The two policies with the best means, unless others are named.
    """
    import altair as alt

    check_names("uncertain parameter", [parameter], exploration.parameters)
    points, seen = _points(exploration, objective, policies, view, met)
    values = objective.sign * points.values[objective.key]
    order = np.argsort(-values.mean(axis=1), kind="stable")
    kept = range(len(order)) if policies else sorted(order[:2])
    names = [said.option_name(points.labels[p]) for p in kept]
    at = worlds_of(exploration, seen, points)[:, exploration.parameters.index(parameter)]
    shown = min(len(at), MOST_POINTS // max(len(names), 1))
    rows = [
        {"policy": name, "at": float(at[n]), "value": float(points.values[objective.key][p, n])}
        for p, name in zip(kept, names, strict=True)
        for n in range(shown)
    ]
    scatter = _scatter(alt, exploration, parameter, objective, rows, names, width)
    figure = said.key_name(exploration.scenario, objective.key)
    title = f"What policies come to in each world, by {words.plain_name(parameter)}"
    counted = (
        f"{shown:,} worlds" if shown == len(at) else f"the first {shown:,} of {len(at):,} worlds"
    )
    return entitled(
        alt, scatter, title, f"{figure}; {counted}, as {said.view_name(seen)} sees them"
    )


def _scatter(
    alt: Any,
    exploration: Exploration,
    parameter: str,
    objective: Objective,
    rows: Sequence[dict[str, Any]],
    names: Sequence[str],
    width: int,
) -> Any:
    known = exploration.scenario.parameters[parameter]
    unit = f" ({known.unit})" if known.unit else ""
    percent = said.in_percent(exploration.scenario, objective.key)
    figure = said.key_name(exploration.scenario, objective.key)
    shapes = [_SHAPES[p % len(_SHAPES)] for p in range(len(names))]
    scale = alt.Scale(zero=False, type="log" if known.scale == "log" else "linear", nice=False)
    return (
        alt.Chart(data_of(alt, rows), width=width, height=260)
        .mark_point(size=26, opacity=0.65)
        .encode(
            x=alt.X("at:Q", scale=scale).axis(
                title=f"{words.plain_name(parameter)}{unit}", format=",.4~r", tickCount=6
            ),
            y=alt.Y(
                "value:Q",
                axis=value_axis(alt, figure, percent=percent),
                scale=alt.Scale(zero=False),
            ),
            color=colour(alt, "policy", names, colours_of(len(names)), width=width),
            shape=shape(alt, "policy", names, shapes, width=width),
        )
    )
