"""YAML's syntax errors, told in words that help somebody who wrote an expression."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import MarkedYAMLError

from countermove.errors import Location
from countermove.language.faults import Faults

_LEADING = re.compile(r"^\s*(?:-\s+)?[\w-]+\s*:\s+(?P<value>[-?>|*&!%@`'\"\[{].*)$")
_QUOTE = "put the expression in quotation marks, or add a zero: 'x: 0 - (a == b)'"


def explain_syntax_error(
    error: MarkedYAMLError, file: str, lines: list[str], faults: Faults
) -> None:
    """Record a scanner's or parser's error with its place, its likely cause and a remedy."""
    mark = error.problem_mark or error.context_mark
    location = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file, 1, 1)
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    code, message, remedy = _cause(str(error.problem or error.context or ""), line, location)
    faults.add(code, message, location, text=line.strip(), remedy=remedy)


def _cause(problem: str, line: str, location: Location) -> tuple[str, str, str]:
    if "\t" in line[: len(line) - len(line.lstrip())] or r"'\t'" in problem:
        return "CM007", "a tab stands where YAML allows only spaces", "indent with two spaces"
    value = _leading_value(line)
    if value.startswith((">", "|")):
        return (
            "CM005",
            f"YAML takes the {value[0]} that begins this value for folded text, not a comparison",
            "put what is compared before it (x > 3), or quote the expression",
        )
    if value.startswith(("- ", "? ")):
        return "CM005", f"YAML reads '{value[0]} ' at the start of a value as a list item", _QUOTE
    if value.startswith(("*", "&", "!", "%", "@", "`")):
        return (
            "CM005",
            f"a value that begins with {value[0]} means something else to YAML",
            "put the expression in quotation marks",
        )
    within = location.column > len(line) - len(value)
    if value.startswith(("'", '"', "[", "{")) and "expected" in problem and within:
        return (
            "CM005",
            f"the value begins with {value[0]} but goes on after it ends ({problem})",
            "put the whole expression in quotation marks, and close every bracket",
        )
    if "mapping values are not allowed" in problem:
        return (
            "CM005",
            "a colon and a space stand inside a value, which YAML reads as another key",
            "put the text in quotation marks",
        )
    if "found character" in problem and "cannot start" in problem:
        return "CM005", f"YAML cannot read this: {problem}", "put the text in quotation marks"
    return (
        "CM004",
        f"this is not YAML: {problem or 'syntax error'}",
        "check indentation, brackets and quotation marks near this line",
    )


def _leading_value(line: str) -> str:
    found: Any = _LEADING.match(line)
    return str(found["value"]) if found else ""
