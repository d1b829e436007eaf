"""The compiled loops of the backward recursion: moves and events, fused per state.

They take the game as data, so nothing is compiled again when a scenario changes. Value arrays are
[S, C] with C padded to a multiple of eight. Each loop comes twice: parallel over states for one big
game, and serial (releasing the interpreter's lock) for many small ones side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

from countermove.solve.simd import LANES, exp_in_place, gather_rows

# States are worked on in tiles, stage by stage, so that each stage keeps the processor's units
# busy; a tile's numbers stay in the nearest cache.
_TILE = 64
_TILE_NUMBERS = 2560
_CHUNK = 256  # states a task: enough to amortise its buffers, few enough to balance


@njit(cache=True, nogil=True, forceinline=True, fastmath={"contract"})
def _expect(states: Any, step: Any, after: Any, q: Any) -> None:
    """``q`` [N, A, C] (flat) <- what each action of N states comes to."""
    n_actions, stride = step.legal.shape[1], after.shape[1]
    pointer, legal, odds, successor = step.pointer, step.legal, step.odds, step.successor
    actions, columns, charge = step.charge_action, step.charge_column, step.charge
    flat = after.reshape(-1)
    for i in range(states.shape[0]):
        s = states[i]
        row = i * n_actions
        for a in range(n_actions):
            first, last = pointer[s * n_actions + a], pointer[s * n_actions + a + 1]
            if not legal[s, a]:
                last = first  # its weight is zero, and its q must be finite
            for block in range(0, stride, LANES):
                place = (row + a) * stride + block
                gather_rows(q, place, odds, successor, first, last, flat, stride, block)
        for k in range(actions.shape[0]):
            a = actions[k]
            if legal[s, a]:
                q[(row + a) * stride + columns[k]] += charge[s, k]


@njit(cache=True, nogil=True, forceinline=True, fastmath={"contract"})
def _choose(states: Any, step: Any, stride: int, q: Any, weights: Any) -> None:
    """``weights`` [N, A] (flat) <- softmax of rationality × q, or the policy's mixture."""
    n_actions, legal, bound, mixture = step.legal.shape[1], step.legal, step.bound, step.mixture
    rationality, player = step.rationality, step.player
    for i in range(states.shape[0]):
        s = states[i]
        row = i * n_actions
        best = -np.inf
        for a in range(n_actions):
            if legal[s, a]:
                best = max(best, q[(row + a) * stride + player])
        for a in range(n_actions):
            # The best exponent is zero, so nothing overflows whatever the payoffs.
            exponent = rationality * (q[(row + a) * stride + player] - best)
            weights[row + a] = exponent if legal[s, a] else -np.inf
    for block in range(0, states.shape[0] * n_actions, LANES):
        exp_in_place(weights, block)
    for i in range(states.shape[0]):
        s = states[i]
        row = i * n_actions
        total = 0.0
        for a in range(n_actions):
            total += weights[row + a]
        scale = 1.0 / total
        for a in range(n_actions):
            weights[row + a] *= scale
        if bound.shape[0] > 0 and bound[s]:
            for a in range(n_actions):
                weights[row + a] = mixture[s, a]


@njit(cache=True, nogil=True, forceinline=True, fastmath={"contract"})
def _mix(states: Any, q: Any, weights: Any, actions: Any, before: Any, strategy: Any) -> None:
    """``before`` <- q averaged by the weights, which are the strategy."""
    n_actions, stride = strategy.shape[1], before.shape[1]
    out = before.reshape(-1)
    for i in range(states.shape[0]):
        s = states[i]
        row = i * n_actions
        for a in range(n_actions):
            strategy[s, a] = weights[row + a]
        for block in range(0, stride, LANES):
            place = s * stride + block
            gather_rows(out, place, weights, actions, row, row + n_actions, q, stride, block)


@njit(cache=True, nogil=True, forceinline=True)
def _aligned(n: int) -> Any:
    """``n`` zeros that begin at a cache line: a vector across two lines would cost twice."""
    room = np.zeros(n + LANES)
    skip = (-room.ctypes.data // room.itemsize) % LANES
    return room[skip : skip + n]


@njit(cache=True, nogil=True, fastmath={"contract"})
def _step_rows(low: int, high: int, step: Any, after: Any, before: Any, strategy: Any) -> None:
    n_actions, stride = step.legal.shape[1], after.shape[1]
    size = max(4, min(_TILE, _TILE_NUMBERS // (n_actions * stride)))
    q = _aligned(size * n_actions * stride)
    weights = _aligned(size * n_actions + LANES)  # the last vector of a tile may reach beyond it
    weights[:] = 1.0  # of the only action of an event
    actions = np.arange(size * n_actions).astype(np.uint32)
    for tile in range(low, high, size):
        states = step.moving[tile : min(high, tile + size)]
        _expect(states, step, after, q)
        if step.player >= 0:
            _choose(states, step, stride, q, weights)
        _mix(states, q, weights, actions, before, strategy)


@njit(cache=True, parallel=True)
def step_parallel(step: Any, after: Any, before: Any, strategy: Any) -> None:
    """One step: ``before`` [S, C] and ``strategy`` [S, A] from ``after`` [S, C], on all cores."""
    n = step.moving.shape[0]
    for chunk in prange((n + _CHUNK - 1) // _CHUNK):
        low = chunk * _CHUNK
        _step_rows(low, min(n, low + _CHUNK), step, after, before, strategy)


@njit(cache=True, nogil=True)
def step_serial(step: Any, after: Any, before: Any, strategy: Any) -> None:
    """As ``step_parallel``, on one core."""
    _step_rows(0, step.moving.shape[0], step, after, before, strategy)


@njit(cache=True, nogil=True)
def copy_rows(which: Any, source: Any, target: Any) -> None:
    """``target[s] <- source[s]`` for each s in ``which``; both [S, C]."""
    for i in range(which.shape[0]):
        s = which[i]
        for c in range(source.shape[1]):
            target[s, c] = source[s, c]


@njit(cache=True, nogil=True)
def period_end(
    end: Any,
    add: Any,
    keep: Any,
    carry: Any,
    over: Any,
    n_payoffs: int,
    following: Any,
    frozen: Any,
    out: Any,
) -> None:
    """``out[s] <- add[s] + keep[s] · V'`` at a period's end, for the states there.

    V' is ``following`` at the state that begins the next period; where the game is over, payoffs
    get no more than ``add``, and measures go on with the state ``frozen``. ``add`` and ``keep`` are
    [S, C], the value arrays padded.
    """
    n_columns = add.shape[1]
    for i in range(end.shape[0]):
        s = end[i]
        if over.shape[0] > 0 and over[s]:
            for c in range(n_columns):
                out[s, c] = add[s, c]
                if c >= n_payoffs:
                    out[s, c] += keep[s, c] * frozen[s, c]
        else:
            r = carry[s]
            for c in range(n_columns):
                out[s, c] = add[s, c] + keep[s, c] * following[r, c]


@njit(cache=True, nogil=True)
def freeze(add: Any, keep: Any, n_payoffs: int, frozen: Any) -> None:
    """``F <- add + keep · F`` for measures, in place: what a state that stays as it is earns."""
    for s in range(add.shape[0]):
        for c in range(n_payoffs, add.shape[1]):
            frozen[s, c] = add[s, c] + keep[s, c] * frozen[s, c]


@njit(cache=True, nogil=True)
def absorb(
    step: Any, hit: Any, condition: Any, column: int, strategy: Any, after: Any, before: Any
) -> None:
    """A column that becomes 1 on the branches that hit, where its condition holds."""
    n_actions = strategy.shape[1]
    pointer, successor, odds = step.pointer, step.successor, step.odds
    for i in range(step.moving.shape[0]):
        s = step.moving[i]
        total = 0.0
        for a in range(n_actions):
            p = strategy[s, a]
            if p > 0.0:
                value = 0.0
                for e in range(pointer[s * n_actions + a], pointer[s * n_actions + a + 1]):
                    if hit[e] and condition[s] != 0.0:
                        value += odds[e]
                    else:
                        value += odds[e] * after[successor[e], column]
                total += p * value
        before[s, column] = total


@njit(cache=True, nogil=True)
def push(step: Any, happened: Any, strategy: Any, mass: Any, out: Any, played: Any) -> float:
    """The step's transpose: ``out`` [S] from ``mass`` [S]; ``played`` [A] is added to.

    Returns the mass of branches on which chance brought something about.
    """
    n_actions = strategy.shape[1]
    pointer, successor, odds = step.pointer, step.successor, step.odds
    for i in range(step.idle.shape[0]):
        out[step.idle[i]] += mass[step.idle[i]]
    brought = 0.0
    for i in range(step.moving.shape[0]):
        s = step.moving[i]
        if mass[s] == 0.0:
            continue
        for a in range(n_actions):
            p = mass[s] * strategy[s, a]
            if p > 0.0:
                played[a] += p
                for e in range(pointer[s * n_actions + a], pointer[s * n_actions + a + 1]):
                    out[successor[e]] += p * odds[e]
                    if happened[e]:
                        brought += p * odds[e]
    return brought
