"""The search along each parameter for the nearest value at which a sign changes, side by side.

All parameters take their next points together, so that the cores stay busy. A change is bracketed
by looking outwards from the present value, and enclosed by the ITP method, which needs no more
points than bisection (and one) in the worst case and far fewer as a rule [Oliveira & Takahashi
2020].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from countermove.explain.turns_record import LEVEL, Look
from countermove.explore.pivots_scan import grid_of

Lookup = Callable[[Sequence[tuple[str, float]]], Mapping[tuple[str, float], Look]]
_STEEP = 700.0  # log odds beyond which an action is as good as never played


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter's range as 0 to 1, on its scale; ``here`` is the present value's place."""

    name: str
    low: float
    high: float
    value: float
    log: bool = False

    @property
    def here(self) -> float:
        """The place of the present value, 0 to 1."""
        return self.place(self.value)

    def place(self, value: float) -> float:
        """Where a value lies, 0 to 1."""
        if self.log:
            return float(math.log(value / self.low) / math.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    def at(self, place: float) -> float:
        """The value at a place, to twelve figures; exact at both ends and at the present value."""
        if place in (0.0, 1.0):
            return self.high if place else self.low
        if place == self.here:
            return self.value
        if self.log:
            found = self.low * (self.high / self.low) ** place
        else:
            found = self.low + place * (self.high - self.low)
        return min(max(float(f"{found:.12g}"), self.low), self.high)


@dataclass(slots=True)
class Side:
    """One way out from the present value: what is known by distance, and where the sign changes.

    ``inner`` and ``outer`` are distances that enclose the nearest change seen, ``steps`` how often
    it was made narrower; ``stuck`` where nothing is known within.
    """

    axis: Axis
    sign: float
    rings: list[float]
    known: dict[float, Look] = field(default_factory=dict)
    outer: float | None = None
    inner: float = 0.0
    steps: int = 0
    first: float = 0.0
    stuck: bool = False

    @property
    def turned(self) -> bool:
        """Has a change of sign been seen?"""
        return self.outer is not None

    def value(self, distance: float) -> float:
        """The parameter's value that far out."""
        if distance == self.rings[-1]:  # exactly the end of the range
            return self.axis.at(1.0 if self.sign > 0 else 0.0)
        return self.axis.at(self.axis.here + self.sign * distance)

    def note(self, distance: float, look: Look) -> None:
        """Take in what was found, and narrow the enclosure where it lies within."""
        self.known[distance] = look
        if self.outer is not None:
            self._narrow(distance, look)
            return
        solved = sorted(d for d, seen in self.known.items() if seen.solved)
        turned = [d for d in solved if self.known[d].turned]
        if turned and not any(r < turned[0] and r not in self.known for r in self.rings):
            self.outer = turned[0]
            self.inner = max(d for d in solved if d < turned[0])
            self.first = self.outer - self.inner

    def _narrow(self, distance: float, look: Look) -> None:
        self.steps += 1
        if not look.solved:
            self.stuck = True
        elif look.turned:
            self.outer = distance
        else:
            self.inner = distance

    def open(self, tolerance: float) -> bool:
        """Is there a change that is not yet enclosed as closely as asked?"""
        enough = tolerance * (1 + 1e-9)  # the guarantee of the method, but for rounding
        return self.outer is not None and not self.stuck and self.outer - self.inner > enough

    def next(self, tolerance: float) -> float:
        """The distance to look at next, by the ITP method."""
        assert self.outer is not None
        a, b = self.inner, self.outer
        fa, fb = (float(np.clip(self.known[d].log_odds, -_STEEP, _STEEP)) - LEVEL for d in (a, b))
        half, epsilon = (a + b) / 2, tolerance / 2
        most = math.ceil(math.log2(self.first / tolerance)) + 1
        slack = max(epsilon * 2.0 ** (most - self.steps) - (b - a) / 2, 0.0)
        fall = (b * fa - a * fb) / (fa - fb) if fb > fa else half
        towards = math.copysign(1.0, half - fall)
        nudge = 0.2 / self.first * (b - a) ** 2
        near = fall + towards * nudge if nudge <= abs(half - fall) else half
        found = near if abs(near - half) <= slack else half - towards * slack
        return found if a < found < b else half


def sides_of(axis: Axis, points: int) -> tuple[Side, ...]:
    """The ways out, as far as there is room: so many points on each, the last the range's end."""
    here = axis.here
    room = ((-1.0, here), (1.0, 1.0 - here))
    return tuple(
        Side(axis, sign, grid_of(0.0, 0.0, length, points + 1)[1:])
        for sign, length in room
        if length > 1e-12
    )


def search(sides: Sequence[Side], now: Look, look: Lookup, tolerance: float) -> None:
    """Look at the ends, then outwards until the sign changes, then enclose the change."""
    for side in sides:
        side.known[0.0] = now
    _take(look, ((side, side.rings[-1]) for side in sides))
    for ring in range(max((len(side.rings) for side in sides), default=1) - 1):
        _take(look, ((side, side.rings[ring]) for side in sides if not side.turned))
    while some := [side for side in sides if side.open(tolerance)]:
        _take(look, ((side, side.next(tolerance)) for side in some))


def _take(look: Lookup, wanted: Iterable[tuple[Side, float]]) -> None:
    listed = [(side, d, (side.axis.name, side.value(d))) for side, d in wanted]
    found = look([place for _, _, place in listed])
    for side, distance, place in listed:
        side.note(distance, found[place])


def slope(sides: Sequence[Side]) -> float:
    """By how much the log odds rise for a tenth of the range at the present value.

    The slope of the parabola through the present value and the nearest values on either side (the
    nearest two where there is but one side); NaN where too little is known.
    """
    near: list[tuple[float, float]] = []
    now = math.nan
    for side in sides:
        finite = [
            (d, seen.log_odds)
            for d, seen in sorted(side.known.items())
            if math.isfinite(seen.log_odds)
        ]
        if not finite or finite[0][0] != 0.0:
            return math.nan
        now = finite[0][1]
        near += [(side.sign * d, f) for d, f in finite[1 : 3 if len(sides) == 1 else 2]]
    if not near:
        return math.nan
    if len(near) == 1:
        (x, f), *_ = near
        return 0.1 * (f - now) / x
    (x, f), (y, g) = near
    first, second = (f - now) / x, (g - now) / y
    return 0.1 * (first * y - second * x) / (y - x)
