"""From YAML's events to a tree with places: aliases and merge keys expanded, limits kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import events as yaml_events

from countermove.errors import Location
from countermove.language.commas import mend_commas_in_items, mend_commas_in_map
from countermove.language.faults import Faults
from countermove.language.scalars import resolve_plain
from countermove.language.tree import Entry, Fields, Items, Leaf, Tree

MAX_DEPTH = 40
MAX_NODES = 100_000  # after aliases are expanded
MAX_SCALAR = 20_000  # characters


class Stopped(Exception):
    """Reading cannot go on; the fault has been recorded."""


def compose(events: Iterator[Any], file: str, lines: list[str], faults: Faults) -> Fields:
    """The one map of a stream of ruamel's events.

    Raises ``Stopped``, and whatever ruamel raises while it scans.
    """
    return _document(_Reader(file, faults, lines), events)


@dataclass
class _Reader:
    file: str
    faults: Faults
    lines: list[str]
    anchors: dict[str, Tree] = field(default_factory=dict)
    open_anchors: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    nodes: int = 0

    def place(self, mark: Any) -> Location:
        return Location(self.file, mark.line + 1, mark.column + 1)

    def stop(self, code: str, message: str, location: Location, remedy: str) -> Stopped:
        self.faults.add(code, message, location, remedy=remedy)
        return Stopped()

    def count(self, nodes: int, location: Location) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self.stop(
                "CM009",
                f"the file unfolds to more than {MAX_NODES:,} values",
                location,
                "use fewer aliases (*name), which are copied wherever they stand",
            )


def _document(reader: _Reader, events: Iterator[Any]) -> Fields:
    root: Tree | None = None
    for event in events:
        if isinstance(event, yaml_events.DocumentStartEvent):
            if root is not None:
                raise reader.stop(
                    "CM015",
                    "the file holds more than one YAML document",
                    reader.place(event.start_mark),
                    "remove the line '---', and keep one scenario a file",
                )
        elif isinstance(event, (yaml_events.NodeEvent, yaml_events.AliasEvent)):
            root = _node(reader, event, events, 0)
    if isinstance(root, Fields):
        return root
    what = "is empty" if root is None or (isinstance(root, Leaf) and root.value is None) else ""
    raise reader.stop(
        "CM015",
        f"the file {what or 'is not a map of keys and values'}",
        root.location if root is not None else Location(reader.file, 1, 1),
        "begin with 'scenario: a-name' (`countermove new` writes a starter file)",
    )


def _node(reader: _Reader, event: Any, events: Iterator[Any], depth: int) -> Tree:
    location = reader.place(event.start_mark)
    if depth > MAX_DEPTH:
        raise reader.stop(
            "CM008",
            f"values are nested more than {MAX_DEPTH} deep",
            location,
            "flatten it; a scenario needs about ten levels",
        )
    if isinstance(event, yaml_events.AliasEvent):
        return _alias(reader, str(event.anchor), location)
    reader.count(1, location)
    _refuse_tag(reader, event, location)
    if not event.anchor:
        return _read_one(reader, event, events, depth, location)
    anchor, before = str(event.anchor), reader.nodes
    reader.open_anchors.add(anchor)
    tree = _read_one(reader, event, events, depth, location)
    reader.open_anchors.discard(anchor)
    reader.anchors[anchor] = tree
    reader.sizes[anchor] = reader.nodes - before + 1
    return tree


def _read_one(
    reader: _Reader, event: Any, events: Iterator[Any], depth: int, location: Location
) -> Tree:
    if isinstance(event, yaml_events.ScalarEvent):
        return _scalar(reader, event, location)
    if isinstance(event, yaml_events.SequenceStartEvent):
        found = _sequence(reader, events, depth)
        return Items(
            mend_commas_in_items(found, reader.faults) if event.flow_style else tuple(found),
            location,
        )
    return _mapping(reader, events, depth, location, bool(event.flow_style))


def _alias(reader: _Reader, anchor: str, location: Location) -> Tree:
    if anchor in reader.anchors:
        reader.count(reader.sizes[anchor], location)
        return reader.anchors[anchor]
    inside = anchor in reader.open_anchors
    raise reader.stop(
        "CM016",
        f"the alias *{anchor} stands inside what it names"
        if inside
        else f"the alias *{anchor} names nothing: no &{anchor} stands above it",
        location,
        "quote an expression that begins with *; an alias needs an anchor (&name) above it",
    )


def _refuse_tag(reader: _Reader, event: Any, location: Location) -> None:
    tag = getattr(event, "tag", None)
    if tag is None:
        return
    written = str(tag).replace("tag:yaml.org,2002:", "!!")
    reader.faults.add(
        "CM014",
        f"the tag {written[:40]} may not stand in a scenario",
        location,
        text=written,
        expected="a value without a tag",
        remedy="remove the tag; in an expression write 'not', not !",
    )


def _scalar(reader: _Reader, event: Any, location: Location) -> Leaf:
    text = str(event.value)
    if len(text) > MAX_SCALAR:
        reader.faults.add(
            "CM010",
            f"this text has {len(text):,} characters; the limit is {MAX_SCALAR:,}",
            location,
            text=text[:60],
            remedy="shorten it, or keep it in a file beside the scenario",
        )
        return Leaf("", "", location, plain=False)
    if event.style in (">", "|") and not text.strip():
        reader.faults.add(
            "CM005",
            f"YAML reads the {event.style} that begins this value as a folded text, which is empty",
            location,
            remedy="put what is compared before it (x > 3), or quote the expression",
        )
    folded = event.end_mark.line > event.start_mark.line and event.style not in ("|", ">")
    if event.style is None:
        value = resolve_plain(text, location, reader.faults)
        return Leaf(value, text, location, folded=folded)
    begins = _text_begins(reader, event.style, location)
    return Leaf(text, text, begins, plain=False, folded=folded or event.style == ">")


def _text_begins(reader: _Reader, style: str, location: Location) -> Location:
    if style in "'\"":
        return Location(location.file, location.line, location.column + 1)
    for number in range(location.line, len(reader.lines)):
        line = reader.lines[number]
        if line.strip():
            return Location(location.file, number + 1, len(line) - len(line.lstrip()) + 1)
    return location


def _sequence(reader: _Reader, events: Iterator[Any], depth: int) -> list[Tree]:
    found: list[Tree] = []
    for event in events:
        if isinstance(event, yaml_events.SequenceEndEvent):
            break
        found.append(_node(reader, event, events, depth + 1))
    return found


def _mapping(
    reader: _Reader, events: Iterator[Any], depth: int, location: Location, flow: bool
) -> Fields:
    pairs: list[tuple[Tree, Tree]] = []
    for event in events:
        if isinstance(event, yaml_events.MappingEndEvent):
            break
        key = _node(reader, event, events, depth + 1)
        pairs.append((key, _node(reader, next(events), events, depth + 1)))
    if flow:
        pairs = mend_commas_in_map(pairs, reader.faults)
    written: dict[str, Entry] = {}
    merged: list[Fields] = []
    for key, value in pairs:
        if isinstance(key, Leaf) and key.plain and key.text == "<<":
            merged.extend(_merge_sources(reader, value))
        else:
            _enter(reader, written, key, value)
    for source in merged:
        for entry in source:
            written.setdefault(entry.key, entry)
    return Fields(written, location)


def _merge_sources(reader: _Reader, value: Tree) -> list[Fields]:
    candidates = value.items if isinstance(value, Items) else (value,)
    sources = [tree for tree in candidates if isinstance(tree, Fields)]
    if len(sources) < len(candidates):
        reader.faults.add(
            "CM019",
            "a merge key (<<) takes a map, or a list of maps",
            value.location,
            expected="an alias of a map: <<: *name",
            remedy="name the map with &name above, and merge it with <<: *name",
        )
    return sources


def _enter(reader: _Reader, written: dict[str, Entry], key: Tree, value: Tree) -> None:
    if not isinstance(key, Leaf) or (key.value is None and key.plain):
        reader.faults.add(
            "CM012",
            "a key must be a word or a number",
            key.location,
            expected="key: value",
            remedy="put an expression in quotation marks, and give every value a key",
        )
        return
    first = written.get(key.text)
    if first is not None:
        reader.faults.add(
            "CM011",
            f"the key {key.text[:60]!r} stands twice in the same map (first in line "
            f"{first.location.line})",
            key.location,
            text=key.text,
            remedy="rename or remove one of the two",
        )
        return
    written[key.text] = Entry(key.text, key.location, value)
