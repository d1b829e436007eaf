"""Periods and dates: month ends held, each period from its first day to the day before the next."""

from __future__ import annotations

import bisect
import calendar as _calendar
import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermove.language.model import Calendar

DAYS_A_YEAR = 365.2425
_YEARS = {"day": 1 / DAYS_A_YEAR, "week": 7 / DAYS_A_YEAR, "month": 1 / 12, "year": 1.0}


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month ``months`` later, held at that month's end.

    Raises ``ValueError`` or ``OverflowError`` past the year 9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def period_start(calendar: Calendar, period: int) -> dt.date | None:
    """The first day of a period, counted from the calendar's start; None where it has no dates.

    Raises ``ValueError`` or ``OverflowError`` past the year 9999.
    """
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
    if calendar.start is None or calendar.step_unit is None or day < calendar.start:
        return None
    # the first boundary after the day closes the period that holds it
    boundaries = range(1, calendar.periods + 1)
    period = bisect.bisect_right(boundaries, day, key=lambda p: _boundary(calendar, p))
    return period if period < calendar.periods else None


def last_day(calendar: Calendar) -> dt.date | None:
    """The last day of the last period; None where the calendar is undated."""
    if calendar.start is None or calendar.step_unit is None:
        return None
    end = _boundary(calendar, calendar.periods)
    return end if end == dt.date.max else end - dt.timedelta(days=1)


def _boundary(calendar: Calendar, period: int) -> dt.date:
    """A period's first day, or the last day there is where that lies past the year 9999."""
    try:
        return period_start(calendar, period) or dt.date.max
    except (OverflowError, ValueError):
        return dt.date.max


def step_in_years(count: int, unit: str) -> float:
    """A step's length in years."""
    return count * _YEARS[unit]


def day_remedy(written: str) -> str:
    """What to do about a text that is no day: the month or day that there is not, or the form."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", written.strip())
    if found is None:
        return "write digits with hyphens: the year, the month and the day, as in 2020-09-01"
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
    if not 1 <= month <= 12:
        return f"a year has the months 01 to 12, not {found[2]}"
    days = _calendar.monthrange(max(year, 1), month)[1]
    if not 1 <= day <= days:
        return f"{_calendar.month_name[month]} {year} has the days 01 to {days}, not {found[3]}"
    return "write four digits for the year and two for month and day, as in 2020-09-01"
