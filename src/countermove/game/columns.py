"""Columns of the value array: one a player, then those that the measures need.

A column is carried backwards by ``V <- add + keep * V'`` at each period's end, and earns at moves
and events. Measures are exact because every one is such a column, or a ratio of two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from countermove.language.expressions import Binary, Compare, Expression, Logical, Number
from countermove.language.model import Measure, Scenario

Kind = Literal["payoff", "sum", "final", "ever", "time", "count", "ever_count"]


@dataclass(frozen=True, slots=True)
class Column:
    """One passenger of the recursion.

    ``payoff``: a player's discounted interests and costs. ``sum``: the total of ``expression`` over
    period ends. ``final``: its value at the last. ``ever``: 1 once it held. ``time``: periods until
    it first holds, where it does. ``count``: how often an action is played (any, if ``action`` is
    empty) or an event happens (or comes up, if ``opportunities``) while ``expression`` holds.
    ``ever_count``: 1 once that occurred.
    """

    name: str
    kind: Kind
    expression: Expression | None = None
    player: str = ""
    action: str = ""
    event: str = ""
    opportunities: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a measure is read off the columns at the start.

    ``value`` is the column, ``over`` the column it is divided by (conditional measures), ``time``
    the column of E[τ·1{hit}] for ``first``; ``mean`` divides by the number of periods left.
    """

    measure: Measure
    value: int
    over: int | None = None
    time: int | None = None
    mean: bool = False


def columns_of(scenario: Scenario) -> tuple[tuple[Column, ...], dict[str, Reading]]:
    """The columns that a scenario needs, and how each measure reads them."""
    columns = [Column(p.name, "payoff", player=p.name) for p in scenario.players]
    readings = {name: _reading(measure, columns) for name, measure in scenario.measures.items()}
    return tuple(columns), readings


def _add(columns: list[Column], column: Column) -> int:
    columns.append(column)
    return len(columns) - 1


def _reading(measure: Measure, columns: list[Column]) -> Reading:
    match measure.kind:
        case "payoff":
            names = [c.player for c in columns if c.kind == "payoff"]
            return Reading(measure, names.index(measure.player))
        case "mean" | "total" | "final":
            return _of_state(measure, columns)
        case "ever" | "first":
            return _ever(measure, columns)
        case _:
            return _counted(measure, columns)


def _of_state(measure: Measure, columns: list[Column]) -> Reading:
    kind: Kind = "final" if measure.kind == "final" else "sum"
    condition = measure.given
    expression = measure.expression
    if condition is None:
        value = _add(columns, Column(measure.name, kind, expression))
        return Reading(measure, value, mean=measure.kind == "mean")
    value = _add(columns, Column(measure.name, kind, _times(expression, condition)))
    over = _add(columns, Column(f"{measure.name}/given", kind, _true(condition)))
    return Reading(measure, value, over)


def _ever(measure: Measure, columns: list[Column]) -> Reading:
    expression = _both(measure.expression, measure.given)
    value = _add(columns, Column(measure.name, "ever", expression))
    time = over = None
    if measure.kind == "first":
        time = _add(columns, Column(f"{measure.name}/time", "time", expression))
    elif measure.given is not None:
        over = _add(columns, Column(f"{measure.name}/given", "ever", _true(measure.given)))
    return Reading(measure, value, over, time)


def _counted(measure: Measure, columns: list[Column]) -> Reading:
    kind: Kind = "ever_count" if measure.kind.startswith("ever") else "count"
    condition = measure.expression
    if measure.given is not None:
        condition = _both(measure.expression, measure.given)
    column = Column(measure.name, kind, condition, measure.player, measure.action, measure.event)
    value = _add(columns, column)
    over = None
    if measure.given is not None:
        chances = Column(
            f"{measure.name}/given",
            kind,
            _true(measure.given),
            measure.player,
            event=measure.event,
            opportunities=True,
        )
        over = _add(columns, chances)
    return Reading(measure, value, over)


def _true(condition: Expression) -> Expression:
    return Expression(
        Compare("!=", condition.node, Number(0.0)), condition.text, condition.location
    )


def _both(first: Expression | None, second: Expression | None) -> Expression:
    if first is None or second is None:
        only = first or second
        if only is None:
            raise AssertionError("a measure of a condition has one")  # pragma: no cover
        return _true(only)
    node = Logical("and", (first.node, second.node))
    return Expression(node, f"({first.text}) and ({second.text})", first.location)


def _times(value: Expression | None, condition: Expression) -> Expression:
    if value is None:
        raise AssertionError("a measure of the state has an expression")  # pragma: no cover
    node = Binary("*", value.node, _true(condition).node)
    return Expression(node, f"({value.text}) given ({condition.text})", value.location)
