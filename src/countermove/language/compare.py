"""Comparisons: levels opposite variables, actions opposite ``last``, dates opposite ``date``."""

from __future__ import annotations

import ast
from collections.abc import Callable

from countermove.errors import nearest_name
from countermove.language import latest, typed, until
from countermove.language.context import Context, fold
from countermove.language.expressions import (
    Compare,
    LevelNumber,
    LevelPosition,
    Logical,
    Node,
    Number,
    Period,
    Unary,
)
from countermove.language.model import Variable

Resolve = Callable[[ast.expr, Context], Node | None]
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


def compare(node: ast.Compare, context: Context, resolve: Resolve) -> Node | None:
    """A comparison, or ``in`` and ``not in`` a list."""
    if len(node.ops) > 1:
        _chained(node, context)
        return None
    operator = _OPERATORS.get(type(node.ops[0]))
    left, right = node.left, node.comparators[0]
    if operator is None:  # `is`, which the scanner refuses before
        context.report("CM026", "expressions do not have this comparison", node, remedy="use ==")
        return None
    if operator not in ("in", "not in"):
        return _pair(operator, left, right, node, context, resolve)
    if not isinstance(right, ast.List) or not right.elts:
        context.report(
            "CM026",
            "`in` needs a list that is not empty",
            right,
            expected="x in [a, b]",
            remedy="write the values in square brackets",
        )
        return None
    cases = [_pair("==", left, item, item, context, resolve) for item in right.elts]
    known = tuple(case for case in cases if case is not None)
    if len(known) < len(cases):
        return None
    found = known[0] if len(known) == 1 else fold(Logical("or", known), node, context)
    if found is None or operator == "in":
        return found
    return fold(Unary("not", found), node, context)


def _chained(node: ast.Compare, context: Context) -> None:
    sides = [context.source(side) for side in (node.left, *node.comparators)]
    signs = [_OPERATORS.get(type(op), "==") for op in node.ops]
    pairs = [f"{a} {s} {b}" for a, s, b in zip(sides, signs, sides[1:], strict=False)]
    context.report(
        "CM037",
        "comparisons cannot be chained",
        node,
        expected="one comparison at a time",
        remedy=f"write {' and '.join(pairs[:4])}",
    )


def _pair(
    operator: str,
    left: ast.expr,
    right: ast.expr,
    node: ast.expr,
    context: Context,
    resolve: Resolve,
) -> Node | None:
    if typed.is_type(left) or typed.is_type(right):
        sides = typed.compared(operator, left, right, node, context)
    elif _faulty(left, context) or _faulty(right, context):
        return None
    else:
        sides = _sides(operator, left, right, node, context, resolve)
    if sides is None or sides[0] is None or sides[1] is None:
        return None
    return fold(Compare(operator, sides[0], sides[1]), node, context)


def _faulty(node: ast.expr, context: Context) -> bool:
    return isinstance(node, ast.Name) and node.id in context.scope.faulty


def _sides(
    operator: str,
    left: ast.expr,
    right: ast.expr,
    node: ast.expr,
    context: Context,
    resolve: Resolve,
) -> latest.Sides:
    """Both sides resolved; what a side means depends on what stands opposite."""
    if _is_date(left, context) or _is_date(right, context):
        return _dates(left, right, context)
    if latest.is_last(left) or latest.is_last(right):
        return latest.lasts(operator, left, right, node, context)
    mine, theirs = _variable(left, context), _variable(right, context)
    if mine is not None and _is_level(right, mine):
        theirs = None
    elif theirs is not None and _is_level(left, theirs):
        mine = None
    if mine is None and theirs is None:
        unknown = _only_unknown(left, right, context)
        if unknown is None:
            return resolve(left, context), resolve(right, context)
        resolve(unknown, context)
        return None
    if not context.may_change("a variable", node):
        return None
    if mine is not None and theirs is not None:
        return _two_variables(operator, mine, theirs, node, context)
    if mine is not None:
        return _opposite(operator, mine, left, right, node, context, resolve)
    assert theirs is not None
    swapped = _opposite(operator, theirs, right, left, node, context, resolve)
    return None if swapped is None else (swapped[1], swapped[0])


def _variable(node: ast.expr, context: Context) -> Variable | None:
    return context.scope.variables.get(node.id) if isinstance(node, ast.Name) else None


def _is_level(node: ast.expr, variable: Variable) -> bool:
    return isinstance(node, ast.Name) and node.id in variable.levels


def _opposite(
    operator: str,
    variable: Variable,
    at: ast.expr,
    other: ast.expr,
    node: ast.expr,
    context: Context,
    resolve: Resolve,
) -> latest.Sides:
    """A variable (at ``at``) and what stands opposite: a level by position, or a number."""
    if operator in latest.ORDER and not variable.ordered:
        _unordered(variable, node, context)
        return None
    if isinstance(other, ast.Name) and other.id in variable.levels:
        position = variable.levels.index(other.id)
        return LevelPosition(variable.name), Number(float(position))
    if isinstance(other, ast.Name) and _means_level(other, context):
        _no_such_level(variable, other, context)
        return None
    number = resolve(other, context)
    if number is None:
        return None
    if isinstance(number, Number) and operator in ("==", "!="):
        if number.value not in variable.numbers:
            _no_such_number(variable, number.value, other, context)
            return None
        if not variable.ordered:  # positions stand for numbers where levels carry none
            return _unordered_number(variable, number.value, at, other, context)
    return LevelNumber(variable.name), number


def _unordered_number(
    variable: Variable, value: float, at: ast.expr, other: ast.expr, context: Context
) -> latest.Sides:
    positions = tuple(float(i) for i in range(len(variable.levels)))
    named = tuple(str(level) for level in variable.levels)
    if tuple(variable.numbers) != positions or f"{value:g}" in named:
        return LevelNumber(variable.name), Number(value)
    context.report(
        "CM034",
        f"{variable.name!r} has no order and no numbers, so it cannot be compared with a number",
        at,
        nearest=variable.levels[variable.numbers.index(value)],
        remedy=f"name the level: {variable.name} == {variable.levels[0]}",
    )
    return None


def _means_level(node: ast.Name, context: Context) -> bool:
    """Whether a name opposite a variable can only have been meant as a level."""
    scope, name = context.scope, node.id
    if context.date(node) is not None or name in ("type", "date") or name in scope.levers:
        return False
    return name not in scope.values() and name not in scope.players and name not in scope.events


def _only_unknown(left: ast.expr, right: ast.expr, context: Context) -> ast.expr | None:
    """The unknown side opposite what seems its level: told alone, as the level follows from it."""
    for unknown, level in ((left, right), (right, left)):
        if _is_unknown(unknown, context) and _seems_level(level, context):
            return unknown
    return None


def _is_unknown(node: ast.expr, context: Context) -> bool:
    return isinstance(node, ast.Name) and _means_level(node, context) and not _owned(node, context)


def _seems_level(node: ast.expr, context: Context) -> bool:
    if not isinstance(node, ast.Name) or not _means_level(node, context):
        return False
    return _owned(node, context) or not nearest_name(node.id, context.scope.values())


def _owned(node: ast.Name, context: Context) -> bool:
    return any(node.id in variable.levels for variable in context.scope.variables.values())


def _no_such_level(variable: Variable, node: ast.Name, context: Context) -> None:
    owners = [v.name for v in context.scope.variables.values() if node.id in v.levels]
    whose = f" (it is a level of {owners[0]!r})" if owners else ""
    for player in (p for p, types in context.scope.types.items() if node.id in types):
        whose = whose or f" (it is a type of {player!r}: type({player}) == {node.id})"
    context.report(
        "CM032",
        f"{variable.name!r} has no level {node.id!r}{whose}",
        node,
        expected="one of " + ", ".join(variable.levels[:12]),
        nearest=nearest_name(node.id, [*variable.levels, *context.scope.values()]),
        remedy="name one of its levels, or declare the name",
    )


def _no_such_number(variable: Variable, value: float, node: ast.expr, context: Context) -> None:
    closest = min(range(len(variable.levels)), key=lambda i: abs(variable.numbers[i] - value))
    carried = ", ".join(f"{number:g}" for number in variable.numbers[:12])
    context.report(
        "CM033",
        f"no level of {variable.name!r} carries the number {value:g}",
        node,
        expected=f"one of {carried}",
        nearest=f"{variable.numbers[closest]:g} ({variable.levels[closest]})",
        remedy="compare with a number that a level carries, or use < or >",
    )


def _unordered(variable: Variable, node: ast.expr, context: Context) -> None:
    context.report(
        "CM034",
        f"the levels of {variable.name!r} have no order",
        node,
        expected="==, != or in",
        remedy=f"write {variable.name} in [..], or drop its ordered: false",
    )


def _two_variables(
    operator: str, mine: Variable, theirs: Variable, node: ast.expr, context: Context
) -> latest.Sides:
    if mine.levels != theirs.levels:
        context.report(
            "CM036",
            f"{mine.name!r} and {theirs.name!r} have different levels",
            node,
            expected="two variables with the same levels in the same order",
            remedy=f"compare their numbers: {mine.name} - {theirs.name} == 0",
        )
        return None
    if operator in latest.ORDER and not (mine.ordered and theirs.ordered):
        _unordered(theirs if mine.ordered else mine, node, context)
        return None
    return LevelPosition(mine.name), LevelPosition(theirs.name)


def _is_date(node: ast.expr, context: Context) -> bool:
    return _is_today(node) or context.date(node) is not None


def _is_today(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "date"


def _dates(left: ast.expr, right: ast.expr, context: Context) -> latest.Sides:
    """``date`` opposite a written date, as periods: exactly one of <, == and > holds."""
    if _is_today(left) and context.date(right) is not None:
        period = until.period_at(right, context)
        sides: latest.Sides = (Period(), Number(float(period or 0)))
    elif _is_today(right) and context.date(left) is not None:
        period = until.period_at(left, context)
        sides = (Number(float(period or 0)), Period())
    else:
        until.stray_date(left if _is_date(left, context) else right, context)
        return None
    today = left if _is_today(left) else right
    return sides if context.may_change("date", today) and period is not None else None
