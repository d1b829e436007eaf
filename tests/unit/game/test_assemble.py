"""NumPy and the compiled loops put numbers together alike, to the last bit."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from countermove.game import assemble, loops


@pytest.fixture
def without_numba(monkeypatch):
    monkeypatch.delitem(sys.modules, "numba")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def factors_of(rng, n_branches):
    return rng.integers(-1, 50, (n_branches, 4)).astype(np.int32)


def test_odds_are_products_of_factors(rng, without_numba):
    flat, factors = rng.random(50), factors_of(rng, 200)
    which = np.arange(0, 200, 3, dtype=np.int32)
    found, expected = np.full(200, 9.0), np.full(200, 9.0)
    assemble.multiply(flat, [(factors, which, found)])
    loops.multiply(flat, factors, which, expected)
    np.testing.assert_array_equal(found, expected)
    assert found[1] == 9.0
    assert found[0] == pytest.approx(np.prod([flat[f] for f in factors[0] if f >= 0]))


@pytest.mark.parametrize("steps", [0, 1, 4, 5, 9])
def test_several_steps_are_multiplied_together(rng, steps):
    flat, lists = rng.random(50), [factors_of(rng, 20 + k) for k in range(steps)]
    whiches = [np.arange(k % 3, 20 + k, 2, dtype=np.int32) for k in range(steps)]
    found = [np.full(20 + k, 9.0) for k in range(steps)]
    expected = [odds.copy() for odds in found]
    assemble.multiply(flat, list(zip(lists, whiches, found, strict=True)))
    for factors, which, odds in zip(lists, whiches, expected, strict=True):
        loops.multiply(flat, factors, which, odds)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_charges_are_looked_up(rng, without_numba):
    flat, rows = rng.random(50), rng.integers(0, 40, 30).astype(np.int32)
    found, expected = np.zeros((30, 2)), np.zeros((30, 2))
    assemble.look_up(flat, 10, rows, -1.0, found, 1)
    loops.look_up(flat, 10, rows, -1.0, expected, 1)
    np.testing.assert_array_equal(found, expected)
    assert found[4, 1] == -flat[10 + rows[4]]


def test_charges_add_up_along_branches(rng, without_numba):
    flat, factors = rng.random(50), factors_of(rng, 100)
    state = np.sort(rng.integers(0, 30, 100)).astype(np.int32)
    found, expected = np.ones((30, 2)), np.ones((30, 2))
    assemble.add_along(flat, factors, state, -1.0, found, 1)
    loops.add_along(flat, factors, state, -1.0, expected, 1)
    np.testing.assert_array_equal(found, expected)
    assert (found[:, 1] < 1.0).any()
