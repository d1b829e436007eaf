"""The compiled loop of moves whose strategies are given, but for those whom a policy binds.

Axis letters as in ``countermove.solve.mixing``; N classes of columns, which are averaged alike.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from countermove.solve.kernels import aligned, expect
from countermove.solve.mixing import begin_entries, list_entries
from countermove.solve.posteriors import begin_spread, spread_out
from countermove.solve.simd import LANES, gather_rows


class Meeting(NamedTuple):
    """What a policy makes of a step, and how columns are averaged there.

    ``ours`` [M] tells whom the policy binds; ``legal`` [S, A] what it leaves them, ``bound``
    [S, M] where it plays ``mixture`` [S, A]. ``number`` [P] is each column's class; a class takes
    ``types`` [N, M] for granted (-1 for any), and is ``own`` [N] where it is a payoff that its
    type reads as it chooses.
    """

    ours: NDArray[np.uint8]
    legal: NDArray[np.uint8]
    bound: NDArray[np.uint8]
    mixture: NDArray[np.float64]
    number: NDArray[np.int32]
    types: NDArray[np.int32]
    own: NDArray[np.uint8]


@njit(cache=True, nogil=True)
def meet_rows(
    states: Any,
    step: Any,
    marks: Any,
    atlas: Any,
    meeting: Any,
    n_beliefs: int,
    after: Any,
    before: Any,
    free: Any,
) -> None:
    """``before`` [S * B, P] <- what these states come to, when others play ``free`` [S, B * Z].

    ``step`` is as in free play, so that posteriors are those of free play.
    """
    stride, width = after.shape[1], free.shape[1] // n_beliefs
    n_profiles = (step.pointer.shape[0] - 1) // step.legal.shape[0]
    q = aligned(n_profiles * n_beliefs * stride)
    n_types, many = 1, 1
    for j in range(atlas.kinds.shape[0]):
        n_types = max(n_types, atlas.kinds[j])
    for m in range(step.first.shape[0] - 1):
        many *= n_types if step.axis[m] >= 0 else 1
    spread = begin_spread(step.legal.shape[1], n_types)
    entries = begin_entries(n_profiles * many)
    ours = np.zeros(width)
    weight = np.zeros((meeting.own.shape[0], n_profiles * many))
    worth = np.zeros(step.legal.shape[1])
    room = aligned(LANES)
    for i in range(states.shape[0]):
        s = states[i]
        expect(states[i : i + 1], step, marks, n_profiles, n_beliefs, after, q)
        for b in range(n_beliefs):
            sigma = free[s, b * width : (b + 1) * width]
            spread_out(step, atlas, s, b, sigma, spread)
            n = list_entries(step, s, n_beliefs, b, spread, n_profiles, entries)
            ours[:] = sigma
            z = 0
            for m in range(step.first.shape[0] - 1):
                if meeting.ours[m]:
                    _choose(
                        step, atlas, meeting, s, b, m, z, spread, entries, n, stride, q, worth, ours
                    )
                kinds = atlas.kinds[step.axis[m]] if step.axis[m] >= 0 else 1
                z += (step.first[m + 1] - step.first[m]) * kinds
            for c in range(meeting.own.shape[0]):
                for e in range(n):
                    weight[c, e] = _weight(
                        step, atlas, meeting, c, b, n_beliefs, entries, e, sigma, ours, spread
                    )
            _mix(meeting, weight, entries, n, stride, s * n_beliefs + b, q, room, before)


@njit(cache=True, nogil=True)
def _choose(
    step: Any,
    atlas: Any,
    meeting: Any,
    s: int,
    b: int,
    m: int,
    z: int,
    spread: Any,
    entries: Any,
    n: int,
    stride: int,
    q: Any,
    worth: Any,
    ours: Any,
) -> None:
    """``ours`` <- what mover m plays, by type: its policy's mixture, or the logit of what is left.

    An action is worth what it leads to at the belief that free play would give it.
    """
    first, last, j = step.first[m], step.first[m + 1], step.axis[m]
    actions, kinds = last - first, 1
    if j >= 0:
        kinds = atlas.kinds[j]
    if meeting.bound[s, m]:
        for k in range(kinds):
            for a in range(actions):
                ours[z + k * actions + a] = meeting.mixture[s, first + a]
        return
    later = 1
    for o in range(m + 1, step.first.shape[0] - 1):
        later *= step.first[o + 1] - step.first[o]
    for k in range(kinds):
        worth[:actions] = 0.0
        for e in range(n):
            others, rest = entries.share[e], entries.profile[e]
            for o in range(step.first.shape[0] - 2, -1, -1):
                size = step.first[o + 1] - step.first[o]
                if o != m:
                    place = step.first[o] + rest % size
                    fixed = meeting.ours[o] and meeting.bound[s, o]
                    others *= meeting.mixture[s, place] if fixed else spread.chance[place]
                rest //= size
            a = (entries.profile[e] // later) % actions
            worth[a] += others * q[np.int64(entries.row[e]) * stride + step.column[m] + k]
        best, total = -np.inf, 0.0
        for a in range(actions):
            if meeting.legal[s, first + a]:
                best = max(best, worth[a])
        for a in range(actions):
            ours[z + k * actions + a] = 0.0
            if meeting.legal[s, first + a]:
                ours[z + k * actions + a] = np.exp(step.rationality[m] * (worth[a] - best))
                total += ours[z + k * actions + a]
        for a in range(actions):
            ours[z + k * actions + a] /= total


@njit(cache=True, nogil=True)
def _weight(
    step: Any,
    atlas: Any,
    meeting: Any,
    c: int,
    b: int,
    n_beliefs: int,
    entries: Any,
    e: int,
    sigma: Any,
    ours: Any,
    spread: Any,
) -> Any:
    """What an entry weighs in the columns of a class: as in free play, times what is now played.

    The lottery between the points is that of free play, in which type θ of a mover sees point v
    with w_v v[θ] / b'[θ] [see ``countermove.solve.mixing``]; the action is drawn from ``ours``.
    """
    first, axis, points = step.first, step.axis, atlas.points
    rest, weight, z = entries.profile[e], entries.share[e], sigma.shape[0]
    at = np.int64(entries.row[e]) % n_beliefs
    for m in range(first.shape[0] - 2, -1, -1):
        n, j = first[m + 1] - first[m], axis[m]
        a = rest % n
        rest //= n
        z -= n * (atlas.kinds[j] if j >= 0 else 1)
        k = meeting.types[c, m]
        if j < 0:
            weight *= ours[z + a]
            continue
        low, size = atlas.start[j], atlas.start[j + 1] - atlas.start[j]
        here = low + (b // atlas.stride[j]) % size
        if k < 0:
            if not meeting.ours[m]:
                weight *= spread.chance[first[m] + a]
                continue
            total = 0.0
            for t in range(atlas.kinds[j]):
                total += points[here, t] * ours[z + t * n + a]
            weight *= total
            continue
        played, believed = ours[z + k * n + a], points[here, k]
        free = believed * sigma[z + k * n + a]
        if meeting.own[c] or free < 1e-290 or spread.many[first[m] + a] == 1:
            weight *= played
        else:
            there = low + (at // atlas.stride[j]) % size
            weight *= played * spread.chance[first[m] + a] * points[there, k] / free
    return weight


@njit(cache=True, nogil=True, fastmath={"contract"})
def _mix(
    meeting: Any,
    weight: Any,
    entries: Any,
    n: int,
    stride: int,
    row: int,
    q: Any,
    room: Any,
    before: Any,
) -> None:
    """``before[row]`` <- the columns of q [P, B, P] (flat), each averaged as its class is."""
    out = before.reshape(-1)
    for block in range(0, stride, LANES):
        at = row * stride + block
        low, high = meeting.number[block], meeting.number[block]
        for c in range(block, block + LANES):
            low, high = min(low, meeting.number[c]), max(high, meeting.number[c])
        gather_rows(out, at, weight[low], entries.row, 0, n, q, stride, block)
        for other in range(low + 1, high + 1):
            there = False
            for c in range(block, block + LANES):
                there = there or meeting.number[c] == other
            if there:
                gather_rows(room, 0, weight[other], entries.row, 0, n, q, stride, block)
                for c in range(LANES):
                    if meeting.number[block + c] == other:
                        out[at + c] = room[c]
