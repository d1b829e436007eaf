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
    ``types`` [N, M] for granted (-1 for any), and is ``own`` [N, M] where it is a payoff of the
    mover's, which its type reads as it chooses.
    """

    ours: NDArray[np.uint8]
    legal: NDArray[np.uint8]
    bound: NDArray[np.uint8]
    mixture: NDArray[np.float64]
    number: NDArray[np.int32]
    types: NDArray[np.int32]
    own: NDArray[np.uint8]


@njit(cache=True, nogil=True, fastmath={"contract"})
def meet_plain_rows(
    states: Any,
    step: Any,
    marks: Any,
    meeting: Any,
    n_beliefs: int,
    after: Any,
    before: Any,
    free: Any,
) -> None:
    """As ``meet_rows`` for one mover of no types, from whose moves nothing is learnt."""
    stride, n_actions = after.shape[1], free.shape[1] // n_beliefs
    q, out = aligned(n_actions * n_beliefs * stride), before.reshape(-1)
    weight, rows = np.zeros(n_actions), np.zeros(n_actions, np.uint32)
    legal, bound, mixture = meeting.legal, meeting.bound, meeting.mixture
    ours, column, rationality = meeting.ours[0] != 0, step.column[0], step.rationality[0]
    for i in range(states.shape[0]):
        s = states[i]
        expect(states[i : i + 1], step, marks, n_actions, n_beliefs, after, q)
        for b in range(n_beliefs):
            for a in range(n_actions):
                weight[a] = free[s, b * n_actions + a]
                rows[a] = a * n_beliefs + b
            if ours and bound[s, 0]:
                weight[:] = mixture[s]
            elif ours:
                best, total = -np.inf, 0.0
                for a in range(n_actions):
                    if legal[s, a]:
                        best = max(best, q[np.int64(rows[a]) * stride + column])
                for a in range(n_actions):
                    weight[a] = 0.0
                    if legal[s, a]:
                        above = q[np.int64(rows[a]) * stride + column] - best
                        weight[a] = np.exp(rationality * above)
                        total += weight[a]
                weight /= total
            for block in range(0, stride, LANES):
                at = (s * n_beliefs + b) * stride + block
                gather_rows(out, at, weight, rows, 0, n_actions, q, stride, block)


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
            _choose(step, atlas, meeting, s, spread.chance, entries, n, stride, q, worth, ours)
            _weigh(
                step,
                atlas,
                meeting,
                b,
                n_beliefs,
                entries,
                n,
                sigma,
                ours,
                spread.chance,
                spread.many,
                weight,
            )
            _mix(meeting.number, weight, entries.row, n, stride, s * n_beliefs + b, q, room, before)


@njit(cache=True, nogil=True)
def _choose(
    step: Any,
    atlas: Any,
    meeting: Any,
    s: int,
    chance: Any,
    entries: Any,
    n: int,
    stride: int,
    q: Any,
    worth: Any,
    ours: Any,
) -> None:
    """``ours`` <- what the bound movers play, by type: their policy's mixture, or the logit.

    An action is worth what it leads to at the belief that free play would give it.
    """
    first, axis, legal, bound = step.first, step.axis, meeting.legal, meeting.bound
    mixture, mine = meeting.mixture, meeting.ours
    profile, row, share = entries.profile, entries.row, entries.share
    movers, z, later = first.shape[0] - 1, 0, 1
    for m in range(movers):
        later *= first[m + 1] - first[m]
    for m in range(movers):
        actions, kinds = first[m + 1] - first[m], 1
        later //= actions
        if axis[m] >= 0:
            kinds = atlas.kinds[axis[m]]
        for k in range(kinds if mine[m] else 0):
            at = z + k * actions
            if bound[s, m]:
                for a in range(actions):
                    ours[at + a] = mixture[s, first[m] + a]
                continue
            worth[:actions] = 0.0
            for e in range(n):
                others, rest = share[e], profile[e]
                for o in range(movers - 1, -1, -1):
                    size = first[o + 1] - first[o]
                    place = first[o] + rest % size
                    rest //= size
                    if o != m:
                        others *= mixture[s, place] if mine[o] and bound[s, o] else chance[place]
                a = (profile[e] // later) % actions
                worth[a] += others * q[np.int64(row[e]) * stride + step.column[m] + k]
            best, total = -np.inf, 0.0
            for a in range(actions):
                if legal[s, first[m] + a]:
                    best = max(best, worth[a])
            for a in range(actions):
                ours[at + a] = 0.0
                if legal[s, first[m] + a]:
                    ours[at + a] = np.exp(step.rationality[m] * (worth[a] - best))
                    total += ours[at + a]
            for a in range(actions):
                ours[at + a] /= total
        z += actions * kinds


@njit(cache=True, nogil=True)
def _weigh(
    step: Any,
    atlas: Any,
    meeting: Any,
    b: int,
    n_beliefs: int,
    entries: Any,
    n: int,
    sigma: Any,
    ours: Any,
    chance: Any,
    many: Any,
    weight: Any,
) -> None:
    """``weight`` [N, L] <- of each entry in each class: as in free play, times what is now played.

    The lottery between the points is that of free play, in which type θ of a mover sees point v
    with w_v v[θ] / b'[θ] [see ``countermove.solve.mixing``]; the action is drawn from ``ours``.
    """
    first, axis, points, start = step.first, step.axis, atlas.points, atlas.start
    kinds, strides, types, mine = atlas.kinds, atlas.stride, meeting.types, meeting.ours
    profile, row, share, own = entries.profile, entries.row, entries.share, meeting.own
    for c in range(own.shape[0]):
        for e in range(n):
            rest, total, z = profile[e], share[e], sigma.shape[0]
            at = np.int64(row[e]) % n_beliefs
            for m in range(first.shape[0] - 2, -1, -1):
                size, j = first[m + 1] - first[m], axis[m]
                a = rest % size
                rest //= size
                if j < 0:
                    z -= size
                    total *= ours[z + a]
                    continue
                z -= size * kinds[j]
                low, n_points, k = start[j], start[j + 1] - start[j], types[c, m]
                here = low + (b // strides[j]) % n_points
                if k < 0:
                    played = chance[first[m] + a]
                    if mine[m]:
                        played = 0.0
                        for t in range(kinds[j]):
                            played += points[here, t] * ours[z + t * size + a]
                    total *= played
                    continue
                total *= ours[z + k * size + a]
                expected = points[here, k] * sigma[z + k * size + a]
                if not own[c, m] and expected >= 1e-290 and many[first[m] + a] > 1:
                    there = low + (at // strides[j]) % n_points
                    total *= chance[first[m] + a] * points[there, k] / expected
            weight[c, e] = total


@njit(cache=True, nogil=True, fastmath={"contract"})
def _mix(
    number: Any, weight: Any, rows: Any, n: int, stride: int, row: int, q: Any, room: Any, to: Any
) -> None:
    """``to[row]`` <- the columns of q [P, B, P] (flat), each averaged as its class is."""
    out = to.reshape(-1)
    for block in range(0, stride, LANES):
        at = row * stride + block
        low, high = number[block], number[block]
        for c in range(block, block + LANES):
            low, high = min(low, number[c]), max(high, number[c])
        gather_rows(out, at, weight[low], rows, 0, n, q, stride, block)
        for other in range(low + 1, high + 1):
            there = False
            for c in range(block, block + LANES):
                there = there or number[c] == other
            if there:
                gather_rows(room, 0, weight[other], rows, 0, n, q, stride, block)
                for c in range(LANES):
                    if number[block + c] == other:
                        out[at + c] = room[c]
