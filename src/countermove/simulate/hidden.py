"""The compiled loops for paths with hidden types, public beliefs or movers who move at once.

A path has its true types and a point of the belief grid. After a typed player's move Bayes' rule
gives a posterior between grid points, and the belief snaps to a vertex v of the posterior's cell:
with the true type θ, to each with probability w_v · v[θ] / b'[θ], w the cell's weights and b' the
posterior. Averaged over types this is w_v, so simulated means are those of the exact columns, which
are read by the same weights; and of the paths at v a share v[θ] has type θ.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from countermove.simulate.kernels import CHUNK, draw, uniform
from countermove.solve.posteriors import locate


class Hidden(NamedTuple):
    """What else there is to each path; axis letters: N paths, J belief axes.

    ``belief`` is the joint point, ``before`` that at the start of the step under way.
    """

    belief: NDArray[np.int64]  # [N]
    before: NDArray[np.int64]  # [N]
    types: NDArray[np.uint8]  # [N, J], the true ones


class Moves(NamedTuple):
    """Who moves at a step; axis letters: M movers, Z numbers of a state and belief point.

    Mover m has ``n_actions[m]`` actions, plays from place ``offset[m]`` of a strategy (its first
    type's), and each of its actions stands for ``later[m]`` profiles in a row.
    """

    n_actions: NDArray[np.int32]  # [M]
    offset: NDArray[np.int32]  # [M]
    later: NDArray[np.int32]  # [M]
    axis: NDArray[np.int32]  # [M], -1 without types
    bound: NDArray[np.uint8]  # [S, M], no rows where all are free everywhere
    strategy: NDArray[np.float64]  # [S, B * Z]
    width: int  # Z


class Entries(NamedTuple):
    """Where what a step earns is booked; axis letters: K charges, I absorbing columns, R redraws.

    A charge counts on paths whose true types are ``charge_types`` (-1 for any), and for as much as
    its ``weight`` at the belief, or at the true types where ``truly``.
    """

    charge_types: NDArray[np.int32]  # [K, J]
    charge_account: NDArray[np.int32]  # [K]
    truly: NDArray[np.uint8]  # [K]
    weight: NDArray[np.float64]  # [K, B]
    absorb_types: NDArray[np.int32]  # [I, J]
    absorb_account: NDArray[np.int32]  # [I]
    redraw_point: NDArray[np.int32]  # [R, J], -1 where an axis is untouched
    redraw_stops: NDArray[np.uint8]  # [R, J]
    redraw_chances: NDArray[np.float64]  # [R, J, K]


class Closing(NamedTuple):
    """A period's end; axis letters: F entries that hang on types. As ``Entries``."""

    add: NDArray[np.float64]  # [S, C]
    keep: NDArray[np.float64]  # [S, C]
    over: NDArray[np.uint8]  # [S]
    types: NDArray[np.int32]  # [F, J]
    account: NDArray[np.int32]  # [F]
    truly: NDArray[np.uint8]  # [F]
    value: NDArray[np.float64]  # [S, F]
    weight: NDArray[np.float64]  # [F, B]


@njit(cache=True, nogil=True)
def begin_types(chances: Any, paths: Any, hidden: Any) -> None:
    """Every path draws its types from the priors, ``chances`` [J, K]."""
    types, streams = hidden.types, paths.streams
    for p in range(types.shape[0]):
        for j in range(types.shape[1]):
            types[p, j] = draw(chances[j], 0, chances.shape[1], uniform(streams, p))


@njit(cache=True, nogil=True)
def _choose_rows(low: int, high: int, acts: Any, moves: Any, paths: Any, hidden: Any) -> None:
    state, done, streams, chosen = paths.state, paths.done, paths.streams, paths.chosen
    belief, before, types = hidden.belief, hidden.before, hidden.types
    flat, width = moves.strategy.reshape(-1), moves.width
    a_row = np.int64(moves.strategy.shape[1])
    count, offset, axis = moves.n_actions, moves.offset, moves.axis
    for p in range(low, high):
        s = np.int64(state[p])
        before[p] = belief[p]
        chosen[p] = -1
        if done[p] or not acts[s]:
            continue
        profile = 0
        for m in range(count.shape[0]):
            n, a = count[m], 0
            if n > 1:
                at = s * a_row + belief[p] * width + offset[m]
                if axis[m] >= 0:
                    at += types[p, axis[m]] * n
                a = draw(flat, at, at + n, uniform(streams, p)) - at
            profile = profile * n + a
        chosen[p] = profile


@njit(cache=True, parallel=True)
def choose(acts: Any, moves: Any, paths: Any, hidden: Any) -> None:
    """``chosen`` <- the profile that each path's movers draw, each by its own true type."""
    n = paths.state.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        low = chunk * CHUNK
        _choose_rows(low, min(n, low + CHUNK), acts, moves, paths, hidden)


@njit(cache=True, nogil=True)
def _snap_rows(
    low: int, high: int, m: int, cells: Any, ledger: Any, moves: Any, paths: Any, hidden: Any
) -> None:
    state, chosen, streams, bound = paths.state, paths.chosen, paths.streams, moves.bound
    before, belief, types = hidden.before, hidden.belief, hidden.types
    j, n, later, offset = moves.axis[m], moves.n_actions[m], moves.later[m], moves.offset[m]
    stride, size = ledger.stride[j], ledger.size[j]
    points, support, possible, vertex = cells.points, cells.support, cells.types, cells.vertex
    flat, width = moves.strategy.reshape(-1), moves.width
    a_row = np.int64(moves.strategy.shape[1])
    n_possible, corner = cells.n_types, cells.corner
    posterior, weight = np.empty(points.shape[1]), np.empty(points.shape[1])
    for p in range(low, high):
        if chosen[p] < 0 or (bound.shape[0] > 0 and bound[state[p], m]):
            continue
        point = before[p] // stride % size
        g = support[point]
        if g < 0:
            continue
        n_types = n_possible[g]
        at = state[p] * a_row + before[p] * width + offset + chosen[p] // later % n
        total = 0.0
        for i in range(n_types):
            k = possible[g, i]
            posterior[i] = points[point, k] * flat[at + k * n]
            total += posterior[i]
        for i in range(n_types):
            posterior[i] /= total
        cell = locate(cells, g, posterior, corner[point], weight)
        to = _lottery(points, types[p, j], vertex, cell, n_types, weight, uniform(streams, p))
        belief[p] += (to - point) * stride


@njit(cache=True, nogil=True, forceinline=True)
def _lottery(
    points: Any, kind: int, vertex: Any, cell: int, n_types: int, weight: Any, u: float
) -> Any:
    """A vertex of a cell, drawn by its weight times the probability there of the true type."""
    total, most = 0.0, 0
    for i in range(n_types):
        likely = points[vertex[cell, i], kind]
        weight[i] *= likely
        total += weight[i]
        if likely > points[vertex[cell, most], kind]:
            most = i
    if total <= 0.0:  # a type too unlikely for the weights to show, and yet it is the true one
        return vertex[cell, most]
    return vertex[cell, draw(weight, 0, n_types, u * total)]


@njit(cache=True, parallel=True)
def snap(m: int, cells: Any, ledger: Any, moves: Any, paths: Any, hidden: Any) -> None:
    """The belief about mover m, whose axis has ``cells``, snaps to a point after its action."""
    n = paths.state.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        low = chunk * CHUNK
        _snap_rows(low, min(n, low + CHUNK), m, cells, ledger, moves, paths, hidden)


@njit(cache=True, nogil=True, forceinline=True)
def _truth(certain: Any, stride: Any, size: Any, types: Any, belief: Any, p: int) -> Any:
    """The joint point where a path's true types are certain, as far as the grids have it."""
    at = np.int64(0)
    for j in range(size.shape[0]):
        point = np.int64(certain[j, types[p, j]])
        if point < 0:
            point = belief[p] // stride[j] % size[j]
        at += point * stride[j]
    return at


@njit(cache=True, nogil=True, forceinline=True)
def _fits(wanted: Any, types: Any, row: int, p: int) -> Any:
    for j in range(types.shape[1]):
        if wanted[row, j] >= 0 and wanted[row, j] != types[p, j]:
            return False
    return True


@njit(cache=True, nogil=True)
def _branch_rows(low: int, high: int, step: Any, n_profiles: int, paths: Any, branch: Any) -> None:
    pointer, odds, streams = step.pointer, step.odds, paths.streams
    for p in range(low, high):
        branch[p - low] = -1
        if paths.chosen[p] >= 0:
            at = np.int64(paths.state[p]) * n_profiles + paths.chosen[p]
            e, last = pointer[at], pointer[at + 1]
            if last - e > 1:
                e = draw(odds, e, last, uniform(streams, p))
            branch[p - low] = e


@njit(cache=True, nogil=True)
def _earn_rows(
    low: int, high: int, step: Any, entries: Any, ledger: Any, paths: Any, hidden: Any, branch: Any
) -> None:
    first, order, charge = step.charge_first, step.charge_order, step.charge
    hung_row, hung, hit, where = step.hung_row, step.hung, step.absorb_hit, step.absorb_where
    wanted, into, truly = entries.charge_types, entries.charge_account, entries.truly
    share, marked, marks = entries.weight, entries.absorb_types, entries.absorb_account
    certain, stride, size = ledger.certain, ledger.stride, ledger.size
    state, chosen, types, belief = paths.state, paths.chosen, hidden.types, hidden.belief
    earned, weight = paths.earned, paths.weight
    for p in range(low, high):
        e = branch[p - low]
        if e < 0:
            continue
        s, a = state[p], chosen[p]
        truth = belief[p]
        if first[a + 1] > first[a]:
            truth = _truth(certain, stride, size, types, belief, p)
        for i in range(first[a], first[a + 1]):
            k = order[i]
            if _fits(wanted, types, k, p):
                value = charge[s, k] if hung_row[k] < 0 else hung[hung_row[k], e]
                value *= share[k, truth if truly[k] else belief[p]]
                earned[p, into[k]] += weight[p, into[k]] * value
        for i in range(marks.shape[0]):
            if hit[i, e] and where[i, s] != 0.0 and _fits(marked, types, i, p):
                earned[p, marks[i]] += weight[p, marks[i]]
                weight[p, marks[i]] = 0.0


@njit(cache=True, nogil=True)
def _move_rows(
    low: int, high: int, step: Any, entries: Any, ledger: Any, paths: Any, hidden: Any, branch: Any
) -> None:
    state, chosen, happened, successor = paths.state, paths.chosen, step.happened, step.successor
    n_states = step.acts.shape[0]
    for p in range(low, high):
        e = branch[p - low]
        if e < 0:
            continue
        if happened.shape[0] > 0 and not happened[e]:
            chosen[p] = -1
        state[p] = successor[e] % n_states
        if successor[e] >= n_states:
            _redraw(successor[e] // n_states - 1, entries, ledger, paths, hidden, p)


@njit(cache=True, nogil=True)
def _redraw(r: int, entries: Any, ledger: Any, paths: Any, hidden: Any, p: int) -> None:
    """Types drawn anew, in public; where the succession stops, the incumbent earns no more."""
    for j in range(ledger.size.shape[0]):
        point = entries.redraw_point[r, j]
        if point < 0:
            continue
        old = hidden.belief[p] // ledger.stride[j] % ledger.size[j]
        hidden.belief[p] += (point - old) * ledger.stride[j]
        chances = entries.redraw_chances[r, j]
        hidden.types[p, j] = draw(chances, 0, chances.shape[0], uniform(paths.streams, p))
        if entries.redraw_stops[r, j]:
            for g in range(ledger.owner.shape[0]):
                if ledger.owner[g] == j:
                    paths.weight[p, g] = 0.0


@njit(cache=True, parallel=True)
def settle(step: Any, entries: Any, ledger: Any, n_profiles: int, paths: Any, hidden: Any) -> None:
    """Every path whose profile is drawn draws its branch, earns, and goes on."""
    n = paths.state.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        low = chunk * CHUNK
        high = min(n, low + CHUNK)
        branch = np.empty(CHUNK, np.int64)
        _branch_rows(low, high, step, n_profiles, paths, branch)
        _earn_rows(low, high, step, entries, ledger, paths, hidden, branch)
        _move_rows(low, high, step, entries, ledger, paths, hidden, branch)


@njit(cache=True, nogil=True)
def _close_rows(low: int, high: int, end: Any, ledger: Any, paths: Any, hidden: Any) -> None:
    state, done, earned, weight = paths.state, paths.done, paths.earned, paths.weight
    add, keep, over, types, belief = end.add, end.keep, end.over, hidden.types, hidden.belief
    account, base, step, n_payoffs = end.account, ledger.base, ledger.step, ledger.n_payoffs
    wanted, truly, amount, share = end.types, end.truly, end.value, end.weight
    certain, stride, size = ledger.certain, ledger.stride, ledger.size
    for p in range(low, high):
        s = state[p]
        first = n_payoffs if done[p] else 0
        truth = belief[p]
        if account.shape[0] > 0:
            truth = _truth(certain, stride, size, types, belief, p)
        for f in range(account.shape[0]):
            g = account[f]
            if g >= first and _fits(wanted, types, f, p):
                value = amount[s, f] * share[f, truth if truly[f] else belief[p]]
                earned[p, g] += weight[p, g] * value
        for g in range(first, base.shape[0]):
            c = base[g]
            for j in range(step.shape[1]):
                c += step[g, j] * types[p, j]
            earned[p, g] += weight[p, g] * add[s, c]
            weight[p, g] *= keep[s, c]
        if over.shape[0] > 0 and over[s]:
            done[p] = 1


@njit(cache=True, parallel=True)
def close(end: Any, ledger: Any, paths: Any, hidden: Any) -> None:
    """The end of a period, as ``kernels.close``; a path's own columns earn, by its true types."""
    n = paths.state.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        low = chunk * CHUNK
        _close_rows(low, min(n, low + CHUNK), end, ledger, paths, hidden)
