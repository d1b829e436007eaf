"""What the options of ``run`` mean: ``--set a=1``, ``--from x=low,y=2``, ``--max-memory 4GB``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from countermove.errors import InvalidRequest

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)([iI]?)[bB]?\s*")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def assignments(option: str, given: Iterable[str]) -> dict[str, str]:
    """``["a=1,b=x", "c=2"]`` as a mapping; raises ``InvalidRequest`` on anything else."""
    found: dict[str, str] = {}
    for part in (part for text in given for part in text.split(",") if part.strip()):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise InvalidRequest(f"{option} takes name=value, not {part.strip()!r}")
        if name in found:
            raise InvalidRequest(f"{option} names {name!r} twice")
        found[name] = value
    return found


def numbers(option: str, given: Iterable[str]) -> dict[str, float]:
    """``["a=1.5"]`` as a mapping of numbers; raises ``InvalidRequest`` on anything else."""
    return {
        name: _number(option, name, value) for name, value in assignments(option, given).items()
    }


def _number(option: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidRequest(f"{option} {name}={value}: {value!r} is not a number")
    return number


def memory(text: str | None) -> int | None:
    """``4GB``, ``500 MB``, ``2GiB`` or ``1000000`` in bytes; None stays None."""
    if text is None:
        return None
    match = _SIZE.fullmatch(text)
    if match is None:
        raise InvalidRequest(f"--max-memory takes a size such as 4GB or 500MB, not {text!r}")
    amount, unit, binary = match.groups()
    return int(float(amount) * (1024 if binary else 1000) ** _POWERS[unit.lower()])
