"""What changed between two scenarios, as named paths; and a scenario with some of it changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from countermove.explore.changes_tree import Path, canonical, is_prose, pattern_of, spelling
from countermove.language.load import loads
from countermove.language.model import Scenario

Kind = Literal["words", "unread", "game"]


class Absent:
    """What stands opposite a path that a scenario does not have."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """A path at which two scenarios differ, and what each has there as plain data.

    ``kind`` is ``words`` for what people alone read, ``unread`` for what the language knows but
    the solve at hand does not look at (ranges, another policy), ``game`` for everything else.
    """

    path: Path
    old: Any
    new: Any
    kind: Kind = "game"

    @property
    def name(self) -> str:
        """The path as people write it: ``players.us.actions.strike.effects``."""
        return ".".join(self.path)

    @property
    def old_text(self) -> str:
        """What the first scenario has there, in a line; empty where it has nothing."""
        return "" if self.old is ABSENT else flow(self.old)

    @property
    def new_text(self) -> str:
        """What the second scenario has there, in a line; empty where it has nothing."""
        return "" if self.new is ABSENT else flow(self.new)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a solve looks at, so that changes elsewhere cannot move it.

    ``keys`` are the answers asked for, or None for all of them.
    """

    views: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    keys: frozenset[str] | None = None


def changes(old: Scenario, new: Scenario, reading: Reading | None = None) -> tuple[Change, ...]:
    """Everything that sets the second scenario apart from the first, in the order of the file.

    Comments, layout, shorthands and the base that a file starts from make no difference.
    """
    looked = reading or Reading()
    before, after = canonical(old), canonical(new)
    same = _same_meaning(old, new)
    return tuple(
        Change(path, a, b, _kind(path, a, b, looked))
        for path, a, b in _differences((), before, after)
        if not any(path[: len(shared)] == shared for shared in same)
    )


def _same_meaning(old: Scenario, new: Scenario) -> list[Path]:
    """Paths where another spelling says the same: a calendar's end, levels as a list or range."""
    same: list[Path] = [("calendar",)] if old.calendar == new.calendar else []
    known = {v.name: v for v in old.variables}
    for variable in new.variables:
        twin = known.get(variable.name)
        if twin and (twin.levels, twin.numbers) == (variable.levels, variable.numbers):
            same.append(("state", variable.name, "levels"))
    return same


def _differences(path: Path, old: Any, new: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Paths with what stands there, as deep as things have names of their own."""
    pattern = pattern_of(path) if path else ()
    shelf = pattern is not None and (not pattern or pattern[-1] != "*")
    if shelf and (old is ABSENT or new is ABSENT):
        old, new = ({} if side is ABSENT else side for side in (old, new))
    if pattern is None or not (isinstance(old, dict) and isinstance(new, dict)):
        if not _equal(path, old, new):
            yield path, old, new
        return
    for key in _joined_keys(old, new):
        yield from _differences((*path, key), old.get(key, ABSENT), new.get(key, ABSENT))
    if path and _order(old, new) != _order(new, old):
        yield (*path, "(order)"), _order(old, new), _order(new, old)


def _equal(path: Path, old: Any, new: Any) -> bool:
    if old is ABSENT or new is ABSENT:
        return old is new
    if path[0] == "state" and path[-1] == "levels" and isinstance(old, dict):
        return isinstance(new, dict) and list(old.items()) == list(new.items())
    return bool(spelling(old) == spelling(new))


def _joined_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys of both: the new ones' order, each key that is gone where it stood."""
    keys = list(new)
    for at, key in enumerate(old):
        if key not in new:
            before = [k for k in list(old)[:at] if k in keys]
            keys.insert(keys.index(before[-1]) + 1 if before else 0, key)
    return keys


def _order(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [key for key in mine if key in other]


def _kind(path: Path, old: Any, new: Any, reading: Reading) -> Kind:
    if is_prose(path) or path[-1] == "(order)":
        return "words"
    return "unread" if _is_unread(path, old is ABSENT or new is ABSENT, reading) else "game"


def _is_unread(path: Path, one_sided: bool, reading: Reading) -> bool:
    name = path[1] if len(path) > 1 else ""
    match path[0]:
        case "goals" | "correlations":
            return True
        case "parameters":
            return path[-1] in ("range", "scale", "distribution")
        case "views":
            return name not in reading.views or (len(path) > 2 and path[2] == "ranges")
        case "policies":
            return name not in reading.policies or path[-1] in ("range", "whole", "scale")
        case "measures":
            key = name
        case "scores":
            key = f"score({name})"
        case _:
            return False
    # A measure moves nothing but itself; where only one side has it, there is nothing to compare.
    asked = reading.keys is None or bool({key, f"{key}.periods"} & reading.keys)
    return not asked or path[-1] in ("better", "player") or (one_sided and len(path) == 2)


def flow(value: Any) -> str:
    """Plain data in a line, as a scenario would have it in brackets and braces."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(below)}" for key, below in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(below) for below in value) + "]"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.12g}"
        case None:
            return "null"
    return str(value)


def patched(old: Scenario, new: Scenario, taken: Iterable[Change]) -> Scenario:
    """The first scenario with some of the changes that lead to the second.

    Raises ``ScenarioError`` where these changes alone make no scenario.
    """
    return loads(json.dumps(patch(canonical(old), canonical(new), taken)), file=old.file)


def patch(
    old: Mapping[str, Any], new: Mapping[str, Any], taken: Iterable[Change]
) -> dict[str, Any]:
    """``patched`` for the merged trees of ``canonical``; neither is touched."""
    data = copy.deepcopy(dict(old))
    for change in taken:
        if change.path[-1] != "(order)":
            _put(data, new, change.path, change.new)
    return data


def _put(data: dict[str, Any], like: Any, path: Path, value: Any) -> None:
    """Set what stands at a path, or take it away; new keys stand where the model has them."""
    for key in path[:-1]:
        data = data.setdefault(key, {})
        like = like.get(key, {}) if isinstance(like, dict) else {}
    key = path[-1]
    if value is ABSENT:
        data.pop(key, None)
    elif key in data:
        data[key] = value
    else:
        _insert(data, list(like), key, value)


def _insert(data: dict[str, Any], like: list[str], key: str, value: Any) -> None:
    above = like[: like.index(key)] if key in like else []
    stands = [at for at, known in enumerate(data) if known in above]
    items = list(data.items())
    at = stands[-1] + 1 if stands else (0 if above == [] and key in like else len(items))
    items.insert(at, (key, value))
    data.clear()
    data.update(items)
