"""What the resolver carries along: the passage, the scope, the faults found so far."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

import numpy as np

from countermove.errors import Diagnostic, nearest_name
from countermove.language.expressions import Binary, Node, Number, children, evaluate
from countermove.language.scope import Passage, Scope
from countermove.language.tokens import Cleaned

MAX_DEPTH = 100  # of the text
MAX_RESOLVED_DEPTH = 150  # after terms are inlined
MAX_NODES = 5_000  # after terms are inlined


@dataclass
class Context:
    """One expression while it is resolved."""

    passage: Passage
    cleaned: Cleaned
    scope: Scope
    kind: str
    faults: list[Diagnostic] = field(default_factory=list)

    def span(self, node: ast.expr) -> tuple[int, int]:
        """The characters of the text that a parsed part was read from."""
        start = self._offset(node.col_offset)
        return self.cleaned.span(start, self._offset(node.end_col_offset or node.col_offset + 1))

    def source(self, node: ast.expr) -> str:
        """The text of a parsed part."""
        start, end = self.span(node)
        return self.passage.text[start:end]

    def date(self, node: ast.expr) -> str | None:
        """The date that a parsed part is, if it is one."""
        if not isinstance(node, ast.Name):
            return None
        return self.cleaned.dates.get(self._offset(node.col_offset))

    def report(
        self,
        code: str,
        message: str,
        node: ast.expr,
        *,
        expected: str = "",
        nearest: str = "",
        remedy: str = "",
    ) -> None:
        """Note a fault at a parsed part."""
        start, end = self.span(node)
        self.faults.append(
            self.passage.fault(
                code, message, start, end, expected=expected, nearest=nearest, remedy=remedy
            )
        )

    def may_change(self, what: str, node: ast.expr) -> bool:
        """Whether what changes during play may stand here; a fault where it may not."""
        if self.kind != "parameter":
            return True
        self.report(
            "CM048",
            f"{what} changes during play, but this value holds throughout",
            node,
            expected="numbers and parameters",
            nearest=nearest_name(what, list(self.scope.parameters)),
            remedy="use parameters only",
        )
        return False

    def _offset(self, column: int) -> int:
        # Python counts bytes; names may hold letters of several bytes
        code = self.cleaned.code
        if code.isascii():
            return column
        return len(code.encode()[:column].decode(errors="ignore"))


class _NoEnvironment:
    """An environment for constants, which read nothing."""

    period = 0

    def parameter(self, name: str) -> float:
        raise KeyError(name)

    number = position = last = type_of = parameter


def fold(node: Node, at: ast.expr, context: Context) -> Node | None:
    """The node, or its value where all below it is constant; a fault where that is not finite."""
    match node:
        case Binary("/" | "//" | "%", _, Number(0.0)):
            remedy = "divide by something that is not 0"
            context.report("CM047", "this divides by zero", at, remedy=remedy)
            return None
        case _:
            below = children(node)
            if not below or not all(isinstance(part, Number) for part in below):
                return node
    value = float(np.asarray(evaluate(node, _NoEnvironment())))
    if np.isfinite(value):
        return Number(value)
    context.report(
        "CM047",
        "this has no finite value",
        at,
        expected="a finite number",
        remedy="check the arguments: log needs more than 0, sqrt 0 or more, exp less than 700",
    )
    return None


def too_large(node: Node, passage: Passage) -> Diagnostic | None:
    """The fault of a resolved expression that is too large or too deep, terms included."""
    count, stack = 0, [(node, 1)]
    while stack:
        here, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_RESOLVED_DEPTH:
            return passage.fault(
                "CM021",
                "with its terms written out, this expression is too large",
                expected=f"at most {MAX_NODES:,} parts, {MAX_RESOLVED_DEPTH} deep",
                remedy="use fewer or smaller terms",
            )
        stack.extend((below, depth + 1) for below in children(here))
    return None


def too_deep(tree: ast.expr, passage: Passage) -> Diagnostic | None:
    """The fault of a text that is nested too deeply to be resolved part by part."""
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    while stack:
        here, depth = stack.pop()
        if depth > MAX_DEPTH:
            return passage.fault(
                "CM021",
                f"this expression is nested more than {MAX_DEPTH} deep",
                expected=f"at most {MAX_DEPTH} levels (a sum of n parts has n)",
                remedy="split it into terms",
            )
        stack.extend((below, depth + 1) for below in ast.iter_child_nodes(here))
    return None
