"""What can go wrong, as exceptions and as diagnostics that say where and what to do.

The tree::

    CountermoveError                 everything this package raises on purpose
    +-- ScenarioError                a scenario has faults; carries its diagnostics
    +-- UnknownName                  a scenario, view, policy, parameter or measure does not exist
    +-- InvalidRequest               an argument is out of place or out of range
    +-- SizeLimitError               a game would need more memory, states or steps than allowed
    +-- SolveError                   a solve failed, or did not converge in strict mode
    +-- OutputExists                 a result folder is already there and was not to be replaced
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from countermove._html import Html, code, counted, table, text, view

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file; lines and columns count from 1, 0 means unknown."""

    file: str = "<memory>"
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault or warning, in full.

    ``code`` is stable (``CM012``) and documented in ``docs/errors.md``; ``text`` is the offending
    text; ``expected`` what was expected there; ``nearest`` the closest valid name, if any;
    ``remedy`` what to do; ``path`` the moves that lead to the state where the fault shows.
    """

    code: str
    message: str
    location: Location = field(default_factory=Location)
    severity: Severity = "error"
    text: str = ""
    expected: str = ""
    nearest: str = ""
    remedy: str = ""
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.location}: {self.severity} {self.code}: {self.message}"]
        if self.text:
            lines.append(f"    found:    {self.text}")
        if self.expected:
            lines.append(f"    expected: {self.expected}")
        if self.nearest:
            lines.append(f"    nearest:  {self.nearest}")
        if self.remedy:
            lines.append(f"    remedy:   {self.remedy}")
        if self.path:
            lines.append("    path:     " + " > ".join(self.path))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return Diagnostics([self])._repr_html_()


class Diagnostics(list[Diagnostic]):
    """Faults and warnings: a list that notebooks show as a table."""

    def _repr_html_(self) -> str:
        errors = sum(diagnostic.severity == "error" for diagnostic in self)
        found = [counted(errors, "error")] if errors else []
        warnings = len(self) - errors
        found += [counted(warnings, "warning")] if warnings else []
        heads = ("code", "what", "where", "what to do")
        rows = [
            (d.code, _said(d), str(d.location), _to_do(d))
            for d in sorted(self, key=lambda d: d.severity == "warning")
        ]
        return view(" and ".join(found) or "No faults", table("In full", heads, rows))


def _said(diagnostic: Diagnostic) -> Html:
    found = code(diagnostic.text) if diagnostic.text else ""
    told = text(f"{diagnostic.severity}: {diagnostic.message} ")
    return Html(f"{told}{found}")


def _to_do(diagnostic: Diagnostic) -> str:
    expected = f"expected {diagnostic.expected}" if diagnostic.expected else ""
    path = f"seen after {' > '.join(diagnostic.path)}" if diagnostic.path else ""
    return "; ".join(part for part in (diagnostic.remedy, expected, path) if part)


class CountermoveError(Exception):
    """Everything this package raises on purpose."""


class ScenarioError(CountermoveError):
    """A scenario has faults; ``diagnostics`` holds all of them, warnings included."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class UnknownName(CountermoveError):
    """A scenario, view, policy, parameter or measure does not exist."""


class InvalidRequest(CountermoveError):
    """An argument is out of place or out of range."""


class SizeLimitError(CountermoveError):
    """A game would need more memory, states or steps than allowed."""


class SolveError(CountermoveError):
    """A solve failed, or did not converge in strict mode."""


class OutputExists(CountermoveError):
    """A result folder is already there and was not to be replaced."""


def wrong_kind(function: str, wanted: str, given: object, remedy: str) -> TypeError:
    """A ``TypeError`` for an argument of another kind than the function takes."""
    return TypeError(f"{function} takes a {wanted}, not a {type(given).__name__}: write {remedy}")


def nearest_name(name: str, valid: Sequence[str]) -> str:
    """The valid name closest to ``name``, or an empty string when none is close."""
    found = difflib.get_close_matches(name[:64], list(valid)[:2000], n=1, cutoff=0.6)
    return found[0] if found else ""


def check_names(kind: str, names: Iterable[str], valid: Sequence[str]) -> None:
    """Raise ``UnknownName`` for the first of the names that is not among the valid ones."""
    for name in names:
        if name not in valid:
            raise unknown(kind, name, valid)


def unknown(kind: str, name: str, valid: Sequence[str]) -> UnknownName:
    """An ``UnknownName`` that tells the nearest valid name and lists the valid ones."""
    near = nearest_name(name, valid)
    hint = f"; did you mean {near!r}?" if near else ""
    listed = ", ".join(list(valid)[:20]) or "none"
    return UnknownName(f"there is no {kind} {name!r}{hint} (known: {listed})")
