"""Redraws: events, or their outcomes, in which a player's type is drawn anew in public."""

from __future__ import annotations

from countermove.errors import Location
from countermove.language.faults import Faults
from countermove.language.formulas import Reading
from countermove.language.model import Redraw
from countermove.language.priors import read_distribution
from countermove.language.tree import Fields, Items, Leaf, Tree, fields, items, text_of

KEYS = ("redraw", "succession")


def read_redraws(section: Fields, reading: Reading, mover: str) -> tuple[Redraw, ...]:
    """The redraws of an event or an outcome; a fault where that is part of a player's action."""
    if mover:
        refuse_redraws(section, reading.faults)
        return ()
    tree = section.get("redraw")
    if tree is None:
        if "succession" in section:
            _refuse(
                "'succession' says what follows a redraw, and there is none here",
                section.entries["succession"].location,
                "succession",
                "add 'redraw: player', or remove it",
                reading.faults,
            )
        return ()
    stops = text_of(section.get("succession")) == "stops"
    found: dict[str, Redraw] = {}
    for leaf, distribution in _drawn(tree):
        name = leaf.text
        if not _has_types(leaf, reading):
            continue
        if name in found:
            remedy = "name each player once"
            _refuse(f"{name!r} is drawn anew twice", leaf.location, name, remedy, reading.faults)
            continue
        odds = reading.priors.get(name, ())
        if distribution is not None:
            odds = read_distribution(distribution, name, reading)
        if odds:
            found[name] = Redraw(name, odds, stops, leaf.location)
    return tuple(found.values())


def _drawn(tree: Tree) -> list[tuple[Leaf, Fields | None]]:
    """The players named, with the odds that they are drawn by, if not by their prior."""
    match tree:
        case Leaf():
            return [(tree, None)] if isinstance(tree.value, str) else []
        case Items():
            return [(item, None) for item in items(tree) if isinstance(item, Leaf) and item.text]
        case Fields():
            named = [(Leaf(e.key, e.key, e.location), fields(e.value)) for e in tree]
            return [(leaf, odds) for leaf, odds in named if odds is not None]


def _has_types(leaf: Leaf, reading: Reading) -> bool:
    scope = reading.scope
    if leaf.text in scope.types:
        return bool(scope.types[leaf.text])
    if leaf.text in scope.faulty:
        return False
    if leaf.text not in scope.players:
        reading.faults.unknown("CM059", "player", leaf.text, list(scope.players), leaf.location)
        return False
    reading.faults.add(
        "CM203",
        f"{leaf.text!r} has no types to be drawn anew",
        leaf.location,
        text=leaf.text,
        expected="one of: " + ", ".join(scope.types) if scope.types else "a player with types",
        remedy="give it `types`, or remove the redraw",
    )
    return False


def refuse_redraws(section: Fields, faults: Faults) -> None:
    """Report redraws in what a player does, or beside a single effect."""
    for key in KEYS:
        if key in section:
            _refuse(
                f"only events draw types anew: '{key}' cannot be part of an action or an effect",
                section.entries[key].location,
                key,
                "write an event with 'when: last(player) == action' that redraws",
                faults,
            )


def _refuse(message: str, location: Location, text: str, remedy: str, faults: Faults) -> None:
    faults.add("CM208", message, location, text=text, remedy=remedy)
