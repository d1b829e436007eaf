"""What kind of number a measure is, and its unit where the scenario leaves it out."""

from __future__ import annotations

from typing import Literal

from countermove.language.expressions import Compare, LevelNumber, Logical, Node, Unary
from countermove.language.model import Measure, Scenario, Variable

Form = Literal["probability", "share", "belief", "count", "number"]

_PROBABILITIES = frozenset({"ever", "first", "ever_played", "ever_happened"})
_COUNTS = frozenset({"played", "happened"})
_BELIEFS = frozenset({"final_belief", "belief_after"})


def in_percent(measure: Measure) -> bool:
    """Is it read in per cent: a probability, a share of the time or a belief?"""
    return form_of(measure) in ("probability", "share", "belief")


def form_of(measure: Measure) -> Form:
    """A probability, a share of the time, a mean belief, a count, or a plain number.

    The ``final`` of a condition is a probability, its ``mean`` a share of the time.
    """
    if measure.kind in _PROBABILITIES:
        return "probability"
    if measure.kind in _BELIEFS:
        return "belief"
    if measure.kind in _COUNTS:
        return "count" if measure.given is None else "probability"  # the share of its chances
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
        return "times" if measure.given is None else ""
    if measure.kind == "payoff":
        return "payoff"
    if measure.expression is None or measure.kind not in ("mean", "total", "final"):
        return ""
    node = measure.expression.node
    if measure.kind == "total" and is_condition(node):
        return f"{scenario.calendar.step_unit or 'period'}s"
    if isinstance(node, LevelNumber) and measure.kind != "total":
        variable = scenario.variable(node.variable)
        return variable.unit if is_counted(variable) else _counting(variable)
    return ""


def is_counted(variable: Variable) -> bool:
    """Do the levels carry numbers of their own, rather than those of their order?"""
    numbered = variable.numbers != tuple(float(at) for at in range(len(variable.levels)))
    return numbered or bool(variable.unit) or all(level.isdigit() for level in variable.levels)


def _counting(variable: Variable) -> str:
    """What a mean of levels without numbers counts: ``counting open 0, partial 1``."""
    pairs = enumerate(variable.levels)
    return "counting " + ", ".join(f"{level.replace('_', ' ')} {at}" for at, level in pairs)
