"""The compiled loops of the backward recursion: moves and events, fused per state.

They take the game as data, so nothing is compiled again when a scenario changes. Value arrays are
[S, C] with C padded to a multiple of eight. Each loop comes twice: parallel over states for one big
game, and serial (releasing the interpreter's lock) for many small ones side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

from countermove.solve.simd import LANES, gather_rows

_CHUNK = 256  # states a task: enough to amortise its buffers, few enough to balance


@njit(cache=True, nogil=True, fastmath={"contract"})
def _logit(
    q: Any, weights: Any, legal: Any, s: int, rationality: float, column: int, stride: int
) -> None:
    """``weights[a]`` <- softmax over legal actions of rationality × q[a, column]."""
    n_actions = weights.shape[0]
    best = -np.inf
    for a in range(n_actions):
        if legal[s, a]:
            best = max(best, q[a * stride + column])
    total = 0.0
    for a in range(n_actions):
        # The best exponent is zero, so nothing overflows whatever the payoffs.
        p = np.exp(rationality * (q[a * stride + column] - best)) if legal[s, a] else 0.0
        weights[a] = p
        total += p
    for a in range(n_actions):
        weights[a] /= total


@njit(cache=True, nogil=True, fastmath={"contract"})
def _step_rows(low: int, high: int, step: Any, after: Any, before: Any, strategy: Any) -> None:
    n_actions, stride = step.legal.shape[1], after.shape[1]
    moving, pointer, legal = step.moving, step.pointer, step.legal
    flat = after.reshape(-1)
    q = np.zeros(n_actions * stride)
    weights = np.ones(n_actions)
    for i in range(low, high):
        s = moving[i]
        for a in range(n_actions):
            if legal[s, a]:
                first, last = pointer[s * n_actions + a], pointer[s * n_actions + a + 1]
                for block in range(0, stride, LANES):
                    place = a * stride + block
                    gather_rows(
                        q, place, step.odds, step.successor, first, last, flat, stride, block
                    )
        for k in range(step.charge_action.shape[0]):
            q[step.charge_action[k] * stride + step.charge_column[k]] += step.charge[s, k]
        if step.bound.shape[0] > 0 and step.bound[s]:
            for a in range(n_actions):
                weights[a] = step.mixture[s, a]
        elif step.player >= 0:
            _logit(q, weights, legal, s, step.rationality, step.player, stride)
        for c in range(stride):
            before[s, c] = 0.0
        for a in range(n_actions):
            p = weights[a]
            strategy[s, a] = p
            # An illegal action has weight zero, and its q may hold anything.
            if p > 0.0:
                for c in range(stride):
                    before[s, c] += p * q[a * stride + c]


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
