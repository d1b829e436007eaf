"""Tables: ``{by: variable, level: value, ...}`` becomes one ``Choice``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from countermove.errors import Diagnostic, Location, nearest_name
from countermove.language.context import too_large
from countermove.language.expressions import Choice, Last, LevelPosition, Node, TypeOf
from countermove.language.latest import NOTHING
from countermove.language.scope import Passage, Scope
from countermove.language.typed import Problem, holder

Case = tuple[str, Node, Location]
_NO_CASE: dict[type, str] = {LevelPosition: "CM032", Last: "CM043", TypeOf: "CM201"}
_CALL = re.compile(r"\s*(last|type)\s*\(\s*(\w+)\s*\)\s*")


def build_choice(
    by_text: object,
    cases: Sequence[Case],
    otherwise: Node | None,
    scope: Scope,
    location: Location,
    *,
    kind: str = "number",
) -> tuple[Node | None, list[Diagnostic]]:
    """The table's node, or ``None``, and what is wrong with it.

    ``by_text`` names a variable or is ``last(player)``, ``type`` or ``type(player)``, and starts at
    ``location``; each case is the level, action (``nothing`` before the player moves) or type, the
    resolved value and the key's place. ``kind`` says what the table is for, as for expressions.
    """
    by, names, faults = _by(Passage(str(by_text), location), scope, kind)
    if by is None:
        return None, faults
    passage = Passage(str(by_text), location)
    placed: dict[int, Node] = {}
    for name, node, place in cases:
        fault = _case_fault(name, names, placed, by, Passage(str(name), place))
        if fault is None:
            placed[names.index(name)] = node
        else:
            faults.append(fault)
    missing = [name for position, name in enumerate(names) if position not in placed]
    if missing and otherwise is None:
        faults.append(_missing(missing, by, passage, len(faults) > 0))
    if faults:
        return None, faults
    choice = Choice(by, tuple(placed.items()), otherwise)
    fault = too_large(choice, passage)
    return (None, [fault]) if fault else (choice, [])


def _by(
    passage: Passage, scope: Scope, kind: str
) -> tuple[Node | None, tuple[str, ...], list[Diagnostic]]:
    name = passage.text.strip()
    call = _CALL.fullmatch(passage.text)
    if name == "type" or (call and call[1] == "type"):
        return _by_type(call[2] if call else None, passage, scope, kind)
    if name in scope.faulty or (call and call[2] in scope.faulty):
        return None, (), []
    if kind == "parameter":
        return None, (), [_changes(name, passage)]
    if name in scope.variables:
        return LevelPosition(name), scope.variables[name].levels, []
    if call and call[1] == "last" and call[2] in scope.players:
        return Last(call[2]), (NOTHING, *scope.players[call[2]]), []
    known = [*scope.variables, *(f"last({player})" for player in scope.players)]
    known += [f"type({player})" for player in scope.types]
    fault = passage.fault(
        "CM035",
        f"a table cannot go by {name[:40]!r}",
        expected="a variable, last(player), or type(player) in interests and costs",
        nearest=nearest_name(name, known),
        remedy="name a variable after by:",
    )
    return None, (), [fault]


def _changes(name: str, passage: Passage) -> Diagnostic:
    return passage.fault(
        "CM048",
        f"{name[:40]!r} changes during play, but this value holds throughout",
        expected="numbers and parameters",
        remedy="use parameters only",
    )


def _by_type(
    player: str | None, passage: Passage, scope: Scope, kind: str
) -> tuple[Node | None, tuple[str, ...], list[Diagnostic]]:
    found = holder(player, scope, kind)
    if isinstance(found, Problem):
        return None, (), [found.at(passage)]
    return (None, (), []) if found is None else (TypeOf(found), scope.types[found], [])


def _whose(by: Node) -> str:
    match by:
        case LevelPosition(name):
            return f"level of {name!r}"
        case Last(name):
            return f"action of {name!r}"
        case TypeOf(name):
            return f"type of {name!r}"
    raise AssertionError(by)  # pragma: no cover


def _case_fault(
    name: str, names: tuple[str, ...], placed: dict[int, Node], by: Node, passage: Passage
) -> Diagnostic | None:
    if name not in names:
        return passage.fault(
            _NO_CASE[type(by)],
            f"{passage.text[:40]!r} is no {_whose(by)}",
            expected="one of " + ", ".join(names[:12]),
            nearest=nearest_name(str(name), names),
            remedy="correct the key, or remove it",
        )
    if names.index(name) in placed:
        remedy = "keep one of the two"
        return passage.fault("CM038", f"the table names {name!r} twice", remedy=remedy)
    return None


def _missing(missing: list[str], by: Node, passage: Passage, others: bool) -> Diagnostic:
    listed = ", ".join(missing[:12]) + (", ..." if len(missing) > 12 else "")
    hint = " (or correct the keys that are no levels)" if others else ""
    return passage.fault(
        "CM049",
        f"the table has no value for {listed}",
        expected=f"a value for every {_whose(by)}",
        remedy=f"add {listed}, or otherwise: value{hint}",
    )
