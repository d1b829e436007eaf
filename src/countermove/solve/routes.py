"""Ways to the solution of a stage, from the quickest to the surest.

Newton's method from where the same point was a period later; from the prior; led up from λ = 0,
where the solution is known; along the path of solutions, round its turning points; and from other
starts, whose paths lead to a solution from almost everywhere, as the logit is bounded. The solution
that the path from λ = 0 reaches first has a positive determinant, so that others are turned away.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from countermove.solve.arclength import follow
from countermove.solve.equations import (
    RATIONALITY,
    START,
    evaluate,
    spread,
    tolerance,
)
from countermove.solve.linear import factor, substitute
from countermove.solve.record import CONTINUED, FOLLOWED, PRIOR, RESTARTED, TRIVIAL, UNSOLVED, WARM
from countermove.solve.stage import set_cells, set_out

_ITERATIONS, _HALVINGS = 30, 12
_NEAR_ITERATIONS, _NEAR_HALVINGS = 8, 3  # along a path, where failure is a sign to go slower
_REACH = 0.3  # how far a continued solution may be from where it is expected
_SMALLEST = 1e-2  # step of λ × spread, below which a path is followed by its length
_STARTS = 24
_ANYWHERE = 1e300
_EXACT = 1e-13  # a residual that no further step makes smaller


@njit(cache=True, nogil=True)
def newton(q: Any, s: Any, t: float, reach: float) -> Any:
    """Newton's method with a halving line search, from ``s.z`` and not further than ``reach``.

    Returns the sign of the determinant at the solution, 0 where it did not converge. ``matrix``
    then holds the factors of the Jacobian there.
    """
    n = s.size[1]
    z, step, guess, start = s.z, s.step, s.guess, s.there
    start[:n] = z[:n]
    largest = evaluate(q, s, t)
    near = reach < _ANYWHERE
    for _ in range(_NEAR_ITERATIONS if near else _ITERATIONS):
        for i in range(n):
            for j in range(n):
                s.matrix[i, j] = s.jacobian[i, j]
        sign = factor(s.matrix, n, s.pivot)
        solved = largest <= tolerance(s)
        if sign == 0 or (solved and (near or largest <= _EXACT)):
            return sign
        step[:n] = s.residual[:n]
        substitute(s.matrix, n, s.pivot, step)
        guess[:n] = z[:n]
        if solved:  # what is left of the residual counts for λ × slope times as much in σ
            for i in range(n):
                z[i] -= step[i]
            if not evaluate(q, s, t) < largest:
                z[:n] = guess[:n]
            return sign
        share, found = 1.0, False
        for _ in range(_NEAR_HALVINGS if near else _HALVINGS):
            for i in range(n):
                z[i] = guess[i] - share * step[i]
            lower = evaluate(q, s, t)
            if lower < (1.0 - 1e-4 * share) * largest:
                largest, found = lower, True
                break
            share *= 0.5
        if not found:
            return 0
        for i in range(n):
            if not abs(z[i] - start[i]) <= reach:
                return 0
    return 0


@njit(cache=True, nogil=True)
def _keep(s: Any) -> None:
    s.saved[: s.size[1]] = s.z[: s.size[1]]
    s.kept[: s.size[2]] = s.cell[: s.size[2]]


@njit(cache=True, nogil=True)
def _restore(s: Any) -> None:
    s.z[: s.size[1]] = s.saved[: s.size[1]]
    s.cell[: s.size[2]] = s.kept[: s.size[2]]


@njit(cache=True, nogil=True)
def continue_path(q: Any, s: Any, scale: float) -> float:
    """Lead the solution ``s.z`` at the parameter 0 upwards; returns how far, 1 at the end.

    The next solution must be near to where the slope of the path puts it, and its determinant
    positive: so the path is not left for another branch, and not carried on beyond a turn.
    """
    n, t, h = s.size[1], 0.0, min(1.0, 0.5 / scale)
    evaluate(q, s, t)
    for i in range(n):
        for j in range(n):
            s.matrix[i, j] = s.jacobian[i, j]
    if factor(s.matrix, n, s.pivot) == 0:
        return t
    s.turned[:n] = s.rate[:n]
    substitute(s.matrix, n, s.pivot, s.turned)
    _keep(s)
    while t < 1.0:
        h = min(h, 1.0 - t)
        for i in range(n):
            s.z[i] = s.saved[i] - h * s.turned[i]
        if newton(q, s, t + h, _REACH) > 0:
            t = 1.0 if h >= 1.0 - t else t + h
            h *= 1.5
            s.turned[:n] = s.rate[:n]
            substitute(s.matrix, n, s.pivot, s.turned)
            _keep(s)
        else:
            _restore(s)
            h *= 0.5
            if h * scale < _SMALLEST:
                return t
    return 1.0


@njit(cache=True, nogil=True)
def lead(q: Any, s: Any, scale: float) -> int:
    """From the solution ``s.z`` at the parameter 0 to one at 1; returns the route taken."""
    n = s.size[1]
    t = continue_path(q, s, scale)
    if t == 1.0:
        return CONTINUED
    if follow(q, s, t, scale):
        s.z[:n] = s.there[:n]
        if newton(q, s, 1.0, 1e-3) != 0:
            return FOLLOWED
    return UNSOLVED


@njit(cache=True, nogil=True)
def scatter(s: Any, number: int, width: float) -> None:
    """``s.z`` <- a start, pseudo-random by its number: the logit of values within ``width``."""
    seed = 2463534242 + 977 * number
    for i in range(s.size[1]):
        for _ in range(3):  # Marsaglia's xorshift
            seed ^= (seed << 13) & 0xFFFFFFFF
            seed ^= seed >> 17
            seed ^= (seed << 5) & 0xFFFFFFFF
        s.z[i] = width * (seed / 4294967296.0 - 0.5)


@njit(cache=True, nogil=True)
def restart(q: Any, s: Any, scale: float, number: int) -> Any:
    """Seek a solution from the start of that number."""
    n = s.size[1]
    set_out(s)
    scatter(s, number, min(2.0 + number, scale))
    s.origin[:n] = s.z[:n]
    s.kind[0] = START
    evaluate(q, s, 0.0)
    length = 1.0
    for i in range(n):
        length = max(length, abs(s.rate[i]))
    solved = lead(q, s, length) != UNSOLVED
    s.kind[0] = RATIONALITY
    return solved


@njit(cache=True, nogil=True)
def by_path(q: Any, s: Any) -> Any:
    """The solution that the path from λ = 0 reaches, else that of another start.

    Returns the route, and the largest residual at ``s.z``.
    """
    scale = spread(q, s)
    set_out(s)
    route = lead(q, s, scale)
    number = 0
    while route == UNSOLVED and number < _STARTS:
        if restart(q, s, scale, number):
            route = RESTARTED
        number += 1
    if route == UNSOLVED:
        set_out(s)
    return route, evaluate(q, s, 1.0)


@njit(cache=True, nogil=True)
def solve_stage(q: Any, s: Any, fresh: bool) -> Any:
    """Solve a stage, from ``s.z``: the route, and the largest residual.

    Not ``fresh`` where Newton's method has been tried in vain.
    """
    n = s.size[1]
    if n == 0:
        return TRIVIAL, evaluate(q, s, 1.0)
    if fresh:
        set_cells(s)
        if newton(q, s, 1.0, _ANYWHERE) > 0:
            return WARM, evaluate(q, s, 1.0)
        set_out(s)
        if newton(q, s, 1.0, _ANYWHERE) > 0:
            return PRIOR, evaluate(q, s, 1.0)
    return by_path(q, s)
