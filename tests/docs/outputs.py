"""Holds what a page shows of a program's output to what the program printed."""

from __future__ import annotations

import difflib
import re

_TIME = re.compile(r"\b\d[\d,.]*(?: ?(?:to|–|-) ?\d[\d,.]*)? ?(?:ms|s|seconds?|min|minutes?|h)\b")
_GAP = ("…", "...")


def differences(shown: str, printed: str) -> str:
    """What sets the two apart, as lines of a diff; nothing where they agree.

    A line ``…`` stands for any lines, ``…`` within a line for any signs, and times may differ.
    """
    if re.fullmatch(_pattern(shown), _plain(printed)):
        return ""
    lines = difflib.unified_diff(
        _plain(shown).splitlines(), _plain(printed).splitlines(), "shown", "printed", lineterm=""
    )
    return "\n".join(lines)


def _plain(text: str) -> str:
    lines = (_TIME.sub("TIME", line).rstrip() for line in text.strip("\n").splitlines())
    return "".join(f"{line}\n" for line in lines)


def _pattern(shown: str) -> str:
    parts = []
    for line in _plain(shown).splitlines():
        if line.strip() in _GAP:
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.split("…")) + r"\n")
    return "".join(parts)
