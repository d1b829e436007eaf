"""Resolved expressions: a small closed set of nodes, evaluated on arrays or bounded by intervals.

The parser turns text into these nodes with every name resolved: levels become positions, dates and
``until`` become periods, ``years`` a number, terms are inlined. Booleans are 0 and 1, everything is
float64. Nothing here calls ``eval``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from countermove.errors import Location

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A parameter's value."""

    name: str


@dataclass(frozen=True, slots=True)
class LevelNumber:
    """The number that a variable's level carries (its position where levels carry none)."""

    variable: str


@dataclass(frozen=True, slots=True)
class LevelPosition:
    """The position of a variable's level, from 0: what comparisons with level names use."""

    variable: str


@dataclass(frozen=True, slots=True)
class Period:
    """The period, from 0; at a period's end, the one that ends."""


@dataclass(frozen=True, slots=True)
class Last:
    """A player's latest action in this period: 0 before it moves, else 1 + its position."""

    player: str


@dataclass(frozen=True, slots=True)
class TypeOf:
    """The position of a player's private type; only interests and costs may read it."""

    player: str


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` or ``not x``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic: ``+ - * / // % **``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """``== != < <= > >=``, giving 0 or 1."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logical:
    """``and`` or ``or`` over two or more operands, giving 0 or 1."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One of ``where min max abs exp log sqrt logistic clip``."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A table: the value opposite the position that ``by`` takes, or ``otherwise``.

    ``by`` is a ``LevelPosition``, ``Last`` or ``TypeOf``; the loader sees to it that every position
    is covered.
    """

    by: Node
    cases: tuple[tuple[int, Node], ...]
    otherwise: Node | None


Node = (
    Number
    | ParameterRef
    | LevelNumber
    | LevelPosition
    | Period
    | Last
    | TypeOf
    | Unary
    | Binary
    | Compare
    | Logical
    | Call
    | Choice
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A resolved expression with the text and the place that it was read from."""

    node: Node
    text: str = ""
    location: Location = Location()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Reads:
    """What an expression reads."""

    variables: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    lasts: frozenset[str] = frozenset()
    period: bool = False
    types: frozenset[str] = frozenset()  # the players whose types it reads


class Environment(Protocol):
    """Where an expression finds its values; arrays of one length, or scalars."""

    def parameter(self, name: str) -> Any:
        """The parameter's value."""

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


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    match node:
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Logical(_, operands):
            return operands
        case Call(_, arguments):
            return arguments
        case Choice(by, cases, otherwise):
            below = (by, *(value for _, value in cases))
            return below if otherwise is None else (*below, otherwise)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it, depth first."""
    stack: list[Node] = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(children(here)))


def reads(node: Node) -> Reads:
    """The variables, parameters and latest actions that a node reads, and whether time enters."""
    variables: set[str] = set()
    parameters: set[str] = set()
    lasts: set[str] = set()
    types: set[str] = set()
    period = False
    for below in walk(node):
        match below:
            case LevelNumber(name) | LevelPosition(name):
                variables.add(name)
            case ParameterRef(name):
                parameters.add(name)
            case Last(name):
                lasts.add(name)
            case TypeOf(name):
                types.add(name)
            case Period():
                period = True
            case _:
                pass
    return Reads(
        frozenset(variables), frozenset(parameters), frozenset(lasts), period, frozenset(types)
    )


def _as_bool(condition: Any) -> Array:
    return np.asarray(condition, dtype=np.float64)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "//": np.floor_divide,
    "%": np.mod,
    "**": np.power,
}
_COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def logistic(x: Any) -> Any:
    """``1 / (1 + exp(-x))`` without overflow."""
    z = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1 / (1 + z), z / (1 + z))


def _clip(x: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(x, low), high)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "logistic": logistic,
    "clip": _clip,
}


def evaluate(node: Node, environment: Environment) -> Any:
    """The node's value, float64, broadcast over the environment's arrays.

    Both branches of a ``where`` are computed, so numerical warnings are silenced here; callers
    check that what they use is finite.
    """
    with np.errstate(all="ignore"):
        return _evaluate(node, environment)


def _evaluate(node: Node, env: Environment) -> Any:
    match node:
        case Number(value):
            return value
        case ParameterRef(name):
            return env.parameter(name)
        case LevelNumber(variable):
            return env.number(variable)
        case LevelPosition(variable):
            return env.position(variable)
        case Period():
            return env.period
        case Last(player):
            return env.last(player)
        case TypeOf(player):
            return env.type_of(player)
        case Unary("-", operand):
            return np.negative(_evaluate(operand, env))
        case Unary(_, operand):
            return _as_bool(np.equal(_evaluate(operand, env), 0))
        case Binary(operator, left, right):
            x, y = np.float64(_evaluate(left, env)), np.float64(_evaluate(right, env))
            return _ARITHMETIC[operator](x, y)
        case Compare(operator, left, right):
            return _as_bool(_COMPARISON[operator](_evaluate(left, env), _evaluate(right, env)))
        case Logical(operator, operands):
            combine = np.logical_and if operator == "and" else np.logical_or
            result = np.not_equal(_evaluate(operands[0], env), 0)
            for operand in operands[1:]:
                result = combine(result, np.not_equal(_evaluate(operand, env), 0))
            return _as_bool(result)
        case Call("where", (condition, chosen, other)):
            holds = np.not_equal(_evaluate(condition, env), 0)
            return np.where(holds, _evaluate(chosen, env), _evaluate(other, env))
        case Call("min" | "max" as name, arguments):
            pick = np.minimum if name == "min" else np.maximum
            best = _evaluate(arguments[0], env)
            for argument in arguments[1:]:
                best = pick(best, _evaluate(argument, env))
            return best
        case Call(name, arguments):
            return _FUNCTIONS[name](*(_evaluate(a, env) for a in arguments))
        case Choice(by, cases, otherwise):
            at = _evaluate(by, env)
            found: Any = 0.0 if otherwise is None else _evaluate(otherwise, env)
            for position, case_node in cases:
                found = np.where(np.equal(at, position), _evaluate(case_node, env), found)
            return found
    raise AssertionError(f"unknown node {node!r}")  # pragma: no cover
