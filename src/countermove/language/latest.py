"""``last(player)`` opposite an action of the player, ``nothing``, or another player's ``last``."""

from __future__ import annotations

import ast

from countermove.errors import nearest_name
from countermove.language.context import Context
from countermove.language.expressions import Last, Node, Number

NOTHING = "nothing"  # what last(player) is before the player moves
ORDER = ("<", "<=", ">", ">=")
Sides = tuple[Node | None, Node | None] | None


def is_last(node: ast.expr) -> bool:
    """Whether a part is ``last(...)``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "last"


def player_of(node: ast.Call, context: Context) -> str | None:
    """The player in ``last(player)``; a fault where there is none."""
    players = list(context.scope.players)
    if len(node.args) != 1:
        message = f"last takes 1 argument, not {len(node.args)}"
        context.report("CM029", message, node, expected="a player", remedy="write last(player)")
        return None
    name = node.args[0].id if isinstance(node.args[0], ast.Name) else ""
    if name in players:
        return name
    if name not in context.scope.faulty:
        context.report(
            "CM027",
            f"there is no player {context.source(node.args[0])!r}",
            node.args[0],
            expected="one of " + ", ".join(players[:12]) if players else "a player",
            nearest=nearest_name(name, players),
            remedy="name a player",
        )
    return None


def stray_last(node: ast.expr, context: Context) -> None:
    """Report ``last(...)`` that is not compared with an action by ``==``, ``!=`` or ``in``."""
    context.report(
        "CM044",
        "last(...) is only compared with an action",
        node,
        expected="last(player) == action, != action, or in [actions]",
        remedy="compare it with an action of the player, or with nothing",
    )


def lasts(
    operator: str, left: ast.expr, right: ast.expr, node: ast.expr, context: Context
) -> Sides:
    """Both sides of a comparison in which ``last(...)`` stands."""
    if operator in ORDER:
        stray_last(node, context)
        return None
    if isinstance(left, ast.Call) and is_last(left):
        if isinstance(right, ast.Call) and is_last(right):
            return _two(left, right, node, context)
        return _action(left, right, context)
    assert isinstance(right, ast.Call)
    swapped = _action(right, left, context)
    return None if swapped is None else (swapped[1], swapped[0])


def _two(left: ast.Call, right: ast.Call, node: ast.expr, context: Context) -> Sides:
    mine, theirs = player_of(left, context), player_of(right, context)
    if mine is None or theirs is None or not context.may_change("last(...)", node):
        return None
    if context.scope.players[mine] != context.scope.players[theirs]:
        context.report(
            "CM036",
            f"{mine!r} and {theirs!r} have different actions",
            node,
            expected="two players with the same actions in the same order",
            remedy="compare each with its own action",
        )
        return None
    return Last(mine), Last(theirs)


def _action(node: ast.Call, other: ast.expr, context: Context) -> Sides:
    player = player_of(node, context)
    if player is None or not context.may_change("last(...)", node):
        return None
    position = action_position(player, other, context)
    return None if position is None else (Last(player), Number(float(position)))


def action_position(player: str, node: ast.expr, context: Context) -> int | None:
    """0 for ``nothing``, 1 and up for the player's actions in order; a fault for all else."""
    actions = context.scope.players[player]
    names = (NOTHING, *actions)
    name = node.id if isinstance(node, ast.Name) and context.date(node) is None else None
    if name in actions:
        return actions.index(name) + 1
    if name == NOTHING:
        return 0
    context.report(
        "CM043",
        f"{context.source(node)!r} is not an action of {player!r}",
        node,
        expected="one of " + ", ".join(names[:12]),
        nearest=nearest_name(name or "", names),
        remedy="name one of its actions, or nothing",
    )
    return None
