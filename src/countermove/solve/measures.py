"""Measures read off the columns at the start state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.columns import Reading, read_value


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """A measure's exact value.

    ``value`` is a probability for ``ever`` and ``first``, an expected number for ``played`` and
    ``happened`` (given a condition, the share of the moves made or turns come up while it holds),
    else in the measure's own unit; NaN for a conditional measure whose condition
    has probability zero. ``first`` has also the mean time in periods, given that it happens
    (``mean_given``; NaN where it cannot) and censored at the horizon (``mean_censored``).
    """

    name: str
    kind: str
    text: str
    unit: str
    value: float
    mean_given: float | None = None
    mean_censored: float | None = None
    given: bool = False

    @property
    def is_probability(self) -> bool:
        """Is the value a probability? (A count given a condition is a share of the chances.)"""
        if self.kind in ("played", "happened"):
            return self.given
        return self.kind in ("ever", "first", "ever_played", "ever_happened")

    @property
    def said_unit(self) -> str:
        """The unit, or ``probability``."""
        return self.unit or ("probability" if self.is_probability else "")

    @property
    def times(self) -> str:
        """Both mean times of a ``first`` in words; empty for other measures."""
        if self.mean_given is None or self.mean_censored is None:
            return ""
        return (
            f"{self.mean_given:.4g} periods where it happens, "
            f"{self.mean_censored:.4g} with the horizon where not"
        )


def read(
    name: str, reading: Reading, row: NDArray[np.float64], beliefs: Beliefs, periods: int
) -> MeasureResult:
    """A measure from the columns' values [C] at one state, ``periods`` before the end."""
    measure = reading.measure
    value = read_value(reading, row, beliefs)
    given = censored = None
    if reading.over is not None:
        value = _ratio(value, float(row[reading.over]))
    elif reading.mean:
        value /= periods
    if reading.time is not None:
        time = float(row[reading.time])
        given, censored = _ratio(time, value), time + periods * (1.0 - value)
    return MeasureResult(
        name,
        measure.kind,
        measure.text,
        measure.unit,
        value,
        given,
        censored,
        measure.given is not None,
    )


def _ratio(part: float, whole: float) -> float:
    # Below this a difference of rounding errors would be reported as a frequency.
    return part / whole if abs(whole) > 1e-300 else float("nan")
