"""A policy's levers as the axes of a search: their ranges, the whole ones, and all their points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from countermove.errors import InvalidRequest, unknown
from countermove.language.model import Scenario

Setting = tuple[float, ...]  # a value for each lever, in their order


@dataclass(frozen=True, slots=True)
class Lever:
    """A number of a policy that can be set: from ``low`` to ``high``, now at ``value``."""

    name: str
    low: float
    high: float
    value: float
    whole: bool = False
    unit: str = ""
    note: str = ""

    @property
    def settings(self) -> float:
        """How many values it can take; infinite unless it is whole."""
        return self.high - self.low + 1 if self.whole else float("inf")


def levers_of(scenario: Scenario, policy: str) -> tuple[Lever, ...]:
    """The levers of a policy, in the order of the scenario.

    Raises ``UnknownName`` where there is no such policy, ``InvalidRequest`` where it has no lever.
    """
    if policy not in scenario.policies:
        raise unknown("policy", policy, list(scenario.policies))
    found = [p for p in scenario.parameters.values() if p.lever_of == policy]
    if not found:
        having = sorted({p.lever_of for p in scenario.parameters.values() if p.lever_of})
        others = f" (policies that have some: {', '.join(having)})" if having else ""
        raise InvalidRequest(
            f"the policy {policy!r} has no levers to search over{others}: give it some, such as "
            "levers: {threshold: {value: 3, range: [1, 5], whole: true}}, and read them in its "
            "rules"
        )
    return tuple(Lever(p.name, p.low, p.high, p.value, p.whole, p.unit, p.note) for p in found)


def as_written(levers: Sequence[Lever]) -> Setting:
    """The setting of the policy as the scenario has it."""
    return tuple(float(lever.value) for lever in levers)


def settled(levers: Sequence[Lever], setting: Sequence[float]) -> Setting:
    """The nearest setting that the levers can take: in their ranges, the whole ones whole."""
    return tuple(
        float(min(max(round(x) if lever.whole else x, lever.low), lever.high))
        for lever, x in zip(levers, setting, strict=True)
    )


def count(levers: Sequence[Lever]) -> float:
    """How many settings there are; infinite unless all levers are whole."""
    return prod(lever.settings for lever in levers)


def every(levers: Sequence[Lever]) -> Iterator[Setting]:
    """All settings of whole levers, the last lever turning fastest."""
    ranges = [range(int(lever.low), int(lever.high) + 1) for lever in levers]
    return (tuple(float(x) for x in setting) for setting in product(*ranges))
