"""Numbers, chances and dates as people read them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from countermove.language.calendar import last_day

if TYPE_CHECKING:
    import datetime as dt

    from countermove.language.model import Calendar

_FRACTIONS = (
    *((1, n) for n in (1000, 500, 200, 100, 50, 30, 25, 20, 15, 12, 10, 8, 7, 6, 5, 4)),
    *((3, 10), (1, 3), (2, 5), (1, 2), (3, 5), (2, 3), (7, 10)),
    *((n - 1, n) for n in (4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50, 100, 200, 500, 1000)),
)
_LEAST = 0.00095  # what is shown as 0.1% is about 1 in 1,000, not less
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def chance(probability: float) -> str:
    """A probability in words: ``about 1 in 7``, ``about as likely as not``, ``certain``."""
    if math.isnan(probability):
        return "not defined"
    if probability <= 1e-12:
        return "no chance"
    if probability >= 1 - 1e-12:
        return "certain"
    if probability < _LEAST:
        return "less than 1 in 1,000"
    if probability > 1 - _LEAST:
        return "more than 999 in 1,000"
    part, whole = min(
        _FRACTIONS, key=lambda f: abs(_log_odds(f[0] / f[1]) - _log_odds(probability))
    )
    return "about as likely as not" if (part, whole) == (1, 2) else f"about {part} in {whole:,}"


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def in_hundred(probability: float) -> str:
    """Odds of 100: ``91 in 100``, ``less than 1 in 100``, ``more than 99 in 100``."""
    if math.isnan(probability):
        return "–"
    share = round(100 * probability)
    if share < 1:
        return "none in 100" if probability <= 1e-12 else "less than 1 in 100"
    if share > 99:
        return "100 in 100" if probability >= 1 - 1e-12 else "more than 99 in 100"
    return f"{share} in 100"


def percent(probability: float, *, tenths: bool = False) -> str:
    """A probability as a percentage: ``31%``, ``0.4%``, ``<0.1%``; an en dash where undefined.

    ``tenths`` keeps a decimal for all: ``31.2%``.
    """
    if math.isnan(probability):
        return "–"
    if probability <= 1e-12:
        return "0%"
    if probability >= 1 - 1e-12:
        return "100%"
    if probability < 0.001:
        return "<0.1%"
    if probability > 0.999:
        return ">99.9%"
    share = 100 * probability
    return f"{share:.1f}%" if tenths or share < 9.95 or share > 98.95 else f"{share:.0f}%"


def number(value: float, unit: str = "") -> str:
    """A number to about three figures with its unit: ``5,200 troops``, ``0.127``."""
    return f"{_plain(value)} {unit}".strip()


def _plain(value: float) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}".replace("-", "−")
    if size < 5e-4:
        return "0" if size < 1e-12 else f"{value:.1e}".replace("-", "−")
    digits = 1 if size >= 10 else 2 if size >= 1 else 3
    shown = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return shown.replace("-", "−")


def with_error(mean: float, error: float, *, percent_sign: bool = False) -> str:
    """A mean to the precision of its standard error: ``12.43% ± 0.10``, ``2,115.3 ± 2.9``."""
    if math.isnan(mean):
        return "–"
    if percent_sign:
        mean, error = 100 * mean, 100 * error
    digits = 3 if not error > 0 or math.isinf(error) else 1 - math.floor(math.log10(error))
    digits = min(max(digits, 0), 6)
    sign = "%" if percent_sign else ""
    return f"{mean:,.{digits}f}{sign} ± {error:,.{digits}f}".replace("-", "−")


def level_number(value: float) -> str:
    """A level's number or a parameter's value, exactly as short as it can be."""
    return f"{value:,.6g}".replace("-", "−") if abs(value) < 1e15 else f"{value:g}"


def day(date: dt.date) -> str:
    """A date: ``3 Nov 2020``."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def month(date: dt.date) -> str:
    """A month: ``Nov 2020``."""
    return f"{_MONTHS[date.month - 1]} {date.year}"


def period(calendar: Calendar, index: int) -> str:
    """A period as people read it: ``Nov 2020``, ``3 Nov 2020``, ``2020``, or ``period 3``."""
    begins = calendar.begins(index)
    if begins is None:
        return f"period {index + 1}"
    match calendar.step_unit:
        case "month":
            return month(begins) if begins.day == 1 else day(begins)
        case "year" if begins.day == 1:
            return str(begins.year) if begins.month == 1 else month(begins)
        case _:
            return day(begins)


def period_end(calendar: Calendar, index: int) -> str:
    """A period's last day, told as coarsely as ``period`` tells it."""
    begins, last = calendar.begins(index), last_day(replace(calendar, periods=index + 1))
    if begins is None or last is None:
        return f"period {index + 1}"
    whole = begins.day == 1 and calendar.step_unit in ("month", "year")
    if whole and calendar.step_unit == "year" and begins.month == 1:
        return str(last.year)
    return month(last) if whole else day(last)


def in_period(calendar: Calendar, index: int) -> str:
    """When, in a sentence: ``in Nov 2020``, ``on 3 Nov 2020``, ``from 3 Nov 2020``."""
    said = period(calendar, index)
    if said == period_end(calendar, index):
        return f"{'on' if calendar.step_unit == 'day' else 'in'} {said}"
    return f"from {said}"


def step(calendar: Calendar) -> str:
    """What a period is called: ``month``, or ``period`` where it is no single unit of time."""
    return calendar.step_unit if calendar.step_unit and calendar.step_count == 1 else "period"


def _length(calendar: Calendar) -> str:
    count, unit = calendar.step_count, calendar.step_unit
    return f"a {unit}" if count == 1 else f"{count} {unit}s"


def span(calendar: Calendar) -> str:
    """The whole calendar, first day to last: ``Sep 2020 to Dec 2021, 16 periods of a month``."""
    if calendar.forever:
        return _without_end(calendar)
    many = counted(calendar.periods, "period")
    if calendar.begins(0) is None:
        return many
    first, last = period(calendar, 0), period_end(calendar, calendar.periods - 1)
    dates = first if first == last else f"{first} to {last}"
    return f"{dates}, {many} of {_length(calendar)}"


def _without_end(calendar: Calendar) -> str:
    if calendar.step_unit is None:
        return "periods without end"
    begins = f"From {period(calendar, 0)}, " if calendar.begins(0) is not None else ""
    return f"{begins}periods of {_length(calendar)} without end"


def duration(periods: float, calendar: Calendar) -> str:
    """A time counted in periods: ``4.2 months``, ``3 periods``."""
    if math.isnan(periods):
        return "–"
    unit = calendar.step_unit or "period"
    length = periods * (calendar.step_count if calendar.step_unit else 1)
    shown = number(length)
    return f"{shown} {unit}{'' if shown == '1' else 's'}"


def listed(items: list[str] | tuple[str, ...], *, last: str = "and") -> str:
    """Items as a list in a sentence: ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(number: int, thing: str) -> str:
    """A number of things: ``1 state``, ``12,096 states``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def within(title: str) -> str:
    """A title inside of a sentence: ``The United States`` becomes ``the United States``."""
    return title[0].lower() + title[1:] if title.startswith(("The ", "A ", "An ")) else title


def verb(title: str) -> str:
    """``is`` or ``are``, as a title asks: the militias are many, the United States one."""
    last = title.split()[-1]
    many = last.islower() and last.endswith("s") and not last.endswith("ss")
    return "are" if many else "is"


def plain_name(name: str) -> str:
    """An identifier as words: ``draw_down`` becomes ``draw down``."""
    return name.replace("_", " ")
