"""Random expressions: equal to a plain evaluation in Python, within their bounds, never a crash."""

from __future__ import annotations

import ast
import datetime as dt
import math
import time
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from countermove.errors import Location
from countermove.language.codes import LANGUAGE_CODES
from countermove.language.expressions import evaluate
from countermove.language.intervals import bounds
from countermove.language.model import Calendar, Variable
from countermove.language.parse import Scope, parse_expression

PLACE = Location("test.yaml", 7, 5)
LEVELS = {"crisis": ("calm", "threatened", "open"), "alert": ("calm", "threatened", "open")}
NUMBERS = {"crisis": (0.0, 1.0, 2.0), "alert": (0.0, 1.0, 2.0), "forces": (-3.0, 0.0, 2500.0)}
LEVELS["forces"] = ("none_left", "reduced", "full")
ACTIONS = ("wait", "threaten")
TYPES = ("bold", "shy", "mad")
SCOPE = Scope(
    variables={name: Variable(name, LEVELS[name], NUMBERS[name], 0) for name in LEVELS},
    parameters=("cost", "odds"),
    terms={},
    players={"sender": ACTIONS},
    types={"sender": TYPES},
    bearer="sender",
    calendar=Calendar(12, dt.date(2020, 9, 1), 1, "month", 1 / 12),
)


@dataclass(frozen=True)
class World:
    """One reading of everything that an expression may read."""

    parameters: dict[str, float]
    positions: dict[str, int]
    action: int
    type: int
    period: int

    def parameter(self, name: str) -> float:
        return self.parameters[name]

    def number(self, variable: str) -> float:
        return NUMBERS[variable][self.positions[variable]]

    def position(self, variable: str) -> float:
        return float(self.positions[variable])

    def last(self, player: str) -> float:
        return float(self.action)

    def type_of(self, player: str) -> float:
        return float(self.type)


worlds = st.builds(
    World,
    st.fixed_dictionaries({"cost": st.floats(-5, 5), "odds": st.floats(0, 1)}),
    st.fixed_dictionaries({name: st.integers(0, 2) for name in LEVELS}),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 11),
)

atoms = st.one_of(
    st.sampled_from(["cost", "odds", "period", "years", "crisis", "forces", "true"]),
    st.sampled_from(["until(2020-11-03)", "until(2021-08-31)"]),
    st.integers(0, 9).map(str),
    st.floats(0, 20).map(lambda x: f"{x:.3f}"),
)
SIGNS = ("==", "!=", "<", "<=", ">", ">=")
conditions = st.one_of(
    st.builds("crisis {} {}".format, st.sampled_from(SIGNS), st.sampled_from(LEVELS["crisis"])),
    st.builds("{} {} forces".format, st.sampled_from(LEVELS["forces"]), st.sampled_from(SIGNS)),
    st.builds("crisis {} alert".format, st.sampled_from(SIGNS)),
    st.builds("date {} 2020-12-{:02d}".format, st.sampled_from(SIGNS), st.integers(1, 31)),
    st.sampled_from(["crisis in [calm, open]", "forces not in [full]", "period in [1, 3]"]),
    st.sampled_from(["last(sender) == wait", "last(sender) in [threaten, nothing]"]),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["type", "type(sender)"]),
        st.sampled_from(SIGNS[:2]),
        st.sampled_from(TYPES),
    ),
    st.sampled_from(["type in [bold, mad]", "shy != type(sender)"]),
)


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["/", "//", "%"]), inner),
        st.builds("({} ** {})".format, inner, st.sampled_from(["2", "3", "0.5", "(-1)", "(-2)"])),
        st.builds("({} + 0 {} {})".format, inner, st.sampled_from(SIGNS), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("({}{})".format, st.sampled_from(["-", "not ", "+"]), inner),
        st.builds(
            "{}({})".format, st.sampled_from(["abs", "exp", "log", "sqrt", "logistic"]), inner
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("{}({}, {}, {})".format, st.sampled_from(["where", "clip"]), inner, inner, inner),
    )


texts = st.recursive(st.one_of(atoms, conditions.map("({})".format)), _grow, max_leaves=12)


class Reference:
    """A plain evaluation in Python numbers, written apart from the package."""

    def __init__(self, world: World) -> None:
        self.world = world

    def value(self, text: str) -> float:
        dated = text
        for month in range(1, 13):
            for day in range(1, 32):
                for year in (2020, 2021):
                    written = f"{year}-{month:02d}-{day:02d}"
                    if written in dated:
                        dated = dated.replace(written, str((year - 2020) * 12 + month - 9))
        return float(self.visit(ast.parse(dated, mode="eval").body))

    def visit(self, node: ast.expr) -> float:
        match node:
            case ast.Constant(value):
                return float(value)
            case ast.Name(name):
                return self.name(name)
            case ast.BoolOp(ast.And(), values):
                return float(all(self.visit(v) != 0 for v in values))
            case ast.BoolOp(_, values):
                return float(any(self.visit(v) != 0 for v in values))
            case ast.UnaryOp(ast.USub(), operand):
                return -self.visit(operand)
            case ast.UnaryOp(ast.UAdd(), operand):
                return self.visit(operand)
            case ast.UnaryOp(_, operand):
                return float(self.visit(operand) == 0)
            case ast.BinOp(left, operator, right):
                return arithmetic(type(operator), self.visit(left), self.visit(right))
            case ast.Compare(left, [operator], [right]):
                return self.compare(left, operator, right)
            case ast.Call(ast.Name("until"), [ast.Constant(period)]):
                return float(period) - self.world.period
            case ast.Call(ast.Name(name), arguments):
                return call(name, [self.visit(a) for a in arguments])
        raise AssertionError(ast.dump(node))

    def name(self, name: str) -> float:
        if name == "period":
            return float(self.world.period)
        if name == "years":
            return 1 / 12
        if name == "true":
            return 1.0
        if name in LEVELS:
            return self.world.number(name)
        return self.world.parameters[name]

    def compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> float:
        if isinstance(operator, ast.In | ast.NotIn):
            found = any(self.compare(left, ast.Eq(), item) for item in right.elts)
            return float(found == isinstance(operator, ast.In))
        x, y = self.side(left, right), self.side(right, left)
        match operator:
            case ast.Eq():
                return float(x == y)
            case ast.NotEq():
                return float(x != y)
            case ast.Lt():
                return float(x < y)
            case ast.LtE():
                return float(x <= y)
            case ast.Gt():
                return float(x > y)
        return float(x >= y)

    def side(self, node: ast.expr, other: ast.expr) -> float:
        """One side of a comparison; levels, actions and ``date`` by what stands opposite."""
        opposite = other.id if isinstance(other, ast.Name) else ""
        if is_type(other):
            return float(TYPES.index(node.id))
        if is_type(node):
            return float(self.world.type)
        if isinstance(other, ast.Call) and other.func.id == "last":
            return float(("nothing", *ACTIONS).index(node.id))
        if isinstance(node, ast.Call) and node.func.id == "last":
            return float(self.world.action)
        if not isinstance(node, ast.Name):
            return self.visit(node)
        if node.id == "date":
            return float(self.world.period)
        if node.id in LEVELS.get(opposite, ()):
            return float(LEVELS[opposite].index(node.id))
        if node.id in LEVELS and (opposite in LEVELS or opposite in LEVELS[node.id]):
            return float(self.world.positions[node.id])
        return self.visit(node)


def is_type(node: ast.expr) -> bool:
    named = node.func if isinstance(node, ast.Call) else node
    return isinstance(named, ast.Name) and named.id == "type"


def arithmetic(operator: type[ast.operator], x: float, y: float) -> float:
    if operator is ast.Add:
        return x + y
    if operator is ast.Sub:
        return x - y
    if operator is ast.Mult:
        return x * y
    if operator is ast.Pow:
        return power(x, y)
    if y == 0 or not math.isfinite(x) or not math.isfinite(y):
        raise Undefined
    if operator is ast.Div:
        return x / y
    return x // y if operator is ast.FloorDiv else x % y


class Undefined(Exception):
    """The reference does not follow infinities and undefined values."""


def power(x: float, y: float) -> float:
    try:
        found = x**y
    except (ZeroDivisionError, OverflowError):
        raise Undefined from None
    if isinstance(found, complex):
        raise Undefined
    return found


def call(name: str, x: list[float]) -> float:
    if not all(math.isfinite(value) for value in x):
        raise Undefined
    if (
        (name == "log" and x[0] <= 0)
        or (name == "sqrt" and x[0] < 0)
        or (name == "exp" and x[0] > 700)
    ):
        raise Undefined
    match name:
        case "where":
            return x[1] if x[0] != 0 else x[2]
        case "min" | "max":
            return min(x) if name == "min" else max(x)
        case "clip":
            return min(max(x[0], x[1]), x[2])
        case "logistic":
            return 1 / (1 + math.exp(-x[0])) if x[0] > -700 else 0.0
        case "abs":
            return abs(x[0])
    return {"exp": math.exp, "log": math.log, "sqrt": math.sqrt}[name](x[0])


@settings(max_examples=300, deadline=None)
@given(texts, worlds)
def test_a_random_expression_has_the_value_that_plain_python_gives(text, world):
    try:
        expected = Reference(world).value(text)
    except Undefined:
        assume(False)
    assume(math.isfinite(expected))
    expression, faults = parse_expression(text, SCOPE, PLACE, kind="interest")
    assume(not any(fault.code in {"CM047", "CM025", "CM046"} for fault in faults))
    assert not faults and expression is not None
    found = float(np.asarray(evaluate(expression.node, world)))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@dataclass(frozen=True)
class Ranges:
    """The world's exact readings as arrays of one element, parameters as intervals."""

    world: World
    ranges: dict[str, tuple[float, float]]

    def parameter(self, name: str) -> tuple[float, float]:
        return self.ranges[name]

    def number(self, variable: str) -> np.ndarray:
        return np.array([self.world.number(variable)])

    def position(self, variable: str) -> np.ndarray:
        return np.array([self.world.position(variable)])

    def last(self, player: str) -> np.ndarray:
        return np.array([self.world.last(player)])

    def type_of(self, player: str) -> np.ndarray:
        return np.array([self.world.type_of(player)])

    @property
    def period(self) -> int:
        return self.world.period


uncertain = st.recursive(
    st.sampled_from(["cost", "odds", "cost", "odds", "crisis", "(type == shy)", "exp(1e3 * cost)"]),
    _grow,
    max_leaves=8,
)
shares = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@settings(max_examples=600, deadline=None)
@given(uncertain, worlds, shares, st.tuples(st.floats(0, 4), st.floats(0.01, 4)))
def test_a_random_expression_stays_within_its_bounds(text, world, shares, widths):
    expression, _ = parse_expression(text, SCOPE, PLACE, kind="interest")
    assume(expression is not None)
    at = world.parameters
    ranges = {
        name: (at[name] - width, at[name] + width) for name, width in zip(at, widths, strict=True)
    }
    low, high = bounds(expression.node, Ranges(world, ranges))
    assert low.shape == high.shape
    assert not np.isnan(low).any() and not np.isnan(high).any()
    assert (low <= high).all()
    low, high = float(low.min()), float(high.max())
    for share in [0.0, 0.5, 1.0, *shares]:
        drawn = {name: a + share * (b - a) for name, (a, b) in ranges.items()}
        drawn = {name: min(max(x, ranges[name][0]), ranges[name][1]) for name, x in drawn.items()}
        there = World(drawn, world.positions, world.action, world.type, world.period)
        value = float(np.asarray(evaluate(expression.node, there)))
        if math.isfinite(value):
            slack = 1e-9 * max(1.0, abs(value))
            assert low - slack <= value <= high + slack


WORDS = "type bold belief crisis calm date last sender and not in if lambda until where cost years"
WORDS += " true None é x"
SIGNS_AND_MORE = (
    "( ) [ ] { } , = == ** - * . : ≥ # \\ 2020-11-03 2020-02-31 1e9 1e400 007 ' \" \0 \n"
)
pieces = st.sampled_from([*WORDS.split(), *SIGNS_AND_MORE.split(" "), " ", "9" * 60, "\ud800"])
noise = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=40).map(" ".join))


@settings(max_examples=500, deadline=None)
@given(noise, st.sampled_from(["interest", "payoff", "parameter"]))
@example("(" * 4_000, "payoff")
@example("-" * 4_000, "payoff")
@example("- " * 1_400 + "1", "payoff")
@example("not " * 900 + "1", "payoff")
@example("1" * 4_000, "payoff")
@example("1+" * 700 + "1", "payoff")
@example("x" * 1_000_000, "payoff")
@example("2**" * 700 + "2", "payoff")
@example("crisis[" * 39 + "]" * 39, "payoff")
@example("(0).__class__", "payoff")
def test_any_text_ends_soon_in_an_expression_or_in_faults(text, kind):
    begun = time.perf_counter()
    expression, faults = parse_expression(text, SCOPE, PLACE, kind=kind)
    assert time.perf_counter() - begun < 2
    assert (expression is None) == bool(faults)
    for fault in faults:
        assert fault.code in LANGUAGE_CODES
        assert fault.message and fault.remedy and fault.location.file == PLACE.file
        str(fault).encode(errors="strict")
