"""Bounds of an expression over all values that its parameters may take, by interval arithmetic.

A parameter is an interval, all else that an expression reads is exact. The value for any choice of
parameters lies within the bounds; they are not always the tightest, since two uses of one parameter
are bounded apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from countermove.language.expressions import (
    Array,
    Binary,
    Call,
    Choice,
    Compare,
    Last,
    LevelNumber,
    LevelPosition,
    Logical,
    Node,
    Number,
    ParameterRef,
    Period,
    Unary,
    logistic,
)

Truths = NDArray[np.bool_]


class IntervalEnvironment(Protocol):
    """Where bounds find their values: arrays of one length or scalars, parameters as pairs."""

    def parameter(self, name: str) -> tuple[Any, Any]:
        """The lowest and the highest value."""

    def number(self, variable: str) -> Any:
        """The number of the variable's level."""

    def position(self, variable: str) -> Any:
        """The position of the variable's level."""

    def last(self, player: str) -> Any:
        """The player's latest action: 0 before it moves, else 1 + its position."""

    @property
    def period(self) -> Any:
        """The period, from 0."""


class Interval(NamedTuple):
    """Lower and upper ends, and where the value may also be undefined (not a number).

    The mark is needed because an undefined value compares as false: what is computed from it later
    may be finite again, outside of what the ends alone would give.
    """

    low: Array
    high: Array
    undefined: Truths


class Truth(NamedTuple):
    """Where a condition certainly holds, and where it may hold."""

    must: Truths
    may: Truths


def bounds(node: Node, environment: IntervalEnvironment) -> tuple[Array, Array]:
    """The lowest and highest finite value that the node may take, arrays of one shape.

    Where a division by zero or another undefined value is possible, the bounds are infinite; they
    are never NaN. A condition that may hold or not has the bounds 0 and 1.
    """
    with np.errstate(all="ignore"):
        found = _clean(_bounds(node, environment))
    low = np.where(found.undefined, -np.inf, found.low)
    high = np.where(found.undefined, np.inf, found.high)
    low, high = np.broadcast_arrays(low, high)
    return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)


def _exact(value: Any) -> Interval:
    array = np.asarray(value, dtype=np.float64)
    return Interval(array, array, np.isnan(array))


def _clean(x: Interval) -> Interval:
    """Ends that came out as NaN become infinite, and the mark is set there."""
    lost = np.isnan(x.low) | np.isnan(x.high)
    return Interval(
        np.where(lost, -np.inf, x.low), np.where(lost, np.inf, x.high), x.undefined | lost
    )


def _bounds(node: Node, env: IntervalEnvironment) -> Interval:
    match node:
        case Number(value):
            return _clean(_exact(value))
        case ParameterRef(name):
            low, high = (np.asarray(end, dtype=np.float64) for end in env.parameter(name))
            return _clean(Interval(low, high, np.isnan(low) | np.isnan(high)))
        case LevelNumber(variable):
            return _clean(_exact(env.number(variable)))
        case LevelPosition(variable):
            return _clean(_exact(env.position(variable)))
        case Period():
            return _clean(_exact(env.period))
        case Last(player):
            return _clean(_exact(env.last(player)))
        case Unary("-", operand):
            x = _bounds(operand, env)
            return Interval(-x.high, -x.low, x.undefined)
        case Unary(_, operand):
            must, may = _truth(_bounds(operand, env))
            return _from_truth(Truth(~may, ~must))
        case Binary(operator, left, right):
            return _clean(_ARITHMETIC[operator](_bounds(left, env), _bounds(right, env)))
        case Compare(operator, left, right):
            return _from_truth(_compare(operator, _bounds(left, env), _bounds(right, env)))
        case Logical(operator, operands):
            return _from_truth(_logical(operator, [_truth(_bounds(o, env)) for o in operands]))
        case Call(function, arguments):
            return _clean(_FUNCTIONS[function](*(_bounds(a, env) for a in arguments)))
        case Choice():
            return _choice(node, env)
    raise AssertionError(f"unknown node {node!r}")  # pragma: no cover


# --- conditions


def _from_truth(truth: Truth) -> Interval:
    low, high = truth.must.astype(np.float64), truth.may.astype(np.float64)
    return Interval(low, high, np.zeros(low.shape, dtype=np.bool_))


def _truth(x: Interval) -> Truth:
    """An undefined value counts as true, as it does when evaluated."""
    must = (x.low > 0) | (x.high < 0)
    return Truth(must, (x.low != 0) | (x.high != 0) | x.undefined)


def _compare(operator: str, x: Interval, y: Interval) -> Truth:
    """An undefined side makes every comparison false but ``!=``, which it makes true."""
    undefined = x.undefined | y.undefined
    if operator == "!=":
        equal = _compare("==", x, y)
        return Truth(~equal.may, ~equal.must | undefined)
    if operator in (">", ">="):
        return _compare(operator.replace(">", "<"), y, x)
    if operator == "<":
        must, may = x.high < y.low, x.low < y.high
    elif operator == "<=":
        must, may = x.high <= y.low, x.low <= y.high
    else:
        must = (x.low == y.high) & (x.high == y.low)
        may = (x.low <= y.high) & (y.low <= x.high)
    return Truth(must & ~undefined, may)


def _logical(operator: str, parts: list[Truth]) -> Truth:
    combine = np.logical_and if operator == "and" else np.logical_or
    must, may = parts[0]
    for part in parts[1:]:
        must, may = combine(must, part.must), combine(may, part.may)
    return Truth(must, may)


def _pick(truth: Truth, chosen: Interval, other: Interval) -> Interval:
    """``chosen`` where the condition holds, ``other`` where it does not, else what spans both."""
    both = truth.may & ~truth.must
    pick = [
        np.where(both, hull(first, second), np.where(truth.must, first, second))
        for hull, first, second in (
            (np.minimum, chosen.low, other.low),
            (np.maximum, chosen.high, other.high),
        )
    ]
    undefined = (truth.may & chosen.undefined) | (~truth.must & other.undefined)
    return Interval(pick[0], pick[1], undefined)


def _where(condition: Interval, chosen: Interval, other: Interval) -> Interval:
    return _pick(_truth(condition), chosen, other)


def _choice(node: Choice, env: IntervalEnvironment) -> Interval:
    by = _bounds(node.by, env)
    value = _exact(0.0) if node.otherwise is None else _bounds(node.otherwise, env)
    for position, case in node.cases:
        value = _pick(_compare("==", by, _exact(position)), _bounds(case, env), value)
    return value


# --- arithmetic


def _straddles(x: Interval) -> Truths:
    return (x.low <= 0) & (x.high >= 0)


def _unbounded(x: Interval) -> Truths:
    return np.isinf(x.low) | np.isinf(x.high)


def _corners(operation: Callable[[Any, Any], Any], x: Interval, y: Interval) -> tuple[Array, Array]:
    """The least and the greatest of the four values at the ends; NaN where one is undefined."""
    ends = [operation(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
    low, high = ends[0], ends[0]
    for end in ends[1:]:
        low, high = np.minimum(low, end), np.maximum(high, end)
    return low, high


def _outward(low: Array, high: Array, ulps: int = 4) -> tuple[Array, Array]:
    """Ends moved apart by a few units in the last place, for what libraries round differently."""
    for _ in range(ulps):
        low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    return low, high


def _add(x: Interval, y: Interval) -> Interval:
    return Interval(x.low + y.low, x.high + y.high, _opposed(x, y) | x.undefined | y.undefined)


def _opposed(x: Interval, y: Interval) -> Truths:
    """Where an infinity may meet its opposite, so that the sum may be undefined."""
    return ((x.high == np.inf) & (y.low == -np.inf)) | ((x.low == -np.inf) & (y.high == np.inf))


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
    quotient = _divide(x, y)
    # the quotient may round up to a whole number that the exact one does not reach
    low, high = _outward(quotient.low, quotient.high, 1)
    lost = quotient.undefined | _unbounded(x) | _unbounded(y)
    return _everything(lost, Interval(np.floor(low), np.floor(high), lost))


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
    low = np.where(even & _straddles(x), np.minimum(low, 0.0), low)
    exact = (x.low == x.high) & fixed
    wide_low, wide_high = _outward(low, high)
    found = Interval(np.where(exact, low, wide_low), np.where(exact, high, wide_high), lost)
    return _everything(lost, found)


_ARITHMETIC: dict[str, Callable[[Interval, Interval], Interval]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "//": _floor_divide,
    "%": _modulo,
    "**": _power,
}


# --- functions


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


_FUNCTIONS: dict[str, Callable[..., Interval]] = {
    "where": _where,
    "min": _least,
    "max": _greatest,
    "abs": _absolute,
    "clip": _clip,
    "exp": _rising(np.exp, -np.inf, 0.0, np.inf),
    "log": _rising(np.log, 0.0, -np.inf, np.inf),
    "sqrt": _rising(np.sqrt, 0.0, 0.0, np.inf),
    "logistic": _rising(logistic, -np.inf, 0.0, 1.0),
}
