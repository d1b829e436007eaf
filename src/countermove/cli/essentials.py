"""What a run prints at its end: the essentials in tables, or all of it as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.cli.tables import grid
from countermove.language import words
from countermove.report import asked, belief_data, belief_tables, belief_words, result_tables
from countermove.report.records import Findings, MeasureRow, Moves
from countermove.report.tables import Table

if TYPE_CHECKING:
    from rich.console import Console


def show(console: Console, findings: Findings, folder: Path, *, page: bool) -> None:
    """The title, likely moves, measures, where the variables go, and where to read on."""
    scenario = findings.scenario
    console.print(scenario.title or scenario.name, style="bold", markup=False)
    console.print(_about(findings), style="dim", markup=False)
    _warn(console, findings)
    _table(console, "Private types", belief_tables.all_types(findings))
    _table(console, "Likely moves now", result_tables.moves_now(findings))
    _table(console, "What moves tell", belief_tables.all_tells(findings))
    if story := belief_words.story_words(findings):
        console.print(story, markup=False)
    _table(console, "Measures", result_tables.measures(findings))
    _table(console, "Where it leads", result_tables.destinations(findings))
    if over := result_tables.over_words(findings):
        console.print(over, markup=False)
    read = folder / "report.html" if page else folder
    console.print(f"\n{read}", style="bold green", markup=False, soft_wrap=True)


def _table(console: Console, heading: str, table: Table) -> None:
    if table.rows:
        console.print(f"\n{heading}", style="bold cyan", markup=False)
        console.print(grid(table, console.width))


def _about(findings: Findings) -> str:
    parts = [
        words.span(findings.scenario.calendar),
        words.counted(findings.solve.states, "state"),
        _solved(findings),
        *asked.conditions(findings),
    ]
    if findings.policy:
        parts.append(f"policy {findings.policy}")
    if findings.view:
        parts.append(f"view {findings.view}")
    return " · ".join(parts)


def _solved(findings: Findings) -> str:
    solve, fixed = findings.solve, findings.solve.fixed
    said = f"solved in {solve.wall_time:.2g} s, residual {solve.residual:.1e}"
    if fixed is None:
        return said
    missing = f", {fixed.n_unsolved:,} not found" if fixed.n_unsolved else ""
    return f"{said} · {words.counted(fixed.points, 'fixed point')}{missing}"


def _warn(console: Console, findings: Findings) -> None:
    if findings.sample is not None and findings.sample.given:
        sample = findings.sample
        kept = f"{sample.kept:,} of {sample.paths:,}"
        console.print(f"simulated: {kept} paths, those with {sample.given} first", markup=False)
    texts = [f"{w.location}: warning {w.code}: {w.message}" for w in findings.scenario.warnings]
    texts += [f"warning: {text}" for text in asked.warnings(findings)]
    for text in texts:
        console.print(text, style="yellow", markup=False)


def as_data(findings: Findings, folder: Path, times: Mapping[str, float]) -> dict[str, Any]:
    """A run for machines."""
    return {
        "scenario": findings.scenario.name,
        "version": findings.scenario.version,
        "folder": str(folder),
        "residual": findings.solve.residual,
        "states": findings.solve.states,
        "view": findings.view,
        "policy": findings.policy,
        "parameters": dict(findings.parameters),
        "measures": {row.name: _measure(row) for row in findings.measures},
        "payoffs": dict(findings.payoffs),
        **belief_data.as_data(findings),
        "moves": {moves.label: _moves(moves) for moves in findings.moves},
        "fans": {
            fan.variable: {"levels": fan.levels, "times": fan.times, "odds": fan.odds}
            for fan in findings.fans
        },
        "simulation": findings.sample,
        "over": findings.over,
        "warnings": [*map(str, findings.scenario.warnings), *asked.warnings(findings)],
        "times": dict(times),
    }


def _measure(row: MeasureRow) -> dict[str, Any]:
    return {
        "value": row.value,
        "unit": row.unit,
        "mean_given": row.mean_given,
        "mean_censored": row.mean_censored,
        "simulated": row.sampled,
        "rationality": {f"{factor:g}": value for factor, value in row.variants.items()},
    }


def _moves(moves: Moves) -> dict[str, Any]:
    return {
        "now": dict(moves.now()),
        "periods": moves.periods,
        "moves": moves.moves,
        "actions": moves.actions,
        "odds": moves.odds,
    }
