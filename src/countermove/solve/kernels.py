"""The compiled loops of the backward recursion: moves and events, fused per state.

They take the game as data, so nothing is compiled again when a scenario changes. Value arrays are
[S * B, C]: a row for each state and belief point, with C padded to a multiple of eight. Each loop
comes twice: parallel over states for one big game, and serial (releasing the interpreter's lock)
for many small ones side by side.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from countermove.solve.simd import LANES, exp_in_place, gather_rows

# States are worked on in tiles, stage by stage, so that each stage keeps the processor's units
# busy; a tile's numbers stay in the nearest cache.
_TILE = 64
_TILE_NUMBERS = 2560
_CHUNK = 256  # states a task: enough to amortise its buffers, few enough to balance


class Marks(NamedTuple):
    """Columns that become 1 on some branches; axis letters: I of them, E branches, S states."""

    column: NDArray[np.int32]  # [I]
    hit: NDArray[np.uint8]  # [I, E]
    where: NDArray[np.float64]  # [I, S]


class PeriodArrays(NamedTuple):
    """A period's end as ``countermove.game.numbers.PeriodNumbers`` describes it."""

    end: NDArray[np.int32]
    add: NDArray[np.float64]
    keep: NDArray[np.float64]
    carry: NDArray[np.uint32]
    over: NDArray[np.uint8]
    typed_column: NDArray[np.int32]
    typed_value: NDArray[np.float64]
    typed_weight: NDArray[np.float64]


@njit(cache=True, nogil=True, forceinline=True)
def playable(step: Any, s: int, profile: int) -> Any:
    """May every mover play its part of a profile in state s?"""
    first, legal = step.first, step.legal
    movers = first.shape[0] - 1
    if movers < 2:
        return legal[s, profile] != 0
    rest = profile
    for m in range(movers - 1, -1, -1):
        n = first[m + 1] - first[m]
        if not legal[s, first[m] + rest % n]:
            return False
        rest //= n
    return True


@njit(cache=True, nogil=True, forceinline=True, fastmath={"contract"})
def expect(
    states: Any, step: Any, marks: Any, n_profiles: int, n_beliefs: int, after: Any, q: Any
) -> None:
    """``q`` [N, P, B, C] (flat) <- what each profile of N states comes to, at the belief after."""
    stride = after.shape[1]
    wide = n_beliefs * stride
    pointer, odds, successor = step.pointer, step.odds, step.successor
    actions, columns, charge = step.charge_action, step.charge_column, step.charge
    weight, flat = step.charge_weight, after.reshape(-1)
    for i in range(states.shape[0]):
        s = states[i]
        row = i * n_profiles
        for a in range(n_profiles):
            first, last = pointer[s * n_profiles + a], pointer[s * n_profiles + a + 1]
            if not playable(step, s, a):
                last = first  # its weight is zero, and its q must be finite
            for block in range(0, wide, LANES):
                place = (row + a) * wide + block
                gather_rows(q, place, odds, successor, first, last, flat, wide, block)
        for k in range(actions.shape[0]):
            profile = np.int64(actions[k])
            if columns[k] < stride and playable(step, s, profile):
                place = (row + profile) * wide + columns[k]
                for b in range(n_beliefs):
                    q[place + b * stride] += charge[s, k] * weight[k, b]
        for k in range(marks.column.shape[0]):
            if marks.column[k] < stride and marks.where[k, s] != 0.0:
                _absorb(step, marks.hit[k], marks.column[k], s, row, n_profiles, after, wide, q)


@njit(cache=True, nogil=True)
def _absorb(
    step: Any,
    hit: Any,
    column: int,
    s: int,
    row: int,
    n_profiles: int,
    after: Any,
    wide: int,
    q: Any,
) -> None:
    """A column that becomes 1 on the branches that hit."""
    pointer, odds, successor = step.pointer, step.odds, step.successor
    stride = after.shape[1]
    n_beliefs = wide // stride
    for a in range(n_profiles):
        for e in range(pointer[s * n_profiles + a], pointer[s * n_profiles + a + 1]):
            if hit[e]:
                for b in range(n_beliefs):
                    r = np.int64(successor[e]) * n_beliefs + b
                    place = (row + a) * wide + b * stride + column
                    q[place] += odds[e] * (1.0 - after[r, column])


@njit(cache=True, nogil=True, forceinline=True, fastmath={"contract"})
def _choose(states: Any, step: Any, n_beliefs: int, stride: int, q: Any, weights: Any) -> None:
    """``weights`` [N, B, A] (flat) <- softmax of rationality × q, or the policy's mixture."""
    n_actions, legal, bound, mixture = step.legal.shape[1], step.legal, step.bound, step.mixture
    rationality, player = step.rationality[0], step.column[0]
    wide = n_beliefs * stride
    for i in range(states.shape[0]):
        s = states[i]
        for b in range(n_beliefs):
            row = (i * n_beliefs + b) * n_actions
            place = i * n_actions * wide + b * stride + player
            best = -np.inf
            for a in range(n_actions):
                if legal[s, a]:
                    best = max(best, q[place + a * wide])
            for a in range(n_actions):
                # The best exponent is zero, so nothing overflows whatever the payoffs.
                exponent = rationality * (q[place + a * wide] - best)
                weights[row + a] = exponent if legal[s, a] else -np.inf
    for block in range(0, states.shape[0] * n_beliefs * n_actions, LANES):
        exp_in_place(weights, block)
    for i in range(states.shape[0]):
        s = states[i]
        for b in range(n_beliefs):
            row = (i * n_beliefs + b) * n_actions
            total = 0.0
            for a in range(n_actions):
                total += weights[row + a]
            scale = 1.0 / total
            for a in range(n_actions):
                weights[row + a] *= scale
            if bound.shape[0] > 0 and bound[s, 0]:
                for a in range(n_actions):
                    weights[row + a] = mixture[s, a]


@njit(cache=True, nogil=True, forceinline=True, fastmath={"contract"})
def _mix(
    states: Any, n_beliefs: int, q: Any, weights: Any, rows: Any, before: Any, strategy: Any
) -> None:
    """``before`` <- q averaged by the weights, which are the strategy."""
    stride = before.shape[1]
    n_actions = strategy.shape[1] // n_beliefs
    out = before.reshape(-1)
    for i in range(states.shape[0]):
        s = states[i]
        for b in range(n_beliefs):
            row = (i * n_beliefs + b) * n_actions
            for a in range(n_actions):
                strategy[s, b * n_actions + a] = weights[row + a]
            for block in range(0, stride, LANES):
                place = (s * n_beliefs + b) * stride + block
                gather_rows(out, place, weights, rows, row, row + n_actions, q, stride, block)


@njit(cache=True, nogil=True, forceinline=True)
def aligned(n: int) -> Any:
    """``n`` zeros that begin at a cache line: a vector across two lines would cost twice."""
    room = np.zeros(n + LANES)
    skip = (-room.ctypes.data // room.itemsize) % LANES
    return room[skip : skip + n]


@njit(cache=True, nogil=True, fastmath={"contract"})
def _step_rows(
    low: int,
    high: int,
    step: Any,
    marks: Any,
    n_beliefs: int,
    after: Any,
    before: Any,
    strategy: Any,
) -> None:
    n_actions, stride = strategy.shape[1] // n_beliefs, after.shape[1]
    size = max(4, min(_TILE, _TILE_NUMBERS // (n_actions * n_beliefs * stride)))
    q = aligned(size * n_actions * n_beliefs * stride)
    # The last vector of a tile may reach beyond it.
    weights = aligned(size * n_beliefs * n_actions + LANES)
    weights[:] = 1.0  # of the only action of an event
    rows = np.empty(size * n_beliefs * n_actions, np.uint32)
    for i in range(size):
        for b in range(n_beliefs):
            for a in range(n_actions):
                row = (i * n_beliefs + b) * n_actions + a
                rows[row] = (i * n_actions + a) * n_beliefs + b
    for tile in range(low, high, size):
        states = step.moving[tile : min(high, tile + size)]
        expect(states, step, marks, n_actions, n_beliefs, after, q)
        if step.column.shape[0] > 0:
            _choose(states, step, n_beliefs, stride, q, weights)
        _mix(states, n_beliefs, q, weights, rows, before, strategy)


@njit(cache=True, parallel=True)
def step_parallel(
    step: Any, marks: Any, n_beliefs: int, after: Any, before: Any, strategy: Any
) -> None:
    """One step of nobody with types: ``before`` [S * B, C] and ``strategy`` [S, B * A] from
    ``after`` [S * B, C], on all cores."""
    n = step.moving.shape[0]
    chunk = max(4, _CHUNK // n_beliefs)
    for task in prange((n + chunk - 1) // chunk):
        low = task * chunk
        _step_rows(low, min(n, low + chunk), step, marks, n_beliefs, after, before, strategy)


@njit(cache=True, nogil=True)
def step_serial(
    step: Any, marks: Any, n_beliefs: int, after: Any, before: Any, strategy: Any
) -> None:
    """As ``step_parallel``, on one core."""
    n = step.moving.shape[0]
    _step_rows(0, n, step, marks, n_beliefs, after, before, strategy)


@njit(cache=True, nogil=True)
def copy_rows(which: Any, n_beliefs: int, source: Any, target: Any) -> None:
    """``target[s] <- source[s]`` for each s in ``which``, at all beliefs; both [S * B, C]."""
    for i in range(which.shape[0]):
        first = np.int64(which[i]) * n_beliefs
        for r in range(first, first + n_beliefs):
            for c in range(source.shape[1]):
                target[r, c] = source[r, c]


@njit(cache=True, nogil=True)
def _step_or_none(
    step: Any, marks: Any, n_beliefs: int, after: Any, before: Any, strategy: Any
) -> Any:
    """One step with those who do not act; False, and nothing done, where nobody does."""
    if step.moving.shape[0] == 0:
        return False
    copy_rows(step.idle, n_beliefs, after, before)
    step_serial(step, marks, n_beliefs, after, before, strategy)
    return True


@njit(cache=True, nogil=True)
def four_steps(
    n: int,
    a: Any,
    a_marks: Any,
    a_strategy: Any,
    b: Any,
    b_marks: Any,
    b_strategy: Any,
    c: Any,
    c_marks: Any,
    c_strategy: Any,
    d: Any,
    d_marks: Any,
    d_strategy: Any,
    n_beliefs: int,
    values: Any,
    other: Any,
) -> Any:
    """The first ``n`` of up to four steps, one after another, on one core; the rest is not read.

    ``values`` and ``other`` [S * B, C] take turns; True where the last were written to ``other``.
    In one piece, as threads side by side wait for the interpreter's lock between two calls.
    """
    turned = False
    if n > 0 and _step_or_none(a, a_marks, n_beliefs, values, other, a_strategy):
        values, other, turned = other, values, not turned
    if n > 1 and _step_or_none(b, b_marks, n_beliefs, values, other, b_strategy):
        values, other, turned = other, values, not turned
    if n > 2 and _step_or_none(c, c_marks, n_beliefs, values, other, c_strategy):
        values, other, turned = other, values, not turned
    if n > 3 and _step_or_none(d, d_marks, n_beliefs, values, other, d_strategy):
        turned = not turned
    return turned


@njit(cache=True, nogil=True)
def period_end(period: Any, n_payoffs: int, following: Any, frozen: Any, out: Any) -> None:
    """``out[s, b] <- add[s] + keep[s] · V'`` at a period's end, for the states there.

    V' is ``following`` at the state that begins the next period; where the game is over, payoffs
    get no more than ``add``, and measures go on with the state ``frozen``. ``add`` and ``keep`` are
    [S, C], the value arrays [S * B, C] and padded.
    """
    end, add, keep, carry, over = period.end, period.add, period.keep, period.carry, period.over
    n_beliefs = following.shape[0] // add.shape[0]
    n_columns = min(add.shape[1], out.shape[1])
    for i in range(end.shape[0]):
        s = np.int64(end[i])
        for b in range(n_beliefs):
            row = s * n_beliefs + b
            if over.shape[0] > 0 and over[s]:
                for c in range(n_columns):
                    out[row, c] = add[s, c]
                    if c >= n_payoffs:
                        out[row, c] += keep[s, c] * frozen[row, c]
            else:
                r = np.int64(carry[s]) * n_beliefs + b
                for c in range(n_columns):
                    out[row, c] = add[s, c] + keep[s, c] * following[r, c]
            _add_typed(period, s, b, out[row])


@njit(cache=True, nogil=True, forceinline=True)
def _add_typed(period: Any, s: int, b: int, out: Any) -> None:
    """What depends on types, averaged by the belief, at a period's end."""
    column, value, weight = period.typed_column, period.typed_value, period.typed_weight
    for f in range(column.shape[0]):
        if column[f] < out.shape[0]:
            out[column[f]] += value[s, f] * weight[f, b]


@njit(cache=True, nogil=True)
def freeze(period: Any, n_payoffs: int, frozen: Any) -> None:
    """``F <- add + keep · F`` for measures, in place: what a state that stays as it is earns."""
    add, keep = period.add, period.keep
    column, value, weight = period.typed_column, period.typed_value, period.typed_weight
    n_beliefs = frozen.shape[0] // add.shape[0]
    for s in range(add.shape[0]):
        for b in range(n_beliefs):
            row = s * n_beliefs + b
            for c in range(n_payoffs, min(add.shape[1], frozen.shape[1])):
                frozen[row, c] = add[s, c] + keep[s, c] * frozen[row, c]
            for f in range(column.shape[0]):
                if n_payoffs <= column[f] < frozen.shape[1]:
                    frozen[row, column[f]] += value[s, f] * weight[f, b]
