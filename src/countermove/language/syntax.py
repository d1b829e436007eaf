"""Says why a text is no expression: brackets that do not match, operators and values missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countermove.errors import Diagnostic
from countermove.language.scope import Passage

MAX_BRACKETS = 40
OPERATOR_WORDS = frozenset({"and", "or", "not", "in"})
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Token:
    """One token: its class (a group of the scanner), its text and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + len(self.text)


def bracket_fault(tokens: Sequence[Token], passage: Passage) -> Diagnostic | None:
    """The first bracket that does not match, is not closed or is nested too deeply."""
    stack: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            stack.append(token)
        if len(stack) > MAX_BRACKETS:
            message = f"brackets are nested more than {MAX_BRACKETS} deep"
            return _at("CM021", message, "split the expression into terms", token, passage)
        if token.kind == "close" and (not stack or stack.pop().text != _PAIRS[token.text]):
            message = f"{token.text!r} closes nothing that was opened"
            remedy = f"remove it, or open {_PAIRS[token.text]!r} before it"
            return _at("CM022", message, remedy, token, passage)
    if not stack:
        return None
    closing = next(close for close, opened in _PAIRS.items() if opened == stack[-1].text)
    message = f"{stack[-1].text!r} is not closed"
    return _at("CM022", message, f"add {closing!r}", stack[-1], passage)


def _at(code: str, message: str, remedy: str, token: Token, passage: Passage) -> Diagnostic:
    return passage.fault(code, message, token.start, token.end, remedy=remedy)


def syntax_fault(tokens: Sequence[Token], passage: Passage, start: int, end: int) -> Diagnostic:
    """Why Python's parser refused the text at ``start``, in the scenario's words."""
    previous: Token | None = None
    for token in tokens:
        if previous is not None and _ends_operand(previous) and _starts_operand(token):
            meant = token.text.lower() if token.text.lower() in OPERATOR_WORDS else ""
            remedy = f"write {meant} in small letters" if meant else "write *, and, or == ..."
            return passage.fault(
                "CM022",
                f"an operator is missing between {previous.text!r} and {token.text!r}",
                token.start,
                token.end,
                nearest=meant,
                remedy=remedy,
            )
        if previous is not None and _is_operator(previous) and token.text in (")", "]", ","):
            return _dangling(previous, passage)
        previous = token
    if previous is not None and _is_operator(previous):
        return _dangling(previous, passage)
    return passage.fault(
        "CM022",
        "this cannot be read as an expression",
        start,
        end,
        expected="for example: 0.2 * (crisis == open)",
        remedy="check the operators and commas around this place",
    )


def _dangling(token: Token, passage: Passage) -> Diagnostic:
    percent = token.text == "%"
    return passage.fault(
        "CM022",
        f"nothing stands after {token.text!r}",
        token.start,
        token.end,
        expected="a value after the operator",
        remedy="write a share as a decimal: 0.1 for 10%" if percent else "complete or remove it",
    )


def _is_operator(token: Token) -> bool:
    return token.kind in ("operator", "foreign") or token.text in OPERATOR_WORDS


def _ends_operand(token: Token) -> bool:
    if token.kind == "word":
        return token.text not in OPERATOR_WORDS
    return token.kind in ("number", "date", "quoted", "close")


def _starts_operand(token: Token) -> bool:
    if token.kind == "word":
        return token.text not in OPERATOR_WORDS
    return token.kind in ("number", "date", "quoted")
