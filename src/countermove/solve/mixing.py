"""What a step comes to, once its movers have chosen: every column, averaged as it takes it.

A column that takes a mover's type for granted is averaged over what that type plays, any other
over what the mover plays in the public's eyes; both are read at the beliefs that the choices bring.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from countermove.solve.kernels import playable
from countermove.solve.posteriors import spread_out
from countermove.solve.simd import LANES, gather_rows


class Entries(NamedTuple):
    """The rows of q that a mixture draws on: profiles at the posteriors' vertices.

    ``row`` is ``profile * B + belief point``; ``share`` the product of the vertices' weights.
    """

    row: NDArray[np.uint32]  # [L]
    profile: NDArray[np.int64]  # [L]
    share: NDArray[np.float64]  # [L]
    weight: NDArray[np.float64]  # [L], times what the profile is played with


@njit(cache=True, nogil=True)
def begin_entries(n: int) -> Any:
    """Room for ``n`` entries."""
    return Entries(np.zeros(n, np.uint32), np.zeros(n, np.int64), np.zeros(n), np.zeros(n))


@njit(cache=True, nogil=True)
def list_entries(
    step: Any, state: int, n_beliefs: int, b: int, spread: Any, n_profiles: int, out: Any
) -> int:
    """Fill in the entries of one state and belief point; returns how many there are.

    A profile that nobody plays is listed too: a type that is held impossible may.
    """
    first = step.first
    movers = first.shape[0] - 1
    n = 0
    for profile in range(n_profiles):
        if not playable(step, state, profile):
            continue
        chance, points, rest = 1.0, 1, profile
        for m in range(movers - 1, -1, -1):
            actions = first[m + 1] - first[m]
            a = first[m] + rest % actions
            rest //= actions
            chance *= spread.chance[a]
            points *= spread.many[a]
        for point in range(points):
            at, share, rest, which = b, 1.0, profile, point
            for m in range(movers - 1, -1, -1):
                actions = first[m + 1] - first[m]
                a = first[m] + rest % actions
                rest //= actions
                at += spread.shift[a, which % spread.many[a]]
                share *= spread.weight[a, which % spread.many[a]]
                which //= spread.many[a]
            out.row[n] = profile * n_beliefs + at
            out.profile[n], out.share[n], out.weight[n] = profile, share, chance * share
            n += 1
    return n


@njit(cache=True, nogil=True)
def mix(
    step: Any,
    atlas: Any,
    fixed: Any,
    n_payoffs: int,
    b: int,
    n: int,
    entries: Any,
    sigma: Any,
    chance: Any,
    q: Any,
    row: int,
    before: Any,
) -> None:
    """``before[row]`` <- the columns of q [P, B, C] (flat), averaged at joint point b.

    ``fixed`` [C, J] is that of the world.
    """
    stride = before.shape[1]
    out = before.reshape(-1)
    for block in range(0, stride, LANES):
        at = row * stride + block
        gather_rows(out, at, entries.weight, entries.row, 0, n, q, stride, block)
    for c in range(min(stride, fixed.shape[0])):
        for m in range(step.first.shape[0] - 1):
            if step.axis[m] >= 0 and fixed[c, step.axis[m]] >= 0:
                total = 0.0
                for i in range(n):
                    value = q[np.int64(entries.row[i]) * stride + c]
                    own = c < n_payoffs
                    total += value * _weight(
                        step, atlas, fixed[c], own, b, i, entries, sigma, chance
                    )
                before[row, c] = total
                break


@njit(cache=True, nogil=True)
def _weight(
    step: Any,
    atlas: Any,
    types: Any,
    own: bool,
    b: int,
    i: int,
    entries: Any,
    sigma: Any,
    chance: Any,
) -> Any:
    """What entry i weighs in a column that takes the ``types`` [J] for granted, -1 for any.

    A payoff of the type itself (``own``) is read between the points as the type reads it when it
    chooses. Other columns follow the lottery between the points that the truth allows: with type θ
    point v comes out at w_v v[θ] / b'[θ], and σ(a|θ) / b'[θ] is the chance of a over b[θ].
    """
    first, axis, points = step.first, step.axis, atlas.points
    n_beliefs = 1
    for j in range(atlas.kinds.shape[0]):
        n_beliefs *= atlas.start[j + 1] - atlas.start[j]
    rest, weight, z = entries.profile[i], entries.share[i], sigma.shape[0]
    at = np.int64(entries.row[i]) % n_beliefs
    for m in range(first.shape[0] - 2, -1, -1):
        n, j = first[m + 1] - first[m], axis[m]
        a = rest % n
        rest //= n
        z -= n * (atlas.kinds[j] if j >= 0 else 1)
        if j < 0 or types[j] < 0:
            weight *= chance[first[m] + a]
            continue
        k = types[j]
        low, size = atlas.start[j], atlas.start[j + 1] - atlas.start[j]
        believed = points[low + (b // atlas.stride[j]) % size, k]
        if own or believed == 0.0:
            weight *= sigma[z + k * n + a]
        else:
            vertex = (at // atlas.stride[j]) % size
            weight *= chance[first[m] + a] * points[low + vertex, k] / believed
    return weight


@njit(cache=True, nogil=True)
def mix_state(
    step: Any,
    atlas: Any,
    fixed: Any,
    n_payoffs: int,
    state: int,
    n_beliefs: int,
    strategy: Any,
    q: Any,
    spread: Any,
    entries: Any,
    before: Any,
) -> None:
    """``before`` <- what a state comes to at every belief, from q [P, B, C] (flat) of the state."""
    width = strategy.shape[1] // n_beliefs
    n_profiles = (step.pointer.shape[0] - 1) // step.legal.shape[0]
    for b in range(n_beliefs):
        sigma = strategy[state, b * width : (b + 1) * width]
        spread_out(step, atlas, state, b, sigma, spread)
        n = list_entries(step, state, n_beliefs, b, spread, n_profiles, entries)
        row = state * n_beliefs + b
        mix(step, atlas, fixed, n_payoffs, b, n, entries, sigma, spread.chance, q, row, before)
