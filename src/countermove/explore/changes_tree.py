"""A scenario's merged tree as plain data in one spelling, so that what means the same is equal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from countermove.language.base import open_text
from countermove.language.faults import Faults
from countermove.language.model import Scenario
from countermove.language.tree import plain_data

Path = tuple[str, ...]

# Where a map is looked into, "*" standing for any name; every other value is one whole. A pattern
# that ends in "*" is a thing with a name, which is there or is not; the others are its shelves.
_OPENED = """
    calendar sources claims state state.* parameters parameters.* terms players players.*
    players.*.interests players.*.interests.* players.*.final players.*.final.* players.*.actions
    players.*.actions.* events events.* measures measures.* scores scores.* scores.*.weights goals
    goals.* policies policies.* policies.*.levers policies.*.levers.* views views.* views.*.set
    views.*.ranges
"""
OPENED: frozenset[Path] = frozenset(tuple(pattern.split(".")) for pattern in _OPENED.split())
PROSE = frozenset({"cites", "note", "unit", "title", "assumption", "summary", "says"})


def pattern_of(path: Path) -> Path | None:
    """The pattern of ``OPENED`` that a path fits, or None where its value is one whole."""
    for pattern in OPENED:
        if len(pattern) == len(path) and all(
            p in ("*", part) for p, part in zip(pattern, path, strict=True)
        ):
            return pattern
    return None


def canonical(scenario: Scenario) -> dict[str, Any]:
    """The scenario's whole text as plain data: shorthands written out, lines joined.

    Comments, quotation marks, anchors and the base that it starts from are gone; the default order
    of play is written out. Loading it as JSON gives the same game.
    """
    opened = open_text(scenario.whole, scenario.file, Faults())
    assert opened is not None, "a scenario that loaded can be read again"
    data = plain_data(opened.tree)
    data.pop("base", None)
    found: dict[str, Any] = _tidy({k: v for k, v in data.items() if v is not None})
    for section, key in (("parameters", "value"), ("measures", "of"), ("events", "effects")):
        found[section] = _written_out(found.get(section), key)
    found["players"] = {
        name: _player(name, player) for name, player in found.get("players", {}).items()
    }
    found["policies"] = {
        name: _policy(policy) for name, policy in found.get("policies", {}).items()
    }
    found["order"] = _order(found)
    return {key: value for key, value in found.items() if value not in ({}, None)}


def _written_out(section: Any, key: str) -> dict[str, Any]:
    """A section's things as maps: what is no map is the value of its main key."""
    return {
        name: value if isinstance(value, dict) else {key: value}
        for name, value in (section or {}).items()
    }


def _player(name: str, player: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(player)
    for shelf in ("interests", "final"):
        if shelf in found:
            found[shelf] = {term: _interest(value) for term, value in found[shelf].items()}
    if "actions" in found:
        found["actions"] = {
            action: _action(name, value or {}) for action, value in found["actions"].items()
        }
    return found


def _interest(value: Any) -> Any:
    return value if isinstance(value, dict) and "by" not in value else {"value": value}


def _action(mover: str, action: Mapping[str, Any]) -> dict[str, Any]:
    costs = action.get("costs")
    bare = "costs" in action and (not isinstance(costs, dict) or "by" in costs)
    return {**action, "costs": {mover: costs}} if bare else dict(action)


def _policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(policy)
    if "player" in found:
        found = {"players": [found.pop("player")], **found}
    if "levers" in found:
        found["levers"] = _written_out(found["levers"], "value")
    found["rules"] = [_rule(rule) for rule in found.get("rules", [])]
    return found


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    play = rule.get("play")
    return {**rule, "play": {play: 1}} if isinstance(play, str) else dict(rule)


def _order(data: Mapping[str, Any]) -> list[Any]:
    written = data.get("order")
    if not written:
        movers = [name for name, player in data["players"].items() if player.get("actions")]
        return [*movers, *data.get("events", {})]
    return [
        step["step"] if isinstance(step, dict) and set(step) == {"step"} else step
        for step in written
    ]


def _tidy(value: Any) -> Any:
    match value:
        case dict():
            return {key: _tidy(below) for key, below in value.items()}
        case list():
            return [_tidy(below) for below in value]
        case str():
            return " ".join(value.split())
    return value


def is_prose(path: Path) -> bool:
    """Is what stands there for people to read, so that no game can depend on it?"""
    if path[0] in ("scenario", "title", "summary", "version", "sources", "claims"):
        return True
    holder = pattern_of(path[:-1])
    if holder is None or holder[-1] != "*":
        return False
    named = (holder == ("players", "*") and path[-1] == "name") or (
        holder == ("views", "*") and path[-1] == "by"
    )
    return named or path[-1] in PROSE


_LOOSE = re.compile(r"(?<=\W) | (?=\W)")
_SUBTRACTION = re.compile(r"(?<=\d) ?- ?(?=\d)")


def spelling(value: Any) -> Any:
    """What two values are compared by: of a text, no space where a sign parts the words anyway.

    Spaces stay between digits and a minus, for ``2020-11-03`` is a date.
    """
    match value:
        case dict():
            return {key: spelling(below) for key, below in value.items()}
        case list():
            return [spelling(below) for below in value]
        case str():
            held = _SUBTRACTION.sub(lambda found: found.group().replace(" ", "\0"), value)
            return _LOOSE.sub("", held)
    return value
