"""What kind of number a measure is, and its unit where the scenario leaves it out."""

from __future__ import annotations

from countermove.language.expressions import Compare, LevelNumber, Logical, Node, Unary
from countermove.language.model import Measure, Scenario
from countermove.report.records import Form

_PROBABILITIES = frozenset({"ever", "first", "ever_played", "ever_happened"})
_COUNTS = frozenset({"played", "happened"})


def form_of(measure: Measure) -> Form:
    """A probability, a share of the time, a count, or a plain number.

    The ``final`` of a condition is a probability, its ``mean`` a share of the time.
    """
    if measure.kind in _PROBABILITIES:
        return "probability"
    if measure.kind in _COUNTS:
        return "count"
    if measure.expression is not None and is_condition(measure.expression.node):
        if measure.kind == "final":
            return "probability"
        if measure.kind == "mean":
            return "share"
    return "number"


def is_condition(node: Node) -> bool:
    """Is the node's value always 0 or 1?"""
    match node:
        case Compare() | Logical() | Unary("not"):
            return True
        case _:
            return False


def unit_of(scenario: Scenario, measure: Measure) -> str:
    """The unit that follows from what is measured; empty where none does."""
    if measure.kind in _COUNTS:
        return "times"
    if measure.kind == "payoff":
        return "payoff"
    if measure.expression is None or measure.kind not in ("mean", "total", "final"):
        return ""
    node = measure.expression.node
    if measure.kind == "total" and is_condition(node):
        return f"{scenario.calendar.step_unit or 'period'}s"
    if isinstance(node, LevelNumber) and measure.kind != "total":
        return scenario.variable(node.variable).unit
    return ""
