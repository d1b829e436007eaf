"""Odds that the text alone shows to be impossible: at the values in force and in every view."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countermove.errors import Location
from countermove.language.expressions import Choice, Expression, Node, evaluate, reads
from countermove.language.formulas import Reading

ROUNDING = 1e-9


class _Fixed:
    """An environment in which parameters have values, and nothing else can be read."""

    period = 0.0

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values

    def parameter(self, name: str) -> Any:
        """The parameter's value."""
        return self._values[name]

    number = position = last = parameter


def constant(node: Node, values: Mapping[str, float]) -> float | None:
    """The value of a node that reads parameters at most; None where it reads more."""
    read = reads(node)
    if read.variables or read.lasts or read.period or not read.parameters <= values.keys():
        return None
    try:
        return float(evaluate(node, _Fixed(values)))
    except (OverflowError, ValueError, ZeroDivisionError):
        return math.nan


def leaves(node: Node) -> Iterator[Node]:
    """The node itself, or the entries of a table, of tables in it too."""
    if not isinstance(node, Choice):
        yield node
        return
    for _, case in node.cases:
        yield from leaves(case)
    if node.otherwise is not None:
        yield from leaves(node.otherwise)


def check_odds(expression: Expression, reading: Reading) -> None:
    """Report odds outside 0 to 1, at the parameters' values or in a view."""
    for node in leaves(expression.node):
        for view, values in reading.worlds:
            value = constant(node, values)
            if value is None or -ROUNDING <= value <= 1 + ROUNDING:
                continue
            where = f" in the view {view!r}" if view else ""
            reading.faults.add(
                "CM079",
                f"this probability is {value:g}{where}",
                expression.location,
                text=expression.text,
                expected="a number from 0 to 1",
                remedy="change the expression or the parameters in it, or clip(x, 0, 1)",
            )
            break


def check_sum(nodes: Sequence[Node], location: Location, reading: Reading) -> None:
    """Report exclusive outcomes whose odds pass 1, at the parameters' values or in a view."""
    for view, values in reading.worlds:
        known = [constant(node, values) for node in nodes]
        total = sum(value for value in known if value is not None and value > 0)
        if total > 1 + ROUNDING:
            where = f" in the view {view!r}" if view else ""
            reading.faults.add(
                "CM080",
                f"the odds of these outcomes add up to {total:g}{where}",
                location,
                text=f"{total:g}",
                expected="at most 1",
                remedy="lower them, or let one of them be 'rest'",
            )
            return
