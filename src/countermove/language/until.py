"""Dates in expressions: ``date`` opposite an ISO date, and ``until``; both become periods."""

from __future__ import annotations

import ast
import datetime as dt

from countermove.language.calendar import day_remedy, last_day, period_of
from countermove.language.context import Context, fold
from countermove.language.expressions import Binary, Node, Number, Period


def stray_date(node: ast.expr, context: Context) -> None:
    """Report ``date`` or an ISO date that stands where only numbers may."""
    context.report(
        "CM042",
        "a date stands only opposite `date`, or in until(...)",
        node,
        expected="for example: date >= 2020-11-03, or until(2020-11-03)",
        remedy="compare date with it; for a subtraction put spaces around the minus",
    )


def until(node: ast.Call, context: Context) -> Node | None:
    """``until(2020-11-03)``: the periods from this one to the one that holds the date."""
    if not context.may_change("until(...)", node) or not counted("until(...)", node, context):
        return None
    if context.date(node.args[0]) is None:
        stray_date(node.args[0], context)
        return None
    period = period_at(node.args[0], context)
    if period is None:
        return None
    return fold(Binary("-", Number(float(period)), Period()), node, context)


def counted(what: str, node: ast.expr, context: Context) -> bool:
    """Whether periods are counted, so that time may be read; a fault where there is no end."""
    if not context.scope.calendar.forever:
        return True
    context.report(
        "CM210",
        f"{what} cannot be read in a game without an end, whose periods are all alike",
        node,
        expected="variables and parameters, or years",
        remedy="let a state variable tell the time, or give the calendar a number of periods",
    )
    return False


def period_at(node: ast.expr, context: Context) -> int | None:
    """The period that holds the date written here; a fault where there is none."""
    written = context.date(node) or ""
    if not counted("a date", node, context):
        return None
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        context.report(
            "CM039",
            f"{written} is not a day",
            node,
            expected="a day of the calendar as YYYY-MM-DD",
            remedy=f"{day_remedy(written)}; for a subtraction put spaces around the minus",
        )
        return None
    calendar = context.scope.calendar
    begins, ends = calendar.start, last_day(calendar)
    if begins is None or ends is None:
        message = "this scenario's calendar has no dates"
        remedy = "give the calendar a start and a step, or use period"
        context.report("CM041", message, node, remedy=remedy)
        return None
    period = period_of(calendar, day)
    if period is None:
        _outside(day, begins, ends, node, context)
    return period


def _outside(
    day: dt.date, begins: dt.date, ends: dt.date, node: ast.expr, context: Context
) -> None:
    context.report(
        "CM040",
        f"{day.isoformat()} lies outside the calendar",
        node,
        expected=f"a date from {begins.isoformat()} to {ends.isoformat()}",
        nearest=(begins if day < begins else ends).isoformat(),
        remedy="move the date, or the calendar's start, step or periods",
    )
