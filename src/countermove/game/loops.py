"""The loops of ``countermove.game.assemble``, compiled."""

from __future__ import annotations

from typing import Any

from numba import njit

from countermove.game.numbers import Floats


@njit(cache=True, nogil=True)
def multiply(flat: Floats, factors: Any, which: Any, odds: Floats) -> None:
    """``odds[e]`` <- the product of the factors [E, F] of branch e, for each e in ``which``."""
    width = factors.shape[1]
    for i in range(which.shape[0]):
        e = which[i]
        product = 1.0
        for f in range(width):
            place = factors[e, f]
            if place >= 0:
                product *= flat[place]
        odds[e] = product


@njit(cache=True, nogil=True)
def multiply_four(
    n: int,
    flat: Floats,
    a: Any,
    a_which: Any,
    a_odds: Floats,
    b: Any,
    b_which: Any,
    b_odds: Floats,
    c: Any,
    c_which: Any,
    c_odds: Floats,
    d: Any,
    d_which: Any,
    d_odds: Floats,
) -> None:
    """``multiply`` for the first ``n`` of up to four; the rest is not read."""
    if n > 0:
        multiply(flat, a, a_which, a_odds)
    if n > 1:
        multiply(flat, b, b_which, b_odds)
    if n > 2:
        multiply(flat, c, c_which, c_odds)
    if n > 3:
        multiply(flat, d, d_which, d_odds)


@njit(cache=True, nogil=True)
def look_up(flat: Floats, offset: int, rows: Any, sign: float, charge: Floats, k: int) -> None:
    """``charge[s, k]`` <- sign × the table's entry at each state; rows is [S], charge [S, K]."""
    for s in range(rows.shape[0]):
        charge[s, k] = sign * flat[offset + rows[s]]


@njit(cache=True, nogil=True)
def add_along(
    flat: Floats,
    factors: Any,
    state: Any,
    sign: float,
    charge: Floats,
    k: int,
) -> None:
    """``charge[s, k]`` += sign × the product of factors, for each branch that earns something."""
    width = factors.shape[1]
    for i in range(state.shape[0]):
        product = sign
        for f in range(width):
            place = factors[i, f]
            if place >= 0:
                product *= flat[place]
        charge[state[i], k] += product
