"""Bounds of an expression over all values that its parameters may take, by interval arithmetic.

A parameter is an interval, all else that an expression reads is exact. The value for any choice of
parameters lies within the bounds; they are not always the tightest, since two uses of one parameter
are bounded apart.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

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
    TypeOf,
    Unary,
)
from countermove.language.interval import ARITHMETIC, FUNCTIONS, Interval, Truths, clean


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

    def type_of(self, player: str) -> Any:
        """The position of the player's type."""

    @property
    def period(self) -> Any:
        """The period, from 0."""


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
        found = clean(_bounds(node, environment))
    low = np.where(found.undefined, -np.inf, found.low)
    high = np.where(found.undefined, np.inf, found.high)
    low, high = np.broadcast_arrays(low, high)
    return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)


def _exact(value: Any) -> Interval:
    array = np.asarray(value, dtype=np.float64)
    return Interval(array, array, np.isnan(array))


def _bounds(node: Node, env: IntervalEnvironment) -> Interval:
    match node:
        case Number(value):
            return clean(_exact(value))
        case ParameterRef(name):
            low, high = (np.asarray(end, dtype=np.float64) for end in env.parameter(name))
            return clean(Interval(low, high, np.isnan(low) | np.isnan(high)))
        case LevelNumber(variable):
            return clean(_exact(env.number(variable)))
        case LevelPosition(variable):
            return clean(_exact(env.position(variable)))
        case Period():
            return clean(_exact(env.period))
        case Last(player):
            return clean(_exact(env.last(player)))
        case TypeOf(player):
            return clean(_exact(env.type_of(player)))
        case Unary("-", operand):
            x = _bounds(operand, env)
            return Interval(-x.high, -x.low, x.undefined)
        case Unary(_, operand):
            must, may = _truth(_bounds(operand, env))
            return _from_truth(Truth(~may, ~must))
        case Binary(operator, left, right):
            return clean(ARITHMETIC[operator](_bounds(left, env), _bounds(right, env)))
        case Compare(operator, left, right):
            return _from_truth(_compare(operator, _bounds(left, env), _bounds(right, env)))
        case Logical(operator, operands):
            return _from_truth(_logical(operator, [_truth(_bounds(o, env)) for o in operands]))
        case Call("where", (condition, chosen, other)):
            return _pick(_truth(_bounds(condition, env)), _bounds(chosen, env), _bounds(other, env))
        case Call(function, arguments):
            return clean(FUNCTIONS[function](*(_bounds(a, env) for a in arguments)))
        case Choice():
            return _choice(node, env)
    raise AssertionError(f"unknown node {node!r}")  # pragma: no cover


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


def _choice(node: Choice, env: IntervalEnvironment) -> Interval:
    by = _bounds(node.by, env)
    value = _exact(0.0) if node.otherwise is None else _bounds(node.otherwise, env)
    for position, case in node.cases:
        value = _pick(_compare("==", by, _exact(position)), _bounds(case, env), value)
    return value
