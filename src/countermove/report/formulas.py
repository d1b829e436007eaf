"""Expressions as text again, after a player's type has been filled in."""

from __future__ import annotations

import numpy as np

from countermove.language.expressions import (
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
    children,
    evaluate,
    walk,
)
from countermove.language.model import Scenario

_STRENGTH = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "**": 8}
_STRENGTH |= {"*": 6, "/": 6, "//": 6, "%": 6}
_NEGATION = 7
_WHOLE = 9


def reads_type(node: Node, player: str) -> bool:
    """Does the node read the player's type?"""
    return any(below == TypeOf(player) for below in walk(node))


def for_type(node: Node, player: str, position: int) -> Node:
    """The node where the player's type is known, made as short as that allows."""
    match node:
        case TypeOf(name) if name == player:
            return Number(float(position))
        case Unary(operator, operand):
            return _constant(Unary(operator, for_type(operand, player, position)))
        case Binary(operator, left, right):
            left, right = for_type(left, player, position), for_type(right, player, position)
            return _shorter(Binary(operator, left, right))
        case Compare(operator, left, right):
            left, right = for_type(left, player, position), for_type(right, player, position)
            return _constant(Compare(operator, left, right))
        case Logical(operator, operands):
            return _joined(operator, [for_type(o, player, position) for o in operands])
        case Call("where", (condition, chosen, other)):
            condition = for_type(condition, player, position)
            if isinstance(condition, Number):
                return for_type(chosen if condition.value else other, player, position)
            parts = (condition, *(for_type(n, player, position) for n in (chosen, other)))
            return Call("where", parts)
        case Call(function, arguments):
            return _constant(
                Call(function, tuple(for_type(a, player, position) for a in arguments))
            )
        case Choice(by, cases, otherwise):
            return _chosen(by, cases, otherwise, player, position)
    return node


def _chosen(
    by: Node,
    cases: tuple[tuple[int, Node], ...],
    otherwise: Node | None,
    player: str,
    position: int,
) -> Node:
    if by == TypeOf(player):
        found = dict(cases).get(position, otherwise)
        return for_type(found, player, position) if found is not None else Number(0.0)
    known = tuple((at, for_type(case, player, position)) for at, case in cases)
    rest = for_type(otherwise, player, position) if otherwise is not None else None
    return Choice(by, known, rest)


def _joined(operator: str, operands: list[Node]) -> Node:
    """``and`` and ``or`` less the operands that are known."""
    settles = 0.0 if operator == "and" else 1.0
    open_ = [o for o in operands if not isinstance(o, Number)]
    known = [float(o.value != 0) for o in operands if isinstance(o, Number)]
    if settles in known:
        return Number(settles)
    if not open_:
        return Number(1.0 - settles)
    return Logical(operator, tuple(open_)) if len(open_) > 1 else open_[0]


def _shorter(node: Binary) -> Node:
    """Arithmetic less what changes nothing."""
    left, right = node.left, node.right
    nothing, one = Number(0.0), Number(1.0)
    if node.operator in ("*", "/") and left == nothing:
        return nothing
    if node.operator == "*" and right == nothing:
        return nothing
    if (node.operator in ("+", "-") and right == nothing) or (
        node.operator in ("*", "/") and right == one
    ):
        return left
    if (node.operator == "+" and left == nothing) or (node.operator == "*" and left == one):
        return right
    if node.operator == "-" and left == nothing:
        return _constant(Unary("-", right))
    return _constant(node)


def _constant(node: Node) -> Node:
    """The node's value where all that it reads are numbers."""
    match node:
        case Unary(_, Number()) | Binary(_, Number(), Number()) | Compare(_, Number(), Number()):
            return Number(float(evaluate(node, _NOTHING)))
        case Call(_, arguments) if all(isinstance(a, Number) for a in arguments):
            return Number(float(evaluate(node, _NOTHING)))
    return node


class _Nothing:
    """Where a constant finds its values: it needs none."""

    period = np.nan

    def parameter(self, name: str) -> float:
        raise KeyError(name)

    number = position = last = type_of = parameter


_NOTHING = _Nothing()


def text_of(scenario: Scenario, node: Node) -> str:
    """The node in the language's own words, as short as it is clear."""
    return _Writer(scenario).write(node)


class _Writer:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.terms = {t.node: name for name, t in scenario.terms.items() if children(t.node)}

    def write(self, node: Node, least: int = 0) -> str:
        """The text; in brackets where it binds less than ``least``."""
        text, strength = self._text(node)
        return f"({text})" if strength < least else text

    def _text(self, node: Node) -> tuple[str, int]:
        if node in self.terms:
            return self.terms[node], _WHOLE
        match node:
            case Number(value):
                return f"{value:.6g}", _NEGATION if value < 0 else _WHOLE
            case ParameterRef(name) | LevelNumber(name) | LevelPosition(name):
                return name, _WHOLE
            case Period():
                return "period", _WHOLE
            case Last(player):
                return f"last({player})", _WHOLE
            case TypeOf(player):
                return f"type({player})", _WHOLE
            case Unary("-", operand):
                return f"-{self.write(operand, _NEGATION)}", _NEGATION
            case Unary(_, operand):
                return f"not {self.write(operand, _STRENGTH['not'])}", _STRENGTH["not"]
            case Binary(operator, left, right):
                own = _STRENGTH[operator]
                first = own + 1 if operator == "**" else own
                return f"{self.write(left, first)} {operator} {self.write(right, own + 1)}", own
            case Compare(operator, left, right):
                return self._compared(operator, left, right), _STRENGTH["compare"]
            case Logical(operator, operands):
                own = _STRENGTH[operator]
                return f" {operator} ".join(self.write(o, own + 1) for o in operands), own
            case Call(function, arguments):
                return f"{function}({', '.join(self.write(a) for a in arguments)})", _WHOLE
            case Choice(by, cases, otherwise):
                return self._table(by, cases, otherwise), _WHOLE
        raise AssertionError(f"unknown node {node!r}")  # pragma: no cover

    def _compared(self, operator: str, left: Node, right: Node) -> str:
        own = _STRENGTH["compare"] + 1
        first = self._name(right, left) or self.write(left, own)
        second = self._name(left, right) or self.write(right, own)
        return f"{first} {operator} {second}"

    def _table(self, by: Node, cases: tuple[tuple[int, Node], ...], otherwise: Node | None) -> str:
        parts = [
            f"{self._name(by, Number(float(at))) or at}: {self.write(case)}" for at, case in cases
        ]
        if otherwise is not None:
            parts.append(f"otherwise: {self.write(otherwise)}")
        return f"by {self.write(by)} ({', '.join(parts)})"

    def _name(self, read: Node, value: Node) -> str:
        """What a position is called: a level, an action or a type; empty where it is none."""
        if not isinstance(value, Number) or value.value % 1:
            return ""
        at = int(value.value)
        match read:
            case LevelPosition(name):
                return _at(self.scenario.variable(name).levels, at)
            case Last(name):
                actions = tuple(action.name for action in self.scenario.player(name).actions)
                return _at(("nothing", *actions), at)
            case TypeOf(name):
                return _at(self.scenario.player(name).types, at)
        return ""


def _at(names: tuple[str, ...], position: int) -> str:
    return names[position] if 0 <= position < len(names) else ""
