"""The move of one typed player in one state at one belief: the fixed point of choice and belief.

Types choose by the logit of values that are read at the belief which their choice brings about
(McKelvey and Palfrey 1998, an agent logit equilibrium at each point). The unknowns are each
action's posterior log odds; for two types the Jacobian is diagonal plus rank one, so that a step of
Newton's method costs as much as the values (Sherman and Morrison 1950). What that does not solve,
and more types, go the ways of ``countermove.solve.routes``.

Axis letters: A legal actions, B points of the mover's axis, K types.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from countermove.solve.equations import evaluate, expect, log_softmax
from countermove.solve.record import PRIOR, TRIVIAL, UNSOLVED, WARM
from countermove.solve.routes import by_path, solve_stage
from countermove.solve.simd import LANES, exp_in_place
from countermove.solve.stage import arrange, set_cells

_FURTHEST = 700.0  # log odds beyond which a probability is not a normal number
_ITERATIONS = 16
_HALVINGS = 6
_EXACT = 1e-13  # a residual that no further step makes smaller


@njit(cache=True, nogil=True)
def _evaluate_two(w: Any, lam: float, base: int, odds: float, x: Any, s: Any) -> Any:
    """Residuals and slopes at x; returns the largest residual, and what rounding may leave."""
    n, last = w.shape[0], w.shape[1] - 2
    exponent, value, slope, cell = s.exponent, s.pair, s.slope, s.cell
    points, shares, residual = s.cells_points, s.share, s.residual
    for a in range(n):
        exponent[a] = -abs(x[a, 0])
    for block in range(0, n, LANES):
        exp_in_place(exponent, block)
    best0, best1, level = -np.inf, -np.inf, 0.0
    for a in range(n):
        larger = 1.0 / (1.0 + exponent[a])
        smaller = exponent[a] * larger
        belief = larger if x[a, 0] >= 0.0 else smaller
        at = min(cell[a], last)
        while at > 0 and belief < points[base + at, 1]:
            at -= 1
        while at < last and belief > points[base + at + 1, 1]:
            at += 1
        cell[a] = at
        low = points[base + at, 1]
        inverse = 1.0 / (points[base + at + 1, 1] - low)
        share = (belief - low) * inverse
        shares[a] = share
        inverse *= lam * larger * smaller
        rise0 = w[a, at + 1, 0] - w[a, at, 0]
        rise1 = w[a, at + 1, 1] - w[a, at, 1]
        value0 = lam * (w[a, at, 0] + share * rise0)
        value1 = lam * (w[a, at, 1] + share * rise1)
        slope[a] = inverse * rise0
        slope[n + a] = inverse * rise1
        value[a] = value0
        value[n + a] = value1
        best0, best1 = max(best0, value0), max(best1, value1)
        level = max(level, abs(value0), abs(value1))
    for a in range(n):
        value[a] -= best0
        value[n + a] -= best1
        exponent[a] = value[a]
        exponent[n + a] = value[n + a]
    for block in range(0, 2 * n, LANES):
        exp_in_place(exponent, block)
    total0, total1 = 0.0, 0.0
    for a in range(n):
        total0 += exponent[a]
        total1 += exponent[n + a]
    shift0, shift1 = math.log(total0), math.log(total1)
    total0, total1 = 1.0 / total0, 1.0 / total1
    largest = 0.0
    for a in range(n):
        value[a] -= shift0
        value[n + a] -= shift1
        exponent[a] *= total0
        exponent[n + a] *= total1
        residual[a] = x[a, 0] - odds - value[n + a] + value[a]
        largest = max(largest, abs(residual[a]))
    return largest, 1e-10 + 1e-14 * level


@njit(cache=True, nogil=True)
def _step_two(n: int, s: Any) -> float:
    """``step`` <- the Newton step; returns its last divisor, with the determinant's sign."""
    across, down, sign = 1.0, 0.0, 1.0
    for a in range(n):
        diagonal = 1.0 - s.slope[n + a] + s.slope[a]
        if diagonal == 0.0:
            return 0.0
        if diagonal < 0.0:
            sign = -sign
        inverse = 1.0 / diagonal
        row = s.exponent[n + a] * s.slope[n + a] - s.exponent[a] * s.slope[a]
        s.step[a] = s.residual[a] * inverse
        s.guess[a] = inverse
        across += row * inverse
        down += row * s.step[a]
    if across == 0.0:
        return 0.0
    share = down / across
    for a in range(n):
        s.step[a] -= s.guess[a] * share
    return sign * across


@njit(cache=True, nogil=True)
def _newton_two(w: Any, lam: float, base: int, odds: float, x: Any, s: Any) -> Any:
    """Newton's method from x: whether it converged to a solution of positive determinant."""
    n = w.shape[0]
    largest, enough = _evaluate_two(w, lam, base, odds, x, s)
    for _ in range(_ITERATIONS):
        determinant = _step_two(n, s)
        if largest <= enough:
            if determinant > 0.0 and largest > _EXACT:
                largest = _polish_two(w, lam, base, odds, largest, x, s)
            return determinant > 0.0, largest
        if not abs(determinant) > 1e-14:
            return False, largest
        for a in range(n):
            s.guess[a] = x[a, 0]
        share, found = 1.0, False
        for _ in range(_HALVINGS):
            for a in range(n):
                x[a, 0] = max(-_FURTHEST, min(_FURTHEST, s.guess[a] - share * s.step[a]))
            lower, enough = _evaluate_two(w, lam, base, odds, x, s)
            if lower < (1.0 - 1e-4 * share) * largest:
                largest, found = lower, True
                break
            share *= 0.5
        if not found:
            return False, largest
    return False, largest


@njit(cache=True, nogil=True)
def _polish_two(w: Any, lam: float, base: int, odds: float, largest: float, x: Any, s: Any) -> Any:
    """One more step: what is left of the residual counts for λ × slope times as much in σ."""
    n = w.shape[0]
    for a in range(n):
        s.guess[a] = x[a, 0]
        x[a, 0] = max(-_FURTHEST, min(_FURTHEST, x[a, 0] - s.step[a]))
    lower, _ = _evaluate_two(w, lam, base, odds, x, s)
    if lower < largest:
        return lower
    for a in range(n):
        x[a, 0] = s.guess[a]
    _evaluate_two(w, lam, base, odds, x, s)
    return largest


@njit(cache=True, nogil=True)
def _write_two(n: int, s: Any) -> None:
    for a in range(n):
        s.log_sigma[0, 0, a] = s.pair[a]
        s.log_sigma[0, 1, a] = s.pair[n + a]
        s.vertex[a, 0] = s.cell[a]
        s.vertex[a, 1] = s.cell[a] + 1
        s.weight[a, 0] = 1.0 - s.share[a]
        s.weight[a, 1] = s.share[a]


@njit(cache=True, nogil=True)
def set_stage(w: Any, lam: float, base: int, point: int, s: Any) -> None:
    """The stage of one mover, over the types that are possible at a point."""
    g = s.cells_support[base + point]
    s.size[0] = 1
    s.place[0] = 0
    s.place[1] = w.shape[1] * w.shape[2]
    s.place[2] = w.shape[2]
    s.n_actions[0] = w.shape[0]
    s.n_types[0] = s.cells_n_types[g]
    s.learns[0] = 1
    for a in range(w.shape[0]):
        s.action[0, a] = a
    s.profile_step[0] = 1
    for k in range(s.cells_n_types[g]):
        s.types[0, k] = s.cells_types[g, k]
        s.belief[0, k] = s.cells_points[base + point, s.cells_types[g, k]]
    s.point[0] = point
    s.axis_start[0] = base
    s.n_points[0] = w.shape[1]
    s.point_stride[0] = 1
    s.column[0] = 0
    s.rationality[0] = lam
    arrange(s)


@njit(cache=True, nogil=True)
def _write(w: Any, lam: float, x: Any, s: Any) -> None:
    """What the solved stage has found, for all types: an impossible one chooses as if it were."""
    n = w.shape[0]
    possible = s.n_types[0]
    for k in range(w.shape[2]):
        expect(w.reshape(-1), s, s.owner[0], k, s.offset[0])
        log_softmax(s.value, 0, n, lam, s.logit, s.chosen)
        for a in range(n):
            s.log_sigma[0, k, a] = s.logit[a]
    for a in range(n):
        for i in range(w.shape[2]):
            s.vertex[a, i] = s.vertex[a, i] if i < possible else s.vertex[a, 0]
            s.weight[a, i] = s.weight[a, i] if i < possible else 0.0
        for k in range(1, w.shape[2]):
            x[a, k - 1] = 0.0
            if k < possible:
                odds = math.log(s.belief[0, k] / s.belief[0, 0])
                x[a, k - 1] = odds + s.z[k * n + a] - s.z[a]


@njit(cache=True, nogil=True)
def _solve_more(w: Any, lam: float, base: int, point: int, x: Any, s: Any) -> Any:
    """Any number of types: by Newton's method from x, and where that fails, the surer ways."""
    n = w.shape[0]
    set_stage(w, lam, base, point, s)
    values = w.reshape(-1)
    set_cells(s)
    for k in range(s.n_types[0]):
        odds = math.log(s.belief[0, k] / s.belief[0, 0])
        for a in range(n):
            s.z[k * n + a] = x[a, k - 1] - odds if k > 0 else 0.0
    evaluate(values, s, 1.0)
    for a in range(n):
        for k in range(s.n_types[0] - 1, -1, -1):
            s.z[k * n + a] += s.logit[a]
    if w.shape[2] == 2:  # Newton's method has failed already
        route, largest = by_path(values, s)
    else:
        route, largest = solve_stage(values, s, True)
    _write(w, lam, x, s)
    return route, largest


@njit(cache=True, nogil=True)
def _certain(w: Any, lam: float, point: int, x: Any, s: Any) -> None:
    """Nothing to be learnt: each type chooses at the belief before the move."""
    n = w.shape[0]
    for k in range(w.shape[2]):
        for a in range(n):
            s.residual[a] = w[a, point, k]
        log_softmax(s.residual, 0, n, lam, s.pair, s.exponent)
        for a in range(n):
            s.log_sigma[0, k, a] = s.pair[a]
            s.vertex[a, k] = point
            s.weight[a, k] = 1.0 if k == 0 else 0.0
            if k > 0:
                x[a, k - 1] = 0.0


@njit(cache=True, nogil=True)
def solve_from(w: Any, lam: float, base: int, point: int, x: Any, s: Any) -> Any:
    """Solve one inner point of two types by Newton's method from x: whether, and the residual."""
    belief = s.cells_points[base + point, 1]
    odds = math.log(belief / (1.0 - belief))
    solved, largest = _newton_two(w, lam, base, odds, x, s)
    if solved:
        _write_two(w.shape[0], s)
    return solved, largest


@njit(cache=True, nogil=True)
def solve_quick(w: Any, lam: float, base: int, point: int, x: Any, s: Any) -> Any:
    """As ``solve_point``, but for two types by Newton's method alone.

    The route says unsolved where that fails, and where there are more types.
    """
    g = s.cells_support[base + point]
    if g < 0 or w.shape[0] == 1:
        _certain(w, lam, point, x, s)
        return TRIVIAL, 0.0
    if w.shape[2] > 2:
        return UNSOLVED, np.inf
    solved, largest = solve_from(w, lam, base, point, x, s)
    if solved:
        return WARM, largest
    belief = s.cells_points[base + point, 1]
    for a in range(w.shape[0]):
        x[a, 0] = math.log(belief / (1.0 - belief))
    solved, largest = solve_from(w, lam, base, point, x, s)
    return PRIOR if solved else UNSOLVED, largest


@njit(cache=True, nogil=True)
def solve_point(w: Any, lam: float, base: int, point: int, x: Any, s: Any) -> Any:
    """Solve one point: the route taken, and the largest residual in log odds.

    ``w`` [A, B, K], contiguous, is what each legal action comes to in the mover's own columns at
    each belief after it; ``lam`` the rationality λ. The mover's axis begins at ``base`` among the
    points of the stage's grids (``grids.axes``), and ``point`` is on it. ``x`` [A, K - 1] holds the
    posterior log odds of the other possible types against the first: the start, then the solution.

    The stage then has ``log_sigma[0]`` [K, A], the log probability of each action by type, and the
    belief after action a as the points ``vertex[a]`` of the axis with weights ``weight[a]`` [K].
    """
    route, largest = solve_quick(w, lam, base, point, x, s)
    if route == UNSOLVED:
        return _solve_more(w, lam, base, point, x, s)
    return route, largest
