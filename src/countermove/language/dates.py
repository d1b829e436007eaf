"""The calendar section: when the game starts, how long its periods are and how many there are."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, cast

from countermove.errors import Location
from countermove.language.calendar import day_remedy, period_start, step_in_years
from countermove.language.faults import Faults
from countermove.language.model import Calendar
from countermove.language.tree import Fields, Leaf, Tree, fields, shown, text_of

MAX_PERIODS = 10_000
Unit = Literal["day", "week", "month", "year"]

_STEP = re.compile(r"(?:(\d{1,4})\s+)?(day|week|month|year)s?")


def read_calendar(root: Fields, faults: Faults) -> Calendar | None:
    """The calendar, or None (and faults) where it cannot be made out."""
    section = fields(root.get("calendar"))
    if section is None:
        return None
    start = _date(section.get("start"), faults)
    step = _step(section.get("step"), faults)
    if "start" in section and "step" not in section:
        _incomplete(section, "a calendar with a start needs a step", "add 'step: 1 month'", faults)
        return None
    if ("start" in section and start is None) or ("step" in section and step is None):
        return None
    count, unit = step if step is not None else (1, None)
    years = step_in_years(count, unit) if unit is not None else 1.0
    undecided = Calendar(1, start, count, unit, years)
    periods = _periods(section, undecided, faults)
    if periods is None:
        return None
    forever = text_of(section.get("periods")) == "forever"
    return _within_dates(Calendar(periods, start, count, unit, years, forever), section, faults)


def _periods(section: Fields, calendar: Calendar, faults: Faults) -> int | None:
    periods, until = section.get("periods"), section.get("until")
    if periods is not None and until is not None:
        both = "the calendar has both 'periods' and 'until', which say the same twice"
        _incomplete(section, both, "remove one of the two", faults)
        return None
    if periods is None and until is None:
        neither = "the calendar does not say how long it is"
        _incomplete(section, neither, "add 'periods: 12', or 'until: 2021-12-31'", faults)
        return None
    if until is not None:
        return _periods_until(until, calendar, faults)
    if isinstance(periods, Leaf) and periods.value == "forever":
        return 1
    if not isinstance(periods, Leaf) or not isinstance(periods.value, int):
        return None
    if 1 <= periods.value <= MAX_PERIODS and not isinstance(periods.value, bool):
        return periods.value
    faults.add(
        "CM065",
        f"a calendar has 1 to {MAX_PERIODS:,} periods, not {periods.value:,}",
        periods.location,
        text=periods.text,
        remedy="take longer steps" if periods.value > 1 else "write 1 or more: 'periods: 12'",
    )
    return None


def _periods_until(until: Tree, calendar: Calendar, faults: Faults) -> int | None:
    day = _date(until, faults)
    if day is None:
        return None
    if calendar.start is None or calendar.step_unit is None:
        _incomplete(until, "'until' needs a start and a step", "add 'start:' and 'step:'", faults)
        return None
    if day < calendar.start:
        faults.add(
            "CM065",
            f"the calendar ends on {day}, before its start on {calendar.start}",
            until.location,
            text=day.isoformat(),
            remedy="put the end after the start",
        )
        return None
    for period in range(1, MAX_PERIODS + 1):
        try:
            following = period_start(calendar, period)
        except (OverflowError, ValueError):
            return period
        if following is not None and following > day:
            return period
    faults.add(
        "CM065",
        f"a calendar has 1 to {MAX_PERIODS:,} periods; this one has more",
        until.location,
        text=day.isoformat(),
        remedy="take longer steps",
    )
    return None


def _within_dates(calendar: Calendar, section: Fields, faults: Faults) -> Calendar | None:
    try:
        period_start(calendar, calendar.periods)
    except (OverflowError, ValueError):
        faults.add(
            "CM065",
            "the calendar runs past the year 9999",
            section.location,
            remedy="take shorter steps, or fewer periods",
        )
        return None
    return calendar


def _date(tree: Tree | None, faults: Faults) -> dt.date | None:
    if not isinstance(tree, Leaf) or not isinstance(tree.value, str):
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", tree.text):
            return dt.date.fromisoformat(tree.text)
    except ValueError:
        pass
    _no_day(tree, "a day like 2020-09-01", faults)
    return None


def check_document_date(tree: Tree | None, faults: Faults) -> None:
    """Report the date of a source or a claim that is no day, month or year."""
    if not isinstance(tree, Leaf) or not text_of(tree):
        return
    found = re.fullmatch(r"(\d{4})(-\d{2})?(-\d{2})?", tree.text)
    try:
        if found is not None:
            dt.date.fromisoformat(f"{found[1]}{found[2] or '-01'}{found[3] or '-01'}")
            return
    except ValueError:
        pass
    _no_day(tree, "a day, a month or a year: 2020-09-01, 2020-09 or 2020", faults)


def _no_day(tree: Leaf, expected: str, faults: Faults) -> None:
    message, remedy = f"{shown(tree)!r} is not a date", day_remedy(tree.text)
    faults.add("CM062", message, tree.location, text=tree.text, expected=expected, remedy=remedy)


def _step(tree: Tree | None, faults: Faults) -> tuple[int, Unit] | None:
    if not isinstance(tree, Leaf) or not isinstance(tree.value, str):
        return None
    found = _STEP.fullmatch(tree.text.strip().lower())
    if found is not None and int(found[1] or 1) >= 1:
        return int(found[1] or 1), cast(Unit, found[2])
    faults.add(
        "CM063",
        f"{shown(tree)!r} is not a step",
        tree.location,
        text=tree.text,
        expected="a number of days, weeks, months or years, like '1 month' or '2 weeks'",
        remedy="write a number and one of these units in full, like '2 weeks' or '3 months'",
    )
    return None


def _incomplete(tree: Tree, message: str, remedy: str, faults: Faults) -> None:
    place: Location = tree.location
    faults.add("CM061", message, place, text=shown(tree), remedy=remedy)
