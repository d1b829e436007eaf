"""The tables that a result fills: moves now, measures, where variables go."""

from __future__ import annotations

from countermove.language import words
from countermove.report.records import Fan, Findings, MeasureRow, Moves
from countermove.report.tables import Table, without_empty_columns


def moves_now(findings: Findings, *, most: int = 4) -> Table:
    """Each player's likeliest moves the first time that it may move."""
    columns = ("player", "when", "likely moves")
    rows = tuple(_now_row(findings, m, most) for m in findings.moves if m.first() is not None)
    return Table(columns, rows)


def _now_row(findings: Findings, moves: Moves, most: int) -> tuple[str, ...]:
    at = moves.first() or 0
    when = words.period(findings.scenario.calendar, moves.periods[at])
    now = [pair for pair in moves.now() if pair[1] > 0]
    shown = [f"{words.plain_name(name)} {words.percent(p)}" for name, p in now[:most]]
    left = sum(p for _, p in now[most:])
    if left > 0:
        shown.append(f"{len(now) - most} more {words.percent(left)}")
    return (moves.title, when, ", ".join(shown))


def measures(findings: Findings) -> Table:
    """Each measure: exact, in words, simulated, and at other rationalities."""
    factors = tuple(factor_heading(factor) for factor in findings.factors)
    given = findings.sample.given if findings.sample is not None else ""
    exact = "exact, all courses" if given else "exact"
    simulated = f"simulated, given {given}" if given else "simulated"
    columns = ("measure", exact, "in words", simulated, *factors, "unit")
    rows = tuple(_measure_row(findings, row) for row in findings.measures)
    numeric = frozenset({exact, simulated, *factors})
    return without_empty_columns(
        Table(columns, rows, numeric, spare=("unit", simulated, *factors, "in words"))
    )


def _measure_row(findings: Findings, row: MeasureRow) -> tuple[str, ...]:
    varied = tuple(measure_value(row, row.variants[factor]) for factor in findings.factors)
    return (
        measure_name(row),
        measure_value(row, row.value),
        measure_words(findings, row),
        sampled_words(row),
        *varied,
        "" if row.in_percent else row.unit,
    )


def measure_name(row: MeasureRow) -> str:
    """A measure's name; that of a time says that its value is the chance that it comes at all."""
    name = words.plain_name(row.name)
    return f"{name} (if ever)" if row.kind == "first" else name


def factor_heading(factor: float) -> str:
    """A variant of rationality as a heading: ``λ halved``."""
    return {0.5: "λ halved", 2.0: "λ doubled"}.get(factor, f"λ × {factor:g}")


def measure_value(row: MeasureRow, value: float) -> str:
    """A measure's value: a percentage to a tenth where it is a probability, else a number."""
    return words.percent(value, tenths=True) if row.in_percent else words.number(value)


def measure_words(findings: Findings, row: MeasureRow) -> str:
    """A probability in words, and the mean time of a ``first``; empty for other measures."""
    if row.form == "share":
        return "of the time"
    if row.form == "belief":
        return row.about
    if row.form != "probability":
        return f"given that {row.given_type}" if row.given_type else ""
    said = words.chance(row.value)
    if row.given_type:
        said += f", given that {row.given_type}"
    if row.mean_given is not None and row.value > 0:
        said += f"; if so after {words.duration(row.mean_given, findings.scenario.calendar)}"
    return said


def sampled_words(row: MeasureRow) -> str:
    """A simulated mean with its standard error: ``31.21% ± 0.15``, ``4.213 ± 0.021``."""
    if row.sampled is None:
        return ""
    mean, error = row.sampled.mean, row.sampled.standard_error
    return words.with_error(mean, error, percent_sign=row.in_percent)


def destinations(findings: Findings) -> Table:
    """Each variable: where it starts, where it likeliest ends, with the mean where it has one."""
    end = f"likeliest {end_words(findings)}"
    columns = ("variable", "at the start", end, "probability", "mean", "unit")
    rows = tuple(_destination_row(findings, fan) for fan in findings.fans)
    numeric = frozenset({"probability", "mean"})
    return without_empty_columns(Table(columns, rows, numeric, spare=("unit", "mean")))


def end_words(findings: Findings) -> str:
    """When the last of what is shown ends: ``at the end``, ``after 24 periods``."""
    if not findings.forever:
        return "at the end"
    return f"after {words.duration(len(findings.periods), findings.scenario.calendar)}"


def over_words(findings: Findings) -> str:
    """How likely it is that the game is over by the last period; empty where it cannot be."""
    if findings.scenario.ends is None:
        return ""
    end = words.period_end(findings.scenario.calendar, findings.periods[-1])
    return f"Over by {end}: {words.percent(findings.over[-1])}; levels then stay as they were."


def _destination_row(findings: Findings, fan: Fan) -> tuple[str, ...]:
    level, probability = fan.likeliest(len(fan.odds) - 1)
    mean = f"{words.number(fan.means[0])} → {words.number(fan.means[-1])}" if fan.means else ""
    return (
        words.plain_name(fan.variable),
        words.plain_name(findings.start[fan.variable]),
        words.plain_name(level),
        words.percent(probability),
        mean,
        fan.unit if fan.means else "",
    )


def fan_table(findings: Findings, fan: Fan) -> Table:
    """The numbers behind a fan: a row a time, a column a level, and the mean."""
    calendar = findings.scenario.calendar
    levels = tuple(words.plain_name(level) for level in fan.levels)
    columns = ("end of", *levels, *(("mean",) if fan.means else ()))
    rows = []
    for at, (time, odds) in enumerate(zip(fan.times, fan.odds, strict=True)):
        ended = words.period_end(calendar, time - 1) if at else "the start"
        mean = (words.number(fan.means[at]),) if fan.means else ()
        rows.append((ended, *(words.percent(p) for p in odds), *mean))
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def moves_table(findings: Findings, moves: Moves) -> Table:
    """What a player does: a row a period in which it may move, a column a move."""
    calendar = findings.scenario.calendar
    columns = ("period", "gets to move", *(words.plain_name(action) for action in moves.actions))
    rows = tuple(
        (words.period(calendar, period), words.percent(moving), *map(words.percent, odds))
        for period, moving, odds in zip(moves.periods, moves.moves, moves.odds, strict=True)
        if odds is not None
    )
    return Table(columns, rows, frozenset(columns[1:]))


def happening_table(findings: Findings) -> Table:
    """The probability that each event happens, a row a period."""
    calendar = findings.scenario.calendar
    columns = ("period", *(words.plain_name(name) for name in findings.happenings))
    rows = tuple(
        (words.period(calendar, period), *(words.percent(p) for p in row))
        for period, row in zip(
            findings.periods, zip(*findings.happenings.values(), strict=True), strict=False
        )
    )
    return Table(columns, rows, frozenset(columns[1:]))
