"""The compiled loop of the forward distribution: mass over states and beliefs through a step."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from countermove.game.numbers import StepNumbers
from countermove.solve.posteriors import Atlas, begin_spread, spread_out

_LOST = 1e-30  # mass that is let go: a million rows of it are lost in rounding
_SMALL = 10_000  # rows below which threads cost more than they save
_Result = TypeVar("_Result")

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def push(
    states: Any,
    step: Any,
    atlas: Any,
    n_beliefs: int,
    redrawn: Any,
    happened: Any,
    strategy: Any,
    mass: Any,
    out: Any,
    played: Any,
) -> float:
    """The step's transpose, for some states that move: ``out`` [S * B] from ``mass`` [S * B].

    ``played`` [Z] is added to: how often each mover's type plays each action. ``redrawn`` [R, B]
    is the joint point to which each redraw takes each point. Returns the mass of branches on which
    chance brought something about.
    """
    n_states = step.legal.shape[0]
    width, n_profiles = strategy.shape[1] // n_beliefs, (step.pointer.shape[0] - 1) // n_states
    spread = begin_spread(step.legal.shape[1], atlas.points.shape[1])
    reached = np.zeros((n_profiles, n_beliefs))
    brought = 0.0
    alone = step.first.shape[0] == 2 and step.axis[0] < 0
    for i in range(states.shape[0]):
        s = np.int64(states[i])
        some = False
        for b in range(n_beliefs):
            here = mass[s * n_beliefs + b]
            if here < _LOST:
                continue
            if not some:
                reached[:] = 0.0
                some = True
            if step.first.shape[0] < 2:  # an event leaves the beliefs as they are
                reached[0, b] = here
                continue
            sigma = strategy[s, b * width : (b + 1) * width]
            if alone:  # and so does one of whom there is nothing to learn
                for a in range(n_profiles):
                    reached[a, b] = here * sigma[a]
                    played[a] += here * sigma[a]
                continue
            spread_out(step, atlas, s, b, sigma, spread)
            _count(step, atlas, b, here, sigma, played)
            _believe(step, b, here, spread, reached)
        if some:
            brought += _branch(step, n_beliefs, redrawn, happened, s, reached, out)
    return brought


@njit(cache=True, nogil=True)
def _count(step: Any, atlas: Any, b: int, here: float, sigma: Any, played: Any) -> None:
    z = 0
    for m in range(step.first.shape[0] - 1):
        n, j = step.first[m + 1] - step.first[m], step.axis[m]
        if j < 0:
            for a in range(n):
                played[z + a] += here * sigma[z + a]
            z += n
            continue
        low, size = atlas.start[j], atlas.start[j + 1] - atlas.start[j]
        v = low + (b // atlas.stride[j]) % size
        for k in range(atlas.kinds[j]):
            for a in range(n):
                played[z + a] += here * atlas.points[v, k] * sigma[z + a]
            z += n


@njit(cache=True, nogil=True)
def _believe(step: Any, b: int, here: float, spread: Any, reached: Any) -> None:
    """``reached`` [P, B] <- added to: mass ``here`` of point b, by profile and posterior."""
    first = step.first
    movers = first.shape[0] - 1
    if movers == 1:
        for a in range(reached.shape[0]):
            chance = here * spread.chance[a]
            if chance > 0.0:
                for v in range(spread.many[a]):
                    reached[a, b + spread.shift[a, v]] += chance * spread.weight[a, v]
        return
    for profile in range(reached.shape[0]):
        chance, points, rest = here, 1, profile
        for m in range(movers - 1, -1, -1):
            n = first[m + 1] - first[m]
            a = first[m] + rest % n
            rest //= n
            chance *= spread.chance[a]
            points *= spread.many[a]
        if chance == 0.0:
            continue
        for point in range(points):
            after, weight, rest, which = b, chance, profile, point
            for m in range(movers - 1, -1, -1):
                n = first[m + 1] - first[m]
                a = first[m] + rest % n
                rest //= n
                after += spread.shift[a, which % spread.many[a]]
                weight *= spread.weight[a, which % spread.many[a]]
                which //= spread.many[a]
            reached[profile, after] += weight


@njit(cache=True, nogil=True)
def _branch(
    step: Any,
    n_beliefs: int,
    redrawn: Any,
    happened: Any,
    s: int,
    reached: Any,
    out: Any,
) -> float:
    """``reached`` [P, B] of state s along every branch; returns the mass with a happening."""
    n_states, n_profiles = step.legal.shape[0], reached.shape[0]
    brought = 0.0
    for profile in range(n_profiles):
        total = 0.0
        for b in range(n_beliefs):
            total += reached[profile, b]
        if total == 0.0:
            continue
        low = step.pointer[s * n_profiles + profile]
        for e in range(low, step.pointer[s * n_profiles + profile + 1]):
            successor, odds = np.int64(step.successor[e]), step.odds[e]
            if successor < n_states:
                at = successor * n_beliefs
                for b in range(n_beliefs):
                    out[at + b] += odds * reached[profile, b]
            else:
                at = (successor % n_states) * n_beliefs
                for b in range(n_beliefs):
                    believed = redrawn[successor // n_states - 1, b]
                    out[at + believed] += odds * reached[profile, b]
            if happened.shape[0] > 0 and happened[e]:
                brought += odds * total
    return brought


def push_all(
    step: StepNumbers,
    atlas: Atlas,
    redrawn: NDArray[np.int64],
    strategy: Floats,
    mass: Floats,
    *,
    serial: bool = False,
) -> tuple[Floats, Floats, float]:
    """Mass [S * B] through a step, by threads unless ``serial``.

    ``redrawn`` [R, B] is the joint point to which each redraw takes each point. Returns the mass
    afterwards, how often each mover's type plays each action [Z], and the mass of branches on which
    chance brought something about.
    """
    n_beliefs = redrawn.shape[1]
    out = np.zeros_like(mass)
    rows = out.reshape(-1, n_beliefs)
    rows[step.arrays.idle] = mass.reshape(-1, n_beliefs)[step.arrays.idle]

    def part(states: NDArray[np.int32]) -> tuple[Floats, Floats, float]:
        found, played = np.zeros_like(mass), np.zeros(step.head.width)
        brought = push(
            states,
            step.arrays,
            atlas,
            n_beliefs,
            redrawn,
            step.happened,
            strategy,
            mass,
            found,
            played,
        )
        return found, played, brought

    played, brought = np.zeros(step.head.width), 0.0
    for found, counts, happened in by_threads(part, step.arrays.moving, n_beliefs, serial=serial):
        out += found
        played += counts
        brought += happened
    return out, played, brought


def by_threads(
    part: Callable[[NDArray[np.int32]], _Result],
    states: NDArray[np.int32],
    n_beliefs: int,
    *,
    serial: bool,
) -> list[_Result]:
    """``part(some)`` of all states, shared out to the threads where that is worth it."""
    import numba

    threads = 1 if serial or len(states) * n_beliefs < _SMALL else numba.get_num_threads()
    parts = np.array_split(states, threads)
    if threads == 1:
        return [part(states)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(part, parts))
