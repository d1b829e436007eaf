"""The equations of one move: how far choices are from logits of what they bring about.

The unknowns are the log probabilities of each mover's actions by type, ``z = log σ_m(a | k)``; the
equations ask that they be the logit of what the actions come to, where values are read at the
beliefs that the actions themselves bring about. One mover or several at once make no difference.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

INSIDE = 1e-12  # how far below zero a weight may fall before the neighbouring cell is taken
RATIONALITY, START = 0, 1  # what the path's parameter scales: all rationalities, or the equations


@njit(cache=True, nogil=True)
def log_softmax(values: Any, low: int, n: int, scale: float, out: Any, shares: Any) -> None:
    """``out``, ``shares`` <- the log softmax and softmax of scale × values, in low : low + n."""
    best = -np.inf
    for i in range(low, low + n):
        best = max(best, values[i])
    total = 0.0
    for i in range(low, low + n):
        out[i] = scale * (values[i] - best)
        shares[i] = math.exp(out[i])
        total += shares[i]
    shift = math.log(total)
    for i in range(low, low + n):
        out[i] -= shift
        shares[i] /= total


@njit(cache=True, nogil=True)
def _weigh(s: Any, r: int, n: int) -> int:
    """The weights of carrier r's cell; returns the facet to leave by, -1 where it is inside."""
    cell = s.cell[r]
    lowest, leave = -INSIDE, -1
    for i in range(n):
        weight = 0.0
        for k in range(n):
            weight += s.cells_inverse[cell, i, k] * s.posterior[r, k]
        s.weight[r, i] = weight
        if weight < lowest and s.cells_neighbour[cell, i] >= 0:
            lowest, leave = weight, i
    return leave


@njit(cache=True, nogil=True)
def _locate(s: Any, r: int, n: int, first: int, last: int) -> None:
    for _ in range(2 * (last - first)):
        leave = _weigh(s, r, n)
        if leave < 0:
            return
        s.cell[r] = s.cells_neighbour[s.cell[r], leave]
    best, found = -np.inf, first  # the walk went in a circle, as among cut cells it may
    for cell in range(first, last):
        s.cell[r] = cell
        _weigh(s, r, n)
        lowest = s.weight[r, :n].min()
        if lowest > best:
            best, found = lowest, cell
    s.cell[r] = found
    _weigh(s, r, n)


@njit(cache=True, nogil=True)
def _bayes(s: Any, m: int, a: int) -> None:
    """The posterior after mover m's action a, from z."""
    n, r, best = s.n_types[m], s.carrier[m] + a, -np.inf
    for k in range(n):
        odds = s.z[s.offset[m] + k * s.n_actions[m] + a] + math.log(s.belief[m, k])
        s.posterior[r, k] = odds
        best = max(best, odds)
    total = 0.0
    for k in range(n):
        s.posterior[r, k] = math.exp(s.posterior[r, k] - best)
        total += s.posterior[r, k]
    for k in range(n):
        s.posterior[r, k] /= total


@njit(cache=True, nogil=True)
def place_beliefs(s: Any) -> None:
    """Take each carrier to the cell where the posterior that z brings about lies."""
    for m in range(s.size[0]):
        if s.learns[m]:
            g = s.cells_support[s.axis_start[m] + s.point[m]]
            for a in range(s.n_actions[m]):
                _bayes(s, m, a)
                first, last = s.cells_first[g], s.cells_first[g + 1]
                _locate(s, s.carrier[m] + a, s.n_types[m], first, last)
    weigh_beliefs(s)


@njit(cache=True, nogil=True)
def weigh_beliefs(s: Any) -> None:
    """Posteriors from z, and the vertices and weights that they are read with."""
    for m in range(s.size[0]):
        n = s.n_types[m]
        for a in range(s.n_actions[m]):
            r = s.carrier[m] + a
            if not s.learns[m]:
                s.vertex[r, 0] = s.point[m]
                s.weight[r, 0] = 1.0
                continue
            _bayes(s, m, a)
            _weigh(s, r, n)
            cell = s.cell[r]
            for i in range(n):
                s.vertex[r, i] = s.cells_vertex[cell, i]
                for k in range(n):
                    rate = s.cells_inverse[cell, i, k] - s.weight[r, i]
                    s.weight_rate[r, i, k] = s.posterior[r, k] * rate


@njit(cache=True, nogil=True)
def _next(counter: Any, s: Any, of_vertices: bool) -> bool:
    """The next tuple of one number a mover, the last fastest; False after the last tuple."""
    for m in range(s.size[0] - 1, -1, -1):
        counter[m] += 1
        limit = s.n_actions[m]
        if of_vertices:
            limit = s.n_types[m] if s.learns[m] else 1
        if counter[m] < limit:
            return True
        counter[m] = 0
    return False


@njit(cache=True, nogil=True)
def _expect_one(q: Any, s: Any, column: int, row: int) -> None:
    """As ``expect`` where but one moves: each action's value hangs on its own belief alone."""
    value, slope, place = s.value, s.slope_weight, s.place
    size = s.n_types[0] if s.learns[0] else 0
    for a in range(s.n_actions[0]):
        base = s.action[0, a] * place[1] + place[0] * place[2] + column
        if size == 0:
            value[row + a] = q[base]
        else:
            total = 0.0
            for v in range(size):
                found = q[base + s.vertex[a, v] * s.point_stride[0] * place[2]]
                total += s.weight[a, v] * found
                slope[row + a, a, v] = found
            value[row + a] = total


@njit(cache=True, nogil=True)
def _chain_one(s: Any, row: int) -> None:
    """As ``_chain`` where but one moves."""
    n, slope, rate = s.n_actions[0], s.slope_weight, s.weight_rate
    size = s.n_types[0] if s.learns[0] else 0
    for a in range(n):
        for j in range(s.size[1]):
            s.jacobian[row + a, j] = 0.0
        for k in range(size):
            total = 0.0
            for v in range(size):
                total += slope[row + a, a, v] * rate[a, v, k]
            s.jacobian[row + a, k * n + a] = total


@njit(cache=True, nogil=True)
def expect(q: Any, s: Any, m: int, column: int, row: int) -> None:
    """``value[row + a]`` <- what mover m's action a comes to in a column; and the slopes.

    The slopes are by the other movers' average choices and by the weights of the vertices.
    """
    movers, carriers = s.size[0], s.size[2]
    if movers == 1:
        _expect_one(q, s, column, row)
        return
    for i in range(row, row + s.n_actions[m]):
        s.value[i] = 0.0
        for r in range(carriers):
            s.slope_sigma[i, r] = 0.0
            for v in range(s.weight.shape[1]):
                s.slope_weight[i, r, v] = 0.0
    profile, corner = s.profile, s.corner
    profile[:] = 0
    corner[:] = 0
    more = True
    while more:
        i = row + profile[m]
        base, others = s.place[0] * s.place[2] + column, 1.0
        for j in range(movers):
            base += s.action[j, profile[j]] * s.profile_step[j] * s.place[1]
            if j != m:
                others *= s.average[s.carrier[j] + profile[j]]
        total, inner = 0.0, True
        while inner:
            place, share = base, 1.0
            for j in range(movers):
                r = s.carrier[j] + profile[j]
                if s.learns[j]:
                    point = s.vertex[r, corner[j]]
                    place += point * s.point_stride[j] * s.place[2]
                    share *= s.weight[r, corner[j]]
            total += share * q[place]
            for j in range(movers):
                if s.learns[j]:
                    part = others
                    for other in range(movers):
                        if other != j and s.learns[other]:
                            part *= s.weight[s.carrier[other] + profile[other], corner[other]]
                    r = s.carrier[j] + profile[j]
                    s.slope_weight[i, r, corner[j]] += part * q[place]
            inner = _next(corner, s, True)
        s.value[i] += others * total
        for j in range(movers):
            if j != m:
                part = total
                for other in range(movers):
                    if other != j and other != m:
                        part *= s.average[s.carrier[other] + profile[other]]
                s.slope_sigma[i, s.carrier[j] + profile[j]] += part
        more = _next(profile, s, False)


@njit(cache=True, nogil=True)
def _average(s: Any) -> None:
    """What each mover does on average over its types."""
    for m in range(s.size[0]):
        n, first = s.n_actions[m], s.carrier[m]
        for a in range(n):
            s.average[first + a] = 0.0 if s.n_types[m] > 0 else s.mixture[m, a]
        for k in range(s.n_types[m]):
            low = s.offset[m] + k * n
            log_softmax(s.z, low, n, 1.0, s.logit, s.sigma)
            for a in range(n):
                s.average[first + a] += s.belief[m, k] * s.sigma[low + a]


@njit(cache=True, nogil=True)
def _chain(s: Any, m: int, row: int) -> None:
    """``jacobian[row : row + A]`` <- the slopes of mover m's values by all unknowns."""
    if s.size[0] == 1:
        _chain_one(s, row)
        return
    for i in range(row, row + s.n_actions[m]):
        for j in range(s.size[0]):
            n, first = s.n_actions[j], s.carrier[j]
            for k in range(s.n_types[j]):
                low, mean = s.offset[j] + k * n, 0.0
                if j != m:
                    for a in range(n):
                        mean += s.slope_sigma[i, first + a] * s.sigma[low + a]
                for a in range(n):
                    slope = 0.0
                    if j != m:
                        away = s.slope_sigma[i, first + a] - mean
                        slope = s.belief[j, k] * s.sigma[low + a] * away
                    if s.learns[j]:
                        for v in range(s.n_types[j]):
                            rate = s.weight_rate[first + a, v, k]
                            slope += s.slope_weight[i, first + a, v] * rate
                    s.jacobian[i, low + a] = slope


@njit(cache=True, nogil=True)
def evaluate(q: Any, s: Any, t: float) -> Any:
    """The residual at ``z``, its Jacobian and its rate by the path's parameter t in [0, 1].

    Of kind RATIONALITY the equations are z = log softmax(t λ Q(z)); of kind START they are
    z = t log softmax(λ Q(z)) + (1 - t) origin. Each carrier is taken to the cell where it is.
    Returns the largest residual.
    """
    place_beliefs(s)
    return _equations(q, s, t)


@njit(cache=True, nogil=True)
def evaluate_within(q: Any, s: Any, t: float) -> Any:
    """As ``evaluate``, but the cells stay, and their interpolation is carried on beyond them."""
    weigh_beliefs(s)
    return _equations(q, s, t)


@njit(cache=True, nogil=True)
def _equations(q: Any, s: Any, t: float) -> Any:
    _average(s)
    starting = s.kind[0] == START
    unknowns, largest, level = s.size[1], 0.0, 0.0
    for m in range(s.size[0]):
        n = s.n_actions[m]
        scale = s.rationality[m]
        grown = scale if starting else t * scale
        share = t if starting else 1.0
        for k in range(s.n_types[m]):
            low = s.offset[m] + k * n
            expect(q, s, m, s.column[m] + s.types[m, k], low)
            log_softmax(s.value, low, n, grown, s.logit, s.chosen)
            mean = 0.0
            for i in range(low, low + n):
                mean += s.chosen[i] * s.value[i]
                level = max(level, abs(grown * s.value[i]))
            for i in range(low, low + n):
                target = s.logit[i]
                if starting:
                    target = t * s.logit[i] + (1.0 - t) * s.origin[i]
                    s.rate[i] = s.origin[i] - s.logit[i]
                else:
                    s.rate[i] = -scale * (s.value[i] - mean)
                s.residual[i] = s.z[i] - target
                largest = max(largest, abs(s.residual[i]))
            _chain(s, m, low)
            for j in range(unknowns):
                mean = 0.0
                for i in range(low, low + n):
                    mean += s.chosen[i] * s.jacobian[i, j]
                for i in range(low, low + n):
                    slope = -share * grown * (s.jacobian[i, j] - mean)
                    s.jacobian[i, j] = slope + 1.0 if i == j else slope
    s.level[0] = level
    return largest if largest == largest else np.inf


@njit(cache=True, nogil=True)
def tolerance(s: Any) -> Any:
    """The residual that counts as none: what rounding leaves where exponents are large."""
    return 1e-10 + 1e-14 * s.level[0]


@njit(cache=True, nogil=True)
def spread(q: Any, s: Any) -> float:
    """The largest range of rationality × payoff among the movers' types; 1 at least."""
    widest = 1.0
    for m in range(s.size[0]):
        for k in range(s.n_types[m]):
            low, high = np.inf, -np.inf
            s.profile[:] = 0
            more = True
            while more:
                base = s.place[0] * s.place[2] + s.column[m] + s.types[m, k]
                for j in range(s.size[0]):
                    action = s.action[j, s.profile[j]]
                    base += action * s.profile_step[j] * s.place[1]
                    if j != m and s.learns[j]:
                        base += s.point[j] * s.point_stride[j] * s.place[2]
                for b in range(s.n_points[m] if s.learns[m] else 1):
                    value = q[base + b * s.point_stride[m] * s.place[2]]
                    low, high = min(low, value), max(high, value)
                more = _next(s.profile, s, False)
            widest = max(widest, s.rationality[m] * (high - low))
    return widest
