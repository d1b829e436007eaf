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
from countermove.solve.posteriors import TINY, begin_spread, between, locate, spread_out
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
def meet_typed_rows(
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
    """As ``meet_rows`` for one mover with types, in one piece: calls cost more than the sums."""
    stride, n = after.shape[1], step.legal.shape[1]
    j, column, rationality = step.axis[0], step.column[0], step.rationality[0]
    kinds, axis_stride, low = atlas.kinds[j], atlas.stride[j], atlas.start[j]
    n_points, points = atlas.start[j + 1] - low, atlas.points
    legal, bound, mixture, may = meeting.legal, meeting.bound, meeting.mixture, step.legal
    number, types, own, mine = meeting.number, meeting.types, meeting.own, meeting.ours[0] != 0
    q, room, wide = aligned(n * n_beliefs * stride), aligned(LANES), kinds * n
    ours, posterior, share = np.zeros((kinds, n)), np.zeros(kinds), np.zeros(kinds)
    rows, weight = np.zeros(wide, np.uint32), np.zeros((own.shape[0], wide))
    action, there, spread = np.zeros(wide, np.int64), np.zeros(wide, np.int64), np.zeros(wide)
    chance, many, worth = np.zeros(n), np.zeros(n, np.int64), np.zeros(n)
    for i in range(states.shape[0]):
        s = states[i]
        expect(states[i : i + 1], step, marks, n, n_beliefs, after, q)
        for b in range(n_beliefs):
            sigma = free[s, b * wide : (b + 1) * wide]
            v = (b // axis_stride) % n_points
            here, support, entries = low + v, atlas.support[low + v], 0
            for a in range(n):
                if not may[s, a]:
                    continue
                total = 0.0
                for k in range(kinds):
                    total += points[here, k] * sigma[k * n + a]
                chance[a], many[a] = total, 1
                if support >= 0 and total >= TINY:
                    many[a] = atlas.n_types[support]
                    for e in range(many[a]):
                        k = atlas.types[support, e]
                        posterior[e] = points[here, k] * sigma[k * n + a] / total
                    if many[a] == 2:  # as locate would, without the price of its call
                        cell = between(atlas, support, posterior, share)
                    else:
                        cell = locate(atlas, support, posterior, atlas.corner[here], share)
                    for e in range(many[a]):
                        there[entries] = atlas.vertex[cell, e]
                        spread[entries], action[entries] = share[e], a
                        entries += 1
                else:
                    there[entries], spread[entries], action[entries] = v, 1.0, a
                    entries += 1
            for e in range(entries):
                rows[e] = action[e] * n_beliefs + b + (there[e] - v) * axis_stride
            for k in range(kinds):
                if not mine:
                    ours[k] = sigma[k * n : (k + 1) * n]
                elif bound[s, 0]:
                    ours[k] = mixture[s]
                else:
                    worth[:] = 0.0
                    for e in range(entries):
                        worth[action[e]] += spread[e] * q[np.int64(rows[e]) * stride + column + k]
                    best, total = -np.inf, 0.0
                    for a in range(n):
                        if legal[s, a]:
                            best = max(best, worth[a])
                    for a in range(n):
                        ours[k, a] = 0.0
                        if legal[s, a]:
                            ours[k, a] = np.exp(rationality * (worth[a] - best))
                            total += ours[k, a]
                    ours[k] /= total
            for c in range(own.shape[0]):
                k = types[c, 0]
                for e in range(entries):
                    a = action[e]
                    if k < 0:
                        played = chance[a]
                        if mine:
                            played = 0.0
                            for t in range(kinds):
                                played += points[here, t] * ours[t, a]
                        weight[c, e] = spread[e] * played
                        continue
                    weight[c, e] = spread[e] * ours[k, a]
                    expected = points[here, k] * sigma[k * n + a]
                    if many[a] > 1 and not own[c, 0] and expected >= TINY:
                        weight[c, e] *= chance[a] * points[low + there[e], k] / expected
            _mix(number, weight, rows, entries, stride, s * n_beliefs + b, q, room, before)


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
    movers, z = first.shape[0] - 1, 0
    for m in range(movers):
        actions, kinds = first[m + 1] - first[m], 1
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
                others, rest, a = share[e], profile[e], profile[e]
                for o in range(movers - 1 if movers > 1 else -1, -1, -1):
                    size = first[o + 1] - first[o]
                    place = first[o] + rest % size
                    rest //= size
                    if o == m:
                        a = place - first[o]
                    else:
                        others *= mixture[s, place] if mine[o] and bound[s, o] else chance[place]
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
    classes = own.shape[0]
    for e in range(n):
        # Whole numbers are divided once for all classes: it takes longer than all the rest.
        rest, z = profile[e], sigma.shape[0]
        at = np.int64(row[e]) - rest * n_beliefs
        for c in range(classes):
            weight[c, e] = share[e]
        for m in range(first.shape[0] - 2, -1, -1):
            size, j = first[m + 1] - first[m], axis[m]
            a = rest if m == 0 else rest % size
            rest = 0 if m == 0 else rest // size
            if j < 0:
                z -= size
                for c in range(classes):
                    weight[c, e] *= ours[z + a]
                continue
            z -= size * kinds[j]
            low, n_points = start[j], start[j + 1] - start[j]
            here, there = low + (b // strides[j]) % n_points, low + (at // strides[j]) % n_points
            expected = chance[first[m] + a]
            played = expected
            if mine[m]:
                played = 0.0
                for t in range(kinds[j]):
                    played += points[here, t] * ours[z + t * size + a]
            learnt = many[first[m] + a] > 1
            for c in range(classes):
                k = types[c, m]
                if k < 0:
                    weight[c, e] *= played
                    continue
                weight[c, e] *= ours[z + k * size + a]
                free = points[here, k] * sigma[z + k * size + a]
                if learnt and not own[c, m] and free >= TINY:
                    weight[c, e] *= expected * points[there, k] / free


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
