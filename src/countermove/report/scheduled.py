"""Scheduled events: what the calendar brings at a time that is known beforehand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.language.calendar import period_of
from countermove.language.expressions import Compare, Logical, Node, Number, Period

if TYPE_CHECKING:
    from countermove.language.expressions import Expression
    from countermove.language.model import Scenario

_DAY = re.compile(r"\bdate\s*==\s*(\d{4}-\d{2}-\d{2})\b")


@dataclass(frozen=True, slots=True)
class Mark:
    """An event that comes up in one period alone; ``day`` where the scenario tells the very day."""

    event: str
    period: int
    day: dt.date | None = None


def scheduled(scenario: Scenario) -> tuple[Mark, ...]:
    """The events that a date, or a period's number, binds to one period, in their order in time.

    An event counts whose own condition, or that of all its steps, holds only where ``date`` or
    ``period`` equals something.
    """
    if scenario.calendar.forever:
        return ()
    found = []
    for event in scenario.events:
        mark = _of_guard(scenario, event.name, event.when)
        steps = [s.when for s in scenario.order if s.kind == "event" and s.name == event.name]
        at_steps = [_of_guard(scenario, event.name, when) for when in steps]
        if mark is not None:
            found.append(mark)
        elif at_steps and None not in at_steps:
            found += [m for m in dict.fromkeys(at_steps) if m is not None]
    return tuple(sorted(found, key=lambda mark: mark.period))


def _of_guard(scenario: Scenario, event: str, when: Expression | None) -> Mark | None:
    """The mark of a condition that holds in one period alone; else None."""
    if when is None:
        return None
    periods = {period for node in _conjuncts(when.node) if (period := _period(node)) is not None}
    if len(periods) != 1:
        return None
    (period,) = periods
    days = {dt.date.fromisoformat(text) for text in _DAY.findall(when.text)}
    within = [day for day in sorted(days) if period_of(scenario.calendar, day) == period]
    return Mark(event, period, within[0] if within else None)


def _conjuncts(node: Node) -> Iterator[Node]:
    """What must all hold."""
    if isinstance(node, Logical) and node.operator == "and":
        for operand in node.operands:
            yield from _conjuncts(operand)
    else:
        yield node


def _period(node: Node) -> int | None:
    """The period in which ``period == k`` holds; None for any other condition."""
    match node:
        case Compare("==", Period(), Number(value)) | Compare("==", Number(value), Period()):
            return int(value) if np.isfinite(value) and value == int(value) else None
        case _:
            return None
