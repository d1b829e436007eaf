"""The page: one HTML file that holds everything, runs no script and asks nothing of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from countermove.language import bundled, words
from countermove.language.model import Scenario
from countermove.report import asked, comparison_page, record, summary
from countermove.report.basis import basis_of
from countermove.report.belief_figures import path_figure, tells_figure
from countermove.report.belief_records import TypedPlayer
from countermove.report.brief import brief
from countermove.report.figure import Figure
from countermove.report.figures import fan_figure, moves_figure, rationality_figure
from countermove.report.parts import Part, rendered
from countermove.report.records import Findings, Moves
from countermove.report.scheduled import Mark, scheduled
from countermove.report.summary import swing

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.report.certified import Certified
    from countermove.report.why import Told
    from countermove.report.worlds import Worlds

_MOST_ROWS = 14
_CARDS = 4


@dataclass(frozen=True, slots=True)
class Absent:
    """What a page could hold and does not: what, why one would want it, and how to have it."""

    what: str
    why: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class More:
    """What a page holds beyond a run's findings; what is None is not there.

    ``records`` are manifests with their headings, ``absent`` what is not there, ``source`` what to
    type for the scenario.
    """

    comparison: Comparison | None = None
    worlds: Worlds | None = None
    explanations: tuple[Told, ...] = ()
    certificate: Certified | None = None
    records: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    absent: tuple[Absent, ...] = ()
    source: str = ""


def page(
    findings: Findings, *, manifest: Mapping[str, Any] | None = None, more: More | None = None
) -> str:
    """The report as one HTML document."""
    more = more or More()
    scenario = findings.scenario
    return rendered(
        scenario,
        tuple(_parts(findings, more)),
        title=scenario.title or scenario.name,
        header="header",
        linked=True,
        given={
            **_of_run(findings),
            **(comparison_page.given(more.comparison) if more.comparison is not None else {}),
            "comparison": more.comparison,
            "worlds": more.worlds,
            "explanations": more.explanations,
            "certificate": more.certificate,
            "absent": more.absent,
            "command_name": more.source or command_name(scenario),
            "brief": brief(findings, more.comparison, more.worlds),
            "sentences": summary.sentences(findings),
            "records": _records(manifest or {}, more),
        },
    )


def _parts(findings: Findings, more: More) -> list[Part]:
    """The sections in their order, those left out that have nothing to show."""
    found = [
        Part("minute", "In a minute"),
        Part("situation", "The situation"),
        Part("wants", "Actors and interests"),
        Part("order", "Order of play"),
        Part("moves", "Likely moves, and why" if more.explanations else "Likely moves"),
    ]
    found += [Part("beliefs", "Types and beliefs")] if findings.beliefs.players else []
    found += [Part("states", "Strategies by state")] if findings.by_state else []
    found += [Part("where", "Where it leads"), Part("measures", "Measures")]
    found += comparison_page.parts(more.comparison) if more.comparison is not None else []
    found += [Part("worlds", "Uncertain worlds")] if more.worlds is not None else []
    found += [Part("choices", "Policies and views"), Part("numbers", "Sources and assumptions")]
    found += [Part("method", "Method and certificate"), Part("record", "Record")]
    return found + ([Part("absent", "Not in this report")] if more.absent else [])


def _of_run(findings: Findings) -> dict[str, Any]:
    """What the sections of a run are given."""
    calendar = findings.scenario.calendar
    marks = tuple(mark for mark in scheduled(findings.scenario) if mark.period in findings.periods)
    return {
        "findings": findings,
        "basis": basis_of(findings.scenario),
        "fan_figures": [fan_figure(fan, findings, marks) for fan in findings.fans],
        "moves_figures": _moves_figures(findings, marks),
        "path_figure": partial(path_figure, findings=findings, marks=marks),
        "tells_figure": tells_figure,
        "rationality_figure": _rationality(findings),
        "marks": [_mark_words(findings, mark) for mark in marks],
        "months": _month_headings(findings),
        "marked": _marked,
        "columns_of": _columns_of,
        "overridden": asked.overridden(findings),
        "moved": asked.moved(findings),
        "conditions": asked.conditions(findings),
        "warnings": asked.warnings(findings),
        "cards": _CARDS,
        "briefed": True,
        "dated": calendar.begins(0) is not None,
    }


def _moves_figures(findings: Findings, marks: tuple[Mark, ...]) -> dict[str, Figure]:
    """By visit; a game of one period is told by its bars alone."""
    if len(findings.periods) < 2:
        return {}
    found = {moves.label: moves_figure(moves, findings, marks) for moves in findings.moves}
    return {label: drawn for label, drawn in found.items() if drawn is not None}


def _mark_words(findings: Findings, mark: Mark) -> str:
    """``election, 3 Nov 2020 (certain)``: what comes, when, and how likely it is."""
    when = words.period(findings.scenario.calendar, mark.period)
    odds = findings.happenings[mark.event][mark.period - findings.start_period]
    said = words.chance(odds) if odds > 1 - 1e-12 else words.percent(odds)
    when = words.day(mark.day) if mark.day is not None else when
    return f"{words.plain_name(mark.event)}, {when} ({said})"


def _records(manifest: Mapping[str, Any], more: More) -> list[tuple[str, Any]]:
    told = [("The run", manifest), *more.records]
    return [(heading, record.rows(one)) for heading, one in told]


def command_name(scenario: Scenario) -> str:
    """What to type for the scenario: only a bundled one is known by its name everywhere."""
    return scenario.name if scenario.name in bundled() else "SCENARIO"


def _rationality(findings: Findings) -> Figure | None:
    rows = tuple(
        row
        for row in findings.measures
        if row.form in ("probability", "belief") and row.variants and row.is_defined
    )
    rows = tuple(sorted(rows, key=swing, reverse=True)[:_MOST_ROWS])
    return rationality_figure(rows, findings.factors) if rows else None


def _month_headings(findings: Findings) -> list[str]:
    """A heading a period: the year only where it begins or changes, so that columns stay narrow."""
    calendar = findings.scenario.calendar
    headings: list[str] = []
    year = None
    for period in findings.periods:
        begins = calendar.begins(period)
        full = words.period(calendar, period)
        if begins is None:
            headings.append(str(period + 1))
        else:
            headings.append(full.removesuffix(f" {year}") if begins.year == year else full)
            year = begins.year
    return headings


def _marked(headings: list[str], player: TypedPlayer) -> list[str]:
    """The headings of periods, with a sign where the player's type may be drawn anew."""
    return [
        f"{heading} ↻" if odds > 0 else heading
        for heading, odds in zip(headings, player.redraws, strict=True)
    ]


def _columns_of(moves: Moves) -> list[tuple[str, list[float | None]]]:
    """An action with its odds in every period, likeliest over all periods first."""
    rows = [
        (action, [odds[at] if odds is not None else None for odds in moves.odds])
        for at, action in enumerate(moves.actions)
    ]
    return sorted(rows, key=lambda row: -sum(odds or 0.0 for odds in row[1]))
