"""Diagnostics on the terminal: each with the line it speaks of, a caret and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import Diagnostic, Location

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LONGEST_LINE = 160
_COLOURS = {"error": "bold red", "warning": "bold yellow"}


def print_diagnostics(console: Console, diagnostics: Sequence[Diagnostic]) -> None:
    """Print diagnostics in the order of the file, an empty line after each."""
    for diagnostic in diagnostics:
        console.print(render(diagnostic), soft_wrap=True)


def render(diagnostic: Diagnostic) -> Text:
    """One diagnostic as styled text."""
    from rich.text import Text

    colour = _COLOURS[diagnostic.severity]
    text = Text(f"{diagnostic.location}: ", style="bold")
    text.append(f"{diagnostic.severity} {diagnostic.code}", style=colour)
    text.append(f": {diagnostic.message}\n", style="bold")
    for line, style in excerpt(diagnostic):
        text.append(line + "\n", style=colour if style == "caret" else "dim")
    for name, value in _details(diagnostic):
        text.append(f"  {name + ':':<10}", style="dim")
        text.append(f"{value}\n", style="")
    return text


def _details(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    shown = [
        ("found", diagnostic.text if not excerpt(diagnostic) else ""),
        ("expected", diagnostic.expected),
        ("nearest", diagnostic.nearest),
        ("remedy", diagnostic.remedy),
        ("path", " > ".join(diagnostic.path)),
    ]
    return [(name, value) for name, value in shown if value]


def excerpt(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """The line that a diagnostic speaks of and a caret line, as (text, ``line`` or ``caret``)."""
    line = _line_of(diagnostic.location)
    if not line.strip():
        return []
    number = str(diagnostic.location.line)
    cut = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
    shown = [(f"  {number} | {cut}", "line")]
    column = diagnostic.location.column
    if 0 < column <= len(cut):
        found = diagnostic.text
        here = found and line.startswith(found, column - 1)
        length = min(len(found), len(cut) - column + 1) if here else 1
        blank = "".join("\t" if char == "\t" else " " for char in line[: column - 1])
        shown.append((f"  {' ' * len(number)} | {blank}{'^' * length}", "caret"))
    return shown


def _line_of(location: Location) -> str:
    lines = _lines(location.file) if location.line else ()
    return lines[location.line - 1].rstrip() if 0 < location.line <= len(lines) else ""


@lru_cache(maxsize=16)
def _lines(file: str) -> tuple[str, ...]:
    try:
        return tuple(Path(file).read_text(encoding="utf-8", errors="replace").splitlines())
    except (OSError, ValueError):
        return ()


def count_words(diagnostics: Sequence[Diagnostic]) -> str:
    """How many: ``2 errors, 1 warning``."""
    counts = [(sum(d.severity == kind for d in diagnostics), kind) for kind in ("error", "warning")]
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for n, kind in counts if n)


def as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic for machines."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "file": diagnostic.location.file,
        "line": diagnostic.location.line,
        "column": diagnostic.location.column,
        "message": diagnostic.message,
        "text": diagnostic.text,
        "expected": diagnostic.expected,
        "nearest": diagnostic.nearest,
        "remedy": diagnostic.remedy,
        "path": list(diagnostic.path),
    }
