import datetime as dt
import math

import pytest

from countermove.language import words
from countermove.language.model import Calendar

MONTHLY = Calendar(16, dt.date(2020, 9, 1), 1, "month", 1 / 12)


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "no chance"),
        (1e-6, "less than 1 in 1,000"),
        (0.00094, "less than 1 in 1,000"),
        (0.00096, "about 1 in 1,000"),
        (0.005, "about 1 in 200"),
        (0.0096, "about 1 in 100"),
        (0.05, "about 1 in 20"),
        (0.1, "about 1 in 10"),
        (0.31, "about 3 in 10"),
        (0.44, "about 2 in 5"),
        (0.15, "about 1 in 7"),
        (0.125, "about 1 in 8"),
        (0.36, "about 1 in 3"),
        (0.46, "about as likely as not"),
        (0.54, "about as likely as not"),
        (0.57, "about 3 in 5"),
        (0.9, "about 9 in 10"),
        (0.953, "about 19 in 20"),
        (0.9999, "more than 999 in 1,000"),
        (1.0, "certain"),
        (math.nan, "not defined"),
    ],
)
def test_chances_are_said_in_words(probability: float, said: str) -> None:
    assert words.chance(probability) == said


def test_a_chance_in_words_is_never_far_from_the_number() -> None:
    for step in range(10, 991):
        probability = step / 1000
        said = words.chance(probability)
        if said == "about as likely as not":
            shown = 0.5
        else:
            top, _, bottom = said.removeprefix("about ").partition(" in ")
            shown = int(top) / int(bottom)
        assert abs(shown - probability) <= 0.052, (probability, said)


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.0042, "0.4%"),
        (0.3149, "31%"),
        (0.0999, "10%"),
        (0.0940, "9.4%"),
        (0.9901, "99.0%"),
        (0.9999, ">99.9%"),
        (1.0, "100%"),
        (math.nan, "–"),
    ],
)
def test_percentages(probability: float, said: str) -> None:
    assert words.percent(probability) == said


def test_almost_certain_is_never_said_to_be_certain() -> None:
    assert words.percent(1 - 1e-9) == ">99.9%"
    assert words.percent(1e-9) == "<0.1%"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5200.0, "5,200"),
        (-5.412, "−5.41"),
        (0.12749, "0.127"),
        (28.66, "28.7"),
        (0.0, "0"),
        (3e-5, "3.0e−05"),
        (math.nan, "–"),
        (math.inf, "∞"),
    ],
)
def test_numbers_keep_three_figures(value: float, said: str) -> None:
    assert words.number(value) == said


def test_numbers_carry_their_unit() -> None:
    assert words.number(2264.0, "troops") == "2,264 troops"


def test_periods_are_said_as_months_days_years_or_numbers() -> None:
    assert words.period(MONTHLY, 2) == "Nov 2020"
    midmonth = Calendar(3, dt.date(2020, 10, 16), 1, "month", 1 / 12)
    assert words.period(midmonth, 0) == "16 Oct 2020"
    daily = Calendar(13, dt.date(1962, 10, 16), 1, "day", 1 / 365)
    assert words.period(daily, 12) == "28 Oct 1962"
    yearly = Calendar(3, dt.date(2020, 1, 1), 1, "year", 1.0)
    assert words.period(yearly, 1) == "2021"
    assert words.period(Calendar(4), 0) == "period 1"


def test_the_calendar_in_a_phrase() -> None:
    assert words.span(MONTHLY) == "Sep 2020 to Dec 2021, 16 periods of a month"
    assert words.span(Calendar(4)) == "4 periods"
    assert words.span(Calendar(1)) == "1 period"
    fortnightly = Calendar(2, dt.date(2020, 9, 1), 2, "week", 14 / 365)
    assert words.span(fortnightly) == "1 Sep 2020 to 28 Sep 2020, 2 periods of 2 weeks"


QUARTERLY = Calendar(3, dt.date(2020, 1, 1), 3, "month", 0.25)
DAILY = Calendar(13, dt.date(1962, 10, 16), 1, "day", 1 / 365)
FROM_MIDMONTH = Calendar(3, dt.date(2020, 10, 16), 1, "month", 1 / 12)
FROM_AUTUMN = Calendar(2, dt.date(2020, 9, 1), 1, "year", 1.0)


@pytest.mark.parametrize(
    ("calendar", "end", "when", "called"),
    [
        (MONTHLY, "Sep 2020", "in Sep 2020", "month"),
        (QUARTERLY, "Mar 2020", "from Jan 2020", "period"),
        (DAILY, "16 Oct 1962", "on 16 Oct 1962", "day"),
        (FROM_MIDMONTH, "15 Nov 2020", "from 16 Oct 2020", "month"),
        (FROM_AUTUMN, "Aug 2021", "from Sep 2020", "year"),
        (Calendar(4), "period 1", "in period 1", "period"),
    ],
)
def test_a_period_ends_on_the_day_before_the_next(
    calendar: Calendar, end: str, when: str, called: str
) -> None:
    assert words.period_end(calendar, 0) == end
    assert words.in_period(calendar, 0) == when
    assert words.step(calendar) == called


def test_one_is_singular_and_titles_fit_into_sentences() -> None:
    assert words.counted(1, "state") == "1 state"
    assert words.counted(12096, "state") == "12,096 states"
    assert words.within("The United States") == "the United States"
    assert words.within("Iran") == "Iran"


def test_durations_count_in_the_calendars_unit() -> None:
    assert words.duration(4.126, MONTHLY) == "4.13 months"
    assert words.duration(1.0, MONTHLY) == "1 month"
    fortnightly = Calendar(9, dt.date(2020, 9, 1), 2, "week", 14 / 365)
    assert words.duration(3.0, fortnightly) == "6 weeks"
    assert words.duration(2.5, Calendar(4)) == "2.5 periods"


def test_lists_and_names_read_as_prose() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"], last="or") == "a, b or c"
    assert words.plain_name("draw_down") == "draw down"


def test_percentages_may_keep_a_decimal() -> None:
    assert words.percent(0.3149, tenths=True) == "31.5%"
    assert words.percent(1.0, tenths=True) == "100%"


@pytest.mark.parametrize(
    ("mean", "error", "said"),
    [
        (4.21281, 0.0214, "4.213 ± 0.021"),
        (2115.31, 2.86, "2,115.3 ± 2.9"),
        (-3.0, 0.0, "−3.000 ± 0.000"),
    ],
)
def test_means_are_as_precise_as_their_errors(mean: float, error: float, said: str) -> None:
    assert words.with_error(mean, error) == said


def test_an_undefined_mean_is_a_dash() -> None:
    assert words.with_error(math.nan, math.nan) == "–"


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "none in 100"),
        (0.004, "less than 1 in 100"),
        (0.006, "1 in 100"),
        (0.914, "91 in 100"),
        (0.994, "99 in 100"),
        (0.996, "more than 99 in 100"),
        (1.0, "100 in 100"),
        (math.nan, "–"),
    ],
)
def test_odds_of_a_hundred(probability: float, said: str) -> None:
    assert words.in_hundred(probability) == said


@pytest.mark.parametrize(
    ("title", "verb"),
    [
        ("The United States", "is"),
        ("The militias", "are"),
        ("Cyprus", "is"),
        ("The northern allies", "are"),
        ("The boss", "is"),
        ("iran", "is"),
    ],
)
def test_the_verb_fits_the_title(title: str, verb: str) -> None:
    assert words.verb(title) == verb


def test_a_calendar_without_an_end() -> None:
    assert words.span(Calendar(1, forever=True)) == "periods without end"
    dated = Calendar(1, dt.date(2020, 9, 1), 2, "week", 14 / 365.2425, forever=True)
    assert words.span(dated) == "From 1 Sep 2020, periods of 2 weeks without end"
