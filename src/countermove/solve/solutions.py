"""All the solutions of a stage that can be found: whether the equilibrium in force is the only one.

No search finds all for certain. The path from λ = 0 is followed, and a number of other starts; what
differs is another equilibrium of the move, given the values that follow it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from countermove.solve.equations import evaluate, spread
from countermove.solve.record import UNSOLVED
from countermove.solve.routes import by_path, newton, restart, scatter
from countermove.solve.stage import set_out

APART = 1e-6  # probabilities that differ by no more are one solution's


@njit(cache=True, nogil=True)
def _add(q: Any, s: Any, found: Any, count: int) -> Any:
    """``found[count]`` <- σ at the solution ``z``, unless it is there already; the new count."""
    n = s.size[1]
    evaluate(q, s, 1.0)
    for i in range(count):
        apart = 0.0
        for j in range(n):
            apart = max(apart, abs(found[i, j] - s.chosen[j]))
        if apart <= APART:
            return count
    if count < found.shape[0]:
        found[count, :n] = s.chosen[:n]
        return count + 1
    return count


@njit(cache=True, nogil=True)
def solutions(q: Any, s: Any, starts: int, found: Any) -> Any:
    """The distinct solutions of a stage: how many, and the route to the first, by the path from 0.

    ``found`` [I, N] has σ by mover, possible type and legal action, for at most I solutions. Where
    the path leads nowhere (the route says unsolved) the first is that of another start. Solutions
    through which no path runs upwards, of negative determinant, are found by Newton's method alone.
    """
    n, count = s.size[1], 0
    route, _ = by_path(q, s)
    if route != UNSOLVED:
        count = _add(q, s, found, count)
    scale = spread(q, s)
    for number in range(starts):
        set_out(s)
        scatter(s, number, min(2.0 + number, scale))
        if newton(q, s, 1.0, np.inf) != 0 or restart(q, s, scale, number):
            count = _add(q, s, found, count)
    s.z[:n] = 0.0
    return count, route
