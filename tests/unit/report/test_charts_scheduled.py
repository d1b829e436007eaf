"""Scheduled events: those that a date or a period's number binds to one period."""

from __future__ import annotations

import datetime as dt

import pytest

import countermove
from countermove.report.scheduled import Mark, scheduled

TEXT = """
scenario: days
title: Days
calendar: {start: 2030-01-01, step: month, periods: 6}
state: {mood: {levels: [calm, war], start: calm}}
players:
  us: {rationality: 2, interests: {calm: mood == calm}, actions: {wait: {}}}
events:
  vote: {WHEN effects: [{mood: war, probability: 0.5}]}
order: [us, STEP]
measures: {war: ever(mood == war)}
"""


def marks(when: str = "", step: str = "vote") -> tuple[Mark, ...]:
    guard = f"when: {when}," if when else ""
    return scheduled(countermove.loads(TEXT.replace("WHEN", guard).replace("STEP", step)))


def test_an_event_on_a_day_is_marked_on_that_day() -> None:
    assert marks("date == 2030-03-05") == (Mark("vote", 2, dt.date(2030, 3, 5)),)
    assert marks("mood == calm and date == 2030-03-05")[0].day == dt.date(2030, 3, 5)


def test_an_event_in_a_period_has_no_day() -> None:
    assert marks("period == 4") == (Mark("vote", 4),)


def test_the_condition_of_its_steps_counts() -> None:
    assert marks(step="{step: vote, when: date == 2030-02-01}") == (
        Mark("vote", 1, dt.date(2030, 2, 1)),
    )


@pytest.mark.parametrize("when", ["", "mood == calm", "date >= 2030-03-05", "not period == 2"])
def test_what_may_come_at_any_time_is_not_marked(when: str) -> None:
    assert marks(when) == ()


def test_bundled_scenarios_have_their_dates() -> None:
    found = scheduled(countermove.load("us-iraq-2020"))
    assert [(m.event, m.day) for m in found] == [
        ("election", dt.date(2020, 11, 3)),
        ("inauguration", dt.date(2021, 1, 20)),
    ]
    assert scheduled(countermove.load("stag-hunt")) == ()
