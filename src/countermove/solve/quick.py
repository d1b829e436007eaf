"""The compiled loops of a typed mover's step, for the points that Newton's method solves.

These are nearly all of two types; states with others are left to ``countermove.solve.signals``,
whose surer ways take longer to compile. Everything of one state stays in the nearest caches: what
each action comes to, the fixed points, the mixing.

Numba counts references to every array of a tuple at each call; functions that are called for each
point take numbers and single arrays instead, which saves a quarter of the time.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from countermove.solve.fixed_point import solve_from, solve_quick
from countermove.solve.kernels import aligned, expect
from countermove.solve.mixing import begin_entries
from countermove.solve.record import BESIDE, UNSOLVED
from countermove.solve.simd import LANES, gather_rows
from countermove.solve.stage import make_stage


class Layout(NamedTuple):
    """Where the numbers of a step's only mover, who has types, stand in the arrays."""

    low: np.int64  # where the mover's axis begins among the points of all axes
    size: np.int64  # its points
    along: np.int64  # joint points from one of them to the next
    kinds: np.int64  # types
    n_actions: np.int64
    n_beliefs: np.int64
    stride: np.int64  # numbers a row of values
    column: np.int64  # the payoff of the first type
    rationality: float


@njit(cache=True, nogil=True)
def layout_of(step: Any, atlas: Any, n_beliefs: int, stride: int) -> Any:
    """The layout of a step's first mover, who has types; of one point where it has none."""
    j, one = step.axis[0], np.int64(1)
    low, size, along, kinds = np.int64(0), one, one, one
    if j >= 0:
        low, size = np.int64(atlas.start[j]), np.int64(atlas.start[j + 1] - atlas.start[j])
        along, kinds = np.int64(atlas.stride[j]), np.int64(atlas.kinds[j])
    return Layout(
        low,
        size,
        along,
        kinds,
        np.int64(step.legal.shape[1]),
        np.int64(n_beliefs),
        np.int64(stride),
        np.int64(step.column[0]),
        step.rationality[0],
    )


@njit(cache=True, nogil=True)
def list_legal(legal: Any, state: int, s: Any) -> None:
    """The stage s <- the legal actions of the only mover, from ``legal`` [S, A]."""
    n = 0
    for a in range(legal.shape[1]):
        if legal[state, a]:
            s.action[0, n] = a
            n += 1
    s.n_actions[0] = n


@njit(cache=True, nogil=True)
def take_values(at: Any, b: int, q: Any, s: Any, values: Any) -> None:
    """``values`` [A, B, K] <- what the legal actions come to along the mover's axis, from q."""
    low = b - (b // at.along) % at.size * at.along
    for i in range(s.n_actions[0]):
        first = (s.action[0, i] * at.n_beliefs + low) * at.stride + at.column
        for u in range(at.size):
            for k in range(at.kinds):
                values[i, u, k] = q[first + u * at.along * at.stride + k]


@njit(cache=True, nogil=True)
def take_start(starts: Any, first: int, s: Any, x: Any) -> None:
    """``x`` [A, K - 1] of the legal actions <- ``starts[first:]``, of all actions."""
    for i in range(s.n_actions[0]):
        for k in range(x.shape[1]):
            x[i, k] = starts[first + s.action[0, i] * x.shape[1] + k]


@njit(cache=True, nogil=True)
def give_choice(at: Any, b: int, s: Any, x: Any, starts: Any, strategy: Any) -> None:
    """A state's ``starts`` [B * A * (K - 1)] and ``strategy`` [B * K * A] <- point b's solution."""
    first, place = b * at.n_actions * (at.kinds - 1), b * at.n_actions * at.kinds
    for z in range(at.n_actions * at.kinds):
        strategy[place + z] = 0.0
    for i in range(s.n_actions[0]):
        a = s.action[0, i]
        for k in range(at.kinds - 1):
            starts[first + a * (at.kinds - 1) + k] = x[i, k]
        for k in range(at.kinds):
            strategy[place + k * at.n_actions + a] = math.exp(s.log_sigma[0, k, i])


@njit(cache=True, nogil=True)
def _mix_point(
    at: Any,
    points: Any,
    row: int,
    b: int,
    given: Any,
    q: Any,
    s: Any,
    strategy: Any,
    entries: Any,
    true: Any,
    out: Any,
) -> None:
    """``out[row:]`` at joint point b of a state <- the columns of q, averaged by what was chosen.

    As ``countermove.solve.mixing.mix``, with the posteriors that the stage holds; ``given`` [I, 2]
    lists the columns, other than the mover's own, that take a type of the mover for granted.
    ``true`` [K, L] is room for what entries weigh where a type is given.
    """
    v = (b // at.along) % at.size
    low, sigma = at.low + v, b * at.n_actions * at.kinds
    n = 0
    for i in range(s.n_actions[0]):
        a, chance = s.action[0, i], 0.0
        for k in range(at.kinds):
            chance += points[low, k] * strategy[sigma + k * at.n_actions + a]
        for u in range(at.kinds):
            if s.weight[i, u] != 0.0:
                vertex, weight = s.vertex[i, u], s.weight[i, u]
                entries.row[n] = a * at.n_beliefs + b + (vertex - v) * at.along
                entries.profile[n] = a
                entries.share[n] = weight
                entries.weight[n] = chance * weight
                for k in range(at.kinds):
                    believed = points[low, k]
                    if believed > 0.0:
                        true[k, n] = chance * weight * points[at.low + vertex, k] / believed
                    else:
                        true[k, n] = strategy[sigma + k * at.n_actions + a] * weight
                n += 1
    for block in range(0, at.stride, LANES):
        gather_rows(out, row + block, entries.weight, entries.row, 0, n, q, at.stride, block)
    for k in range(at.kinds):
        total, column = 0.0, at.column + k
        for e in range(n):
            p = strategy[sigma + k * at.n_actions + entries.profile[e]] * entries.share[e]
            total += p * q[np.int64(entries.row[e]) * at.stride + column]
        out[row + column] = total
    for g in range(given.shape[0]):
        total, column, k = 0.0, given[g, 0], given[g, 1]
        for e in range(n):
            total += true[k, e] * q[np.int64(entries.row[e]) * at.stride + column]
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
    at: Any,
    points: Any,
    first: int,
    given: Any,
    q: Any,
    values: Any,
    x: Any,
    s: Any,
    strategy: Any,
    starts: Any,
    route: Any,
    residual: Any,
    entries: Any,
    true: Any,
    out: Any,
) -> bool:
    """The mover's choices in a state and what they come to, at every belief; is all solved?

    ``strategy``, ``starts``, ``route`` and ``residual`` are those of the state, whose values begin
    at ``out[first]``.
    """
    n, unknowns = s.n_actions[0], at.n_actions * (at.kinds - 1)
    done = True
    for i in range(at.n_beliefs):
        others, v = i // at.size, i % at.size
        b = (others // at.along * at.size + v) * at.along + others % at.along
        if v == 0:  # else the values along the axis are those of the point before
            take_values(at, b, q, s, values)
        take_start(starts, b * unknowns, s, x)
        route[b], residual[b] = solve_quick(values[:n], at.rationality, at.low, v, x[:n], s)
        if route[b] == UNSOLVED:
            done = False
            continue
        give_choice(at, b, s, x, starts, strategy)
        row = first + b * at.stride
        _mix_point(at, points, row, b, given, q, s, strategy, entries, true, out)
    if done or at.kinds > 2:
        return done
    done = True
    for b in range(at.n_beliefs):
        if route[b] != UNSOLVED:
            continue
        take_values(at, b, q, s, values)
        found, off = from_beside(at, b, values, x, s, starts, route)
        if not found:
            done = False
            continue
        route[b], residual[b] = BESIDE, off
        give_choice(at, b, s, x, starts, strategy)
        row = first + b * at.stride
        _mix_point(at, points, row, b, given, q, s, strategy, entries, true, out)
    return done


@njit(cache=True, nogil=True)
def from_beside(at: Any, b: int, values: Any, x: Any, s: Any, starts: Any, route: Any) -> Any:
    """Seek a point of two types from the solutions at the beliefs beside it, into ``x``.

    Where solutions end, as they do at turning points, the one that goes on is often there. Returns
    whether it was found, and the residual.
    """
    n, v = s.n_actions[0], (b // at.along) % at.size
    for side in (-1, 1):
        beside = b + side * at.along
        if not 0 < v + side < at.size - 1 or route[beside] == UNSOLVED:
            continue
        take_start(starts, beside * at.n_actions, s, x)
        solved, off = solve_from(values[:n], at.rationality, at.low, v, x[:n], s)
        if solved:
            return True, off
    return False, np.inf


@njit(cache=True, nogil=True)
def _dictate(
    at: Any,
    points: Any,
    first: int,
    given: Any,
    mixture: Any,
    q: Any,
    s: Any,
    strategy: Any,
    entries: Any,
    true: Any,
    out: Any,
) -> None:
    """What a policy plays in a state, whatever the type, and what it comes to."""
    for b in range(at.n_beliefs):
        for k in range(at.kinds):
            for a in range(at.n_actions):
                strategy[(b * at.kinds + k) * at.n_actions + a] = mixture[a]
        for i in range(s.n_actions[0]):
            s.vertex[i, :], s.weight[i, :] = (b // at.along) % at.size, 0.0
            s.weight[i, 0] = 1.0
        row = first + b * at.stride
        _mix_point(at, points, row, b, given, q, s, strategy, entries, true, out)


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
    at = layout_of(step, atlas, n_beliefs, after.shape[1])
    points, legal, bound = atlas.points, step.legal, step.bound
    q = aligned(at.n_actions * n_beliefs * at.stride)
    s = make_stage(atlas, 1, at.n_actions, points.shape[1])
    entries = begin_entries(at.n_actions * at.kinds)
    true = np.zeros((at.kinds, at.n_actions * at.kinds))
    given = _given(fixed, step.axis[0], at.column, at.kinds, at.stride)
    values, x = np.zeros((at.n_actions, at.size, at.kinds)), np.zeros((at.n_actions, at.kinds - 1))
    out = before.reshape(-1)
    for i in range(states.shape[0]):
        state = np.int64(states[i])
        expect(states[i : i + 1], step, marks, at.n_actions, n_beliefs, after, q)
        list_legal(legal, state, s)
        first, play = state * n_beliefs * at.stride, strategy[state]
        route, residual = found.route[state], found.residual[state]
        if bound.shape[0] > 0 and bound[state, 0] != 0:
            route[:], residual[:] = 0, 0.0
            left[state] = 0
            mixture = step.mixture[state]
            _dictate(at, points, first, given, mixture, q, s, play, entries, true, out)
            continue
        left[state] = not _choose(
            at,
            points,
            first,
            given,
            q,
            values,
            x,
            s,
            play,
            starts[state],
            route,
            residual,
            entries,
            true,
            out,
        )
