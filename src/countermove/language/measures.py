"""Measures: what the analyst wants to know, read from text like ``ever(crisis == open)``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from countermove.errors import Location, nearest_name
from countermove.language.declare import Declared
from countermove.language.expressions import Expression, LevelNumber
from countermove.language.formulas import Reading, read_text_formula
from countermove.language.model import Measure
from countermove.language.sections import read_note
from countermove.language.tree import Entry, Leaf, child, fields, items, text_of

OF_STATE = ("ever", "first", "mean", "total", "final")
KINDS = (*OF_STATE, "played", "happened", "payoff")
Kind = Literal[
    "ever", "first", "mean", "total", "final", "played", "happened", "ever_played",
    "ever_happened", "payoff",
]  # fmt: skip

_FORMS = {
    **{kind: f"{kind}(x)" for kind in OF_STATE},
    "played": "played(player, action), perhaps with a condition after a comma",
    "happened": "happened(event), perhaps with a condition after a comma",
    "payoff": "payoff(player)",
}
# Measures that no condition goes with, and what to write instead.
_NOT_GIVEN: dict[Kind, str] = {
    "first": "put the condition inside: first(x and condition)",
    "total": "put the condition inside, total(x * (condition)), or take the mean given it",
    "payoff": "leave `given` out; ask for the interests concerned with mean(...) given it",
}

_MEASURE_IN_TEXT = re.compile(rf"\b({'|'.join(KINDS)})\s*\(")
_FACTOR = re.compile(
    r"\s*(?P<factor>[\w.]+)\s*\*\s*(?P<function>mean|total|final)\s*\((?P<inner>[^()]*)\)\s*"
)
_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")


@dataclass(frozen=True)
class _Piece:
    """A piece of a measure's text and where it begins."""

    text: str
    location: Location

    def part(self, start: int, end: int) -> _Piece:
        inner = self.text[start:end]
        start += len(inner) - len(inner.lstrip())
        place = self.location
        # In text of several lines a column cannot be told; the start is near enough.
        if place.line and "\n" not in self.text:
            place = Location(place.file, place.line, place.column + start)
        return _Piece(inner.strip(), place)


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
        given = read_text_formula(condition.passage, condition.location, reading, kind="condition")
    read = _read(_Piece(leaf.passage, leaf.location), reading)
    if read is None:
        return None
    if given is not None and read.kind in _NOT_GIVEN:
        _refuse_given(read.kind, _Piece(leaf.passage, leaf.location), reading)
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
    )


def _refuse_given(kind: Kind, piece: _Piece, reading: Reading) -> None:
    reading.faults.add(
        "CM087",
        f"{kind}(...) cannot be read given a condition",
        piece.location,
        text=piece.text,
        expected="ever, mean, final, played or happened beside `given`",
        remedy=_NOT_GIVEN[kind],
    )


@dataclass(frozen=True)
class _Read:
    kind: Kind
    expression: Expression | None = None
    player: str = ""
    action: str = ""
    event: str = ""


def _read(piece: _Piece, reading: Reading) -> _Read | None:
    call = _call(piece)
    if call is None:
        _not_a_measure(piece, reading)
        return None
    function, arguments = call
    if function.text == "belief" or any(_is_belief(argument) for argument in arguments):
        _refuse_belief(piece, reading)
        return None
    if [argument.text for argument in arguments] == [""]:
        _wrong_call(function, 0, reading)
        return None
    if function.text in OF_STATE and len(arguments) == 1:
        return _of_state(function.text, arguments[0], reading)
    if function.text == "played" and len(arguments) in (2, 3):
        return _played(arguments, reading)
    if function.text == "happened" and len(arguments) in (1, 2):
        return _happened(arguments, reading)
    if function.text == "payoff" and len(arguments) == 1:
        known = _known("player", arguments[0], list(reading.scope.players), reading)
        return _Read("payoff", player=arguments[0].text) if known else None
    _wrong_call(function, len(arguments), reading)
    return None


def _of_state(function: str, argument: _Piece, reading: Reading) -> _Read | None:
    inner = _call(argument)
    if inner is not None and inner[0].text in ("played", "happened"):
        if function != "ever":
            _only_ever(argument, function, reading)
            return None
        read = _read(argument, reading)
        if read is None:
            return None
        kind = cast(Kind, f"ever_{read.kind}")
        return _Read(kind, read.expression, read.player, read.action, read.event)
    kind_of = "condition" if function in ("ever", "first") else "number"
    expression = read_text_formula(argument.text, argument.location, reading, kind=kind_of)
    return _Read(cast(Kind, function), expression) if expression is not None else None


def _played(arguments: list[_Piece], reading: Reading) -> _Read | None:
    player, action = arguments[0], arguments[1]
    condition = _condition(arguments[2:], reading)
    if not _known("player", player, list(reading.scope.players), reading):
        return None
    actions = list(reading.scope.players.get(player.text, ()))
    if not _known("action", action, actions, reading) or condition is False:
        return None
    return _Read("played", condition or None, player=player.text, action=action.text)


def _happened(arguments: list[_Piece], reading: Reading) -> _Read | None:
    event = arguments[0]
    condition = _condition(arguments[1:], reading)
    if not _known("event", event, list(reading.scope.events), reading) or condition is False:
        return None
    return _Read("happened", condition or None, event=event.text)


def _condition(arguments: list[_Piece], reading: Reading) -> Expression | Literal[False] | None:
    """The condition that may follow, None where there is none, False where it has faults."""
    if not arguments:
        return None
    piece = arguments[0]
    read = read_text_formula(piece.text, piece.location, reading, kind="condition")
    return read if read is not None else False


def _known(kind: str, piece: _Piece, known: list[str], reading: Reading) -> bool:
    if piece.text in known:
        return True
    if piece.text not in reading.scope.faulty:
        reading.faults.unknown("CM059", kind, piece.text, known, piece.location)
    return False


def _call(piece: _Piece) -> tuple[_Piece, list[_Piece]] | None:
    """The function and arguments of a text that is one call as a whole."""
    opening = _CALL.match(piece.text)
    if opening is None:
        return None
    depth, begins = 0, opening.end()
    arguments: list[_Piece] = []
    for at in range(opening.end() - 1, len(piece.text)):
        character = piece.text[at]
        depth += (character in "([{") - (character in ")]}")
        if depth == 1 and character == ",":
            arguments.append(piece.part(begins, at))
            begins = at + 1
        if depth == 0:
            if piece.text[at + 1 :].strip():
                # Only ``belief(...) after action`` goes on after its bracket.
                is_belief = opening[1] == "belief"
                return (piece.part(*opening.span(1)), []) if is_belief else None
            arguments.append(piece.part(begins, at))
            return piece.part(*opening.span(1)), arguments
    return None


def _is_belief(piece: _Piece) -> bool:
    return re.match(r"belief\s*\(", piece.text) is not None


def _refuse_belief(piece: _Piece, reading: Reading) -> None:
    reading.faults.add(
        "CM074",
        "beliefs are about private types, which are not supported yet",
        piece.location,
        text=piece.text,
        remedy="remove the measure",
    )


def _only_ever(piece: _Piece, function: str, reading: Reading) -> None:
    reading.faults.add(
        "CM087",
        f"{function}(...) cannot be taken of an expected count",
        piece.location,
        text=piece.text,
        expected="ever(played(...)), or played(...) alone, which is an expected count",
        remedy=f"write ever({piece.text}) or {piece.text}",
    )


def _wrong_call(function: _Piece, count: int, reading: Reading) -> None:
    near = nearest_name(function.text, KINDS)
    known = function.text in KINDS
    message = (
        f"{function.text}(...) does not take {count} arguments"
        if known
        else f"{function.text[:40]!r} is not a measure"
    )
    reading.faults.add(
        "CM087",
        message,
        function.location,
        text=function.text,
        expected="ever(x), first(x), mean(x), total(x), final(x), played(player, action), "
        "happened(event) or payoff(player)",
        nearest="" if known else near,
        remedy=f"write {_FORMS[function.text]}"
        if known
        else f"write {near!r}"
        if near
        else "use one of these",
    )


def _not_a_measure(piece: _Piece, reading: Reading) -> None:
    reading.faults.add(
        "CM087",
        "this is not a measure",
        piece.location,
        text=piece.text,
        expected="ever(x), first(x), mean(x), total(x), final(x), played(player, action), "
        "happened(event) or payoff(player)",
        remedy=_inside(piece.text)
        or f"say how to read it: final({piece.text[:40]}), or ever({piece.text[:40]})",
    )


def _inside(text: str) -> str:
    """What to do about reckoning around a measure; nothing where there is no measure in it."""
    if _MEASURE_IN_TEXT.search(text) is None:
        return ""
    factor = _FACTOR.fullmatch(text)
    if factor is None:
        return "a measure is one call with nothing around it: write one measure for each"
    inner = factor["inner"].strip()
    whole = inner if inner.isidentifier() else f"({inner})"
    return f"put the factor inside: {factor['function']}({factor['factor']} * {whole})"
