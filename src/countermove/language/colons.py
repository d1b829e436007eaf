"""Finds the line whose key lacks its colon: YAML notices it only at a key further down."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"(?P<lead>\s*(?:-\s+)?)(?P<key>[\w-]+)(?P<rest>(?:[\s:].*)?)")
_HAS_COLON = re.compile(r":(\s|$)")
_BARE_KEY = re.compile(r"\s*(?:-\s+)?[\w-]+\s*:.*")
_COMMENT = re.compile(r"(^|\s)#.*$")


@dataclass(frozen=True)
class MissingColon:
    """A key without a colon: its line (from 0), its column (from 1), and how to write it."""

    line: int
    column: int
    key: str
    remedy: str


def missing_colon(lines: list[str], at: int) -> MissingColon | None:
    """The key without a colon that made YAML give up in line ``at`` (from 0), if there is one.

    It is in that line where a map follows without a colon (``oil {levels: ...}``), else in the
    last line above that says something, unless that line goes on with the text before it.
    """
    here = _parts(lines, at)
    if here is not None and re.match(r"\s*\{[^{}]*:", here["rest"]):
        return _found(here, at)
    above = _line_above(lines, at)
    suspect = _parts(lines, above) if above is not None else None
    if above is None or suspect is None or not _may_be_key(lines, at):
        return None
    if _HAS_COLON.search(_bare(lines[above])):
        return None
    return None if _continues(lines, above) else _found(suspect, above)


def _may_be_key(lines: list[str], at: int) -> bool:
    return at >= len(lines) or _BARE_KEY.fullmatch(lines[at]) is not None


def _continues(lines: list[str], at: int) -> bool:
    """Whether a line without a colon goes on with the value that begins above it."""
    before = _line_above(lines, at)
    if before is None:
        return False
    deeper = _indent(lines[at]) > _indent(lines[before])
    return deeper and not _bare(lines[before]).endswith(":")


def _line_above(lines: list[str], at: int) -> int | None:
    told = (i for i in range(min(at, len(lines)) - 1, -1, -1) if _bare(lines[i]))
    return next(told, None)


def _parts(lines: list[str], at: int) -> re.Match[str] | None:
    return _LINE.fullmatch(_bare(lines[at])) if at < len(lines) else None


def _bare(line: str) -> str:
    return _COMMENT.sub("", line).rstrip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _found(line: re.Match[str], at: int) -> MissingColon:
    key, value = line["key"], line["rest"].strip(": ")
    written = f"{key}: {value}".rstrip()
    if len(written) > 60:
        written = f"{key}: ..."
    return MissingColon(at, len(line["lead"]) + 1, key, f"write '{written}'")
