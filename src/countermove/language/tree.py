"""A scenario file as nested data in which every key and value knows its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countermove.errors import Location

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar: its value after YAML's core schema, and its text as written.

    ``location`` is where the text begins (inside the quotation marks, if any); ``folded`` tells
    that it goes on in further lines, so that a column cannot be counted from there.
    """

    value: Plain
    text: str
    location: Location
    plain: bool = True
    folded: bool = False

    @property
    def passage(self) -> str:
        """The text for the expression parser, to which a line break says that columns are lost."""
        return self.text.replace(" ", "\n", 1) if self.folded else self.text


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map, where it stands, and what is opposite it."""

    key: str
    location: Location
    value: Tree


@dataclass(frozen=True, slots=True)
class Fields:
    """A map with textual keys, in the order written."""

    entries: Mapping[str, Entry]
    location: Location

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def get(self, key: str) -> Tree | None:
        """What is opposite a key, or None where the key is absent."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value


Tree = Leaf | Items | Fields


def plain_data(tree: Tree) -> Any:
    """The tree as dicts, lists and scalars, without places."""
    match tree:
        case Leaf(value):
            return value
        case Items(items):
            return [plain_data(item) for item in items]
        case Fields(entries):
            return {key: plain_data(entry.value) for key, entry in entries.items()}


def count_nodes(tree: Tree) -> int:
    """How many nodes the tree has, aliases counted each time they are used."""
    match tree:
        case Leaf():
            return 1
        case Items(items):
            return 1 + sum(count_nodes(item) for item in items)
        case Fields():
            return 1 + sum(1 + count_nodes(entry.value) for entry in tree)


def fields(tree: Tree | None) -> Fields | None:
    """The tree if it is a map, else None."""
    return tree if isinstance(tree, Fields) else None


def child(tree: Tree | None, key: str) -> Tree | None:
    """What is opposite a key of a map; None where there is no map or no such key."""
    return tree.get(key) if isinstance(tree, Fields) else None


def entries(tree: Tree | None) -> tuple[Entry, ...]:
    """The entries of a map; nothing for anything else (the shape's check has reported it)."""
    return tuple(tree) if isinstance(tree, Fields) else ()


def items(tree: Tree | None) -> tuple[Tree, ...]:
    """The items of a list; nothing for anything else (the shape's check has reported it)."""
    return tree.items if isinstance(tree, Items) else ()


def text_of(tree: Tree | None) -> str:
    """The text of a scalar; empty for anything else."""
    return tree.text if isinstance(tree, Leaf) and tree.value is not None else ""


def shown(tree: Tree | None, limit: int = 60) -> str:
    """A short rendering of a value for a message."""
    match tree:
        case Leaf(_, text):
            whole = text or "nothing"
        case Items(found):
            whole = "[" + ", ".join(shown(item, 12) for item in found[:5]) + "]"
        case Fields():
            whole = "{" + ", ".join(f"{entry.key}: ..." for entry in list(tree)[:5]) + "}"
        case _:
            whole = ""
    return whole if len(whole) <= limit else whole[: limit - 3] + "..."
