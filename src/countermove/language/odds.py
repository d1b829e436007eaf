"""Odds that the text alone shows to be impossible: at the values in force and in every view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import Location
from countermove.language.expressions import (
    Array,
    Binary,
    Choice,
    Expression,
    Node,
    Number,
    evaluate,
    reads,
)
from countermove.language.formulas import Reading, Worlds

ROUNDING = 1e-9


class _Fixed:
    """An environment in which parameters have values, and nothing else can be read."""

    period = 0.0

    def __init__(self, values: Mapping[str, float | Array]) -> None:
        self._values = values

    def parameter(self, name: str) -> Any:
        """The parameter's value."""
        return self._values[name]

    number = position = last = type_of = parameter


def constant(node: Node, worlds: Worlds) -> Array | None:
    """The values [W] of a node that reads parameters at most; None where it reads more."""
    read = reads(node)
    changes = read.variables or read.lasts or read.types or read.period
    if changes or not read.parameters <= worlds.values.keys():
        return None
    value = np.asarray(evaluate(node, _Fixed(worlds.values)), dtype=np.float64)
    return np.broadcast_to(value, (1 + len(worlds.views),))


def first_wrong(
    wrong: NDArray[np.bool_], values: Array, worlds: Worlds
) -> tuple[float, str] | None:
    """The first of the values [W] marked wrong, and in words where it holds; None for none."""
    found = np.flatnonzero(wrong)
    if not found.size:
        return None
    at = int(found[0])
    return float(values[at]), f" in the view {worlds.views[at - 1]!r}" if at else ""


def leaves(node: Node) -> Iterator[Node]:
    """The node itself, or the entries of a table, of tables in it too."""
    if not isinstance(node, Choice):
        yield node
        return
    for _, case in node.cases:
        yield from leaves(case)
    if node.otherwise is not None:
        yield from leaves(node.otherwise)


def remainder(nodes: list[Node]) -> Node:
    """What the other odds leave of 1."""
    total: Node = Number(0.0)
    for node in nodes:
        total = node if total == Number(0.0) else Binary("+", total, node)
    return Binary("-", Number(1.0), total)


def check_odds(expression: Expression, reading: Reading) -> None:
    """Report odds outside 0 to 1, at the parameters' values or in a view."""
    for node in leaves(expression.node):
        values = constant(node, reading.worlds)
        if values is None:
            continue
        inside = (values >= -ROUNDING) & (values <= 1 + ROUNDING)
        found = first_wrong(~inside, values, reading.worlds)
        if found is not None:
            reading.faults.add(
                "CM079",
                f"this probability is {found[0]:g}{found[1]}",
                expression.location,
                text=expression.text,
                expected="a number from 0 to 1",
                remedy="change the expression or the parameters in it, or clip(x, 0, 1)",
            )


def total_odds(nodes: Sequence[Node], worlds: Worlds) -> tuple[Array, bool]:
    """The sum [W] of those odds that are constant, and whether all of them are."""
    known = [values for node in nodes if (values := constant(node, worlds)) is not None]
    total = np.zeros(1 + len(worlds.views))
    for values in known:
        total = total + np.maximum(values, 0.0)
    return total, len(known) == len(nodes)


def check_sum(nodes: Sequence[Node], location: Location, reading: Reading) -> None:
    """Report exclusive outcomes whose odds pass 1, at the parameters' values or in a view."""
    total, _ = total_odds(nodes, reading.worlds)
    found = first_wrong(total > 1 + ROUNDING, total, reading.worlds)
    if found is not None:
        reading.faults.add(
            "CM080",
            f"the odds of these outcomes add up to {found[0]:g}{found[1]}",
            location,
            text=f"{found[0]:g}",
            expected="at most 1",
            remedy="lower them, or let one of them be 'rest'",
        )
