"""What the tables of ``countermove search`` call settings and figures, in narrow columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermove.explore.search import Search

_HEADING, _FIRST = 12, 16  # characters beyond which a heading, a name in front, is broken


def setting_name(found: Search, at: int) -> str:
    """The place of a setting on the front, and below it what it is known for, a line each."""
    front = found.front
    if len(front.objectives) == 1:
        return "best"
    best = [o.key for o, e in zip(front.objectives, front.extremes, strict=True) if e == at]
    if len(best) == len(front.objectives):
        return f"{at + 1} best of all"
    known = [_broken(f"best {key}", _FIRST) for key in best]
    if front.knee is not None and front.knee.place == at:
        known.append("knee")
    told = ",\n".join(known)
    return f"{at + 1} {told}".strip()


def heading(name: str, unit: str = "") -> str:
    """A column's name, in two lines if it is long, with the unit below."""
    broken = _broken(name, _HEADING)
    return f"{broken}\n({unit})" if unit else broken


def _broken(name: str, most: int) -> str:
    """A long name in two lines, broken after an underscore or space, or before a bracket."""
    places = [at + (sign != "(") for at, sign in enumerate(name[:-2]) if sign in "_( "]
    if len(name) <= most or not places:
        return name
    at = min(places, key=lambda place: abs(2 * place - len(name)))
    return f"{name[:at].rstrip()}\n{name[at:]}"
