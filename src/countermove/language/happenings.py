"""Events, and the order of a period's steps."""

from __future__ import annotations

from countermove.errors import Location
from countermove.language.declare import Declared
from countermove.language.effects import read_costs, read_effects, read_outcomes
from countermove.language.expressions import Expression
from countermove.language.faults import Faults
from countermove.language.formulas import Reading, read_formula
from countermove.language.model import Event, Step
from countermove.language.redraws import read_redraws
from countermove.language.sections import read_cites, read_note
from countermove.language.tree import (
    Entry,
    Fields,
    Items,
    Leaf,
    Tree,
    fields,
    items,
    text_of,
)


def read_events(declared: Declared, reading: Reading) -> tuple[Event, ...]:
    """The events, in the order written."""
    return tuple(_event(entry, reading) for entry in declared.entries("events"))


def _event(entry: Entry, reading: Reading) -> Event:
    section = fields(entry.value)
    if section is None:
        effects = read_effects(entry.value, reading, "")
        return Event(entry.key, effects=effects, location=entry.location)
    effects = read_effects(section.get("effects"), reading, "")
    if "outcomes" in section:
        # The event's own ``when`` guards all of it; the group has none besides.
        place = section.entries["outcomes"].location
        group = read_outcomes(Fields({"outcomes": section.entries["outcomes"]}, place), reading, "")
        effects = (*effects, group) if group is not None else effects
    return Event(
        entry.key,
        read_formula(section.get("when"), reading, kind="condition"),
        effects,
        read_costs(section.get("costs"), reading, ""),
        read_note(section),
        read_cites(section, reading.claims, reading.faults),
        entry.location,
        read_redraws(section, reading, ""),
    )


def read_order(root: Fields, declared: Declared, reading: Reading) -> tuple[Step, ...]:
    """A period's steps: as written, or else the players who may move and then the events."""
    tree = root.get("order")
    if isinstance(tree, Items) and tree.items:
        steps = [_step(item, declared, reading) for item in tree.items]
        return tuple(step for step in steps if step is not None)
    movers = [e for e in declared.entries("players") if reading.scope.players.get(e.key)]
    return (
        *(Step("move", e.key, None, e.location, (e.key,)) for e in movers),
        *(Step("event", e.key, None, e.location) for e in declared.entries("events")),
    )


def _step(tree: Tree, declared: Declared, reading: Reading) -> Step | None:
    section = fields(tree)
    named = section.get("step") if section is not None else tree
    when = None
    if section is not None:
        when = read_formula(section.get("when"), reading, kind="condition")
    if isinstance(named, Items):
        return _at_once(named, when, tree.location, declared, reading)
    if not isinstance(named, Leaf) or not text_of(named):
        return None
    name = named.text
    if name in declared.names("events"):
        return Step("event", name, when, tree.location)
    known = [*declared.names("players"), *declared.names("events")]
    if not _may_move(named, "player or event", known, declared, reading):
        return None
    return Step("move", name, when, tree.location, (name,))


def _may_move(
    leaf: Leaf, kind: str, known: list[str], declared: Declared, reading: Reading
) -> bool:
    name = leaf.text
    if name not in declared.names("players"):
        if name not in reading.scope.faulty:
            reading.faults.unknown("CM059", kind, name, known, leaf.location)
        return False
    if not reading.scope.players.get(name):
        reading.faults.add(
            "CM086",
            f"{name!r} has no actions, and so cannot move",
            leaf.location,
            text=name,
            remedy="give it actions, or take it out of the order: its interests count all the same",
        )
        return False
    return True


def _at_once(
    together: Items,
    when: Expression | None,
    place: Location,
    declared: Declared,
    reading: Reading,
) -> Step | None:
    """The step in which the players of an inner list move at once."""
    known = declared.names("players")
    leaves = [leaf for leaf in items(together) if isinstance(leaf, Leaf) and text_of(leaf)]
    movers: list[str] = []
    for leaf in leaves:
        if leaf.text in declared.names("events"):
            message = f"{leaf.text!r} is an event, which nobody moves at once with"
            _not_at_once(message, leaf, "give the event a step of its own", reading.faults)
        elif leaf.text in movers:
            message = f"{leaf.text!r} cannot move at once with itself"
            _not_at_once(message, leaf, "name each player once", reading.faults)
        elif _may_move(leaf, "player", known, declared, reading):
            movers.append(leaf.text)
    if len(together.items) < 2:
        name = leaves[0].text if leaves else "nobody"
        message = f"{name!r} is alone in a step of players who move at once"
        remedy = "write a player alone without brackets, or add another"
        _not_at_once(message, Leaf(name, name, together.location), remedy, reading.faults)
    if len(movers) < 2 or len(movers) < len(together.items):
        return None
    return Step("joint", "+".join(movers), when, place, tuple(movers))


def _not_at_once(message: str, leaf: Leaf, remedy: str, faults: Faults) -> None:
    faults.add(
        "CM209",
        message,
        leaf.location,
        text=leaf.text,
        expected="two players or more, each once: [one, another]",
        remedy=remedy,
    )
