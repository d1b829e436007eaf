"""What would change the best policy, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from countermove.explore.robustness_words import number

if TYPE_CHECKING:
    from countermove.explore.pivots import Pivot, Pivots


def pivot_words(result: Pivots) -> tuple[str, ...]:
    """Sentences: the best policy, what would change that, and what would not."""
    objective = result.objective
    told = [
        f"At the base values as {result.view} sees them, {result.best} is best for {objective.key} "
        f"({number(result.values[result.best])})."
    ]
    moved = [s for s in result.parameters if s.pivots]
    for scanned in moved:
        told += [_pivot_words(pivot) for pivot in scanned.pivots]
    if not moved:
        told.append("No parameter, moved alone through its range, was found to change that.")
    still = [s.parameter for s in result.parameters if not s.pivots and not s.unsolved]
    if moved and still:
        told.append(f"For {', '.join(still)}: no such value in the range.")
    for scanned in result.parameters:
        if scanned.unsolved:
            values = ", ".join(number(value) for value in scanned.unsolved)
            told.append(
                f"Not known for {scanned.parameter} at {values}: some policy has no figure there."
            )
    return tuple(told)


def _pivot_words(pivot: Pivot) -> str:
    side = "above" if pivot.value >= pivot.base else "below"
    return (
        f"With {pivot.parameter} {side} {number(pivot.value, digits_of(pivot))} "
        f"(base {number(pivot.base, 6)}, range {number(pivot.range[0], 6)} to "
        f"{number(pivot.range[1], 6)}), {pivot.after} takes the place of {pivot.before}."
    )


def digits_of(pivot: Pivot) -> int:
    """How many figures tell the two ends of its interval apart."""
    size = max(abs(pivot.low), abs(pivot.high))
    width = pivot.high - pivot.low
    return int(np.clip(np.ceil(np.log10(size / width)) + 1, 3, 8)) if width > 0 else 4
