"""What a page does not hold, and with which commands it would be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.report.html import Absent

if TYPE_CHECKING:
    from countermove.language.model import Scenario

COMPARISONS, EXPLORATIONS = "comparisons", "explorations"


def comparison_absent(scenario: Scenario, source: str, name: str) -> tuple[Absent, ...]:
    """The policies under rival views; nothing where the scenario has neither."""
    if not scenario.policies and not scenario.views:
        return ()
    return (
        Absent(
            "Policies compared",
            "What each policy promises and what is left of it once the others answer; what acting "
            "on the wrong view costs; what would tell the views apart.",
            (f"countermove compare {source} --output {COMPARISONS}/{name}",),
        ),
    )


def worlds_absent(scenario: Scenario, source: str, name: str) -> tuple[Absent, ...]:
    """The policies in uncertain worlds; nothing where none is uncertain, or no policy."""
    if not scenario.policies or not any(p.uncertain for p in scenario.parameters.values()):
        return ()
    return (
        Absent(
            "Uncertain worlds",
            "Which policy holds up where the numbers are drawn from their ranges, and in which "
            "worlds each fails.",
            (f"countermove explore {source} --worlds 256 --output {EXPLORATIONS}/{name}",),
        ),
    )


def why_absent(source: str, folder: str) -> Absent:
    """Why each player does what it does first."""
    return Absent(
        "Why each does what it does",
        "Each player’s first choice, split by interest, by time and by what the others do in "
        "return.",
        (f"countermove run {source} --explain --output {folder} --overwrite",),
    )
