"""The pieces of a measure's text: one call with its arguments, each knowing where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from countermove.errors import Location, nearest_name
from countermove.language.expressions import Expression
from countermove.language.formulas import Reading

OF_STATE = ("ever", "first", "mean", "total", "final")
KINDS = (*OF_STATE, "played", "happened", "payoff", "belief")
Kind = Literal[
    "ever", "first", "mean", "total", "final", "played", "happened", "ever_played",
    "ever_happened", "payoff", "final_belief", "belief_after",
]  # fmt: skip

FORMS = {
    **{kind: f"{kind}(x)" for kind in OF_STATE},
    "played": "played(player, action), perhaps with a condition after a comma",
    "happened": "happened(event), perhaps with a condition after a comma",
    "payoff": "payoff(player)",
    "belief": "belief(player, type) after action, or final(belief(player, type))",
}
ALL_FORMS = (
    "ever(x), first(x), mean(x), total(x), final(x), played(player, action), happened(event), "
    "payoff(player), final(belief(player, type)) or belief(player, type) after action"
)
_MEASURE_IN_TEXT = re.compile(rf"\b({'|'.join(KINDS)})\s*\(")
_FACTOR = re.compile(
    r"\s*(?P<factor>[\w.]+)\s*\*\s*(?P<function>mean|total|final)\s*\((?P<inner>[^()]*)\)\s*"
)
_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")


@dataclass(frozen=True)
class Piece:
    """A piece of a measure's text and where it begins."""

    text: str
    location: Location

    def part(self, start: int, end: int) -> Piece:
        """The characters ``start`` to ``end`` without the spaces around them."""
        inner = self.text[start:end]
        start += len(inner) - len(inner.lstrip())
        place = self.location
        # In text of several lines a column cannot be told; the start is near enough.
        if place.line and "\n" not in self.text:
            place = Location(place.file, place.line, place.column + start)
        return Piece(inner.strip(), place)


@dataclass(frozen=True)
class Read:
    """What a measure's text says; see ``model.Measure``."""

    kind: Kind
    expression: Expression | None = None
    player: str = ""
    action: str = ""
    event: str = ""
    type: str = ""
    actor: str = ""


def known_name(kind: str, piece: Piece, known: list[str], reading: Reading) -> bool:
    """Whether a piece is one of the names; a fault where it is not."""
    if piece.text in known:
        return True
    if piece.text not in reading.scope.faulty:
        reading.faults.unknown("CM059", kind, piece.text, known, piece.location)
    return False


def read_call(piece: Piece) -> tuple[Piece, list[Piece]] | None:
    """The function and arguments of a text that is one call as a whole."""
    opening = _CALL.match(piece.text)
    if opening is None:
        return None
    depth, begins = 0, opening.end()
    arguments: list[Piece] = []
    for at in range(opening.end() - 1, len(piece.text)):
        character = piece.text[at]
        depth += (character in "([{") - (character in ")]}")
        if depth == 1 and character == ",":
            arguments.append(piece.part(begins, at))
            begins = at + 1
        if depth == 0:
            if piece.text[at + 1 :].strip():
                return None
            arguments.append(piece.part(begins, at))
            return piece.part(*opening.span(1)), arguments
    return None


def wrong_call(function: Piece, count: int, reading: Reading) -> None:
    """Report a function that is no measure, or that takes other arguments."""
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
        expected=ALL_FORMS,
        nearest="" if known else near,
        remedy=f"write {FORMS[function.text]}"
        if known
        else f"write {near!r}"
        if near
        else "use one of these",
    )


def not_a_measure(piece: Piece, reading: Reading) -> None:
    """Report a text that is not one call."""
    reading.faults.add(
        "CM087",
        "this is not a measure",
        piece.location,
        text=piece.text,
        expected=ALL_FORMS,
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
