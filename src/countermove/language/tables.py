"""Tables: ``{by: variable, level: value, ...}`` becomes one ``Choice``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from countermove.errors import Diagnostic, Location, nearest_name
from countermove.language.context import too_large
from countermove.language.expressions import Choice, Last, LevelPosition, Node
from countermove.language.latest import NOTHING
from countermove.language.scope import Passage, Scope

Case = tuple[str, Node, Location]
_CALL = re.compile(r"\s*(last|type)\s*\(\s*(\w+)\s*\)\s*")


def build_choice(
    by_text: object,
    cases: Sequence[Case],
    otherwise: Node | None,
    scope: Scope,
    location: Location,
) -> tuple[Node | None, list[Diagnostic]]:
    """The table's node, or ``None``, and what is wrong with it.

    ``by_text`` names a variable or is ``last(player)`` and starts at ``location``; each case is the
    level or action (``nothing`` before the player moves), the resolved value and the key's place.
    """
    by, names, faults = _by(Passage(str(by_text), location), scope)
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


def _by(passage: Passage, scope: Scope) -> tuple[Node | None, tuple[str, ...], list[Diagnostic]]:
    name = passage.text.strip()
    call = _CALL.fullmatch(passage.text)
    if name in scope.faulty or (call and call[2] in scope.faulty):
        return None, (), []
    if name in scope.variables:
        return LevelPosition(name), scope.variables[name].levels, []
    if call and call[1] == "last" and call[2] in scope.players:
        return Last(call[2]), (NOTHING, *scope.players[call[2]]), []
    if name == "type" or (call and call[1] == "type"):
        remedy = "leave types out; make the table by a public variable"
        message = "private types are not supported yet"
        return None, (), [passage.fault("CM045", message, remedy=remedy)]
    known = [*scope.variables, *(f"last({player})" for player in scope.players)]
    fault = passage.fault(
        "CM035",
        f"a table cannot go by {name[:40]!r}",
        expected="a variable, or last(player)",
        nearest=nearest_name(name, known),
        remedy="name a variable after by:",
    )
    return None, (), [fault]


def _whose(by: Node) -> str:
    match by:
        case LevelPosition(name):
            return f"level of {name!r}"
        case Last(name):
            return f"action of {name!r}"
    raise AssertionError(by)  # pragma: no cover


def _case_fault(
    name: str, names: tuple[str, ...], placed: dict[int, Node], by: Node, passage: Passage
) -> Diagnostic | None:
    if name not in names:
        return passage.fault(
            "CM032" if isinstance(by, LevelPosition) else "CM043",
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
