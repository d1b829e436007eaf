"""Names that have no value where they stand: says what each is, and what was probably meant."""

from __future__ import annotations

import ast

from countermove.errors import nearest_name
from countermove.language.context import Context
from countermove.language.scope import FUNCTIONS, MEASURE_FUNCTIONS, SPECIAL_FUNCTIONS
from countermove.language.typed import stray_type
from countermove.language.until import stray_date

_MEANT = {"ln": "log", "sigmoid": "logistic", "ifelse": "where", "iff": "where", "pow": "**"}


def stray_name(name: str, node: ast.expr, context: Context) -> None:
    """Report a name that has no value, by what it is elsewhere."""
    scope = context.scope
    owners = [v.name for v in scope.variables.values() if name in v.levels]
    actors = [p for p, actions in scope.players.items() if name in actions]
    typed = [p for p, types in scope.types.items() if name in types]
    if name == "date":
        stray_date(node, context)
    elif name == "type":
        stray_type(node, context)
    elif name in FUNCTIONS or name in SPECIAL_FUNCTIONS:
        _misplaced(f"{name!r} is a function", f"write {name}(...)", node, context)
    elif name in scope.players:
        _misplaced(f"{name!r} is a player", f"write last({name}) == an action", node, context)
    elif name in scope.events:
        remedy = "let the event set a variable, and read that"
        _misplaced(f"{name!r} is an event", remedy, node, context)
    elif owners and context.kind != "parameter":
        context.report(
            "CM031",
            f"{name!r} is a level of {owners[0]!r}; a level stands only opposite its variable",
            node,
            remedy=f"write {owners[0]} == {name}",
        )
    elif typed:
        context.report(
            "CM202",
            f"{name!r} is a type of {typed[0]!r}; a type stands only opposite type({typed[0]})",
            node,
            remedy=f"write type({typed[0]}) == {name}",
        )
    elif actors or name == "nothing":
        player = actors[0] if actors else "player"
        remedy = f"write last({player}) == {name}"
        _misplaced(f"{name!r} is an action", remedy, node, context)
    else:
        known = scope.values()
        context.report(
            "CM027",
            f"there is no variable, parameter or term {name!r}",
            node,
            expected="a number or a parameter"
            if context.kind == "parameter"
            else "a variable, parameter, term, period, years or number",
            nearest=nearest_name(name, [*known, *sorted(scope.faulty)]),
            remedy="declare it, or correct its spelling",
        )


def _misplaced(what: str, remedy: str, node: ast.expr, context: Context) -> None:
    context.report("CM030", f"{what}, which has no value by itself", node, remedy=remedy)


def unknown_function(name: str, node: ast.Call, context: Context) -> None:
    """Report a call of something that is not a function of expressions."""
    scope = context.scope
    if name == "belief":
        context.report(
            "CM212",
            "a belief is no number of an expression: its mean is only the prior",
            node,
            expected="final(belief(player, type)), or belief(player, type) after action",
            remedy="write it as a measure of its own; players heed beliefs by themselves",
        )
    elif name in MEASURE_FUNCTIONS:
        message = f"{name!r} belongs to measures, not to expressions"
        context.report("CM030", message, node, remedy="write it as a measure of its own")
    elif name in scope.values() or name in scope.players or name in scope.events:
        message = f"{name!r} is not a function"
        context.report("CM030", message, node, remedy=f"for a product write {name} * (...)")
    elif name not in scope.faulty:
        known = [*FUNCTIONS, *SPECIAL_FUNCTIONS]
        context.report(
            "CM028",
            f"there is no function {name!r}",
            node.func,
            expected=", ".join(known),
            nearest=_MEANT.get(name) or nearest_name(name, known),
            remedy="use one of the listed functions",
        )
