"""What the names in an expression may stand for, and the passage of text that is being read."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from countermove.errors import Diagnostic, Location
from countermove.language.expressions import Expression
from countermove.language.model import Calendar, Variable

# function -> the fewest and the most arguments
FUNCTIONS: dict[str, tuple[int, int]] = {
    "where": (3, 3),
    "min": (2, 32),
    "max": (2, 32),
    "abs": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "logistic": (1, 1),
    "clip": (3, 3),
}
SPECIAL_NAMES = ("period", "years", "date", "true", "false")
SPECIAL_FUNCTIONS = ("until", "last", "type")
MEASURE_FUNCTIONS = (
    "ever",
    "first",
    "mean",
    "total",
    "final",
    "played",
    "happened",
    "payoff",
    "belief",
)
TEXT_SHOWN = 80


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use.

    ``terms`` are already resolved and are inlined; ``players`` maps each player to its actions in
    order, ``types`` each player that has types to these (to nothing where they cannot be made out).
    ``bearer`` is who earns the interest or pays the cost that is read: ``type`` alone is its type.
    ``levers`` has the policy of each lever, and ``policy`` is the one whose rules are read.
    ``faulty`` are declared names that have faults of their own, so that using them is not
    reported again (the expression then resolves to nothing, without a diagnostic).
    """

    variables: Mapping[str, Variable] = field(default_factory=dict)
    parameters: Collection[str] = frozenset()
    terms: Mapping[str, Expression] = field(default_factory=dict)
    events: Collection[str] = frozenset()
    players: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bearer: str = ""
    calendar: Calendar = Calendar(periods=1)  # noqa: RUF009 (frozen)
    faulty: Collection[str] = frozenset()
    levers: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""

    def values(self) -> list[str]:
        """The names that have a value: what an unknown name may have been meant to be."""
        pulled = [name for name, policy in self.levers.items() if policy == self.policy]
        return [*self.variables, *self.parameters, *pulled, *self.terms, *SPECIAL_NAMES]


@dataclass(frozen=True)
class Passage:
    """An expression's text and the place where it starts."""

    text: str
    location: Location

    def place(self, start: int) -> Location:
        """Where a character stands; the start of the text where that spans lines."""
        if not self.location.line or "\n" in self.text:
            return self.location
        return dataclasses.replace(self.location, column=self.location.column + start)

    def fault(
        self,
        code: str,
        message: str,
        start: int = 0,
        end: int | None = None,
        *,
        expected: str = "",
        nearest: str = "",
        remedy: str = "",
    ) -> Diagnostic:
        """A fault at the characters ``start`` to ``end`` (exclusive) of the text."""
        return Diagnostic(
            code=code,
            message=message,
            location=self.place(start),
            text=shorten(self.text[start:end]),
            expected=expected,
            nearest=nearest,
            remedy=remedy,
        )


def shorten(text: str) -> str:
    """Text fit for a message: one line, printable, at most ``TEXT_SHOWN`` characters."""
    line = "".join(c if c.isprintable() else " " for c in text[: TEXT_SHOWN + 1]).strip()
    return line if len(text) <= TEXT_SHOWN else line[: TEXT_SHOWN - 3] + "..."
