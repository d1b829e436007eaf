"""The compiled loops of moves whose choice is a fixed point, by the surer ways.

Movers who act at once, and the points of a typed mover that ``countermove.solve.quick`` leaves.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from countermove.solve.equations import expect as values_of
from countermove.solve.fixed_point import solve_point
from countermove.solve.kernels import aligned, expect
from countermove.solve.mixing import begin_entries, mix_state
from countermove.solve.posteriors import begin_spread
from countermove.solve.quick import (
    from_beside,
    give_choice,
    layout_of,
    list_legal,
    take_start,
    take_values,
)
from countermove.solve.record import BESIDE, UNSOLVED
from countermove.solve.routes import solve_stage
from countermove.solve.stage import arrange, make_stage


@njit(cache=True, nogil=True)
def fill(step: Any, atlas: Any, state: int, b: int, n_beliefs: int, stride: int, s: Any) -> None:
    """The stage s <- the move of a step in a state at joint point b."""
    first = step.first
    movers = first.shape[0] - 1
    s.size[0] = movers
    s.place[0], s.place[1], s.place[2] = b, n_beliefs * stride, stride
    profiles = 1
    for m in range(movers - 1, -1, -1):
        s.profile_step[m] = profiles
        profiles *= first[m + 1] - first[m]
        n, bound = 0, step.bound.shape[0] > 0 and step.bound[state, m] != 0
        for a in range(first[m], first[m + 1]):
            if step.legal[state, a]:
                s.action[m, n] = a - first[m]
                if bound:
                    s.mixture[m, n] = step.mixture[state, a]
                n += 1
        s.n_actions[m] = n
        s.column[m] = step.column[m]
        s.rationality[m] = step.rationality[m]
        s.learns[m], s.n_types[m] = 0, 0
        j = step.axis[m]
        if bound:
            continue
        if j < 0:
            s.n_types[m], s.types[m, 0], s.belief[m, 0] = 1, 0, 1.0
            continue
        low, size = atlas.start[j], atlas.start[j + 1] - atlas.start[j]
        v = (b // atlas.stride[j]) % size
        s.point[m], s.axis_start[m] = v, low
        s.n_points[m], s.point_stride[m] = size, atlas.stride[j]
        n = 0
        for k in range(atlas.kinds[j]):
            if atlas.points[low + v, k] > 0.0:
                s.types[m, n], s.belief[m, n] = k, atlas.points[low + v, k]
                n += 1
        s.n_types[m] = n
        if atlas.support[low + v] >= 0:
            s.learns[m] = 1
            s.place[0] -= v * atlas.stride[j]
    arrange(s)


@njit(cache=True, nogil=True)
def _take(step: Any, atlas: Any, s: Any, start: Any) -> None:
    """``s.z`` <- a start [Z] by mover, type and action."""
    z = 0
    for m in range(s.size[0]):
        n = step.first[m + 1] - step.first[m]
        for k in range(s.n_types[m]):
            for a in range(s.n_actions[m]):
                at = s.offset[m] + k * s.n_actions[m] + a
                s.z[at] = start[z + s.types[m, k] * n + s.action[m, a]]
        z += n * (atlas.kinds[step.axis[m]] if step.axis[m] >= 0 else 1)


@njit(cache=True, nogil=True)
def _give(step: Any, atlas: Any, q: Any, s: Any, start: Any, sigma: Any) -> float:
    """``start`` and ``sigma`` [Z] <- the solution, by mover, type and action.

    A type that is held impossible does what its payoff says, at the beliefs that the others bring
    about. Returns max |σ - softmax(λQ)| over the possible ones.
    """
    z, off = 0, 0.0
    sigma[:] = 0.0
    for m in range(s.size[0]):
        n, j = step.first[m + 1] - step.first[m], step.axis[m]
        for k in range(s.n_types[m]):
            for a in range(s.n_actions[m]):
                at = s.offset[m] + k * s.n_actions[m] + a
                to = z + s.types[m, k] * n + s.action[m, a]
                start[to], sigma[to] = s.z[at], s.chosen[at]
                off = max(off, abs(s.chosen[at] - s.sigma[at]))
        z += n * (atlas.kinds[j] if j >= 0 else 1)
    z = 0
    for m in range(s.size[0]):
        n, j = step.first[m + 1] - step.first[m], step.axis[m]
        for k in range(atlas.kinds[j] if j >= 0 else 1):
            if s.n_types[m] == 0:
                for a in range(s.n_actions[m]):
                    sigma[z + k * n + s.action[m, a]] = s.mixture[m, a]
            elif not _possible(s, m, k):
                values_of(q, s, m, s.column[m] + k, 0)
                _logit(s, m, sigma[z + k * n : z + (k + 1) * n])
        z += n * (atlas.kinds[j] if j >= 0 else 1)
    return off


@njit(cache=True, nogil=True)
def _possible(s: Any, m: int, k: int) -> bool:
    found = False
    for i in range(s.n_types[m]):
        found |= s.types[m, i] == k
    return found


@njit(cache=True, nogil=True)
def _logit(s: Any, m: int, sigma: Any) -> None:
    best, total = -np.inf, 0.0
    for a in range(s.n_actions[m]):
        best = max(best, s.rationality[m] * s.value[a])
    for a in range(s.n_actions[m]):
        total += math.exp(s.rationality[m] * s.value[a] - best)
    for a in range(s.n_actions[m]):
        sigma[s.action[m, a]] = math.exp(s.rationality[m] * s.value[a] - best) / total


@njit(cache=True, nogil=True)
def _alone(
    at: Any,
    legal: Any,
    state: int,
    q: Any,
    values: Any,
    x: Any,
    s: Any,
    strategy: Any,
    starts: Any,
    found: Any,
) -> None:
    """The choices of one mover with types, at the beliefs where none has been found yet."""
    route, residual = found.route[state], found.residual[state]
    play, start = strategy[state], starts[state]
    for b in range(at.n_beliefs):
        if route[b] != UNSOLVED:
            continue
        list_legal(legal, state, s)
        take_values(at, b, q, s, values)
        beside = False
        if at.kinds == 2:  # one that was found here a moment ago may lead to the next
            beside, residual[b] = from_beside(at, b, values, x, s, start, route)
        if beside:
            route[b] = BESIDE
        else:
            take_start(start, b * at.n_actions * (at.kinds - 1), s, x)
            v, n = (b // at.along) % at.size, s.n_actions[0]
            route[b], residual[b] = solve_point(values[:n], at.rationality, at.low, v, x[:n], s)
            list_legal(legal, state, s)  # the surer ways number the legal actions themselves
        give_choice(at, b, s, x, start, play)


@njit(cache=True, nogil=True)
def _together(
    step: Any,
    atlas: Any,
    state: int,
    n_beliefs: int,
    stride: int,
    q: Any,
    s: Any,
    strategy: Any,
    starts: Any,
    found: Any,
) -> None:
    """The choices of several movers at once in a state, at every belief."""
    width = strategy.shape[1] // n_beliefs
    for b in range(n_beliefs):
        sigma = strategy[state, b * width : (b + 1) * width]
        start = starts[state, b * width : (b + 1) * width]
        fill(step, atlas, state, b, n_beliefs, stride, s)
        _take(step, atlas, s, start)
        found.route[state, b], _ = solve_stage(q, s, True)
        found.residual[state, b] = _give(step, atlas, q, s, start, sigma)


@njit(cache=True, nogil=True, fastmath={"contract"})
def signal_rows(
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
) -> None:
    """One step whose choice is a fixed point, in some states.

    Arguments as for ``quick_rows``; of several movers ``starts`` are log probabilities [S, B * Z].
    """
    stride = after.shape[1]
    movers, kinds = step.first.shape[0] - 1, max(atlas.points.shape[1], 1)
    n_profiles = (step.pointer.shape[0] - 1) // step.legal.shape[0]
    most, vertices = 0, 1
    for m in range(movers):
        most = max(most, step.first[m + 1] - step.first[m])
        if step.axis[m] >= 0:
            vertices *= atlas.kinds[step.axis[m]]
    q = aligned(n_profiles * n_beliefs * stride)
    s = make_stage(atlas, movers, most, kinds)
    spread = begin_spread(step.legal.shape[1], kinds)
    entries = begin_entries(n_profiles * vertices)
    at = layout_of(step, atlas, n_beliefs, stride)
    values, x = np.zeros((most, at.size, at.kinds)), np.zeros((most, at.kinds - 1))
    for i in range(states.shape[0]):
        state = np.int64(states[i])
        expect(states[i : i + 1], step, marks, n_profiles, n_beliefs, after, q)
        if movers == 1:
            _alone(at, step.legal, state, q, values, x, s, strategy, starts, found)
        else:
            _together(step, atlas, state, n_beliefs, stride, q, s, strategy, starts, found)
        mix_state(
            step,
            atlas,
            fixed,
            n_payoffs,
            state,
            n_beliefs,
            strategy,
            q,
            spread,
            entries,
            before,
        )
