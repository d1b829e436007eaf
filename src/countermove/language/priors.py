"""Private types: their names, and their public odds at the start or when they are drawn anew."""

from __future__ import annotations

import numpy as np

from countermove.language.declare import Declared
from countermove.language.expressions import Expression, Node
from countermove.language.faults import Faults
from countermove.language.formulas import Reading, read_formula
from countermove.language.names import LEVEL_WORDS, check_name
from countermove.language.odds import (
    ROUNDING,
    check_odds,
    first_wrong,
    remainder,
    total_odds,
)
from countermove.language.tree import Fields, Leaf, child, entries, fields, shown

FEWEST_POINTS, MOST_POINTS = 2, 1_001
SPACINGS = ("even", "ends")
_USUAL_POINTS, _FEWER_POINTS = 21, 11  # along an edge: with two types, and with more

Prior = tuple[Expression, ...]


def type_names(declared: Declared, faults: Faults) -> dict[str, tuple[str, ...]]:
    """Player -> its types in order, for those that have types; faults are reported."""
    found = {}
    for player in declared.entries("players"):
        section = fields(player.value)
        if section is None or "types" not in section:
            continue
        types = section.get("types")
        for entry in entries(types):
            check_name("type", entry.key, entry.location, faults, reserved=LEVEL_WORDS)
        found[player.key] = tuple(entry.key for entry in entries(types))
        if isinstance(types, Fields) and len(types.entries) < 2:
            faults.add(
                "CM205",
                f"{player.key!r} has {len(types.entries)} type{'s' * (not types.entries)}, of "
                "which there is nothing to be learnt",
                section.entries["types"].location,
                text=shown(types),
                expected="two types or more: {resolved: 0.4, bluffing: rest}",
                remedy="add a type, or remove `types`",
            )
    return found


def read_priors(declared: Declared, reading: Reading) -> dict[str, Prior]:
    """Player -> the public odds of its types at the start; nothing for those with faults."""
    found: dict[str, Prior] = {}
    for player, types in reading.scope.types.items():
        section = fields(child(declared.sections["players"][player].value, "types"))
        if section is not None and types:
            found[player] = read_distribution(section, player, reading)
    return found


def read_distribution(odds: Fields, player: str, reading: Reading) -> Prior:
    """The odds of each type of a player, in the types' order; nothing where they have faults."""
    types = reading.scope.types[player]
    stated: dict[str, Expression] = {}
    rest: dict[str, Leaf] = {}
    for entry in odds:
        if entry.key not in types:
            kind = f"type of {player!r}"
            reading.faults.unknown("CM201", kind, entry.key, types, entry.location)
        elif isinstance(entry.value, Leaf) and entry.value.text == "rest":
            rest[entry.key] = entry.value
        else:
            probability = read_formula(entry.value, reading, kind="parameter")
            if probability is not None:
                check_odds(probability, reading)
                stated[entry.key] = probability
    for second in list(rest.values())[1:]:
        _second_rest(second, reading.faults)
    missing = [name for name in types if name not in odds]
    if missing:
        _report_sum(f"the odds of {', '.join(missing[:12])} are missing", odds, reading.faults)
    if missing or len(stated) + len(rest) < len(odds.entries):
        return ()
    nodes = [probability.node for probability in stated.values()]
    _check_sum(nodes, odds, bool(rest), reading)
    for name, leaf in rest.items():
        stated[name] = Expression(remainder(nodes), "rest", leaf.location)
    return tuple(stated[name] for name in types)


def _check_sum(nodes: list[Node], odds: Fields, has_rest: bool, reading: Reading) -> None:
    total, constant = total_odds(nodes, reading.worlds)
    wrong = total > 1 + ROUNDING if has_rest else np.abs(total - 1) > ROUNDING
    found = first_wrong(wrong, total, reading.worlds)
    if found is not None and (constant or has_rest):
        message = f"the odds of these types add up to {found[0]:g}{found[1]}"
        _report_sum(message, odds, reading.faults)


def _report_sum(message: str, odds: Fields, faults: Faults) -> None:
    faults.add(
        "CM207",
        message,
        odds.location,
        text=shown(odds),
        expected="odds of every type, which add up to exactly 1",
        remedy="name every type, and let one of them take the 'rest'",
    )


def _second_rest(leaf: Leaf, faults: Faults) -> None:
    faults.add(
        "CM081",
        "only one type may take the rest",
        leaf.location,
        text="rest",
        remedy="give the others their own odds",
    )


def read_belief_points(section: Fields, player: str, reading: Reading) -> int:
    """The points of the belief's grid along each edge, checked; 21, or 11 with three types."""
    types = reading.scope.types.get(player)
    usual = _FEWER_POINTS if types is not None and len(types) > 2 else _USUAL_POINTS
    points = section.get("belief_points")
    if not isinstance(points, Leaf) or not isinstance(points.value, int) or points.value is True:
        return usual
    if types is None:
        _no_types(player, points, reading)
    elif FEWEST_POINTS <= points.value <= MOST_POINTS:
        return points.value
    else:
        _wrong_grid(
            f"a belief has {FEWEST_POINTS} to {MOST_POINTS:,} points, not {points.value:,}",
            points,
            reading,
            expected=f"a whole number from {FEWEST_POINTS} to {MOST_POINTS:,}",
            remedy=f"write {usual}, which is usual; more points are more exact and slower",
        )
    return usual


def read_belief_spacing(section: Fields, player: str, reading: Reading) -> str:
    """How the points of the belief's grid lie, ``even`` or closer at the ``ends``, checked."""
    spacing = section.get("belief_spacing")
    if not isinstance(spacing, Leaf) or spacing.value not in SPACINGS:
        return SPACINGS[0]
    types = reading.scope.types.get(player)
    if types is None:
        _no_types(player, spacing, reading)
    elif len(types) > 2 and spacing.value == "ends":
        _wrong_grid(
            f"{player!r} has {len(types)} types, and only two can have a grid closer at its ends",
            spacing,
            reading,
            expected="even",
            remedy="remove it, and raise belief_points",
        )
    else:
        return str(spacing.value)
    return SPACINGS[0]


def _no_types(player: str, leaf: Leaf, reading: Reading) -> None:
    message = f"{player!r} has no types to hold beliefs about"
    _wrong_grid(message, leaf, reading, expected="types", remedy="remove it, or add types")


def _wrong_grid(message: str, leaf: Leaf, reading: Reading, *, expected: str, remedy: str) -> None:
    reading.faults.add(
        "CM206", message, leaf.location, text=leaf.text, expected=expected, remedy=remedy
    )
