"""Levers as axes: their ranges, whole ones, and all their settings."""

from __future__ import annotations

import math

from countermove import loads
from countermove.explore.levers import as_written, count, every, levers_of, settled
from unit.explore.lever_scenarios import LEVERS, formula_scenario


def test_levers_come_with_their_ranges() -> None:
    threshold, push = levers_of(loads(LEVERS), "graded")
    assert (threshold.name, threshold.low, threshold.high, threshold.value) == (
        "threshold",
        0,
        3,
        2,
    )
    assert (threshold.whole, push.whole) == (True, False)
    assert as_written((threshold, push)) == (2.0, 0.5)
    assert (threshold.settings, push.settings) == (4, math.inf)
    assert count((threshold, push)) == math.inf


def test_settings_are_held_in_range_and_whole() -> None:
    levers = levers_of(loads(LEVERS), "graded")
    assert settled(levers, (1.6, 0.25)) == (2.0, 0.25)
    assert settled(levers, (9, -1)) == (3.0, 0.0)


def test_every_setting_once() -> None:
    text = formula_scenario(
        "x: {value: 1, range: [0, 2], whole: true}; y: {value: 5, range: [5, 6], whole: true}"
    )
    levers = levers_of(loads(text), "p")
    found = list(every(levers))
    assert found == [(0, 5), (0, 6), (1, 5), (1, 6), (2, 5), (2, 6)]
    assert count(levers) == len(set(found))
