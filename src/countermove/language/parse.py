"""Reads an expression: text to resolved nodes, with every fault reported where it stands."""

from __future__ import annotations

import ast

from countermove.errors import Diagnostic, Location
from countermove.language.context import Context, too_deep, too_large
from countermove.language.expressions import Expression, Number
from countermove.language.resolve import resolve
from countermove.language.scope import Passage, Scope, shorten
from countermove.language.syntax import syntax_fault
from countermove.language.tables import build_choice
from countermove.language.tokens import clean, constant_fault

__all__ = ["MAX_LENGTH", "Scope", "build_choice", "parse_expression"]

MAX_LENGTH = 4_000


def parse_expression(
    text: str | int | float | bool, scope: Scope, location: Location, *, kind: str
) -> tuple[Expression | None, list[Diagnostic]]:
    """The resolved expression, or ``None``, and what is wrong with it.

    ``location`` is where the text's first character stands. ``kind`` says what the expression is
    for: ``"parameter"`` allows only numbers and parameters, all others the whole language. Nothing
    is raised whatever the text. ``None`` comes without a diagnostic only where a name in
    ``scope.faulty`` is used.
    """
    if not isinstance(text, str):
        return _literal(text, location)
    passage = Passage(text, location)
    if len(text) > MAX_LENGTH:
        return None, [_too_long(passage)]
    if not text.strip():
        return None, [_no_expression("nothing", location)]
    cleaned = clean(passage)
    if not cleaned.readable:
        return None, cleaned.faults
    tree = _tree(cleaned.code)
    if not isinstance(tree, ast.expr):
        span = cleaned.span(tree, tree + 1)
        return None, cleaned.faults or [syntax_fault(cleaned.tokens, passage, *span)]
    fault = too_deep(tree, passage)
    if fault is not None:
        return None, [*cleaned.faults, fault]
    context = Context(passage, cleaned, scope, kind)
    node = resolve(tree, context)
    faults = [*cleaned.faults, *context.faults]
    if node is None or faults:
        return None, faults
    fault = too_large(node, passage)
    return (None, [fault]) if fault else (Expression(node, text.strip(), location), [])


def _tree(code: str) -> ast.expr | int:
    """Python's syntax tree, or the offset at which Python gave up."""
    try:
        return ast.parse(code, mode="eval").body
    except SyntaxError as error:
        return max((error.offset or 1) - 1, 0)
    except (RecursionError, MemoryError, ValueError, OverflowError):
        return 0


def _literal(value: object, location: Location) -> tuple[Expression | None, list[Diagnostic]]:
    """A number or truth value that YAML has already read."""
    if not isinstance(value, (bool, int, float)):
        return None, [_no_expression(_kind_of(value), location)]
    try:
        number, text = float(value), shorten(str(value))
    except (OverflowError, ValueError):
        number, text = float("inf"), "a huge whole number"
    fault = constant_fault(number, Passage(text, location))
    if fault is not None:
        return None, [fault]
    written = text.lower() if isinstance(value, bool) else text
    return Expression(Number(number), written, location), []


def _kind_of(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple, set)):
        return "a list"
    return "a map" if isinstance(value, dict) else f"a {type(value).__name__}"


def _no_expression(found: str, location: Location) -> Diagnostic:
    return Diagnostic(
        "CM020",
        f"an expression is needed here, not {found}",
        location,
        text=found,
        expected="a number or an expression",
        remedy="write a number or an expression such as 0.2 * (crisis == open)",
    )


def _too_long(passage: Passage) -> Diagnostic:
    return passage.fault(
        "CM021",
        f"this expression is {len(passage.text):,} characters long",
        expected=f"at most {MAX_LENGTH:,} characters",
        remedy="split it into terms",
    )
