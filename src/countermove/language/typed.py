"""Private types: ``type`` and ``type(player)``, opposite the name of one of the player's types."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from countermove.errors import Diagnostic, nearest_name
from countermove.language.context import Context
from countermove.language.expressions import Node, Number, TypeOf
from countermove.language.latest import ORDER, Sides
from countermove.language.scope import Passage, Scope

_REVEALS = "what follows from a type would reveal it, and Bayes' rule would divide by zero"
_REMEDY = "put the expected payoff into an interest or a cost, which may read types"
_ALLOWED = ("interest", "cost", "term", "given")
# What else an expression is for -> why a type may not stand in it, and what to do.
_REFUSED = {
    "condition": (f"a condition cannot read a private type: {_REVEALS}", _REMEDY),
    "probability": (f"odds cannot depend on a private type: {_REVEALS}", _REMEDY),
    "parameter": ("this value is the same for all types of a player", "use parameters only"),
    "number": ("a private type stands only in interests and costs", _REMEDY),
    "measure": (
        "a measure's expression reads what is public, and a type is private",
        "write {of: measure, given: type(player) == a_type}",
    ),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a use of ``type``."""

    code: str
    message: str
    remedy: str
    expected: str = ""
    nearest: str = ""

    def at(self, passage: Passage) -> Diagnostic:
        """The fault of a whole passage."""
        return passage.fault(
            self.code,
            self.message,
            expected=self.expected,
            nearest=self.nearest,
            remedy=self.remedy,
        )


def may_stand(kind: str) -> Problem | None:
    """What is wrong with a type in an expression of this kind; None where it may stand."""
    if kind in _ALLOWED:
        return None
    message, remedy = _REFUSED.get(kind, _REFUSED["number"])
    return Problem("CM200", message, remedy, expected="public variables and parameters")


def holder(player: str | None, scope: Scope, kind: str) -> str | Problem | None:
    """The player whose type is meant: the one named, or the bearer of the interest or cost.

    None where nothing is known of its types, as these have faults of their own.
    """
    problem = may_stand(kind)
    if problem is not None:
        return problem
    named = player if player is not None else scope.bearer
    if named in scope.types:
        return named if scope.types[named] else None
    if named in scope.faulty:
        return None
    having = list(scope.types)
    who = f"one of {', '.join(having[:12])}" if having else "a player that has types"
    remedy = f"write type({having[0]}) == a type" if having else "give a player `types`"
    if not named:
        message = "this is nobody's interest or cost, so that `type` alone says no player"
        return Problem("CM204", message, remedy, f"type(player), where player is {who}")
    message = (
        f"{named!r} has no types" if named in scope.players else f"there is no player {named!r}"
    )
    code = "CM203" if named in scope.players else "CM027"
    return Problem(code, message, remedy, who, nearest_name(named, having))


def is_type(node: ast.expr) -> bool:
    """Whether a part is ``type`` or ``type(player)``."""
    named = node.func if isinstance(node, ast.Call) else node
    return isinstance(named, ast.Name) and named.id == "type"


def stray_type(node: ast.expr, context: Context) -> None:
    """Report ``type`` or ``type(player)`` that is not compared with a type."""
    if _player_of(node, context) is not None:
        _not_compared(node, context)


def _not_compared(node: ast.expr, context: Context) -> None:
    context.report(
        "CM202",
        "a type is only compared with the name of a type",
        node,
        expected="type(player) == a_type, != a_type, or in [types]",
        remedy="compare it with a type of the player, or make a table by it",
    )


def compared(
    operator: str, left: ast.expr, right: ast.expr, node: ast.expr, context: Context
) -> Sides:
    """Both sides of a comparison in which ``type`` stands."""
    mine, theirs = is_type(left), is_type(right)
    players = [_player_of(side, context) for side in (left, right) if is_type(side)]
    if None in players:
        return None
    if operator in ORDER:
        _not_compared(node, context)
        return None
    if mine and theirs:
        return _two(str(players[0]), str(players[1]), node, context)
    player = str(players[0])
    position = _position(player, right if mine else left, context)
    if position is None:
        return None
    sides: tuple[Node, Node] = (TypeOf(player), Number(float(position)))
    return sides if mine else (sides[1], sides[0])


def _player_of(node: ast.expr, context: Context) -> str | None:
    """The player whose type a part is; a fault where there is none."""
    named: str | None = None
    if isinstance(node, ast.Call):
        if len(node.args) != 1:
            message = f"type takes 1 argument, not {len(node.args)}"
            context.report("CM029", message, node, expected="a player", remedy="write type(player)")
            return None
        named = context.source(node.args[0])
    found = holder(named, context.scope, context.kind)
    if not isinstance(found, Problem):
        return found
    context.report(
        found.code,
        found.message,
        node,
        expected=found.expected,
        nearest=found.nearest,
        remedy=found.remedy,
    )
    return None


def _two(mine: str, theirs: str, node: ast.expr, context: Context) -> Sides:
    types = context.scope.types
    if mine != theirs and types[mine] == types[theirs]:
        return TypeOf(mine), TypeOf(theirs)
    context.report(
        "CM036",
        f"{mine!r} and {theirs!r} have different types"
        if mine != theirs
        else f"this compares the type of {mine!r} with itself",
        node,
        expected="two players with the same types in the same order",
        remedy="compare each with its own type",
    )
    return None


def _position(player: str, node: ast.expr, context: Context) -> int | None:
    names = context.scope.types[player]
    name = node.id if isinstance(node, ast.Name) and context.date(node) is None else ""
    if name in names:
        return names.index(name)
    context.report(
        "CM201",
        f"{context.source(node)!r} is not a type of {player!r}",
        node,
        expected="one of " + ", ".join(names[:12]),
        nearest=nearest_name(name, names),
        remedy="name one of its types",
    )
    return None
