"""The vector exponential against NumPy's."""

from __future__ import annotations

import numpy as np
from numba import njit

from countermove.solve.simd import LANES, exp_in_place


@njit
def exponentials(values):
    for block in range(0, values.shape[0], LANES):
        exp_in_place(values, block)


def test_exponentials_are_exact_to_two_units_in_the_last_place():
    rng = np.random.default_rng(0)
    x = -np.concatenate([rng.random(4_000) * scale for scale in (1e-6, 1.0, 40.0, 700.0)])
    found = x.copy()
    exponentials(found)
    assert (np.abs(found - np.exp(x)) <= 2 * np.spacing(np.exp(x))).all()


def test_exponentials_at_the_ends():
    ends = np.array([0.0, -0.0, -708.1, -1e300, -np.inf, -709.0, np.nan, -1.0])
    exponentials(ends)
    np.testing.assert_array_equal(ends[:6], [1, 1, 0, 0, 0, 0])
    assert np.isnan(ends[6])
