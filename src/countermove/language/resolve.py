"""Turns Python's syntax tree into resolved nodes, through a whitelist; reports all else."""

from __future__ import annotations

import ast
from collections.abc import Callable

from countermove.language import compare, latest, stray, typed, until
from countermove.language.context import Context, fold
from countermove.language.expressions import (
    Binary,
    Call,
    LevelNumber,
    Logical,
    Node,
    Number,
    ParameterRef,
    Period,
    Unary,
    reads,
)
from countermove.language.model import Variable
from countermove.language.scope import (
    FUNCTIONS,
)
from countermove.language.tokens import constant_fault

MAX_EXPONENT = 16
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
_REFUSED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Attribute: ("an attribute (a dot)", "names have no parts; use a name of the scenario"),
    ast.Subscript: ("an index in brackets", "use a table or where(...)"),
    ast.List: ("a list", "a list stands only after in: x in [a, b]"),
    ast.Tuple: ("a comma", "one entry holds one expression; quote it if it holds commas"),
    ast.Set: ("a set in braces", "write a list: x in [a, b]"),
    ast.Dict: ("a map in braces", "write a table as an entry of its own"),
    ast.Starred: ("a star before a value", "write the arguments one by one"),
    ast.GeneratorExp: ("a loop", "write the parts out"),
}


def resolve(node: ast.expr, context: Context) -> Node | None:
    """The resolved node; ``None`` where there is a fault, which is then noted in the context."""
    match node:
        case ast.Constant(value):
            return _constant(value, node, context)
        case ast.Name(name):
            return _name(name, node, context)
        case ast.UnaryOp():
            return _unary(node, context)
        case ast.BinOp():
            return _binary(node, context)
        case ast.BoolOp(operator, values):
            parts = [resolve(value, context) for value in values]
            resolved = tuple(part for part in parts if part is not None)
            if len(resolved) < len(parts):
                return None
            word = "and" if isinstance(operator, ast.And) else "or"
            return fold(Logical(word, resolved), node, context)
        case ast.Compare():
            return compare.compare(node, context, resolve)
        case ast.Call():
            return _call(node, context)
    _refuse(node, context)
    return None


def _refuse(node: ast.expr, context: Context) -> None:
    fallback = (f"{type(node).__name__} of Python", "use arithmetic, comparisons and functions")
    what, remedy = _REFUSED.get(type(node), fallback)
    context.report("CM026", f"expressions do not have {what}", node, remedy=remedy)


def _constant(value: object, node: ast.expr, context: Context) -> Node | None:
    if not isinstance(value, (bool, int, float)):
        _refuse(node, context)
        return None
    fault = constant_fault(float(value), context.passage, *context.span(node))
    if fault is not None:
        context.faults.append(fault)
        return None
    return Number(float(value))


def _name(name: str, node: ast.expr, context: Context) -> Node | None:
    scope = context.scope
    if context.date(node) is not None:
        until.stray_date(node, context)
        return None
    if name in scope.faulty:
        return None
    if name in scope.parameters:
        return ParameterRef(name)
    if name in scope.levers:
        return _lever(name, node, context)
    if name in ("true", "false"):
        return Number(float(name == "true"))
    if name == "years":
        return Number(float(scope.calendar.years))
    if _changes(name, context) and not context.may_change(name, node):
        return None
    if name in scope.variables:
        return _number_of(scope.variables[name], node, context)
    if name in scope.terms:
        return _term(scope.terms[name].node, node, context)
    if name == "period":
        return Period() if until.counted("period", node, context) else None
    stray.stray_name(name, node, context)
    return None


def _lever(name: str, node: ast.expr, context: Context) -> Node | None:
    policy = context.scope.levers[name]
    if policy == context.scope.policy:
        return ParameterRef(name)
    context.report(
        "CM215",
        f"{name!r} is a lever of the policy {policy!r}, which only its rules may read",
        node,
        expected="a parameter, or a lever of this policy" if context.scope.policy else "",
        remedy="make it a parameter where others read it too, or give each policy its own",
    )
    return None


def _term(term: Node, node: ast.expr, context: Context) -> Node | None:
    problem = typed.may_stand(context.kind)
    if problem is None or not reads(term).types:
        return term
    context.report(
        problem.code, problem.message, node, expected=problem.expected, remedy=problem.remedy
    )
    return None


def _changes(name: str, context: Context) -> bool:
    """Whether what a name stands for changes during play."""
    term = context.scope.terms.get(name)
    if term is None:
        return name in context.scope.variables or name == "period"
    read = reads(term.node)
    return bool(read.variables or read.lasts or read.period)


def _number_of(variable: Variable, node: ast.expr, context: Context) -> Node | None:
    if not has_numbers(variable):
        context.report(
            "CM034",
            f"{variable.name!r} has no order and no numbers, so it cannot enter arithmetic",
            node,
            remedy=f"compare it: ({variable.name} == {variable.levels[0]})",
        )
        return None
    return LevelNumber(variable.name)


def has_numbers(variable: Variable) -> bool:
    """Whether a variable's levels mean numbers: ordered, or numbers other than its positions."""
    positions = tuple(float(i) for i in range(len(variable.levels)))
    return variable.ordered or tuple(variable.numbers) != positions


def _unary(node: ast.UnaryOp, context: Context) -> Node | None:
    operand = resolve(node.operand, context)
    if operand is None or isinstance(node.op, ast.UAdd):
        return operand
    if isinstance(node.op, ast.Invert):
        _refuse(node, context)
        return None
    return fold(Unary("-" if isinstance(node.op, ast.USub) else "not", operand), node, context)


def _binary(node: ast.BinOp, context: Context) -> Node | None:
    operator = _ARITHMETIC.get(type(node.op))
    left, right = resolve(node.left, context), resolve(node.right, context)
    if operator is None:
        _refuse(node, context)
        return None
    if operator == "**" and right is not None and not _power_allowed(node, right, context):
        return None
    if left is None or right is None:
        return None
    return fold(Binary(operator, left, right), node, context)


def _power_allowed(node: ast.BinOp, exponent: Node, context: Context) -> bool:
    if any(isinstance(p, ast.BinOp) and isinstance(p.op, ast.Pow) for p in (node.left, node.right)):
        message, remedy = "a power of a power is not allowed", "multiply the exponents"
    elif not isinstance(exponent, Number):
        message = "the exponent must be a constant"
        remedy = f"write exp(log(base) * ({context.source(node.right)}))"
    elif abs(exponent.value) > MAX_EXPONENT:
        message = f"the exponent {exponent.value:g} is too large"
        remedy = "use exp(...) for growth"
    else:
        return True
    expected = f"a constant between -{MAX_EXPONENT} and {MAX_EXPONENT}"
    context.report("CM046", message, node, expected=expected, remedy=remedy)
    return False


def _call(node: ast.Call, context: Context) -> Node | None:
    if not isinstance(node.func, ast.Name):
        message = "only a named function can be called"
        context.report("CM028", message, node, remedy="write * for a product")
        return None
    name = node.func.id
    if name in _SPECIAL:
        return _SPECIAL[name](node, context)
    if name not in FUNCTIONS:
        stray.unknown_function(name, node, context)
        return None
    arguments = [resolve(argument, context) for argument in node.args]
    resolved = tuple(a for a in arguments if a is not None)
    if not _arity(node, *FUNCTIONS[name], context) or len(resolved) < len(arguments):
        return None
    return fold(Call(name, resolved), node, context)


def _arity(node: ast.Call, fewest: int, most: int, context: Context) -> bool:
    name, count = context.source(node.func), len(node.args)
    wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    if fewest <= count <= most:
        return True
    message = f"{name} takes {wanted} argument{'s' * (most > 1)}, not {count}"
    remedy = f"write {_SHAPES.get(name, name + '(x)')}"
    context.report("CM029", message, node, expected=f"{wanted} values", remedy=remedy)
    return False


def _until(node: ast.Call, context: Context) -> Node | None:
    if not _arity(node, 1, 1, context):
        return None
    return until.until(node, context)


def _stray_last(node: ast.Call, context: Context) -> None:
    if latest.player_of(node, context) is not None:
        latest.stray_last(node, context)


_SHAPES = {
    "where": "where(condition, value, other_value)",
    "clip": "clip(x, low, high)",
    "min": "min(x, y)",
    "max": "max(x, y)",
    "until": "until(2020-11-03)",
    "last": "last(player)",
    "type": "type(player)",
}
_SPECIAL: dict[str, Callable[[ast.Call, Context], Node | None]] = {
    "until": _until,
    "last": _stray_last,
    "type": typed.stray_type,
}
