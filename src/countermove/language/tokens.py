"""Cleans an expression's text for Python's parser: dates become names, foreign signs are reported.

Python would read ``2020-11-03`` as a subtraction, ``#`` as a comment and ``007`` as an error, so
the text is scanned here first. What comes out holds no quotes, no comments and no unusual numbers,
and remembers where each of its characters came from.
"""

from __future__ import annotations

import keyword
import math
import re
from dataclasses import dataclass, field

from countermove.errors import Diagnostic
from countermove.language.scope import Passage
from countermove.language.syntax import OPERATOR_WORDS, Token, bracket_fault

MAX_TOKENS = 1_500
MAX_CONSTANT = 1e12

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<date>\d{4}-\d{1,2}-\d{1,2}(?![\w.]))
  | (?P<number>(?:\d[\d_]*(?:\.(?:\d[\d_]*)?)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?\w*)
  | (?P<word>[^\W\d]\w*)
  | (?P<quoted>"[^"]*"|'[^']*')
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<foreign>===|!==|<>|=>|=<|&&|\|\||:=|≤|≥|≠|×|·|÷|−|–|∧|∨|¬|[\^&|~]|=(?!=)|!(?!=))
  | (?P<operator>\*\*|//|==|!=|<=|>=|[-+*/%<>])
  | (?P<plain>[,.:@])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_MEANT = {
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "and",
    "&": "and",
    "∧": "and",
    "||": "or",
    "|": "or",
    "∨": "or",
    "!": "not",
    "~": "not",
    "¬": "not",
    ":=": "==",
    "=": "==",
    "^": "**",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
}
_READABLE_WORDS = OPERATOR_WORDS | {"True", "False"}
_WORD_REMEDIES = {
    "if": "write where(condition, value, other_value)",
    "else": "write where(condition, value, other_value)",
    "is": "write == instead of is",
    "None": "write 0, or leave the entry out",
}


@dataclass
class Cleaned:
    """Text for Python's parser, the origin of each of its characters, dates by their offset."""

    code: str = ""
    origins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    dates: dict[int, str] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    readable: bool = True  # whether it is worth handing to the parser

    def emit(self, code: str, token: Token) -> None:
        """Append text that stands for a token."""
        self.code += code
        self.origins += [token.start] * len(code)
        self.ends += [token.end] * len(code)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start`` to ``end`` of ``code`` stand in the text."""
        if not self.origins:
            return 0, 0
        last = min(max(end - 1, start, 0), len(self.ends) - 1)
        return self.origins[min(max(start, 0), last)], self.ends[last]


def clean(passage: Passage) -> Cleaned:
    """Scan the text; all faults of single tokens are reported, and the scan goes on."""
    cleaned = Cleaned()
    tokens = [
        Token(str(m.lastgroup), m.group(), m.start())
        for m in _TOKEN.finditer(passage.text)
        if m.lastgroup != "space"
    ]
    cleaned.tokens = tokens
    if len(tokens) > MAX_TOKENS:
        cleaned.readable = False
        cleaned.faults.append(
            passage.fault(
                "CM021",
                f"this expression has {len(tokens):,} parts",
                expected=f"at most {MAX_TOKENS:,} parts",
                remedy="split it into terms",
            )
        )
        return cleaned
    for token in tokens:
        _take(token, passage, cleaned)
        cleaned.emit(" ", token)
    fault = bracket_fault(tokens, passage)
    if fault is not None:
        cleaned.readable = False
        cleaned.faults.append(fault)
    return cleaned


def _take(token: Token, passage: Passage, out: Cleaned) -> None:
    match token.kind:
        case "date":
            out.dates[len(out.code)] = token.text
            out.emit("a_date", token)
        case "number":
            out.emit(repr(_number(token, passage, out)), token)
        case "word":
            _word(token, passage, out)
        case "quoted":
            _quoted(token, passage, out)
        case "foreign":
            _foreign(token, passage, out)
        case "other":
            _other(token, passage, out)
        case _:
            out.emit(token.text, token)


def _number(token: Token, passage: Passage, out: Cleaned) -> float:
    try:
        value = float(token.text)
    except ValueError:
        remedy = "write plain decimals: 2500, 0.25, 1e6; a product needs its sign: 3 * x"
        message = f"{token.text[:40]!r} is not a number"
        out.faults.append(passage.fault("CM025", message, token.start, token.end, remedy=remedy))
        return 1.0
    fault = constant_fault(value, passage, token.start, token.end)
    if fault is None:
        return value
    out.faults.append(fault)
    return 1.0


def constant_fault(
    value: float, passage: Passage, start: int = 0, end: int | None = None
) -> Diagnostic | None:
    """The fault of a constant that is not finite or too large, if it is."""
    if math.isfinite(value) and abs(value) <= MAX_CONSTANT:
        return None
    what = "too large" if math.isfinite(value) or not math.isnan(value) else "not a number"
    return passage.fault(
        "CM025",
        f"this constant is {what}",
        start,
        end,
        expected=f"a finite number between -{MAX_CONSTANT:g} and {MAX_CONSTANT:g}",
        remedy="use a larger unit (thousands, millions)",
    )


def _word(token: Token, passage: Passage, out: Cleaned) -> None:
    if keyword.iskeyword(token.text) and token.text not in _READABLE_WORDS:
        out.readable = False
        out.faults.append(
            passage.fault(
                "CM026",
                f"{token.text!r} is a word of Python that expressions do not have",
                token.start,
                token.end,
                remedy=_WORD_REMEDIES.get(token.text, "use another name, or a listed function"),
            )
        )
    out.emit(token.text, token)


def _quoted(token: Token, passage: Passage, out: Cleaned) -> None:
    inner = token.text[1:-1].strip()
    named = inner.isidentifier() and not keyword.iskeyword(inner)
    out.faults.append(
        passage.fault(
            "CM023",
            "quoted text has no meaning in an expression",
            token.start,
            token.end,
            expected="a name without quotes",
            remedy=f"write {inner} without the quotes" if named else "use a name without quotes",
        )
    )
    out.readable = out.readable and named
    out.emit(inner if named else "0", token)


def _foreign(token: Token, passage: Passage, out: Cleaned) -> None:
    meant = _MEANT[token.text]
    what = "is not a comparison here" if token.text in ("=", ":=") else "is not an operator here"
    out.faults.append(
        passage.fault(
            "CM024",
            f"{token.text!r} {what}",
            token.start,
            token.end,
            nearest=meant,
            remedy=f"write {meant}",
        )
    )
    out.emit(f" {meant}", token)


def _other(token: Token, passage: Passage, out: Cleaned) -> None:
    remedies = {
        "?": "write where(condition, value, other_value)",
        "#": "put the comment on a line of its own, outside the expression",
        '"': "a quote is not closed; names stand without quotes",
        "'": "a quote is not closed; names stand without quotes",
        ";": "an entry holds one expression",
    }
    out.readable = False
    shown = token.text if token.text.isprintable() else f"U+{ord(token.text):04X}"
    out.faults.append(
        passage.fault(
            "CM022",
            f"the character {shown} cannot stand in an expression",
            token.start,
            token.end,
            remedy=remedies.get(token.text, "remove it"),
        )
    )
