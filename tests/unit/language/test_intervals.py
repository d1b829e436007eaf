"""Bounds of expressions whose parameters are intervals, against what can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from countermove.errors import Location
from countermove.language.expressions import (
    Binary,
    Choice,
    Compare,
    LevelPosition,
    Number,
    ParameterRef,
)
from countermove.language.intervals import bounds
from countermove.language.model import Variable
from countermove.language.parse import Scope, parse_expression

INF = math.inf
LEVELS = ("calm", "threatened", "open")
SCOPE = Scope(
    variables={"crisis": Variable("crisis", LEVELS, (0.0, 1.0, 2.0), 0)},
    parameters=("p", "q", "one"),
    players={"sender": ("wait", "threaten")},
)


@dataclass(frozen=True)
class Ranges:
    """Three states; parameters between their ends."""

    ranges: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"p": (-2.0, 3.0), "q": (1.0, 4.0), "one": (1.0, 1.0)}
    )
    period: int = 5

    def parameter(self, name):
        return self.ranges[name]

    def position(self, variable):
        return np.array([0.0, 1.0, 2.0])

    number = position

    def last(self, player):
        return np.array([0.0, 1.0, 2.0])


def bounds_of(text):
    expression, faults = parse_expression(text, SCOPE, Location(), kind="odds")
    assert faults == []
    low, high = bounds(expression.node, Ranges())
    assert low.shape == high.shape
    assert low.dtype == high.dtype == np.float64
    return low, high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("7", 7, 7),
        ("period", 5, 5),
        ("p", -2, 3),
        ("one", 1, 1),
        ("-p", -3, 2),
        ("p + q", -1, 7),
        ("p - q", -6, 2),
        ("p * q", -8, 12),
        ("p * p", -6, 9),
        ("p / q", -2, 3),
        ("q / p", -INF, INF),
        ("1 / q", 0.25, 1),
        ("q / 0.5", 2, 8),
        ("p // q", -2, 3),
        ("q // p", -INF, INF),
        ("p % q", 0, 4),
        ("q % 10", 0, 4),
        ("-q % 3", 0, 3),
        ("-q % -5", -4, 0),
        ("7 % one", 0, 0),
        ("7 // (2 * one)", 3, 3),
        ("p % p", -INF, INF),
        ("p ** 2", 0, 9),
        ("p ** 3", -8, 27),
        ("q ** -2", 0.0625, 1),
        ("q ** 0.5", 1, 2),
        ("p ** 0.5", -INF, INF),
        ("p ** -1", -INF, INF),
        ("p ** 0", 1, 1),
        ("abs(p)", 0, 3),
        ("abs(-q)", 1, 4),
        ("exp(p)", math.exp(-2), math.exp(3)),
        ("log(q)", 0, math.log(4)),
        ("log(p)", -INF, INF),
        ("sqrt(q)", 1, 2),
        ("sqrt(p)", -INF, INF),
        ("logistic(p)", 1 / (1 + math.exp(2)), 1 / (1 + math.exp(-3))),
        ("logistic(1000 * p)", 0, 1),
        ("min(p, q, 2)", -2, 2),
        ("max(p, q)", 1, 4),
        ("clip(p, 0, 1)", 0, 1),
        ("clip(q, p, 2)", 1, 2),
        ("p > q", 0, 1),
        ("q > p - 4", 1, 1),
        ("p >= 3", 0, 1),
        ("p > 3", 0, 0),
        ("p <= 3", 1, 1),
        ("q < 1", 0, 0),
        ("q == 5", 0, 0),
        ("q == 2", 0, 1),
        ("q != 5", 1, 1),
        ("q != 2", 0, 1),
        ("one == 1", 1, 1),
        ("one != 1", 0, 0),
        ("not p", 0, 1),
        ("not q", 0, 0),
        ("q and p", 0, 1),
        ("q and one", 1, 1),
        ("p or one", 1, 1),
        ("p and 0", 0, 0),
        ("q in [5, 6]", 0, 0),
        ("one not in [2, 3]", 1, 1),
        ("where(p > q, 10, 20)", 10, 20),
        ("where(q > 0, p, 100)", -2, 3),
        ("where(q > 9, p, 100)", 100, 100),
        ("where(q > 9, 1 / p, q)", 1, 4),
        ("where(q > 2, 1 / p, q)", -INF, INF),
        ("not log(p)", 0, 1),
        ("sqrt(p) > 5", 0, 0),
        ("sqrt(p) >= 0", 0, 1),
        ("sqrt(p) != 9", 1, 1),
        ("sqrt(p) == 9", 0, 0),
        ("exp(1e12 * q) - exp(1e12 * q)", -INF, INF),
        ("1 / exp(1e12 * q)", 0, 0),
        ("0 * exp(1e12 * q)", -INF, INF),
        # an infinity may meet its opposite, or 0, and what is undefined is not >= 0
        ("exp(exp(1000 * (q - 1)) - exp(1000 * (q - 1))) >= 0", 0, 1),
        ("exp(p * exp(1000 * (q - 1))) >= 0", 0, 1),
    ],
)
def test_bounds_are_those_worked_out_by_hand(text, low, high):
    found = bounds_of(text)
    assert [float(end) for end in found] == pytest.approx([low, high], rel=1e-12, abs=1e-12)


def test_what_is_exact_has_bounds_by_state():
    low, high = bounds_of("(crisis == threatened) * p + crisis")
    assert low.tolist() == [0, -1, 2]
    assert high.tolist() == [0, 4, 2]
    low, high = bounds_of("last(sender) == threaten")
    assert low.tolist() == high.tolist() == [0, 0, 1]


def test_a_condition_on_the_state_picks_the_branch_state_by_state():
    low, high = bounds_of("where(crisis > p - 0.5, q, -q)")
    assert low.tolist() == [-4, -4, -4]
    assert high.tolist() == [4, 4, 4]
    low, high = bounds_of("where(crisis >= threatened, q, 0)")
    assert low.tolist() == [0, 1, 1]
    assert high.tolist() == [0, 4, 4]


def test_a_table_takes_the_bounds_of_its_cases():
    cases = ((0, ParameterRef("p")), (2, Number(7)))
    low, high = bounds(Choice(LevelPosition("crisis"), cases, ParameterRef("q")), Ranges())
    assert low.tolist() == [-2, 1, 7]
    assert high.tolist() == [3, 4, 7]


def test_a_table_without_otherwise_is_0_where_no_case_applies():
    low, high = bounds(Choice(LevelPosition("crisis"), ((1, Number(7)),), None), Ranges())
    assert low.tolist() == high.tolist() == [0, 7, 0]


def test_values_that_are_not_numbers_become_infinite_bounds():
    environment = Ranges({"p": (math.nan, 1.0)})
    low, high = bounds(Binary("+", ParameterRef("p"), Number(1)), environment)
    assert (float(low), float(high)) == (-INF, INF)
    low, high = bounds(Compare("<", ParameterRef("p"), Number(1)), environment)
    assert (float(low), float(high)) == (0, 1)


def test_a_power_with_an_exponent_between_bounds_needs_a_positive_base():
    power = Binary("**", ParameterRef("q"), ParameterRef("p"))
    low, high = bounds(power, Ranges())
    assert (float(low), float(high)) == pytest.approx((1 / 16, 64))
    low, high = bounds(Binary("**", ParameterRef("p"), ParameterRef("q")), Ranges())
    assert (float(low), float(high)) == (-INF, INF)


def test_the_environment_is_left_as_it_was():
    position = np.array([0.0, 1.0, 2.0])

    class Shared(Ranges):
        def position(self, variable):
            return position

    low, _ = bounds(LevelPosition("crisis"), Shared())
    low[:] = 9
    assert position.tolist() == [0, 1, 2]
