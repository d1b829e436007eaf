"""State variables: their levels in order, the numbers that these carry, and where they start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from countermove.errors import nearest_name
from countermove.language.declare import Declared
from countermove.language.faults import Faults
from countermove.language.model import Variable
from countermove.language.names import LEVEL_WORDS, check_name
from countermove.language.sections import is_true, number_of, read_cites, read_note
from countermove.language.tree import Entry, Fields, Items, Leaf, Tree, fields, shown, text_of

MAX_LEVELS = 1_000

_RANGE = re.compile(r"(-?\d{1,9})\s*\.\.\s*(-?\d{1,9})")

Levels = tuple[tuple[str, ...], tuple[float, ...]]


def read_variables(
    declared: Declared, claims: Mapping[str, object], faults: Faults
) -> dict[str, Variable]:
    """The variables whose levels and start can be made out; the others have faults."""
    found = {}
    for entry in declared.entries("state"):
        variable = _variable(entry, claims, faults)
        if variable is not None:
            found[entry.key] = variable
    return found


def _variable(entry: Entry, claims: Mapping[str, object], faults: Faults) -> Variable | None:
    section = fields(entry.value)
    if section is None:
        return None
    cites = read_cites(section, claims, faults)
    ordered = is_true(section, "ordered", default=True)
    levels = _levels(section.get("levels"), faults)
    if levels is None:
        return None
    names, numbers = levels
    if ordered and any(a >= b for a, b in pairwise(numbers)):
        _not_rising(entry, section, faults)
    start = find_level(names, numbers, section.get("start"))
    if start is None:
        _no_such_start(entry, section, names, faults)
        return None
    return Variable(
        entry.key,
        names,
        numbers,
        start,
        ordered=ordered,
        unit=text_of(section.get("unit")),
        resets=is_true(section, "resets"),
        note=read_note(section),
        cites=cites,
        location=entry.location,
    )


def find_level(names: tuple[str, ...], numbers: tuple[float, ...], tree: Tree | None) -> int | None:
    """The position of the level that a scalar names, by its name or else by its number."""
    if not isinstance(tree, Leaf):
        return None
    if tree.text in names:
        return names.index(tree.text)
    number = number_of(tree)
    return numbers.index(number) if number in numbers else None


def _levels(tree: Tree | None, faults: Faults) -> Levels | None:
    match tree:
        case Items(found):
            pairs = [
                (leaf, float(position) if isinstance(leaf.value, str) else number_of(leaf))
                for position, leaf in enumerate(found)
                if isinstance(leaf, Leaf) and leaf.value is not None
            ]
            complete = len(pairs) == len(found)
        case Fields():
            pairs = [(Leaf(e.key, e.key, e.location), number_of(e.value)) for e in tree]
            complete = all(number is not None for _, number in pairs)
        case Leaf(str()):
            return _counted(tree, faults)
        case _:
            return None
    if not _size_allowed(len(pairs), tree, faults):
        return None
    named = [_level_name(leaf, faults) for leaf, _ in pairs]
    repeated = _repeated([leaf for leaf, _ in pairs], faults)
    if not complete or repeated or not all(named):
        return None
    return tuple(leaf.text for leaf, _ in pairs), tuple(float(number or 0) for _, number in pairs)


def _counted(tree: Leaf, faults: Faults) -> Levels | None:
    found = _RANGE.fullmatch(tree.text.strip())
    low, high = (int(found[1]), int(found[2])) if found else (1, 0)
    if low > high:
        faults.add(
            "CM068",
            f"{shown(tree)!r} is not a range of levels",
            tree.location,
            text=tree.text,
            expected="two whole numbers, the lower first, like 0..5",
            remedy="write 'levels: 0..5', or a list of names",
        )
        return None
    if not _size_allowed(high - low + 1, tree, faults):
        return None
    numbers = range(low, high + 1)
    return tuple(str(number) for number in numbers), tuple(float(number) for number in numbers)


def _size_allowed(count: int, tree: Tree, faults: Faults) -> bool:
    if 1 <= count <= MAX_LEVELS:
        return True
    faults.add(
        "CM067",
        f"a variable has 1 to {MAX_LEVELS:,} levels, not {count:,}",
        tree.location,
        text=shown(tree),
        remedy="give it fewer, coarser levels" if count else "name its levels: [low, high]",
    )
    return False


def _level_name(leaf: Leaf, faults: Faults) -> bool:
    if isinstance(leaf.value, int) or re.fullmatch(r"-?\d{1,9}", leaf.text):
        return True
    return check_name("level", leaf.text, leaf.location, faults, reserved=LEVEL_WORDS)


def _repeated(leaves: list[Leaf], faults: Faults) -> bool:
    seen: set[str] = set()
    for leaf in leaves:
        if leaf.text in seen:
            faults.add(
                "CM066",
                f"the level {leaf.text!r} stands twice",
                leaf.location,
                text=leaf.text,
                remedy="rename or remove one of the two",
            )
        seen.add(leaf.text)
    return len(seen) < len(leaves)


def _not_rising(entry: Entry, section: Fields, faults: Faults) -> None:
    levels = section.get("levels")
    faults.add(
        "CM096",
        f"the numbers of {entry.key!r} do not rise with its levels, so that comparing it with a "
        "number and with a level name order it differently",
        levels.location if levels is not None else entry.location,
        severity="warning",
        text=shown(levels),
        expected="levels from the lowest number to the highest",
        remedy="list the levels by rising number, or mark the variable 'ordered: false'",
    )


def _no_such_start(entry: Entry, section: Fields, names: tuple[str, ...], faults: Faults) -> None:
    start = section.get("start")
    if not isinstance(start, Leaf) or start.value is None:
        return
    near = nearest_name(start.text, names)
    faults.add(
        "CM069",
        f"{entry.key!r} cannot start at {start.text[:60]!r}, which is none of its levels",
        start.location,
        text=start.text,
        expected="one of: " + ", ".join(names[:12]),
        nearest=near,
        remedy=f"write {near!r}" if near else "write one of its levels",
    )
