"""The regret matrix against plain enumeration."""

import math

import numpy as np
import pytest

from countermove.errors import UnknownName
from countermove.explore.regret import best_of, regret

VIEWS, OPTIONS = ("own", "hawk", "dove"), ("free", "strike", "talk", "wait")


def by_enumeration(values, sign, a, b):
    best = {v: max(range(len(OPTIONS)), key=lambda p: sign * values[v][p]) for v in (a, b)}
    return sign * values[b][best[b]] - sign * values[b][best[a]]


@pytest.mark.parametrize("sign", [1, -1])
def test_regret_is_the_best_there_less_what_is_advised_here(sign):
    values = np.random.default_rng(1).normal(size=(3, 4))
    found = regret(VIEWS, OPTIONS, values, sign=sign)
    for a in range(3):
        for b in range(3):
            assert found.matrix[a, b] == pytest.approx(by_enumeration(values, sign, a, b))
    assert (found.matrix >= 0).all()
    assert (np.diag(found.matrix) == 0).all()
    others = [[found.matrix[a, b] for b in range(3) if b != a] for a in range(3)]
    assert found.worst == pytest.approx([max(row) for row in others])
    assert found.mean == pytest.approx([sum(row) / 2 for row in others])
    columns = [[found.matrix[a, b] for a in range(3) if a != b] for b in range(3)]
    assert found.punishes == pytest.approx([sum(column) / 2 for column in columns])
    assert found.stakes == pytest.approx(np.ptp(values, axis=1))


def test_advice_is_named():
    found = regret(("a", "b"), ("x", "y"), np.array([[1.0, 2.0], [4.0, 3.0]]))
    assert (found.advice("a"), found.advice("b")) == ("y", "x")
    assert found.matrix.tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_equals_to_within_rounding_are_the_first_of_them():
    row = np.array([1.0, 1.0 + 1e-12, 0.0])
    assert best_of(row, noise=1e-8) == 0
    assert best_of(row) == 1
    found = regret(("a", "b"), ("x", "y", "z"), np.array([row, row[::-1]]), noise=1e-8)
    assert found.matrix[0, 0] == 0.0


def test_what_was_not_solved_is_left_open():
    nan = math.nan
    values = np.array([[1.0, nan], [nan, 2.0], [nan, nan]])
    found = regret(("a", "b", "c"), ("x", "y"), values)
    assert found.best == (0, 1, -1)
    assert found.advice("c") == ""
    assert math.isnan(found.matrix[0, 1])  # a's advice was not solved in b's world
    assert np.isnan(found.matrix[2]).all()
    assert np.isnan(found.worst).all()
    assert found.matrix[1, 1] == 0.0


def test_advice_of_a_view_that_is_not_there_is_refused():
    found = regret(("(own)", "hawk"), ("x", "y"), np.array([[1.0, 2.0], [4.0, 3.0]]))
    assert found.advice("own") == "y"
    with pytest.raises(UnknownName, match=r"no view 'hawks'; did you mean 'hawk'"):
        found.advice("hawks")
