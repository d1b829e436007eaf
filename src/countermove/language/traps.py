"""YAML's syntax errors, told in words that help somebody who wrote an expression."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import MarkedYAMLError

from countermove.errors import Location
from countermove.language.colons import MissingColon, missing_colon
from countermove.language.faults import Faults

Cause = tuple[str, str, str]  # code, message, remedy

_LEADING = re.compile(r"^\s*(?:-\s+)?[\w-]+\s*:\s+(?P<value>[-?>|*&!%@`'\"\[{].*)$")
_QUOTE = "put the expression in quotation marks"


def explain_syntax_error(
    error: MarkedYAMLError, file: str, lines: list[str], faults: Faults
) -> None:
    """Record a scanner's or parser's error with its place, its likely cause and a remedy."""
    mark = error.problem_mark or error.context_mark
    location = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file, 1, 1)
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    problem = str(error.problem or error.context or "syntax error")
    colonless = _colonless(problem, lines, location)
    if colonless is not None and not _leading_sign(line):
        place = Location(file, colonless.line + 1, colonless.column)
        message = f"the key {colonless.key!r} lacks its colon, or the colon its space"
        text = lines[colonless.line].strip()
        faults.add("CM004", message, place, text=text, remedy=colonless.remedy)
        return
    cause = (
        _tab(problem, line)
        or _leading_sign(line)
        or _open_bracket(error, problem)
        or _goes_on(problem, line, location)
        or _colon(problem, line, location)
        or _indentation(problem)
        or _other(problem)
    )
    code, message, remedy = cause
    faults.add(code, message, location, text=line.strip(), remedy=remedy)


def _colonless(problem: str, lines: list[str], location: Location) -> MissingColon | None:
    told = (
        "mapping values are not allowed",
        "could not find expected ':'",
        "expected <block end>, but found '<block mapping start>'",
    )
    return missing_colon(lines, location.line - 1) if problem.startswith(told) else None


def _tab(problem: str, line: str) -> Cause | None:
    if "\t" not in line[: len(line) - len(line.lstrip())] and r"'\t'" not in problem:
        return None
    return "CM007", "a tab stands where YAML allows only spaces", "indent with two spaces"


def _leading_sign(line: str) -> Cause | None:
    value = _leading_value(line)
    if value.startswith((">", "|")):
        return (
            "CM005",
            f"YAML takes the {value[0]} that begins this value for folded text, not a comparison",
            "put what is compared before it (x > 3), or quote the expression",
        )
    if value.startswith(("- ", "? ")):
        message = f"YAML reads '{value[0]} ' at the start of a value as a list item"
        return "CM005", message, f"{_QUOTE}, or begin it with a zero: 'x: 0 - (a == b)'"
    if value.startswith(("*", "&", "!", "%", "@", "`")):
        message = f"a value that begins with {value[0]} means something else to YAML"
        return "CM005", message, _QUOTE
    return None


def _open_bracket(error: MarkedYAMLError, problem: str) -> Cause | None:
    """A bracket inside of braces that has no place there, or one that is never closed."""
    if "flow" not in str(error.context or "") or "expected ',' or" not in problem:
        return None
    if "got '['" in problem or "got '{'" in problem:
        message = "an unquoted text in braces or brackets cannot hold brackets of its own"
        return "CM005", message, f'{_QUOTE}: "x in [a, b]"'
    opened: Any = error.context_mark
    where = f"opened in line {opened.line + 1}" if opened is not None else "opened before"
    bracket = "[" if "']'" in problem else "{"
    return (
        "CM004",
        f"the {bracket} {where} is not closed, or a comma is missing in it",
        "close the bracket, or put a comma between its entries",
    )


def _goes_on(problem: str, line: str, location: Location) -> Cause | None:
    value = _leading_value(line)
    within = location.column > len(line) - len(value)
    if not value.startswith(("'", '"', "[", "{")) or "expected" not in problem or not within:
        return None
    return (
        "CM005",
        f"the value begins with {value[0]} but goes on after it ends",
        "put the whole expression in quotation marks",
    )


def _colon(problem: str, line: str, location: Location) -> Cause | None:
    if "mapping values are not allowed" in problem:
        if re.fullmatch(r"\s*[\w-]+\s*", line[: location.column - 1]):
            return (
                "CM004",
                "this key cannot stand here: the line above it has a value already",
                "indent it like the key above, or leave nothing after the colon above",
            )
        message = "a colon and a space stand inside a value, which YAML reads as another key"
        return "CM005", message, "put the text in quotation marks"
    if "could not find expected ':'" in problem:
        message = "a key lacks its colon, or the colon its space"
        return "CM004", message, "write 'key: value', with a space after the colon"
    return None


def _indentation(problem: str) -> Cause | None:
    if "expected <block end>" not in problem:
        return None
    message = "this line stands at another indentation than those that it belongs with"
    return "CM004", message, "indent the keys of one map, or the items of one list, alike"


def _other(problem: str) -> Cause:
    if "found character" in problem and "cannot start" in problem:
        return "CM005", f"YAML cannot read this: {problem}", "put the text in quotation marks"
    if "unexpected end of stream" in problem:
        message = "a quotation mark that is opened is never closed"
        return "CM004", message, "close the quotation"
    return (
        "CM004",
        f"this is not YAML: {problem}",
        "check indentation, brackets and quotation marks near this line",
    )


def _leading_value(line: str) -> str:
    found = _LEADING.match(line)
    return found["value"] if found else ""
