"""The page: one HTML file that holds everything, runs no script and asks nothing of the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from countermove._version import __version__
from countermove.language import bundled
from countermove.language.model import Scenario
from countermove.report import (
    asked,
    belief_tables,
    belief_words,
    fixed_points,
    prose,
    record,
    result_tables,
    scenario_tables,
    stationary,
    summary,
    words,
)
from countermove.report.belief_figures import path_figure, tells_figure
from countermove.report.belief_records import TypedPlayer
from countermove.report.figures import fan_figure, rationality_figure
from countermove.report.records import Findings, Moves
from countermove.report.summary import swing

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "report.html.jinja"
_MOST_ROWS = 14
_CARDS = 8


def page(findings: Findings, *, manifest: Mapping[str, Any] | None = None) -> str:
    """The report as one HTML document."""
    return (
        _environment(findings.scenario)
        .get_template(TEMPLATE)
        .render(
            findings=findings,
            scenario=findings.scenario,
            version=__version__,
            today=words.day(dt.datetime.now(dt.UTC).date()),
            sentences=summary.sentences(findings),
            fan_figures=[fan_figure(fan, findings.scenario.calendar) for fan in findings.fans],
            rationality_figure=_rationality(findings),
            months=_month_headings(findings),
            overridden=asked.overridden(findings),
            moved=asked.moved(findings),
            conditions=asked.conditions(findings),
            warnings=asked.warnings(findings),
            record=record.rows(manifest or {}),
            cards=_CARDS,
            command_name=_command_name(findings.scenario),
        )
    )


def _command_name(scenario: Scenario) -> str:
    """What to type for the scenario: only a bundled one is known by its name everywhere."""
    return scenario.name if scenario.name in bundled() else "SCENARIO"


def _environment(scenario: Scenario) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("countermove.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        prose=prose,
        tables=result_tables,
        scenario_tables=scenario_tables,
        columns_of=_columns_of,
        belief_tables=belief_tables,
        belief_words=belief_words,
        fixed_points=fixed_points,
        stationary=stationary,
        marked=_marked,
        path_figure=partial(path_figure, calendar=scenario.calendar),
        tells_figure=tells_figure,
    )
    return environment


def _rationality(findings: Findings) -> str:
    rows = tuple(
        row
        for row in findings.measures
        if row.form in ("probability", "belief") and row.variants and row.is_defined
    )
    rows = tuple(sorted(rows, key=swing, reverse=True)[:_MOST_ROWS])
    return rationality_figure(rows, findings.factors) if rows else ""


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
