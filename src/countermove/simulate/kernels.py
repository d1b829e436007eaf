"""The compiled loops of the simulator: many paths through one step or one period's end.

Each path has a random stream of its own (SplitMix64 [Steele, Lea & Flood 2014], started from the
seed and the path's number), so results do not depend on the number of threads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

CHUNK = 1024
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2^-53


class Paths(NamedTuple):
    """Paths under way; axis letters: N paths, C columns.

    ``earned`` is what each column has come to, ``weight`` what the next earning counts for;
    ``chosen`` is the action at the step just passed (0 for an event that brought something about),
    -1 for none.
    """

    state: NDArray[np.uint32]  # [N]
    done: NDArray[np.uint8]  # [N], has the game ended?
    streams: NDArray[np.uint64]  # [N]
    earned: NDArray[np.float64]  # [N, C]
    weight: NDArray[np.float64]  # [N, C]
    chosen: NDArray[np.int16]  # [N]


class Passage(NamedTuple):
    """What a step needs to be walked; axis letters: S states, A actions, E branches, K charges.

    Charges ``charge_order[charge_first[a] : charge_first[a + 1]]`` are action a's; where
    ``hung_row[k] >= 0``, charge k hangs on the branch taken, and is ``hung[hung_row[k], e]``.
    """

    acts: NDArray[np.uint8]  # [S]
    pointer: NDArray[np.int64]  # [S * A + 1]
    successor: NDArray[np.uint32]  # [E]
    odds: NDArray[np.float64]  # [E]
    strategy: NDArray[np.float64]  # [S, A]
    happened: NDArray[np.uint8]  # [E] for an event, else empty
    charge_first: NDArray[np.int32]  # [A + 1]
    charge_order: NDArray[np.int32]  # [K]
    charge_column: NDArray[np.int32]  # [K]
    charge: NDArray[np.float64]  # [S, K]
    hung_row: NDArray[np.int32]  # [K]
    hung: NDArray[np.float64]  # [H, E]
    absorb_column: NDArray[np.int32]  # [I]
    absorb_hit: NDArray[np.uint8]  # [I, E]
    absorb_where: NDArray[np.float64]  # [I, S]


@njit(cache=True, nogil=True)
def _mixed(z: Any) -> Any:
    z = (z ^ (z >> _S30)) * _MIX1
    z = (z ^ (z >> _S27)) * _MIX2
    return z ^ (z >> _S31)


@njit(cache=True, nogil=True)
def begin_streams(seed: Any, first: Any, streams: Any) -> None:
    """The start of each path's stream, from the seed and the path's number (both uint64)."""
    base = _mixed(seed + _GAMMA)
    for p in range(streams.shape[0]):
        streams[p] = _mixed(base + (first + np.uint64(p)) * _GAMMA)


@njit(cache=True, nogil=True, forceinline=True)
def uniform(streams: Any, p: int) -> Any:
    """The next number of a path's stream, evenly from 0 to below 1."""
    streams[p] += _GAMMA
    return float(_mixed(streams[p]) >> _S11) * _UNIT


@njit(cache=True, nogil=True, forceinline=True)
def draw(weights: Any, first: int, last: int, u: float) -> int:
    """The index at which the running sum of weights passes u."""
    chosen = first
    for candidate in range(first, last):
        if weights[candidate] > 0.0:
            chosen = candidate  # the last possible one takes what rounding leaves over
            u -= weights[candidate]
            if u < 0.0:
                break
    return chosen


# The loops below take arrays out of the tuples before they begin: within a loop each use would
# count the array's users, by an atomic operation that all cores wait for.


@njit(cache=True, nogil=True)
def _draw_rows(low: int, high: int, step: Any, paths: Any, branch: Any) -> None:
    """``paths.chosen`` and ``branch`` [high - low] <- what each path draws, -1 for nothing."""
    acts, pointer, odds, happened = step.acts, step.pointer, step.odds, step.happened
    n_actions, choices = step.strategy.shape[1], step.strategy.reshape(-1)
    state, done, streams, chosen = paths.state, paths.done, paths.streams, paths.chosen
    for p in range(low, high):
        s = np.int64(state[p])
        chosen[p] = branch[p - low] = -1
        if done[p] or not acts[s]:
            continue
        at, a = s * n_actions, 0
        if n_actions > 1:
            a = draw(choices, at, at + n_actions, uniform(streams, p)) - at
        e, last = pointer[at + a], pointer[at + a + 1]
        if last - e > 1:
            e = draw(odds, e, last, uniform(streams, p))
        branch[p - low] = e
        if happened.shape[0] == 0 or happened[e]:
            chosen[p] = a


@njit(cache=True, nogil=True)
def _earn_rows(low: int, high: int, step: Any, paths: Any, branch: Any) -> None:
    """What columns earn on the branches taken."""
    first, order, column = step.charge_first, step.charge_order, step.charge_column
    charge, hung_row, hung = step.charge, step.hung_row, step.hung
    absorbing, hit, where = step.absorb_column, step.absorb_hit, step.absorb_where
    state, chosen, earned, weight = paths.state, paths.chosen, paths.earned, paths.weight
    for p in range(low, high):
        e = branch[p - low]
        if e < 0:
            continue
        s, a = state[p], max(chosen[p], 0)
        for j in range(first[a], first[a + 1]):
            k = order[j]
            c = column[k]
            value = charge[s, k] if hung_row[k] < 0 else hung[hung_row[k], e]
            earned[p, c] += weight[p, c] * value
        for i in range(absorbing.shape[0]):
            if hit[i, e] and where[i, s] != 0.0:
                c = absorbing[i]
                earned[p, c] += weight[p, c]
                weight[p, c] = 0.0


@njit(cache=True, nogil=True)
def _move_rows(low: int, high: int, step: Any, paths: Any, branch: Any) -> None:
    successor, state = step.successor, paths.state
    for p in range(low, high):
        if branch[p - low] >= 0:
            state[p] = successor[branch[p - low]]


@njit(cache=True, parallel=True)
def walk(step: Any, paths: Any) -> None:
    """Every path that acts at this step draws its action and its branch."""
    n = paths.state.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        low = chunk * CHUNK
        high = min(n, low + CHUNK)
        branch = np.empty(CHUNK, np.int64)
        _draw_rows(low, high, step, paths, branch)
        if step.charge_column.shape[0] > 0 or step.absorb_column.shape[0] > 0:
            _earn_rows(low, high, step, paths, branch)
        _move_rows(low, high, step, paths, branch)


@njit(cache=True, nogil=True)
def _close_rows(
    low: int, high: int, paths: Any, add: Any, keep: Any, over: Any, n_payoffs: int
) -> None:
    state, done, earned, weight = paths.state, paths.done, paths.earned, paths.weight
    for p in range(low, high):
        s = state[p]
        for c in range(n_payoffs if done[p] else 0, add.shape[1]):
            earned[p, c] += weight[p, c] * add[s, c]
            weight[p, c] *= keep[s, c]
        if over.shape[0] > 0 and over[s]:
            done[p] = 1


@njit(cache=True, parallel=True)
def close(paths: Any, add: Any, keep: Any, over: Any, n_payoffs: int) -> None:
    """The end of a period: columns earn ``add`` [S, C], weights shrink by ``keep`` [S, C].

    Where the game has ended, payoffs stop and measures go on with the state as it is; ``state``
    is left at the period's end, until ``begin``.
    """
    n = paths.state.shape[0]
    for chunk in prange((n + CHUNK - 1) // CHUNK):
        low = chunk * CHUNK
        _close_rows(low, min(n, low + CHUNK), paths, add, keep, over, n_payoffs)


@njit(cache=True, nogil=True)
def begin(paths: Any, carry: Any) -> None:
    """The state in which the next period begins."""
    state, done = paths.state, paths.done
    for p in range(state.shape[0]):
        if not done[p]:
            state[p] = carry[state[p]]
