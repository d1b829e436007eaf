"""Events, and the order of a period's steps."""

from __future__ import annotations

from countermove.language.declare import Declared
from countermove.language.effects import read_costs, read_effects, read_outcomes, refuse_redraw
from countermove.language.faults import Faults
from countermove.language.formulas import Reading, read_formula
from countermove.language.model import Event, Step
from countermove.language.sections import read_cites, read_note
from countermove.language.tree import (
    Entry,
    Fields,
    Items,
    Leaf,
    Tree,
    fields,
    items,
    shown,
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
    refuse_redraw(section, reading.faults)
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
    )


def read_order(root: Fields, declared: Declared, reading: Reading) -> tuple[Step, ...]:
    """A period's steps: as written, or else the players who may move and then the events."""
    tree = root.get("order")
    if isinstance(tree, Items) and tree.items:
        steps = [_step(item, declared, reading) for item in tree.items]
        return tuple(step for step in steps if step is not None)
    movers = [e for e in declared.entries("players") if reading.scope.players.get(e.key)]
    return (
        *(Step("move", entry.key, None, entry.location) for entry in movers),
        *(Step("event", e.key, None, e.location) for e in declared.entries("events")),
    )


def _step(tree: Tree, declared: Declared, reading: Reading) -> Step | None:
    section = fields(tree)
    named = section.get("step") if section is not None else tree
    when = None
    if section is not None:
        when = read_formula(section.get("when"), reading, kind="condition")
    if isinstance(named, Items):
        _refuse_together(named, reading.faults)
        return None
    if not isinstance(named, Leaf) or not text_of(named):
        return None
    name = named.text
    if name in declared.names("events"):
        return Step("event", name, when, tree.location)
    if name not in declared.names("players"):
        if name not in reading.scope.faulty:
            known = [*declared.names("players"), *declared.names("events")]
            reading.faults.unknown("CM059", "player or event", name, known, named.location)
        return None
    if not reading.scope.players.get(name):
        reading.faults.add(
            "CM086",
            f"{name!r} has no actions, and so cannot move",
            named.location,
            text=name,
            remedy="give it actions, or take it out of the order: its interests count all the same",
        )
        return None
    return Step("move", name, when, tree.location)


def _refuse_together(named: Items, faults: Faults) -> None:
    faults.add(
        "CM075",
        "players who move at once are not supported yet",
        named.location,
        text=shown(named),
        expected="one player or event a step",
        remedy="let them move one after the other: "
        + ", ".join(f"- {text_of(item)}" for item in items(named)[:4]),
    )
