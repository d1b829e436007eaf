"""Rankings, where they disagree, and the account of it."""

import math

import numpy as np
import pytest

from countermove.explore.ranking import account_of_measures, account_of_score, rankings, reversals

VIEWS, OPTIONS = ("a", "b", "c"), ("x", "y", "z")
WEIGHTS = {"war": -2.0, "gain": 1.0, "idle": 0.5}
MEASURES = {
    key: np.random.default_rng(at).uniform(size=(3, 3)) for at, key in enumerate(WEIGHTS)
} | {"idle": np.ones((3, 3))}
SCORE = sum(weight * MEASURES[key] for key, weight in WEIGHTS.items())


def valued(view, option, key):
    return float(MEASURES[key][VIEWS.index(view), OPTIONS.index(option)])


def test_options_are_ranked_best_first_and_the_unsolved_apart():
    values = np.array([[1.0, 3.0, 2.0], [1.0, math.nan, 1.0], [3.0, 2.0, 1.0]])
    found = rankings(VIEWS, OPTIONS, values)
    assert [r.options for r in found] == [("y", "z", "x"), ("x", "z"), ("x", "y", "z")]
    assert found[1].missing == ("y",)
    assert rankings(VIEWS, OPTIONS, values, sign=-1)[0].options == ("x", "z", "y")


def test_every_pair_that_views_rank_differently_is_found():
    found = reversals(VIEWS, OPTIONS, SCORE)
    expected = {
        (p, q)
        for i, p in enumerate(OPTIONS)
        for j, q in enumerate(OPTIONS)
        if i < j and len({row[i] > row[j] for row in SCORE}) == 2
    }
    assert {(r.first, r.second) for r in found} == expected
    assert expected
    weights = [min(r.ahead, r.behind) for r in found]
    assert weights == sorted(weights, reverse=True)


def test_the_sides_are_named_by_their_strongest():
    values = np.array([[2.0, 1.0], [0.0, 3.0], [1.5, 1.4]])
    (found,) = reversals(VIEWS, ("x", "y"), values)
    assert (found.here, found.ahead, found.prefer_first) == ("a", 1.0, ("a", "c"))
    assert (found.there, found.behind, found.prefer_second) == ("b", 3.0, ("b",))
    (low,) = reversals(VIEWS, ("x", "y"), values, sign=-1)
    assert (low.here, low.ahead) == ("b", 3.0)


def test_differences_within_rounding_take_no_side():
    values = np.array([[1.0, 1.0 + 1e-9], [2.0, 1.0]])
    assert reversals(("a", "b"), ("x", "y"), values, noise=1e-8) == ()
    assert len(reversals(("a", "b"), ("x", "y"), values)) == 1


@pytest.mark.parametrize("sign", [1, -1])
def test_a_scores_account_adds_up(sign):
    for reversal in reversals(VIEWS, OPTIONS, SCORE, sign=sign):
        terms = account_of_score(reversal, WEIGHTS, valued, sign=sign)
        assert sum(t.part for t in terms) == pytest.approx(reversal.ahead + reversal.behind)
        assert [t.key for t in terms][-1] == "idle"  # the same everywhere: it adds nothing
        assert {t.key: t.weight for t in terms} == {k: sign * w for k, w in WEIGHTS.items()}
        first = terms[0]
        here = valued(reversal.here, reversal.first, first.key)
        assert first.here == here - valued(reversal.here, reversal.second, first.key)


def test_without_a_score_measures_are_told_by_their_share_of_the_range():
    reversal = reversals(VIEWS, OPTIONS, SCORE)[0]
    ranges = {"war": 0.5, "gain": 10.0, "idle": 0.0}
    terms = account_of_measures(reversal, ranges, valued)
    assert [t.key for t in terms] == ["war", "gain"]
    for term in terms:
        assert term.part == pytest.approx((term.here - term.there) / ranges[term.key])
        assert math.isnan(term.weight)
