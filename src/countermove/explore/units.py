"""The units of what is measured, for tables and sentences."""

from __future__ import annotations

from countermove.explore.objectives import PERIODS
from countermove.game.forms import form_of, unit_of
from countermove.language.model import Scenario

_WITHOUT = ("probability", "share", "belief")


def unit_of_key(scenario: Scenario, key: str) -> str:
    """The unit of a key: ``months``, ``troops``; empty for shares, payoffs and scores.

    It is the one that the scenario states, else the one that follows from what is measured; of a
    mean time it is the calendar's step.
    """
    if key in scenario.measures:
        measure = scenario.measures[key]
        if form_of(measure) in _WITHOUT or measure.kind == "payoff":
            return ""
        return measure.unit or unit_of(scenario, measure)
    if key.endswith(PERIODS):
        calendar = scenario.calendar
        named = calendar.step_unit if calendar.step_unit and calendar.step_count == 1 else ""
        return f"{named or 'period'}s"
    return ""


def with_unit(scenario: Scenario, key: str) -> str:
    """The key with its unit, where it has one: ``troops_there (troops)``."""
    unit = unit_of_key(scenario, key)
    return f"{key} ({unit})" if unit else key
