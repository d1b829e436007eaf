"""Parameters and the views that override them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from countermove.errors import Location
from countermove.language.declare import Declared
from countermove.language.expressions import Array
from countermove.language.faults import Faults
from countermove.language.formulas import Worlds
from countermove.language.model import Claim, Parameter, View
from countermove.language.names import check_name
from countermove.language.sections import is_true, number_of, read_cites, read_note
from countermove.language.tree import Entry, Fields, Items, Leaf, Tree, entries, fields, text_of


def read_parameters(
    declared: Declared, claims: Mapping[str, Claim], faults: Faults
) -> dict[str, Parameter]:
    """The parameters whose value can be made out; the others have faults."""
    found = {}
    for entry in declared.entries("parameters"):
        parameter = _parameter(entry, claims, faults)
        if parameter is not None:
            found[entry.key] = parameter
    return found


def _parameter(entry: Entry, claims: Mapping[str, Claim], faults: Faults) -> Parameter | None:
    bare = number_of(entry.value)
    if bare is not None:
        return Parameter(entry.key, bare, bare, bare, location=entry.location)
    section = fields(entry.value)
    value = number_of(section.get("value")) if section is not None else None
    if section is None or value is None:
        return None
    low, high = read_range(section.get("range"), faults) or (value, value)
    log = text_of(section.get("scale")) == "log"
    check_value(entry.key, value, low, high, section, faults)
    if log and low <= 0:
        faults.add(
            "CM072",
            f"a range drawn on a log scale must lie above 0; this one begins at {low:g}",
            _place(section, "scale", entry.location),
            text=text_of(section.get("scale")),
            remedy="begin the range above 0, or drop the scale",
        )
    name, arguments = _distribution(section.get("distribution"), faults)
    return Parameter(
        entry.key,
        value,
        low,
        high,
        "log" if log else "linear",
        name,
        arguments,
        unit=text_of(section.get("unit")),
        note=read_note(section),
        cites=read_cites(section, claims, faults),
        assumption=is_true(section, "assumption"),
        location=entry.location,
    )


def read_range(tree: Tree | None, faults: Faults) -> tuple[float, float] | None:
    """The ends of a range, lower first; None where it is absent or has faults."""
    if not isinstance(tree, Items) or len(tree.items) != 2:
        return None
    low, high = (number_of(item) for item in tree.items)
    if low is None or high is None:
        return None
    if low > high:
        faults.add(
            "CM070",
            f"the range [{low:g}, {high:g}] is empty",
            tree.location,
            text=f"[{low:g}, {high:g}]",
            expected="the lower end first",
            nearest=f"[{high:g}, {low:g}]",
            remedy="swap the two numbers",
        )
        return high, low
    return low, high


def check_value(
    name: str, value: float, low: float, high: float, section: Fields, faults: Faults
) -> None:
    """Report a value outside of its range."""
    if low <= value <= high:
        return
    faults.add(
        "CM070",
        f"the value {value:g} of {name!r} lies outside its range [{low:g}, {high:g}]",
        _place(section, "value", section.location),
        text=f"{value:g}",
        expected=f"a number from {low:g} to {high:g}",
        remedy="move the value, or widen the range",
    )


def _distribution(tree: Tree | None, faults: Faults) -> tuple[str, dict[str, float]]:
    holder = fields(tree)
    leaf = holder.get("name") if holder is not None else tree
    if not isinstance(leaf, Leaf) or not isinstance(leaf.value, str):
        return "", {}
    # Whether scipy.stats has it is found when a world is drawn: scipy is too slow to import here.
    if not leaf.text.isidentifier() or leaf.text.startswith("_"):
        faults.add(
            "CM071",
            f"{leaf.text[:60]!r} is not the name of a distribution",
            leaf.location,
            text=leaf.text,
            expected="a name in scipy.stats, like beta, norm or triang",
            remedy="write {name: beta, parameters: {a: 2, b: 5}}",
        )
    arguments = {}
    for entry in entries(holder.get("parameters") if holder is not None else None):
        number = number_of(entry.value)
        if check_name("argument", entry.key, entry.location, faults, reserved=frozenset()) and (
            number is not None
        ):
            arguments[entry.key] = number
    return leaf.text, arguments


def read_views(
    declared: Declared,
    parameters: Mapping[str, Parameter],
    claims: Mapping[str, Claim],
    faults: Faults,
) -> dict[str, View]:
    """The views, by name; what they override must exist and should lie within its range."""
    return {
        entry.key: _view(entry, declared, parameters, claims, faults)
        for entry in declared.entries("views")
    }


def read_worlds(parameters: Mapping[str, Parameter], views: Mapping[str, View]) -> Worlds:
    """The parameters' values in force and in every view."""
    values: dict[str, float | Array] = {p.name: p.value for p in parameters.values()}
    for name in {name for view in views.values() for name in view.values}:
        if name in parameters:
            own = parameters[name].value
            values[name] = np.array([own, *(v.values.get(name, own) for v in views.values())])
    return Worlds(tuple(views), values)


def _view(
    entry: Entry,
    declared: Declared,
    parameters: Mapping[str, Parameter],
    claims: Mapping[str, Claim],
    faults: Faults,
) -> View:
    section = fields(entry.value)
    values: dict[str, float] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for override in entries(section.get("ranges") if section else None):
        bounds = read_range(override.value, faults)
        if _is_parameter(override, declared, faults) and bounds is not None:
            ranges[override.key] = bounds
    for override in entries(section.get("set") if section else None):
        number = number_of(override.value)
        if _is_parameter(override, declared, faults) and number is not None:
            values[override.key] = number
    for name in {**ranges, **values}:
        if name in parameters:
            _check_override(entry, name, values, ranges, parameters[name], faults)
    return View(
        entry.key,
        text_of(section.get("by") if section else None),
        values,
        ranges,
        read_note(section),
        read_cites(section, claims, faults),
        entry.location,
    )


def _is_parameter(override: Entry, declared: Declared, faults: Faults) -> bool:
    known = declared.sections["parameters"]
    if override.key in known:
        return True
    if override.key in declared.levers:
        faults.add(
            "CM218",
            f"{override.key!r} is a lever of the policy {declared.levers[override.key]!r}: it is "
            "chosen, and no judgement of how things are",
            override.location,
            text=override.key,
            expected="a parameter",
            remedy="remove it from the view; --set, or a search, moves levers",
        )
        return False
    faults.unknown("CM059", "parameter", override.key, list(known), override.location)
    return False


def _check_override(
    entry: Entry,
    name: str,
    values: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
    parameter: Parameter,
    faults: Faults,
) -> None:
    value = values.get(name, parameter.value)
    low, high = ranges.get(name, (parameter.low, parameter.high))
    ranged = parameter.low < parameter.high or name in ranges
    if low <= value <= high or not ranged:
        return
    section = fields(entry.value)
    assert section is not None
    holder = fields(section.get("set" if name in values else "ranges"))
    place = holder.entries[name].value.location if holder is not None else entry.location
    whose = "its own range" if name in ranges else "the parameter's range"
    faults.add(
        "CM088",
        f"the view {entry.key!r} has {name!r} at {value:g}, outside {whose} [{low:g}, {high:g}]",
        place,
        severity="warning",
        text=f"{value:g}",
        expected=f"a number from {low:g} to {high:g}",
        remedy=f"widen the range, or give the view a range for {name!r} that holds the value",
    )


def _place(section: Fields, key: str, default: Location) -> Location:
    found = section.get(key)
    return found.location if found is not None else default
