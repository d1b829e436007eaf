"""What a plain YAML scalar means: YAML 1.2's core schema, finite numbers only."""

from __future__ import annotations

import math
import re

from countermove.errors import Location
from countermove.language.faults import Faults
from countermove.language.tree import Plain

LARGEST_INTEGER = 2**53  # beyond it float64 no longer tells neighbours apart

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def resolve_plain(text: str, location: Location, faults: Faults) -> Plain:
    """The value of an unquoted scalar; a number that is not finite is a fault and reads as 0."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _NOT_FINITE.fullmatch(text):
        _refuse_number(text, "is not a finite number", location, faults)
        return 0
    if _INTEGER.fullmatch(text):
        return _integer(text, location, faults)
    if _FLOAT.fullmatch(text):
        return _float(text, location, faults)
    return text


def _integer(text: str, location: Location, faults: Faults) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    # Length first: Python refuses to read (and takes quadratic time over) very long integers.
    if len(text) <= 40:
        value = int(text, base)
        if abs(value) <= LARGEST_INTEGER:
            return value
    _refuse_number(text, "is too large to be held exactly", location, faults)
    return 0


def _float(text: str, location: Location, faults: Faults) -> float:
    value = float(text)
    if math.isfinite(value):
        return value
    _refuse_number(text, "is too large for a number", location, faults)
    return 0.0


def _refuse_number(text: str, why: str, location: Location, faults: Faults) -> None:
    faults.add(
        "CM013",
        f"{text[:40]} {why}",
        location,
        text=text,
        expected=f"a finite number; an integer of at most {LARGEST_INTEGER}",
        remedy="choose other units, so that the number is of ordinary size",
    )
