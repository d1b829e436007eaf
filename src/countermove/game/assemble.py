"""Looked-up numbers put together: odds from factors, charges from tables.

Where Numba is loaded (before a solve) compiled loops do it; loading it takes longer than to check a
scenario, so that until then NumPy does the same, to the last bit.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from countermove.game.numbers import Floats

_TOGETHER = 4  # that the loops take in one call


def multiply(flat: Floats, wanted: Sequence[tuple[Any, Any, Floats]]) -> None:
    """``odds[e]`` <- the product of the factors [E, F] of branch e, for each e in ``which``.

    ``wanted`` lists factors, which and odds, by step. Several go to the loops at once, as threads
    side by side wait for the interpreter's lock between two calls.
    """
    if "numba" not in sys.modules:
        for factors, which, odds in wanted:
            odds[which] = _products(flat, factors[which], 1.0)
        return
    from countermove.game import loops

    for first in range(0, len(wanted), _TOGETHER):
        some = list(wanted[first : first + _TOGETHER])
        padded = some + some[:1] * (_TOGETHER - len(some))
        loops.multiply_four(len(some), flat, *(part for one in padded for part in one))


def look_up(flat: Floats, offset: int, rows: Any, sign: float, charge: Floats, k: int) -> None:
    """``charge[s, k]`` <- sign × the table's entry at each state; rows is [S], charge [S, K]."""
    if "numba" in sys.modules:
        from countermove.game import loops

        loops.look_up(flat, offset, rows, sign, charge, k)
    else:
        charge[:, k] = sign * flat[offset + rows]


def add_along(flat: Floats, factors: Any, state: Any, sign: float, charge: Floats, k: int) -> None:
    """``charge[s, k]`` += sign × the product of factors, for each branch that earns something."""
    if "numba" in sys.modules:
        from countermove.game import loops

        loops.add_along(flat, factors, state, sign, charge, k)
    else:
        np.add.at(charge[:, k], state, _products(flat, factors, sign))


def _products(flat: Floats, factors: Any, first: float) -> Floats:
    """``first`` times the entries at ``factors`` [N, F], one after another; -1 is no factor."""
    products = np.full(len(factors), first)
    for places in factors.T:
        products *= np.where(places >= 0, flat[places], 1.0)
    return products
