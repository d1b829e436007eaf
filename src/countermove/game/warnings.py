"""What is not wrong but probably not meant, found on the reachable states."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from countermove.errors import Diagnostic, Location
from countermove.game.structure import Structure
from countermove.game.world import ScenarioWorld

Mask = NDArray[np.bool_]


def find(world: ScenarioWorld) -> list[Diagnostic]:
    """Events that never fire, actions that are never legal, ``ever`` of what passes unseen."""
    return [*_idle_steps(world), *_unseen(world)]


def _idle_steps(world: ScenarioWorld) -> Iterator[Diagnostic]:
    moved: dict[str, bool] = {}
    legal: dict[tuple[str, str], bool] = {}
    for period in range(world.start_period, world.periods):
        for step in world.at(period).steps:
            moving = step.arrays.moving
            for name in [m.player for m in step.head.movers] or [step.name]:
                moved[name] = moved.get(name, False) or len(moving) > 0
            keys = [(m.player, action) for m in step.head.movers for action in m.actions]
            ever = np.asarray(step.arrays.legal[moving].any(axis=0))
            for key, can in zip(keys, ever, strict=False):  # an event has no actions of its own
                legal[key] = legal.get(key, False) or bool(can)
    scenario = world.structure.scenario
    for name, acts in moved.items():
        if acts:
            continue
        is_event = any(e.name == name for e in scenario.events)
        where = scenario.event(name).location if is_event else scenario.player(name).location
        what = f"event {name!r} never fires" if is_event else f"{name!r} never comes to move"
        yield _warning("CM104", what, where, "look at its `when`, and at its step's in `order`")
    for (player, action), can in legal.items():
        # Under a policy an action may well be forbidden everywhere.
        if not can and moved[player] and not world.rules:
            place = next(a for a in scenario.player(player).actions if a.name == action)
            what = f"action {action!r} of {player!r} is never legal in a reachable state"
            yield _warning("CM110", what, place.location, "look at its `when`, or leave it out")


def _warning(code: str, message: str, location: Location, remedy: str) -> Diagnostic:
    return Diagnostic(code, message, location, severity="warning", remedy=remedy)


def _unseen(world: ScenarioWorld) -> Iterator[Diagnostic]:
    structure = world.structure
    for column, reading in ((structure.columns[r.value], r) for r in structure.readings.values()):
        if column.kind != "ever" or column.expression is None:
            continue
        flow = next(f for f in structure.flows if f.column == reading.value)
        at_end, within = False, False
        for period in range(world.start_period, world.periods):
            numbers = world.at(period)
            holds = world.flat[flow.lookup.offset + flow.lookup.rows] != 0
            at_end = at_end or bool(holds[numbers.end].any())
            within = within or _within(structure, period, holds)
        if within and not at_end:
            yield _warning(
                "CM105",
                f"measure {column.name!r} reads ever({column.expression.text}), which holds only "
                "within a period: measures are read at period ends",
                reading.measure.location,
                "count the move that brings it about with played(…), or let it last to the end",
            )


def _within(structure: Structure, period: int, holds: Mask) -> bool:
    row = structure.present[period - structure.start_period]
    return any(bool(holds[there].any()) for there in row[1:-1])
