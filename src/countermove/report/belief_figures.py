"""Figures of beliefs: where they go, and what each move does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report.belief_records import BeliefPath, Signals
from countermove.report.belief_tables import path_table, tells
from countermove.report.belief_words import LEAST_TOLD, path_words
from countermove.report.charts_solution import path_chart, tells_chart
from countermove.report.figure import WIDTH, Figure, figure
from countermove.report.scheduled import Mark

if TYPE_CHECKING:
    from countermove.report.records import Findings


def path_figure(path: BeliefPath, findings: Findings, marks: tuple[Mark, ...] = ()) -> Figure:
    """Where the belief in a type goes."""
    return figure(
        path_chart(path, findings.scenario.calendar, marks=marks, width=WIDTH),
        name=f"belief-{path.player}-{path.type}",
        title=path_words(path).removesuffix("."),
        about="Grey: where the belief lies in 9 of 10 courses, darker in half of them; the lines "
        "are means by what is true.",
        rows=_path_rows(path),
        table=path_table(findings, path),
    )


def _path_rows(path: BeliefPath) -> list[dict[str, Any]]:
    spread = path.overall
    return [
        {
            "periods_ended": time,
            "mean_if_so": path.if_so.mean[at],
            "mean_if_not": path.if_not.mean[at],
            "mean": spread.mean[at],
            "q05": spread.low[at],
            "q25": spread.lower[at],
            "q50": spread.middle[at],
            "q75": spread.upper[at],
            "q95": spread.high[at],
        }
        for at, time in enumerate(path.times)
    ]


def tells_figure(signals: Signals, kind: int) -> Figure:
    """What each move does to the belief in a type."""
    visit = signals.label.replace("#", "-")
    return figure(
        tells_chart(signals, kind, width=WIDTH),
        name=f"tells-{visit}-{signals.types[kind]}",
        title=_tells_title(signals, kind),
        about="The belief just before and just after each move, on average over the times when "
        "the move is made.",
        rows=[
            {"move": signals.actions[action], "before": before[kind], "after": after[kind]}
            for action, before, after in signals.moved()
        ],
        table=tells(signals),
    )


def _tells_title(signals: Signals, kind: int) -> str:
    title, type_ = words.within(signals.title), words.plain_name(signals.types[kind])
    about = f"that {title} {words.verb(title)} {type_}"
    moved = [(after[kind] - before[kind], action) for action, before, after in signals.moved()]
    most, action = max(moved, key=lambda pair: abs(pair[0]), default=(0.0, 0))
    found = signals.overall(action)
    if found is None or abs(most) < LEAST_TOLD:
        return f"No move tells much of whether {title} {words.verb(title)} {type_}"
    before, after = (words.percent(belief[kind]) for belief in found)
    way = "raises" if most > 0 else "lowers"
    move = words.plain_name(signals.actions[action])
    return f"“{move}” {way} the belief {about} most: from {before} to {after}"
