"""Periods and dates: month ends held, each period from its first day to the day before the next."""

from __future__ import annotations

import calendar as _calendar
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermove.language.model import Calendar

DAYS_A_YEAR = 365.2425


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month ``months`` later, held at that month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def period_start(calendar: Calendar, period: int) -> dt.date | None:
    """The first day of a period, counted from the calendar's start; None where it has no dates."""
    if calendar.start is None or calendar.step_unit is None:
        return None
    steps = calendar.step_count * period
    match calendar.step_unit:
        case "day":
            return calendar.start + dt.timedelta(days=steps)
        case "week":
            return calendar.start + dt.timedelta(weeks=steps)
        case "month":
            return add_months(calendar.start, steps)
        case "year":
            return add_months(calendar.start, 12 * steps)


def period_of(calendar: Calendar, day: dt.date) -> int | None:
    """The period that holds a day; None where the calendar is undated or the day lies outside."""
    for period in range(calendar.periods):
        begins, following = period_start(calendar, period), period_start(calendar, period + 1)
        if begins is None or following is None:
            return None
        if begins <= day < following:
            return period
    return None


def step_in_years(count: int, unit: str) -> float:
    """A step's length in years."""
    days = {"day": 1.0, "week": 7.0}
    return count * (days[unit] / DAYS_A_YEAR if unit in days else {"month": 1 / 12, "year": 1.0}[unit])
