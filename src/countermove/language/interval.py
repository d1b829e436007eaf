"""Arithmetic and functions on intervals, with a mark where a value may be undefined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.language.expressions import Array, logistic

Truths = NDArray[np.bool_]


class Interval(NamedTuple):
    """Lower and upper ends, and where the value may also be undefined (not a number).

    The mark is needed because an undefined value compares as false: what is computed from it later
    may be finite again, outside of what the ends alone would give.
    """

    low: Array
    high: Array
    undefined: Truths


def clean(x: Interval) -> Interval:
    """Ends that came out as NaN become infinite, and the mark is set there."""
    lost = np.isnan(x.low) | np.isnan(x.high)
    return Interval(
        np.where(lost, -np.inf, x.low), np.where(lost, np.inf, x.high), x.undefined | lost
    )


def _straddles(x: Interval) -> Truths:
    return np.asarray((x.low <= 0) & (x.high >= 0))


def _unbounded(x: Interval) -> Truths:
    return np.isinf(x.low) | np.isinf(x.high)


def _corners(operation: Callable[[Any, Any], Any], x: Interval, y: Interval) -> tuple[Array, Array]:
    """The least and the greatest of the four values at the ends; NaN where one is undefined."""
    ends = [operation(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
    low, high = ends[0], ends[0]
    for end in ends[1:]:
        low, high = np.minimum(low, end), np.maximum(high, end)
    return low, high


def _outward(low: Array, high: Array) -> tuple[Array, Array]:
    """Ends moved apart by a few units in the last place, for what libraries round differently."""
    for _ in range(4):
        low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    return low, high


def _add(x: Interval, y: Interval) -> Interval:
    return Interval(x.low + y.low, x.high + y.high, _opposed(x, y) | x.undefined | y.undefined)


def _opposed(x: Interval, y: Interval) -> Truths:
    """Where an infinity may meet its opposite, so that the sum may be undefined."""
    return np.asarray(
        ((x.high == np.inf) & (y.low == -np.inf)) | ((x.low == -np.inf) & (y.high == np.inf))
    )


def _subtract(x: Interval, y: Interval) -> Interval:
    return _add(x, Interval(-y.high, -y.low, y.undefined))


def _multiply(x: Interval, y: Interval) -> Interval:
    vanishing = (_straddles(x) & _unbounded(y)) | (_straddles(y) & _unbounded(x))
    low, high = _corners(np.multiply, x, y)
    return Interval(low, high, vanishing | x.undefined | y.undefined)


def _divide(x: Interval, y: Interval) -> Interval:
    lost = _straddles(y) | (_unbounded(x) & _unbounded(y)) | x.undefined | y.undefined
    low, high = _corners(np.divide, x, y)
    return _everything(lost & _straddles(y), Interval(low, high, lost))


def _everything(where: Truths, x: Interval) -> Interval:
    return Interval(np.where(where, -np.inf, x.low), np.where(where, np.inf, x.high), x.undefined)


def _floor_divide(x: Interval, y: Interval) -> Interval:
    lost = _straddles(y) | _unbounded(x) | _unbounded(y) | x.undefined | y.undefined
    low, high = _corners(np.floor_divide, x, y)
    return _everything(lost, Interval(low, high, lost))


def _modulo(x: Interval, y: Interval) -> Interval:
    """The remainder has the divisor's sign and is at most as large; exact where both are."""
    lost = _straddles(y) | _unbounded(x) | _unbounded(y) | x.undefined | y.undefined
    low = np.where(y.high < 0, y.low, 0.0)
    high = np.where(y.low > 0, y.high, 0.0)
    high = np.where((y.low > 0) & (x.low >= 0), np.minimum(high, x.high), high)
    low = np.where((y.high < 0) & (x.high <= 0), np.maximum(low, x.low), low)
    exact = (x.low == x.high) & (y.low == y.high)
    value = np.mod(x.low, y.low)
    return _everything(
        lost, Interval(np.where(exact, value, low), np.where(exact, value, high), lost)
    )


def _power(x: Interval, y: Interval) -> Interval:
    low, high = _corners(np.power, x, y)
    fixed = y.low == y.high
    whole = fixed & (y.low == np.floor(y.low))
    even = whole & (np.mod(y.low, 2) == 0)
    lost = x.undefined | y.undefined
    lost = lost | (_straddles(x) & (y.low < 0)) | ((x.low < 0) & ~whole)
    low = np.where(even & (y.low > 0) & _straddles(x), 0.0, low)
    exact = (x.low == x.high) & fixed
    wide_low, wide_high = _outward(low, high)
    found = Interval(np.where(exact, low, wide_low), np.where(exact, high, wide_high), lost)
    return _everything(lost, found)


ARITHMETIC: dict[str, Callable[[Interval, Interval], Interval]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "//": _floor_divide,
    "%": _modulo,
    "**": _power,
}


def _least(*parts: Interval) -> Interval:
    return _extreme(np.minimum, parts)


def _greatest(*parts: Interval) -> Interval:
    return _extreme(np.maximum, parts)


def _extreme(pick: Callable[[Any, Any], Any], parts: tuple[Interval, ...]) -> Interval:
    low, high, undefined = parts[0]
    for part in parts[1:]:
        low, high = pick(low, part.low), pick(high, part.high)
        undefined = undefined | part.undefined
    return Interval(low, high, undefined)


def _clip(x: Interval, low: Interval, high: Interval) -> Interval:
    return _least(_greatest(x, low), high)


def _absolute(x: Interval) -> Interval:
    low, high = np.abs(x.low), np.abs(x.high)
    nearest = np.where(_straddles(x), 0.0, np.minimum(low, high))
    return Interval(nearest, np.maximum(low, high), x.undefined)


def _rising(
    function: Callable[[Any], Any], least: float, floor: float, ceiling: float
) -> Callable[[Interval], Interval]:
    """Bounds of a function that rises, is undefined below ``least``, and stays in its range."""

    def bound(x: Interval) -> Interval:
        low, high = function(np.maximum(x.low, least)), function(np.maximum(x.high, least))
        wide_low, wide_high = _outward(low, high)
        exact = x.low == x.high
        low = np.where(exact, low, np.maximum(wide_low, floor))
        high = np.where(exact, high, np.minimum(wide_high, ceiling))
        lost = x.high < least
        return _everything(lost, Interval(low, high, x.undefined | (x.low < least)))

    return bound


FUNCTIONS: dict[str, Callable[..., Interval]] = {
    "min": _least,
    "max": _greatest,
    "abs": _absolute,
    "clip": _clip,
    "exp": _rising(np.exp, -np.inf, 0.0, np.inf),
    "log": _rising(np.log, 0.0, -np.inf, np.inf),
    "sqrt": _rising(np.sqrt, 0.0, 0.0, np.inf),
    "logistic": _rising(logistic, -np.inf, 0.0, 1.0),
}
