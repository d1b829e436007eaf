"""Figures of a result: where variables go, what players do, how firm its probabilities are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report.charts import moments
from countermove.report.charts_solution import fan_chart, moves_chart, rationality_chart
from countermove.report.environment import sentence
from countermove.report.figure import WIDTH, Figure, figure
from countermove.report.records import Fan, Findings, MeasureRow, Moves
from countermove.report.result_tables import (
    end_words,
    factor_heading,
    fan_table,
    measure_name,
    measure_value,
    moves_table,
)
from countermove.report.scheduled import Mark
from countermove.report.summary import FIRM, change_words, swing
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.language.model import Calendar

_WIDE = 380


def fan_figure(fan: Fan, findings: Findings, marks: tuple[Mark, ...] = ()) -> Figure:
    """Where a variable goes, with what the calendar brings marked on it."""
    calendar = findings.scenario.calendar
    name = words.plain_name(fan.variable)
    about = f"Probability of each level of {name}"
    about += f", and below it the mean{f' ({fan.unit})' if fan.unit else ''}," if fan.means else ""
    return figure(
        fan_chart(fan, calendar, marks=marks, width=WIDTH),
        name=f"where-{fan.variable}",
        title=sentence(f"{change_words(fan, findings)} {end_words(findings)}"),
        about=f"{about} at the end of each {words.step(calendar)}.",
        rows=_fan_rows(fan, calendar),
        table=fan_table(findings, fan),
    )


def _fan_rows(fan: Fan, calendar: Calendar) -> list[dict[str, Any]]:
    ends = [str(moment)[:10] for moment in moments(fan.times, calendar)]
    return [
        {"variable": fan.variable, "periods_ended": time, "at": at, "level": level, "odds": odds}
        for time, at, row in zip(fan.times, ends, fan.odds, strict=True)
        for level, odds in zip(fan.levels, row, strict=True)
    ]


def moves_figure(moves: Moves, findings: Findings, marks: tuple[Mark, ...] = ()) -> Figure | None:
    """What a player does, period by period; None where it never gets to move."""
    if moves.first() is None:
        return None
    calendar = findings.scenario.calendar
    return figure(
        moves_chart(moves, calendar, marks=marks, width=WIDTH),
        name=f"moves-{moves.label.replace('#', '-')}",
        title=_moves_title(moves),
        about="Probability of each move, given that the player gets to move.",
        rows=[
            {"move": action, "period": words.period(calendar, period), "odds": row[a]}
            for period, row in zip(moves.periods, moves.odds, strict=True)
            if row is not None
            for a, action in enumerate(moves.actions)
        ],
        table=moves_table(findings, moves),
    )


def _moves_title(moves: Moves) -> str:
    """Which move is the likeliest at first, and which at last."""
    told = [odds for odds in moves.odds if odds is not None]
    likeliest = [max(range(len(odds)), key=odds.__getitem__) for odds in told]
    first, last = likeliest[0], likeliest[-1]
    names = [words.plain_name(action) for action in moves.actions]
    begins, ends = words.percent(told[0][first]), words.percent(told[-1][last])
    if set(likeliest) == {first}:
        return (
            f"{moves.title}: “{names[first]}” is the likeliest move throughout, {begins} at first "
            f"and {ends} at last"
        )
    return (
        f"{moves.title}: “{names[first]}” is the likeliest move at first ({begins}), "
        f"“{names[last]}” at last ({ends})"
    )


def rationality_figure(rows: tuple[MeasureRow, ...], factors: tuple[float, ...]) -> Figure:
    """How firm each probability is, at each rationality."""
    widest = max(rows, key=swing)
    ends = sorted([widest.value, *widest.variants.values()])
    title = (
        "No probability moves by 5 points where rationality is halved or doubled"
        if swing(widest) < FIRM
        else f"“{words.plain_name(widest.name)}” hangs most on rationality: "
        f"{words.percent(ends[0])} to {words.percent(ends[-1])}"
    )
    return figure(
        rationality_chart(rows, factors, width=_WIDE),
        name="rationality",
        title=title,
        about="Each probability where everybody’s rationality is halved, as given, and doubled.",
        rows=[
            {"measure": row.name, "rationality": factor, "probability": value}
            for row in rows
            for factor, value in sorted({**row.variants, 1.0: row.value}.items())
        ],
        table=_rationality_table(rows, factors),
    )


def _rationality_table(rows: tuple[MeasureRow, ...], factors: tuple[float, ...]) -> Table:
    every = sorted({*factors, 1.0})
    headings = {1.0: "as given"} | {factor: factor_heading(factor) for factor in factors}
    columns = ("measure", *(headings[factor] for factor in every))
    body = tuple(
        (
            measure_name(row),
            *(measure_value(row, {**row.variants, 1.0: row.value}[factor]) for factor in every),
        )
        for row in rows
    )
    return Table(columns, body, frozenset(columns[1:]))
