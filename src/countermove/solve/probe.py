"""The compiled loop that looks for other equilibria at some states and beliefs of a step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from countermove.solve.kernels import aligned, expect
from countermove.solve.record import CONTINUED, FOLLOWED
from countermove.solve.signals import fill
from countermove.solve.solutions import APART, solutions
from countermove.solve.stage import make_stage

_STARTS = 8
_MOST = 16  # solutions kept of one point


@njit(cache=True, nogil=True)
def probe(
    states: Any,
    points: Any,
    step: Any,
    marks: Any,
    atlas: Any,
    n_beliefs: int,
    after: Any,
    strategy: Any,
    count: Any,
    apart: Any,
    followed: Any,
) -> None:
    """Look for other solutions than the one in force, at each of some states and joint points.

    ``count`` [N] <- how many there are with the one in force; ``apart`` [N, 2] <- the largest
    difference of a probability between two, and between the one in force and the one that the path
    of rising rationality leads to; ``followed`` [N] tells where that path was followed.
    """
    stride, width = after.shape[1], strategy.shape[1] // n_beliefs
    movers, kinds = step.first.shape[0] - 1, max(atlas.points.shape[1], 1)
    n_profiles = (step.pointer.shape[0] - 1) // step.legal.shape[0]
    most = 0
    for m in range(movers):
        most = max(most, step.first[m + 1] - step.first[m])
    q = aligned(n_profiles * n_beliefs * stride)
    s = make_stage(atlas, movers, most, kinds)
    found = np.zeros((_MOST, movers * most * kinds))
    mine = np.zeros(movers * most * kinds)
    for i in range(states.shape[0]):
        state, b = np.int64(states[i]), np.int64(points[i])
        expect(states[i : i + 1], step, marks, n_profiles, n_beliefs, after, q)
        fill(step, atlas, state, b, n_beliefs, stride, s)
        count[i], followed[i], apart[i, 0], apart[i, 1] = 1, 0, 0.0, 0.0
        n = s.size[1]
        if n == 0:
            continue
        _in_force(step, atlas, s, strategy[state, b * width : (b + 1) * width], mine)
        known, route = solutions(q, s, _STARTS, found)
        followed[i] = route in (CONTINUED, FOLLOWED)
        new = True
        for k in range(known):
            away = _distance(found[k], mine, n)
            new = new and away > APART
            apart[i, 0] = max(apart[i, 0], away)
            for other in range(k):
                apart[i, 0] = max(apart[i, 0], _distance(found[k], found[other], n))
        if followed[i]:
            apart[i, 1] = _distance(found[0], mine, n)
        count[i] = known + 1 if new else known


@njit(cache=True, nogil=True)
def _distance(one: Any, other: Any, n: int) -> float:
    away = 0.0
    for i in range(n):
        away = max(away, abs(one[i] - other[i]))
    return away


@njit(cache=True, nogil=True)
def _in_force(step: Any, atlas: Any, s: Any, sigma: Any, out: Any) -> None:
    """``out`` <- the strategies in force, by mover, possible type and legal action."""
    z = 0
    for m in range(s.size[0]):
        n, j = step.first[m + 1] - step.first[m], step.axis[m]
        for k in range(s.n_types[m]):
            for a in range(s.n_actions[m]):
                at = s.offset[m] + k * s.n_actions[m] + a
                out[at] = sigma[z + s.types[m, k] * n + s.action[m, a]]
        z += n * (atlas.kinds[j] if j >= 0 else 1)
