"""The compiled loops of the simulator: many paths through one step or one period's end.

Each path has a random stream of its own (SplitMix64 [Steele, Lea & Flood 2014], started from the
seed and the path's number), so results do not depend on the number of threads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

_CHUNK = 1024
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


@njit(cache=True, nogil=True)
def _uniform(streams: Any, p: int) -> Any:
    streams[p] += _GAMMA
    return float(_mixed(streams[p]) >> _S11) * _UNIT


@njit(cache=True, nogil=True)
def _draw(weights: Any, first: int, last: int, u: float) -> int:
    """The index at which the running sum of weights passes u."""
    chosen = first
    for candidate in range(first, last):
        if weights[candidate] > 0.0:
            chosen = candidate  # the last possible one takes what rounding leaves over
            u -= weights[candidate]
            if u < 0.0:
                break
    return chosen


@njit(cache=True, nogil=True)
def _earn(step: Any, paths: Any, p: int, s: int, a: int, e: int) -> None:
    for j in range(step.charge_first[a], step.charge_first[a + 1]):
        k = step.charge_order[j]
        row = step.hung_row[k]
        value = step.charge[s, k] if row < 0 else step.hung[row, e]
        c = step.charge_column[k]
        paths.earned[p, c] += paths.weight[p, c] * value
    for i in range(step.absorb_column.shape[0]):
        if step.absorb_hit[i, e] and step.absorb_where[i, s] != 0.0:
            c = step.absorb_column[i]
            paths.earned[p, c] += paths.weight[p, c]
            paths.weight[p, c] = 0.0


@njit(cache=True, nogil=True)
def _walk_rows(low: int, high: int, step: Any, paths: Any) -> None:
    n_actions = step.strategy.shape[1]
    choices = step.strategy.reshape(-1)
    for p in range(low, high):
        s = np.int64(paths.state[p])
        paths.chosen[p] = -1
        if paths.done[p] or not step.acts[s]:
            continue
        a = 0
        if n_actions > 1:
            at = s * n_actions
            a = _draw(choices, at, at + n_actions, _uniform(paths.streams, p)) - at
        first, last = step.pointer[s * n_actions + a], step.pointer[s * n_actions + a + 1]
        e = first
        if last - first > 1:
            e = _draw(step.odds, first, last, _uniform(paths.streams, p))
        _earn(step, paths, p, s, a, e)
        paths.state[p] = step.successor[e]
        if step.happened.shape[0] == 0 or step.happened[e]:
            paths.chosen[p] = a


@njit(cache=True, parallel=True)
def walk(step: Any, paths: Any) -> None:
    """Every path that acts at this step draws its action and its branch."""
    n = paths.state.shape[0]
    for chunk in prange((n + _CHUNK - 1) // _CHUNK):
        low = chunk * _CHUNK
        _walk_rows(low, min(n, low + _CHUNK), step, paths)


@njit(cache=True, nogil=True)
def _close_rows(
    low: int, high: int, paths: Any, add: Any, keep: Any, over: Any, n_payoffs: int
) -> None:
    for p in range(low, high):
        s = paths.state[p]
        for c in range(n_payoffs if paths.done[p] else 0, add.shape[1]):
            paths.earned[p, c] += paths.weight[p, c] * add[s, c]
            paths.weight[p, c] *= keep[s, c]
        if over.shape[0] > 0 and over[s]:
            paths.done[p] = 1


@njit(cache=True, parallel=True)
def close(paths: Any, add: Any, keep: Any, over: Any, n_payoffs: int) -> None:
    """The end of a period: columns earn ``add`` [S, C], weights shrink by ``keep`` [S, C].

    Where the game has ended, payoffs stop and measures go on with the state as it is; ``state``
    is left at the period's end, until ``begin``.
    """
    n = paths.state.shape[0]
    for chunk in prange((n + _CHUNK - 1) // _CHUNK):
        low = chunk * _CHUNK
        _close_rows(low, min(n, low + _CHUNK), paths, add, keep, over, n_payoffs)


@njit(cache=True, nogil=True)
def begin(paths: Any, carry: Any) -> None:
    """The state in which the next period begins."""
    for p in range(paths.state.shape[0]):
        if not paths.done[p]:
            paths.state[p] = carry[paths.state[p]]
