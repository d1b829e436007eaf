"""Dates as people write them, wherever a period is asked for."""

import datetime as dt

import pytest

from countermove.errors import InvalidRequest
from countermove.game.build import period_asked
from countermove.language import loads


def test_each_way_to_write_a_date() -> None:
    scenario = loads(
        "scenario: dated\ncalendar: {start: 2020-09-01, step: month, periods: 4}\n"
        "state: {heat: {levels: [low, high], start: low}}\n"
        "players: {one: {rationality: 1, interests: {calm: heat == low}, "
        "actions: {push: {effects: [{heat: high}]}, wait: {}}}}\norder: [one]\n"
    )
    for text in ("2020-11-03", "2020-11", "Nov 2020", "November 2020", "3 Nov 2020"):
        assert period_asked(scenario, text) == 2
    assert period_asked(scenario, dt.date(2020, 11, 3)) == period_asked(scenario, "2") == 2
    with pytest.raises(InvalidRequest, match=r"nor a date such as 2021-01-20 or Jan 2021"):
        period_asked(scenario, "next week")
