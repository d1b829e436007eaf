"""Measures: what the analyst wants to know, read from text like ``ever(crisis == open)``."""

from __future__ import annotations

from typing import Literal, cast

from countermove.language.beliefs import belief_after, final_belief, is_belief
from countermove.language.calls import (
    OF_STATE,
    Kind,
    Piece,
    Read,
    known_name,
    not_a_measure,
    read_call,
    wrong_call,
)
from countermove.language.declare import Declared
from countermove.language.expressions import (
    Compare,
    Expression,
    LevelNumber,
    Number,
    TypeOf,
    reads,
)
from countermove.language.formulas import Reading, read_text_formula
from countermove.language.model import Measure
from countermove.language.sections import read_note
from countermove.language.tree import Entry, Fields, Leaf, child, fields, items, text_of

# Measures that no condition goes with, and what to write instead.
_NOT_GIVEN: dict[Kind, str] = {
    "first": "put the condition inside: first(x and condition)",
    "total": "put the condition inside, total(x * (condition)), or take the mean given it",
    "payoff": "leave `given` out; ask for the interests concerned with mean(...) given it",
}


def read_measures(declared: Declared, reading: Reading) -> dict[str, Measure]:
    """The measures, by name; what cannot be read is a fault."""
    found = {}
    for entry in declared.entries("measures"):
        measure = _measure(entry, reading)
        if measure is not None:
            found[entry.key] = measure
            _warn_of_positions(measure, declared, reading)
    return found


def _warn_of_positions(measure: Measure, declared: Declared, reading: Reading) -> None:
    """Warn of a mean, total or final value of a variable whose levels are mere words."""
    expression = measure.expression
    if measure.kind not in ("mean", "total", "final") or expression is None:
        return
    if not isinstance(expression.node, LevelNumber):
        return
    name = expression.node.variable
    levels = items(child(declared.sections["state"][name].value, "levels"))
    if not any(isinstance(leaf, Leaf) and isinstance(leaf.value, str) for leaf in levels):
        return
    reading.faults.add(
        "CM060",
        f"the levels of {name!r} carry no numbers, so that {measure.text} counts their positions",
        expression.location,
        severity="warning",
        text=expression.text,
        remedy=f"write {measure.kind}({name} == {text_of(levels[-1])}), or give the levels numbers",
    )


def _measure(entry: Entry, reading: Reading) -> Measure | None:
    section = fields(entry.value)
    leaf = section.get("of") if section is not None else entry.value
    if not isinstance(leaf, Leaf) or not isinstance(leaf.value, str):
        return None
    given = None
    condition = section.get("given") if section is not None else None
    if isinstance(condition, Leaf) and isinstance(condition.value, str):
        given = read_text_formula(condition.passage, condition.location, reading, kind="given")
    read = _read(Piece(leaf.passage, leaf.location), reading)
    if read is None:
        return None
    given_type = None
    if given is not None and reads(given.node).types:
        given_type = _given_type(given, read.kind, reading)
        given = None
    if given is not None and read.kind in _NOT_GIVEN:
        _refuse_given(read.kind, Piece(leaf.passage, leaf.location), reading)
        return None
    return Measure(
        entry.key,
        read.kind,
        " ".join(leaf.text.split()),
        read.expression,
        read.player,
        read.action,
        read.event,
        given,
        text_of(section.get("unit")) if section is not None else "",
        read_note(section),
        entry.location,
        read.type,
        read.actor,
        given_type,
        _better(section),
    )


def _better(section: Fields | None) -> Literal["", "low", "high"]:
    said = text_of(section.get("better")) if section is not None else ""
    return cast(Literal["", "low", "high"], said if said in ("low", "high") else "")


def _refuse_given(kind: Kind, piece: Piece, reading: Reading) -> None:
    reading.faults.add(
        "CM087",
        f"{kind}(...) cannot be read given a condition",
        piece.location,
        text=piece.text,
        expected="ever, mean, final, played or happened beside `given`",
        remedy=_NOT_GIVEN[kind],
    )


def _given_type(given: Expression, kind: Kind, reading: Reading) -> tuple[str, str] | None:
    """The player and the true type that a measure is read given; a fault where it is not one."""
    if kind in ("final_belief", "belief_after"):
        message = "a belief is what those hold who do not know the true type"
        remedy = "leave `given` out, or give a condition on the state"
    else:
        match given.node:
            case Compare("==", TypeOf(player), Number(position)) | Compare(
                "==", Number(position), TypeOf(player)
            ):
                return player, reading.scope.types[player][int(position)]
        message = "a measure is read given one true type, or given a condition on the state"
        remedy = "write a measure for each type; conditions on the state go inside: ever(x and y)"
    reading.faults.add(
        "CM214",
        message,
        given.location,
        text=given.text,
        expected="type(player) == a_type, and nothing besides",
        remedy=remedy,
    )
    return None


def _read(piece: Piece, reading: Reading) -> Read | None:
    if is_belief(piece):
        return belief_after(piece, reading)
    call = read_call(piece)
    if call is None:
        not_a_measure(piece, reading)
        return None
    function, arguments = call
    if [argument.text for argument in arguments] == [""]:
        wrong_call(function, 0, reading)
        return None
    if function.text in OF_STATE and len(arguments) == 1:
        return _of_state(function.text, arguments[0], reading)
    if function.text == "played" and len(arguments) in (2, 3):
        return _played(arguments, reading)
    if function.text == "happened" and len(arguments) in (1, 2):
        return _happened(arguments, reading)
    if function.text == "payoff" and len(arguments) == 1:
        known = known_name("player", arguments[0], list(reading.scope.players), reading)
        return Read("payoff", player=arguments[0].text) if known else None
    wrong_call(function, len(arguments), reading)
    return None


def _of_state(function: str, argument: Piece, reading: Reading) -> Read | None:
    if is_belief(argument):
        return final_belief(function, argument, reading)
    inner = read_call(argument)
    if inner is not None and inner[0].text in ("played", "happened"):
        if function != "ever":
            _only_ever(argument, function, reading)
            return None
        read = _read(argument, reading)
        if read is None:
            return None
        kind = cast(Kind, f"ever_{read.kind}")
        return Read(kind, read.expression, read.player, read.action, read.event)
    expression = read_text_formula(argument.text, argument.location, reading, kind="measure")
    return Read(cast(Kind, function), expression) if expression is not None else None


def _played(arguments: list[Piece], reading: Reading) -> Read | None:
    player, action = arguments[0], arguments[1]
    condition = _condition(arguments[2:], reading)
    if not known_name("player", player, list(reading.scope.players), reading):
        return None
    actions = list(reading.scope.players.get(player.text, ()))
    if not known_name("action", action, actions, reading) or condition is False:
        return None
    return Read("played", condition or None, player=player.text, action=action.text)


def _happened(arguments: list[Piece], reading: Reading) -> Read | None:
    event = arguments[0]
    condition = _condition(arguments[1:], reading)
    if not known_name("event", event, list(reading.scope.events), reading) or condition is False:
        return None
    return Read("happened", condition or None, event=event.text)


def _condition(arguments: list[Piece], reading: Reading) -> Expression | Literal[False] | None:
    """The condition that may follow, None where there is none, False where it has faults."""
    if not arguments:
        return None
    piece = arguments[0]
    read = read_text_formula(piece.text, piece.location, reading, kind="measure")
    return read if read is not None else False


def _only_ever(piece: Piece, function: str, reading: Reading) -> None:
    reading.faults.add(
        "CM087",
        f"{function}(...) cannot be taken of an expected count",
        piece.location,
        text=piece.text,
        expected="ever(played(...)), or played(...) alone, which is an expected count",
        remedy=f"write ever({piece.text}) or {piece.text}",
    )
