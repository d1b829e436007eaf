"""The compiled loops of a typed mover's step, for the points that Newton's method solves.

These are nearly all of two types; states with others are left to ``countermove.solve.signals``,
whose surer ways take longer to compile. Everything of one state stays in the nearest caches: what
each action comes to, the fixed points, the mixing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from countermove.solve.fixed_point import solve_from, solve_quick
from countermove.solve.kernels import aligned, expect
from countermove.solve.mixing import begin_entries
from countermove.solve.record import BESIDE, UNSOLVED
from countermove.solve.simd import LANES, gather_rows
from countermove.solve.stage import make_stage


@njit(cache=True, nogil=True)
def list_legal(step: Any, state: int, s: Any) -> None:
    """The stage s <- the legal actions of the only mover."""
    n = 0
    for a in range(step.legal.shape[1]):
        if step.legal[state, a]:
            s.action[0, n] = a
            n += 1
    s.n_actions[0] = n


@njit(cache=True, nogil=True)
def take_values(
    step: Any, atlas: Any, b: int, n_beliefs: int, stride: int, q: Any, s: Any, values: Any
) -> None:
    """``values`` [A, B, K] <- what the legal actions come to along the mover's axis, from q."""
    j = step.axis[0]
    along, size = atlas.stride[j], atlas.start[j + 1] - atlas.start[j]
    low = b - (b // along) % size * along
    for i in range(s.n_actions[0]):
        first = (s.action[0, i] * n_beliefs + low) * stride + step.column[0]
        for u in range(size):
            for k in range(values.shape[2]):
                values[i, u, k] = q[first + u * along * stride + k]


@njit(cache=True, nogil=True)
def take_start(start: Any, s: Any, x: Any) -> None:
    """``x`` [A, K - 1] of the legal actions <- ``start``, of all actions (flat)."""
    for i in range(s.n_actions[0]):
        for k in range(x.shape[1]):
            x[i, k] = start[s.action[0, i] * x.shape[1] + k]


@njit(cache=True, nogil=True)
def give_choice(n_actions: int, s: Any, x: Any, start: Any, sigma: Any) -> None:
    """``start`` and ``sigma`` [K * A] <- the solution of a point, by type and action."""
    sigma[:] = 0.0
    for i in range(s.n_actions[0]):
        for k in range(x.shape[1]):
            start[s.action[0, i] * x.shape[1] + k] = x[i, k]
        for k in range(x.shape[1] + 1):
            sigma[k * n_actions + s.action[0, i]] = math.exp(s.log_sigma[0, k, i])


@njit(cache=True, nogil=True)
def _mix_point(
    step: Any,
    atlas: Any,
    state: int,
    b: int,
    n_beliefs: int,
    given: Any,
    q: Any,
    s: Any,
    sigma: Any,
    entries: Any,
    before: Any,
) -> None:
    """``before`` at a state and joint point b <- the columns of q, averaged by what was chosen.

    As ``countermove.solve.mixing.mix``, with the posteriors that the stage holds; ``given`` [I, 2]
    lists the columns, other than the mover's own, that take a type of the mover for granted.
    """
    j, n_actions, stride = step.axis[0], step.legal.shape[1], before.shape[1]
    kinds, along = atlas.kinds[j], atlas.stride[j]
    low, size = atlas.start[j], atlas.start[j + 1] - atlas.start[j]
    v = (b // along) % size
    n, out = 0, before.reshape(-1)
    for i in range(s.n_actions[0]):
        a, chance = s.action[0, i], 0.0
        for k in range(kinds):
            chance += atlas.points[low + v, k] * sigma[k * n_actions + a]
        for u in range(kinds):
            if s.weight[i, u] != 0.0:
                entries.row[n] = a * n_beliefs + b + (s.vertex[i, u] - v) * along
                entries.profile[n] = i * kinds + u
                entries.share[n] = s.weight[i, u]
                entries.weight[n] = chance * s.weight[i, u]
                n += 1
    row = (state * n_beliefs + b) * stride
    for block in range(0, stride, LANES):
        gather_rows(out, row + block, entries.weight, entries.row, 0, n, q, stride, block)
    for k in range(kinds):
        total, column = 0.0, step.column[0] + k
        for e in range(n):
            p = sigma[k * n_actions + s.action[0, entries.profile[e] // kinds]]
            total += p * entries.share[e] * q[np.int64(entries.row[e]) * stride + column]
        out[row + column] = total
    for g in range(given.shape[0]):
        total, column, k = 0.0, given[g, 0], given[g, 1]
        believed = atlas.points[low + v, k]
        for e in range(n):
            i, u = entries.profile[e] // kinds, entries.profile[e] % kinds
            p = sigma[k * n_actions + s.action[0, i]] * entries.share[e]
            if believed > 0.0:
                p = entries.weight[e] * atlas.points[low + s.vertex[i, u], k] / believed
            total += p * q[np.int64(entries.row[e]) * stride + column]
        out[row + column] = total


@njit(cache=True, nogil=True)
def _given(fixed: Any, axis: int, own: int, kinds: int, stride: int) -> Any:
    """The columns, other than the own ones, that take a type of an axis for granted [I, 2]."""
    found = np.zeros((fixed.shape[0], 2), np.int64)
    n = 0
    for c in range(min(stride, fixed.shape[0])):
        if fixed[c, axis] >= 0 and not own <= c < own + kinds:
            found[n, 0], found[n, 1] = c, fixed[c, axis]
            n += 1
    return found[:n]


@njit(cache=True, nogil=True)
def _choose(
    step: Any,
    atlas: Any,
    state: int,
    n_beliefs: int,
    stride: int,
    q: Any,
    values: Any,
    x: Any,
    s: Any,
    strategy: Any,
    starts: Any,
    found: Any,
    given: Any,
    entries: Any,
    before: Any,
) -> bool:
    """The mover's choices in a state and what they come to, at every belief; is all solved?"""
    j, n_actions, kinds = step.axis[0], step.legal.shape[1], values.shape[2]
    along, size = atlas.stride[j], atlas.start[j + 1] - atlas.start[j]
    width, unknowns = kinds * n_actions, n_actions * (kinds - 1)
    bound = step.bound.shape[0] > 0 and step.bound[state, 0] != 0
    list_legal(step, state, s)
    done = True
    for b in range(n_beliefs):
        v = (b // along) % size
        sigma = strategy[state, b * width : (b + 1) * width]
        if bound:
            for k in range(kinds):
                for a in range(n_actions):
                    sigma[k * n_actions + a] = step.mixture[state, a]
            found.route[state, b] = found.residual[state, b] = 0
            for i in range(s.n_actions[0]):
                s.vertex[i, :], s.weight[i, :] = v, 0.0
                s.weight[i, 0] = 1.0
            _mix_point(step, atlas, state, b, n_beliefs, given, q, s, sigma, entries, before)
            continue
        if v == 0 or along > 1:  # else they are those of the point before
            take_values(step, atlas, b, n_beliefs, stride, q, s, values)
        start = starts[state, b * unknowns : (b + 1) * unknowns]
        take_start(start, s, x)
        n = s.n_actions[0]
        lam, base = step.rationality[0], atlas.start[j]
        route, residual = solve_quick(values[:n], lam, base, v, x[:n], s)
        found.route[state, b], found.residual[state, b] = route, residual
        if route == UNSOLVED:
            done = False
            continue
        give_choice(n_actions, s, x, start, sigma)
        _mix_point(step, atlas, state, b, n_beliefs, given, q, s, sigma, entries, before)
    if done or kinds > 2:
        return done
    done = True
    for b in range(n_beliefs):
        if found.route[state, b] != UNSOLVED:
            continue
        take_values(step, atlas, b, n_beliefs, stride, q, s, values)
        if not _from_beside(step, atlas, state, b, values, x, s, starts, found):
            done = False
            continue
        start = starts[state, b * unknowns : (b + 1) * unknowns]
        sigma = strategy[state, b * width : (b + 1) * width]
        give_choice(n_actions, s, x, start, sigma)
        _mix_point(step, atlas, state, b, n_beliefs, given, q, s, sigma, entries, before)
    return done


@njit(cache=True, nogil=True)
def _from_beside(
    step: Any,
    atlas: Any,
    state: int,
    b: int,
    values: Any,
    x: Any,
    s: Any,
    starts: Any,
    found: Any,
) -> bool:
    """Seek a point of two types from the solutions at the beliefs beside it, into ``x``.

    Where solutions end, as they do at turning points, the one that goes on is often there.
    """
    j, n = step.axis[0], s.n_actions[0]
    along, size = atlas.stride[j], atlas.start[j + 1] - atlas.start[j]
    v, unknowns = (b // along) % size, step.legal.shape[1]
    for side in (-1, 1):
        beside = b + side * along
        if not 0 < v + side < size - 1 or found.route[state, beside] == UNSOLVED:
            continue
        take_start(starts[state, beside * unknowns : (beside + 1) * unknowns], s, x)
        lam, base = step.rationality[0], atlas.start[j]
        solved, residual = solve_from(values[:n], lam, base, v, x[:n], s)
        if solved:
            found.route[state, b], found.residual[state, b] = BESIDE, residual
            return True
    return False


@njit(cache=True, nogil=True, fastmath={"contract"})
def quick_rows(
    states: Any,
    step: Any,
    marks: Any,
    atlas: Any,
    fixed: Any,
    n_payoffs: int,
    n_beliefs: int,
    after: Any,
    before: Any,
    strategy: Any,
    starts: Any,
    found: Any,
    left: Any,
) -> None:
    """The move of one player with types in some states.

    ``before`` [S * B, C] and ``strategy`` [S, B * Z] from ``after`` [S * B, C]; ``starts``
    [S, B * A * (K - 1)] are the log odds of the posteriors from which the fixed points are sought,
    and become theirs; ``found`` is told how. ``left`` [S] tells of states with unsolved points.
    """
    j, stride, n_actions = step.axis[0], after.shape[1], step.legal.shape[1]
    kinds = atlas.kinds[j]
    q = aligned(n_actions * n_beliefs * stride)
    s = make_stage(atlas, 1, n_actions, atlas.points.shape[1])
    entries = begin_entries(n_actions * kinds)
    given = _given(fixed, j, step.column[0], kinds, stride)
    values = np.zeros((n_actions, atlas.start[j + 1] - atlas.start[j], kinds))
    x = np.zeros((n_actions, kinds - 1))
    for i in range(states.shape[0]):
        state = np.int64(states[i])
        expect(states[i : i + 1], step, marks, n_actions, n_beliefs, after, q)
        left[state] = not _choose(
            step,
            atlas,
            state,
            n_beliefs,
            stride,
            q,
            values,
            x,
            s,
            strategy,
            starts,
            found,
            given,
            entries,
            before,
        )
