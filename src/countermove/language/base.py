"""Starting from another scenario: maps merge by key, lists replace whole, null removes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from countermove.errors import Location, nearest_name
from countermove.language.bundle import bundled, bundled_path
from countermove.language.compose import MAX_NODES
from countermove.language.faults import Faults
from countermove.language.source import MAX_BYTES, decode, read_tree
from countermove.language.tree import Entry, Fields, Leaf, count_nodes, plain_data

MAX_BASES = 8


@dataclass(frozen=True)
class Opened:
    """A scenario's tree with its bases merged in, its own text, and the hash of all files read."""

    tree: Fields
    text: str
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """A text that stands alone: the file's own, or everything merged (JSON is YAML too)."""
        if "base" not in self.tree:
            return self.text
        merged = plain_data(self.tree)
        return json.dumps({key: value for key, value in merged.items() if key != "base"})


def open_text(text: str, file: str, faults: Faults) -> Opened | None:
    """Read a scenario from text; relative bases are sought beside ``file``."""
    files: dict[str, str] = {}
    tree = _with_bases(text, file, (), files, faults)
    return Opened(tree, text, files) if tree is not None else None


def read_file(path: Path, location: Location, faults: Faults) -> str | None:
    """A file's text; None (and a fault) where it is missing, too large or not text."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        faults.add(
            "CM001",
            f"cannot read {path}: {reason}",
            location,
            text=str(path),
            expected="a scenario file, or a folder that holds scenario.yaml",
            remedy="check the path",
        )
        return None
    return decode(data, str(path), faults)


def _with_bases(
    text: str, file: str, chain: tuple[str, ...], files: dict[str, str], faults: Faults
) -> Fields | None:
    files[file] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    tree = read_tree(text, file, faults)
    if tree is None:
        return None
    named = tree.get("base")
    if not isinstance(named, Leaf) or not isinstance(named.value, str):
        return tree
    path = _base_path(named, file, faults)
    if path is None or not _may_follow(named, path, (*chain, _identity(file)), faults):
        return tree
    base_text = read_file(path, named.location, faults)
    if base_text is None:
        return tree
    base = _with_bases(base_text, str(path), (*chain, _identity(file)), files, faults)
    if base is None:
        return tree
    merged = merge(base, tree)
    if count_nodes(merged) > MAX_NODES:
        faults.add(
            "CM009",
            f"the file and its bases unfold to more than {MAX_NODES:,} values",
            named.location,
            remedy="shorten the files",
        )
        return None
    return merged


def merge(base: Fields, over: Fields) -> Fields:
    """``over`` laid upon ``base``, in the base's order; null removes what the base has."""
    merged: dict[str, Entry] = {}
    for key, entry in base.entries.items():
        above = over.entries.get(key)
        if above is None:
            merged[key] = entry
        elif isinstance(above.value, Leaf) and above.value.value is None:
            continue
        elif isinstance(above.value, Fields) and isinstance(entry.value, Fields):
            merged[key] = Entry(key, above.location, merge(entry.value, above.value))
        else:
            merged[key] = above
    for key, entry in over.entries.items():
        if key not in base.entries:
            merged[key] = entry
    return Fields(merged, over.location)


def _base_path(named: Leaf, file: str, faults: Faults) -> Path | None:
    slugs = bundled()
    if named.text in slugs:
        return bundled_path(named.text)
    looks_like_path = "/" in named.text or "\\" in named.text or "." in named.text
    if looks_like_path and "\0" not in named.text and len(named.text) < 1000:
        path = Path(file).parent / named.text
        return path / "scenario.yaml" if path.is_dir() else path
    near = nearest_name(named.text, slugs)
    faults.add(
        "CM017",
        f"there is no scenario {named.text[:60]!r} to start from",
        named.location,
        text=named.text,
        expected="a bundled scenario, or a path like ../other/scenario.yaml",
        nearest=near,
        remedy=f"write {near!r}" if near else "bundled: " + (", ".join(slugs) or "none"),
    )
    return None


def _may_follow(named: Leaf, path: Path, chain: tuple[str, ...], faults: Faults) -> bool:
    circular = _identity(str(path)) in chain
    if not circular and len(chain) <= MAX_BASES:
        return True
    faults.add(
        "CM018",
        "these scenarios start from each other"
        if circular
        else f"more than {MAX_BASES} scenarios start from each other in a chain",
        named.location,
        text=named.text,
        remedy="let one of them stand alone",
    )
    return False


def _identity(file: str) -> str:
    try:
        return str(Path(file).resolve())
    except (OSError, ValueError, RuntimeError):
        return file
