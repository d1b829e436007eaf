"""What options mean: ``--set a=1``, ``--from x=low,y=2``, ``--view a,b`` and their like."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from countermove.errors import InvalidRequest

_COMMA = re.compile(r",(?![^(]*\))")
_BELIEF = re.compile(r"\bbelief\(\s*(\w+)\s*,\s*(\w+)\s*\)")


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


def starts(option: str, given: Iterable[str]) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
    """Levels by variable, and beliefs by player and type.

    A belief is ``us.resolved=0.7`` or ``belief(us, resolved)=0.7``. Raises ``InvalidRequest``.
    """
    levels: dict[str, str] = {}
    beliefs: dict[str, dict[str, float]] = {}
    for name, value in assignments(option, map(_dotted, given)).items():
        player, dot, kind = name.partition(".")
        if dot:
            beliefs.setdefault(player, {})[kind] = _number(option, name, value)
        else:
            levels[name] = value
    return levels, beliefs


def _dotted(text: str) -> str:
    """``belief(us, resolved)`` as ``us.resolved``, wherever it stands in the text."""
    return _BELIEF.sub(r"\1.\2", text)


def listed(given: Iterable[str] | None) -> list[str] | None:
    """Values of an option that is repeated, or given once with commas (not those in brackets)."""
    split = [part.strip() for text in given or () for part in _COMMA.split(text)]
    return [part for part in split if part] or None


def only_one(option: str, given: Sequence[str]) -> str | None:
    """The value given, or None; raises ``InvalidRequest`` where there are several."""
    if len(given) > 1:
        raise InvalidRequest(f"{option} may be given once, not {len(given)} times")
    return given[0] if given else None


def numbers(option: str, given: Iterable[str]) -> dict[str, float]:
    """``["a=1.5"]`` as a mapping of numbers; raises ``InvalidRequest`` on anything else."""
    return {
        name: _number(option, name, value) for name, value in assignments(option, given).items()
    }


def belief_points(given: Sequence[str] | None) -> dict[str, int] | int | None:
    """Points by player, or a factor for all; None if none. Raises ``InvalidRequest``."""
    if not given:
        return None
    try:
        if len(given) == 1 and "=" not in given[0]:
            return int(given[0])
        return {k: int(v) for k, v in assignments("--belief-points", given).items()}
    except ValueError:
        raise InvalidRequest(
            "--belief-points takes whole numbers: us=9,iran=5, or a factor such as 2"
        ) from None


def _number(option: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidRequest(f"{option} {name}={value}: {value!r} is not a number")
    return number
