"""Following a path of solutions round its turning points and through the kinks of the belief grid.

The path runs in (z, s), with s the path's parameter times ``scale`` so that both have like units.
Within the cells that the carriers are in, the equations are smooth and the path is followed by a
predictor along its tangent and Newton's method back to it [Allgower and Georg 1990]. Where a
carrier's posterior leaves its cell, the path is landed on the border exactly and goes on in the
neighbouring cell, in the direction that enters it.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from countermove.solve.equations import evaluate, evaluate_within, place_beliefs, tolerance
from countermove.solve.linear import factor, substitute

_STEPS = 6000  # of a path; more is left to another start
_OUTSIDE = 1e-9  # how far below zero a weight may fall within a cell
_SHORTEST = 1e-10
_LONGEST = 2.0
_CORRECTIONS = 7
_COSINE = 0.94  # of the angle between successive tangents
_TRIES = 8  # borders tried for one crossing

_ALONG, _TARGET, _BORDER = 0, 1, 2  # the equation that makes the system square


@njit(cache=True, nogil=True)
def _fill(s: Any, n: int, scale: float) -> None:
    """The Jacobian by (z, s), and ``row`` below it."""
    matrix = s.matrix
    for i in range(n):
        for j in range(n):
            matrix[i, j] = s.jacobian[i, j]
        matrix[i, n] = s.rate[i] / scale
    for j in range(n + 1):
        matrix[n, j] = s.row[j]


@njit(cache=True, nogil=True)
def _border_row(s: Any, r: int, v: int) -> float:
    """``row`` <- the slope of the weight of carrier r's vertex v; returns its size before."""
    m = s.owner[r]
    n, a = s.n_actions[m], r - s.carrier[m]
    size = 0.0
    for k in range(s.n_types[m]):
        size = max(size, abs(s.weight_rate[r, v, k]))
    s.row[: s.size[1] + 1] = 0.0
    if size > 0.0:
        for k in range(s.n_types[m]):
            s.row[s.offset[m] + k * n + a] = s.weight_rate[r, v, k] / size
    return size


@njit(cache=True, nogil=True)
def _correct(q: Any, s: Any, scale: float, reach: float) -> int:
    """Newton's method from ``guess`` to the path, in ``there``; returns its steps, -1 if it fails.

    The last equation, ``aim``, is that of the plane through ``guess`` across ``tangent``, that of
    the path's end, or that the weight of a carrier's vertex is zero.
    """
    equation, r, v = s.aim[0], s.aim[1], s.aim[2]
    n = s.size[1]
    there, guess, step, row = s.there, s.guess, s.step, s.row
    there[: n + 1] = guess[: n + 1]
    for count in range(_CORRECTIONS + 1):
        s.z[:n] = there[:n]
        largest = evaluate_within(q, s, there[n] / scale)
        if not largest < 1e6:
            return -1
        away = 0.0
        if equation == _BORDER:
            size = _border_row(s, r, v)
            if size < 1e-250:
                return -1
            away = s.weight[r, v] / size
        elif equation == _TARGET:
            row[:n] = 0.0
            row[n] = 1.0
            away = there[n] - scale
        else:
            for j in range(n + 1):
                row[j] = s.tangent[j]
                away += row[j] * (there[j] - guess[j])
        if largest <= tolerance(s) and abs(away) <= 1e-10:
            return count
        if count == _CORRECTIONS:
            return -1
        _fill(s, n, scale)
        if factor(s.matrix, n + 1, s.pivot) == 0:
            return -1
        step[:n] = s.residual[:n]
        step[n] = away
        substitute(s.matrix, n + 1, s.pivot, step)
        for j in range(n + 1):
            there[j] -= step[j]
            if not abs(there[j] - guess[j]) <= reach:
                return -1
    return -1


@njit(cache=True, nogil=True)
def _turn(s: Any, n: int, scale: float) -> float:
    """``turned`` <- the unit tangent at the point last evaluated, on the positive side of ``row``.

    Returns the cosine of its angle with ``tangent``; -2 where there is none.
    """
    turned = s.turned
    _fill(s, n, scale)
    if factor(s.matrix, n + 1, s.pivot) == 0:
        return -2.0
    turned[:n] = 0.0
    turned[n] = 1.0
    substitute(s.matrix, n + 1, s.pivot, turned)
    length = 0.0
    for j in range(n + 1):
        length += turned[j] * turned[j]
    length = math.sqrt(length)
    if not 0.0 < length < 1e200:
        return -2.0
    cosine = 0.0
    for j in range(n + 1):
        turned[j] /= length
        cosine += turned[j] * s.tangent[j]
    return cosine


@njit(cache=True, nogil=True)
def _aim(s: Any, equation: int, r: int, v: int) -> None:
    s.aim[0], s.aim[1], s.aim[2] = equation, r, v


@njit(cache=True, nogil=True)
def _first_exit(s: Any, scale: float) -> float:
    """Aim at the first end of the segment from ``here`` to ``there``; returns the share of it."""
    n, share, found = s.size[1], 1.0, s.there[s.size[1]] >= scale
    if found:
        _aim(s, _TARGET, -1, -1)
        share = (scale - s.here[n]) / max(s.there[n] - s.here[n], 1e-300)
    for r in range(s.size[2]):
        m = s.owner[r]
        if s.learns[m]:
            for v in range(s.n_types[m]):
                weight = s.weight[r, v]
                if weight < -_OUTSIDE:
                    before = max(s.before[r, v], 0.0)
                    at = before / (before - weight)
                    if not found or at < share:
                        _aim(s, _BORDER, r, v)
                        share, found = at, True
    return share


@njit(cache=True, nogil=True)
def _beyond(s: Any, scale: float) -> bool:
    """Aim at what is passed most at ``there``, besides what is aimed at; False where nothing is."""
    lowest, found, at = -_OUTSIDE, -1, -1
    for r in range(s.size[2]):
        m = s.owner[r]
        if s.learns[m]:
            for v in range(s.n_types[m]):
                landed = s.aim[0] == _BORDER and r == s.aim[1] and v == s.aim[2]
                if s.weight[r, v] < lowest and not landed:
                    lowest, found, at = s.weight[r, v], r, v
    if found >= 0:
        _aim(s, _BORDER, found, at)
        return True
    if s.there[s.size[1]] > scale + _OUTSIDE:
        _aim(s, _TARGET, -1, -1)
        return True
    return False


@njit(cache=True, nogil=True)
def _land(q: Any, s: Any, scale: float, h: float) -> bool:
    """Go to where the present cells or the path end first, which is then aimed at."""
    n = s.size[1]
    share = _first_exit(s, scale)
    for j in range(n + 1):
        s.guess[j] = s.here[j] + share * (s.there[j] - s.here[j])
    for _ in range(_TRIES):
        if _correct(q, s, scale, 2.0 * h) < 0:
            return False
        ahead, away = 0.0, 0.0
        for j in range(n + 1):
            ahead += s.tangent[j] * (s.there[j] - s.here[j])
            away = max(away, abs(s.there[j] - s.here[j]))
        if ahead < -1e-8 or away > 2.0 * h + 1e-8:
            return False
        if not _beyond(s, scale):
            return True
        s.guess[: n + 1] = s.there[: n + 1]
    return False


@njit(cache=True, nogil=True)
def _cross(q: Any, s: Any, scale: float) -> bool:
    """Take the carrier that has landed on a border into the next cell; False where it cannot."""
    n, r, v = s.size[1], s.aim[1], s.aim[2]
    old = s.cell[r]
    new = s.cells_neighbour[old, v]
    if new < 0:
        return False
    s.cell[r] = new
    evaluate_within(q, s, s.there[n] / scale)
    entered = 0
    for i in range(s.n_types[s.owner[r]]):
        if s.cells_neighbour[new, i] == old:
            entered = i
    _border_row(s, r, entered)
    if _turn(s, n, scale) > -2.0:
        return True
    s.row[: n + 1] = s.tangent[: n + 1]  # along the border: as before
    if _turn(s, n, scale) > -2.0:
        return True
    s.cell[r] = old
    return False


@njit(cache=True, nogil=True)
def _advance(s: Any) -> None:
    """``here`` and ``tangent`` <- ``there`` and ``turned``."""
    n = s.size[1]
    s.here[: n + 1] = s.there[: n + 1]
    s.tangent[: n + 1] = s.turned[: n + 1]
    for r in range(s.size[2]):
        for v in range(s.weight.shape[1]):
            s.before[r, v] = s.weight[r, v]


@njit(cache=True, nogil=True)
def _begin(q: Any, s: Any, t: float, scale: float) -> bool:
    """The first tangent, towards a growing parameter, and the cells into which it leads."""
    n = s.size[1]
    s.row[:n] = 0.0
    s.row[n] = 1.0
    evaluate(q, s, t)
    s.tangent[: n + 1] = s.row[: n + 1]
    if _turn(s, n, scale) == -2.0:
        return False
    if t == 0.0:  # all carriers may be at one point of the grid
        s.there[:n] = s.z[:n]
        for i in range(n):
            s.z[i] += 1e-6 * s.turned[i]
        place_beliefs(s)
        s.z[:n] = s.there[:n]
        evaluate_within(q, s, t)
        if _turn(s, n, scale) == -2.0:
            return False
    s.there[:n] = s.z[:n]
    s.there[n] = t * scale
    _advance(s)
    return True


@njit(cache=True, nogil=True)
def follow(q: Any, s: Any, t: float, scale: float) -> bool:
    """Follow the path from the solution ``s.z`` at the parameter t until the parameter is 1.

    True where it arrives: ``s.z`` is then a solution there, with each carrier in its cell.
    """
    n = s.size[1]
    if not _begin(q, s, t, scale):
        return False
    h = 0.05
    for _ in range(_STEPS):
        if h < _SHORTEST or s.here[n] < -1.0:
            return False
        for j in range(n + 1):
            s.guess[j] = s.here[j] + h * s.tangent[j]
        _aim(s, _ALONG, -1, -1)
        steps = _correct(q, s, scale, 0.5 * h + 1e-9)
        if steps < 0:
            h *= 0.5
            continue
        if s.there[n] >= scale or _beyond(s, scale):
            landed = _land(q, s, scale, h)
            if landed and s.aim[0] == _TARGET:
                return True
            if not landed or not _cross(q, s, scale):
                h *= 0.5
                continue
        else:
            s.row[: n + 1] = s.tangent[: n + 1]
            if _turn(s, n, scale) < _COSINE and h > 1e-7:
                h *= 0.5
                continue
            if steps <= 2:
                h = min(1.6 * h, _LONGEST)
            elif steps >= 5:
                h *= 0.6
        _advance(s)
    return False
