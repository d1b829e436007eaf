"""Levers: numbers that one policy's rules alone read, to be set from outside or searched over."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from countermove.language.declare import Declared
from countermove.language.expressions import Expression, ParameterRef
from countermove.language.faults import Faults
from countermove.language.formulas import Reading
from countermove.language.model import Claim, Parameter
from countermove.language.odds import leaves
from countermove.language.parameters import check_value, read_range
from countermove.language.sections import is_true, number_of, read_cites, read_note
from countermove.language.tree import Entry, child, entries, fields, items, text_of


def read_levers(
    declared: Declared, claims: Mapping[str, Claim], faults: Faults
) -> dict[str, Parameter]:
    """The levers of all policies, as parameters; those that cannot be made out have faults."""
    found = {}
    for entry in declared.entries("levers"):
        lever = _lever(entry, declared.levers[entry.key], claims, faults)
        if lever is not None:
            found[entry.key] = lever
    return found


def _lever(
    entry: Entry, policy: str, claims: Mapping[str, Claim], faults: Faults
) -> Parameter | None:
    section = fields(entry.value)
    value = number_of(section.get("value")) if section is not None else None
    bounds = read_range(section.get("range") if section is not None else None, faults)
    if section is None or value is None or bounds is None:
        return None
    low, high = bounds
    check_value(entry.key, value, low, high, section, faults)
    whole = is_true(section, "whole")
    if low == high:
        _cannot_move(entry, low, faults)
    if whole:
        _check_whole(entry, faults)
    return Parameter(
        entry.key,
        value,
        low,
        high,
        unit=text_of(section.get("unit")),
        note=read_note(section),
        cites=read_cites(section, claims, faults),
        location=entry.location,
        lever_of=policy,
        whole=whole,
    )


def _cannot_move(entry: Entry, at: float, faults: Faults) -> None:
    place = child(entry.value, "range")
    faults.add(
        "CM216",
        f"the range of the lever {entry.key!r} is the single value {at:g}",
        place.location if place is not None else entry.location,
        text=f"[{at:g}, {at:g}]",
        expected="a range [low, high] with low < high",
        remedy="widen the range, or write the number into the rules",
    )


def _check_whole(entry: Entry, faults: Faults) -> None:
    """Report a value or an end of the range that is no whole number."""
    for item in (child(entry.value, "value"), *items(child(entry.value, "range"))):
        number = number_of(item)
        if item is None or number is None or number == round(number):
            continue
        faults.add(
            "CM217",
            f"the lever {entry.key!r} is whole, and {number:g} is not",
            item.location,
            text=f"{number:g}",
            expected="a whole number",
            nearest=f"{round(number):g}",
            remedy=f"write {round(number):g}, or drop 'whole'",
        )


def pulled_by(policy: Entry, declared: Declared, reading: Reading) -> Reading:
    """The reading of a policy's rules, in which its own levers have a value.

    Levers whose name was taken have a fault of their own and are not reported again.
    """
    own = {entry.key for entry in entries(child(policy.value, "levers"))}
    unsure = {name for name in own if declared.levers.get(name) != policy.key}
    scope = dataclasses.replace(
        reading.scope, policy=policy.key, faulty=frozenset(reading.scope.faulty) | unsure
    )
    return dataclasses.replace(reading, scope=scope)


def check_reach(odds: Expression, levers: Mapping[str, Parameter], reading: Reading) -> None:
    """Report odds that are a lever as it stands, where its range passes 0 or 1."""
    for node in leaves(odds.node):
        lever = levers.get(node.name) if isinstance(node, ParameterRef) else None
        if lever is None or (lever.low >= 0 and lever.high <= 1):
            continue
        far = lever.low if lever.low < 0 else lever.high
        reading.faults.add(
            "CM079",
            f"this probability is {far:g} at one end of the lever's range",
            odds.location,
            text=odds.text,
            expected=f"a range of {lever.name!r} within 0 to 1",
            remedy="narrow the range, or write clip(x, 0, 1)",
        )
