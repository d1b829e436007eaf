"""The figure of an exploration: where each policy's result lies over the worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report.charts import BLUE, GREY, ORANGE, ROW, data_of, names_axis
from countermove.report.comparison_words import in_percent, key_name, option_name
from countermove.report.environment import sentence
from countermove.report.figure import Figure, figure

if TYPE_CHECKING:
    from countermove.explore.robustness import Robustness
    from countermove.language.model import Scenario

_WIDE = 360
_SHOWN = ("worst", "p10", "p50", "p90", "mean")


def ranges_figure(scenario: Scenario, found: Robustness, view: str) -> Figure:
    """Each policy over the worlds: its worst case, the middle four fifths, median and mean."""
    best, worst = found.best("mean"), found.best("worst")
    named = words.listed([f"“{option_name(name)}”" for name in best])
    title = f"Over {found.n_worlds:,} worlds {named} {'has' if len(best) == 1 else 'have'} the "
    title += "best mean"
    if set(best) & set(worst):
        title += " and the best worst case"
    else:
        second = words.listed([f"“{option_name(name)}”" for name in worst])
        title += f", {second} the best worst case"
    return figure(
        ranges_chart(scenario, found),
        name=f"worlds-{view.replace(' ', '-')}",
        title=title,
        about=f"{sentence(key_name(scenario, found.objective.key))} "
        f"({found.objective.better} is better): the bar holds 8 of 10 worlds, the line across it "
        "is the median, the dot the mean, the cross the worst case.",
        rows=[
            {"policy": name} | {key: found[key].values[at] for key in _SHOWN}
            for at, name in enumerate(found.alternatives)
        ],
    )


def ranges_chart(scenario: Scenario, found: Robustness) -> Any:
    """Bars from the tenth to the ninetieth percentile, with median, mean and worst case."""
    import altair as alt

    turn = found.objective.sign
    order = sorted(range(len(found.alternatives)), key=lambda at: -turn * found["mean"].values[at])
    names = [option_name(found.alternatives[at]) for at in order]
    rows = [
        {"policy": name} | {key: found[key].values[at] for key in _SHOWN}
        for name, at in zip(names, order, strict=True)
    ]
    form = ".0%" if in_percent(scenario, found.objective.key) else ",.4~r"
    axis = alt.Axis(title=key_name(scenario, found.objective.key), format=form, tickCount=6)
    base = alt.Chart(data_of(alt, rows), width=_WIDE, height=ROW * len(names)).encode(
        y=names_axis(alt, "policy", names)
    )
    scale = alt.Scale(zero=False, padding=8)
    reach = base.mark_rule(color=GREY, strokeWidth=1).encode(
        x=alt.X("worst:Q", axis=axis, scale=scale), x2="p10:Q"
    )
    bar = base.mark_bar(color=GREY, opacity=0.45, size=ROW * 0.45).encode(x="p10:Q", x2="p90:Q")
    middle = base.mark_tick(color=GREY, thickness=3, size=ROW * 0.6).encode(x="p50:Q")
    mean = base.mark_point(color=BLUE, filled=True, size=80, opacity=1).encode(x="mean:Q")
    worst = base.mark_point(color=ORANGE, shape="cross", filled=True, size=70, opacity=1)
    return alt.layer(reach, bar, middle, worst.encode(x="worst:Q"), mean)
