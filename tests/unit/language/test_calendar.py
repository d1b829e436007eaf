"""Periods and dates: month ends held, whole periods, the ends of the calendar and of time."""

from __future__ import annotations

import datetime as dt

import pytest

from countermove.language.calendar import (
    add_months,
    last_day,
    period_of,
    period_start,
    step_in_years,
)
from countermove.language.model import Calendar


def day(text):
    return dt.date.fromisoformat(text)


def test_month_ends_are_held_and_do_not_drift():
    calendar = Calendar(5, day("2020-01-31"), 1, "month")
    starts = [period_start(calendar, period).isoformat() for period in range(5)]
    assert starts == ["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30", "2020-05-31"]


def test_a_leap_day_is_held_in_other_years():
    calendar = Calendar(5, day("2020-02-29"), 1, "year")
    assert [calendar.label(i) for i in (1, 4)] == ["2021-02-28", "2024-02-29"]


@pytest.mark.parametrize(
    ("unit", "count", "second"),
    [
        ("day", 10, "2020-09-11"),
        ("week", 2, "2020-09-15"),
        ("month", 3, "2020-12-01"),
        ("year", 1, "2021-09-01"),
    ],
)
def test_steps_are_counted_from_the_start(unit, count, second):
    calendar = Calendar(4, day("2020-09-01"), count, unit)
    assert period_start(calendar, 0) == day("2020-09-01")
    assert period_start(calendar, 1) == day(second)
    assert period_of(calendar, day(second)) == 1
    assert period_of(calendar, day(second) - dt.timedelta(days=1)) == 0


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_every_day_of_the_calendar_lies_in_the_period_that_begins_before_it(unit):
    calendar = Calendar(7, day("2019-12-31"), 2, unit)
    begins, ends = calendar.start, last_day(calendar)
    for offset in range(0, (ends - begins).days + 1, 1 if unit in ("day", "week") else 17):
        today = begins + dt.timedelta(days=offset)
        period = period_of(calendar, today)
        assert period_start(calendar, period) <= today < period_start(calendar, period + 1)


def test_days_outside_the_calendar_have_no_period():
    calendar = Calendar(12, day("2020-09-01"), 1, "month")
    assert last_day(calendar) == day("2021-08-31")
    assert period_of(calendar, day("2021-08-31")) == 11
    assert period_of(calendar, day("2020-08-31")) is None
    assert period_of(calendar, day("2021-09-01")) is None


def test_a_calendar_without_dates_has_no_days():
    for calendar in (
        Calendar(3),
        Calendar(3, start=day("2020-01-01")),
        Calendar(3, step_unit="day"),
    ):
        assert period_start(calendar, 0) is None
        assert period_of(calendar, day("2020-01-01")) is None
        assert last_day(calendar) is None
        assert calendar.label(0) == "1"


def test_a_calendar_that_runs_past_the_year_9999_still_finds_its_days():
    calendar = Calendar(10**9, day("2020-01-01"), 1, "year")
    assert period_of(calendar, day("2050-06-01")) == 30
    assert period_of(calendar, day("9999-12-30")) == 7979
    assert last_day(calendar) == dt.date.max
    with pytest.raises((ValueError, OverflowError)):
        period_start(calendar, 9_000)


def test_months_are_added_across_years():
    assert add_months(day("2020-11-30"), 3) == day("2021-02-28")
    assert add_months(day("2020-01-15"), -1) == day("2019-12-15")


def test_the_length_of_a_step_in_years():
    assert step_in_years(3, "month") == pytest.approx(0.25)
    assert step_in_years(2, "year") == 2
    assert step_in_years(1, "week") == pytest.approx(7 / 365.2425)
    assert step_in_years(365, "day") == pytest.approx(1, rel=1e-3)
