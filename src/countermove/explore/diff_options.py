"""What two runs were asked for, as changes beside those of the scenario's text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from countermove.explore.changes import ABSENT, Change
from countermove.explore.diff_sides import Point

OPTIONS = "options"
_MAPS = {
    "set": "set",
    "from": "start",
    "beliefs": "beliefs",
    "belief_points": "belief_points",
}
_SINGLE = {
    "view": "view",
    "policy": "policy",
    "at": "at",
    "rationality_factor": "rationality_factor",
}


def option_changes(old: Point, new: Point) -> tuple[Change, ...]:
    """Where the points of two sides differ, as ``options.set.NAME`` and the like."""
    return tuple(
        Change((OPTIONS, *path), a, b) for path, a, b in _differences(old, new) if not _same(a, b)
    )


def _differences(old: Point, new: Point) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    for option, field in _SINGLE.items():
        a, b = getattr(old, field), getattr(new, field)
        yield (option,), ABSENT if a is None else a, ABSENT if b is None else b
    for option, field in _MAPS.items():
        mine, other = getattr(old, field), getattr(new, field)
        for name in dict.fromkeys((*mine, *other)):
            yield (option, name), mine.get(name, ABSENT), other.get(name, ABSENT)


def _same(a: Any, b: Any) -> bool:
    return a is b if a is ABSENT or b is ABSENT else bool(a == b)


def is_option(change: Change) -> bool:
    """Is it a change of what was asked for, and not of the scenario?"""
    return change.path[0] == OPTIONS


def moved(point: Point, taken: Iterable[Change]) -> Point:
    """The point with some changes of options made."""
    for change in taken:
        option, *names = change.path[1:]
        value = None if change.new is ABSENT else change.new
        field = _SINGLE.get(option) or _MAPS[option]
        if names:
            held = {n: v for n, v in getattr(point, field).items() if n != names[0]}
            value = held if value is None else {**held, names[0]: value}
        made: dict[str, Any] = {field: value}
        point = replace(point, **made)
    return point
