"""What would change the best policy, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from countermove.explore.pivots import Pivot, Pivots


def pivot_words(result: Pivots) -> tuple[str, ...]:
    """Sentences: the best policy, what would change that, and what would not."""
    objective = result.objective
    told = [
        f"At the base values as {result.view} sees them, {result.best} is best for {objective.key} "
        f"({result.values[result.best]:.4g})."
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
            values = ", ".join(f"{value:.4g}" for value in scanned.unsolved)
            told.append(
                f"Not known for {scanned.parameter} at {values}: some policy has no figure there."
            )
    return tuple(told)


def _pivot_words(pivot: Pivot) -> str:
    up = pivot.value >= pivot.base
    digits = max(3, int(np.ceil(-np.log10(max(pivot.high - pivot.low, 1e-300)))) + 1)
    value = float(f"{pivot.value:.{min(digits, 6)}g}")
    return (
        f"With {pivot.parameter} {'above' if up else 'below'} {value:g} (base {pivot.base:g}, "
        f"range {pivot.range[0]:g} to {pivot.range[1]:g}), {pivot.after} takes the place of "
        f"{pivot.before}."
    )
