"""Games without an end: what they cannot have, beside what expressions refuse by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countermove.language.expressions import reads
from countermove.language.faults import Faults
from countermove.language.intervals import bounds
from countermove.language.model import Player, Scenario

Ends = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class _Ranges:
    """An environment in which parameters have ranges, and nothing else is read."""

    ends: Ends
    period: float = 0.0

    def parameter(self, name: str) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.ends[name]

    def number(self, variable: str) -> Any:
        """Nothing: a discount reads parameters alone."""
        raise KeyError(variable)

    position = last = type_of = number


def check_endless(scenario: Scenario, faults: Faults) -> None:
    """Report discounts that may be 1, final payoffs, and measures other than payoffs."""
    if not scenario.calendar.forever:
        return
    for player in scenario.players:
        _check_discount(player, scenario, faults)
        for name, expression in player.final.items():
            faults.add(
                "CM210",
                f"{name!r} is earned at the end, and this game has none",
                expression.location,
                text=expression.text,
                expected="interests, which are earned each period",
                remedy="move it to the interests, with `ends` where the game may stop",
            )
    for measure in scenario.measures.values():
        if measure.kind != "payoff":
            faults.add(
                "CM210",
                "a game without an end has no measure but payoff(player): the others are not "
                "discounted, and would go on for ever",
                measure.location,
                text=measure.text,
                expected="payoff(player)",
                remedy="ask for payoffs, or give the calendar a number of periods",
            )


def _check_discount(player: Player, scenario: Scenario, faults: Faults) -> None:
    node = player.discount.node
    if not reads(node).parameters <= scenario.parameters.keys():
        return  # the parameters have faults of their own
    for ends, where in _worlds(scenario):
        low, high = bounds(node, _Ranges(ends))
        if high < 1:
            continue
        what = f"is {float(low):g}" if low == high else f"may be {float(high):g}"
        faults.add(
            "CM211",
            f"the discount of {player.name!r} {what}{where}, and this game has no end",
            player.discount.location if player.discount.location.line else player.location,
            text=player.discount.text,
            expected="a discount below 1, at the value, in every view and in all of its range",
            remedy=f"write discount: 0.97 (usual for a month) for {player.name!r}, "
            "or end its range below 1",
        )
        return


def _worlds(scenario: Scenario) -> Iterator[tuple[Ends, str]]:
    """The parameters' lowest and highest values: in force, in their ranges, and in each view."""
    parameters = scenario.parameters.values()
    yield {p.name: (p.value, p.value) for p in parameters}, ""
    ranged = {p.name: (p.low, p.high) for p in parameters}
    yield ranged, " in its range"
    for view in scenario.views.values():
        pinned = {name: (value, value) for name, value in view.values.items()}
        yield {**ranged, **view.ranges, **pinned}, f" in the view {view.name!r}"
