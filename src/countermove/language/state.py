"""State variables: their levels in order, the numbers that these carry, and where they start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Levels:
    """The levels that can be read, with their numbers, and whether those are all of them."""

    names: tuple[str, ...]
    numbers: tuple[float, ...]
    sure: bool


_NO_LEVELS = _Levels((), (), False)


def read_variables(
    declared: Declared, claims: Mapping[str, object], faults: Faults
) -> tuple[dict[str, Variable], frozenset[str]]:
    """The variables as far as they can be made out, and the names of those that must not be used.

    A variable with faults is kept, so that what uses it is checked too; only where one of its
    levels or their numbers cannot be read is nothing said of its uses.
    """
    found: dict[str, Variable] = {}
    unsure: set[str] = set()
    for entry in declared.entries("state"):
        variable, sure = _variable(entry, claims, faults)
        if variable is not None:
            found[entry.key] = variable
        if not sure:
            unsure.add(entry.key)
    return found, frozenset(unsure)


def _variable(
    entry: Entry, claims: Mapping[str, object], faults: Faults
) -> tuple[Variable | None, bool]:
    """The variable, with its first level for a start that is none, and whether it may be used."""
    section = fields(entry.value)
    if section is None:
        return None, False
    cites = read_cites(section, claims, faults)
    ordered = is_true(section, "ordered", default=True)
    levels = _levels(section.get("levels"), faults)
    if not levels.names:
        return None, False
    names, numbers = levels.names, levels.numbers
    if ordered and levels.sure and any(a >= b for a, b in pairwise(numbers)):
        _not_rising(entry, section, faults)
    start = find_level(names, numbers, section.get("start"))
    if start is None and levels.sure:
        _no_such_start(entry, section, names, faults)
    variable = Variable(
        entry.key,
        names,
        numbers,
        start or 0,
        ordered=ordered,
        unit=text_of(section.get("unit")),
        resets=is_true(section, "resets"),
        note=read_note(section),
        cites=cites,
        location=entry.location,
    )
    return variable, levels.sure


def find_level(names: tuple[str, ...], numbers: tuple[float, ...], tree: Tree | None) -> int | None:
    """The position of the level that a scalar names, by its name or else by its number."""
    if not isinstance(tree, Leaf):
        return None
    if tree.text in names:
        return names.index(tree.text)
    number = number_of(tree)
    return numbers.index(number) if number in numbers else None


def _levels(tree: Tree | None, faults: Faults) -> _Levels:
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
            complete = True
        case Leaf(str()):
            return _counted(tree, faults)
        case _:
            return _NO_LEVELS
    if not _size_allowed(len(pairs), tree, faults):
        return _NO_LEVELS
    for leaf, _ in pairs:
        _check_level_name(leaf, faults)
    _report_repeated([leaf for leaf, _ in pairs], faults)
    sure = complete and all(number is not None for _, number in pairs)
    first = {leaf.text: float(number or 0) for leaf, number in reversed(pairs)}
    names = tuple(dict.fromkeys(leaf.text for leaf, _ in pairs))
    return _Levels(names, tuple(first[name] for name in names), sure)


def _counted(tree: Leaf, faults: Faults) -> _Levels:
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
        return _NO_LEVELS
    if not _size_allowed(high - low + 1, tree, faults):
        return _NO_LEVELS
    numbers = range(low, high + 1)
    names = tuple(str(number) for number in numbers)
    return _Levels(names, tuple(float(number) for number in numbers), True)


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


def _check_level_name(leaf: Leaf, faults: Faults) -> None:
    if not isinstance(leaf.value, int) and not re.fullmatch(r"-?\d{1,9}", leaf.text):
        check_name("level", leaf.text, leaf.location, faults, reserved=LEVEL_WORDS)


def _report_repeated(leaves: list[Leaf], faults: Faults) -> None:
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
