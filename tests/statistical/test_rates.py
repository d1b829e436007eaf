"""The statistical comparisons themselves: they pass what chance explains, and can fail."""

import numpy as np
import pytest
from scipy import stats

from statistical import rates


def test_the_rate_is_shared_out():
    assert 2 * stats.norm.sf(rates.FARTHEST) * rates.COMPARISONS == pytest.approx(1e-6)
    assert 5 < rates.FARTHEST < 8


def test_what_chance_explains_passes():
    draw = np.random.default_rng(5)
    for p in (0.001, 0.3, 0.9999):
        rates.frequency(int(draw.binomial(100_000, p)), 100_000, p)
    rates.frequency(0, 1000, 0.0)
    rates.frequency(1000, 1000, 1.0 + 1e-16)
    x = draw.normal(3, 2, 10_000)
    rates.mean(x.mean(), x.std() / 100, 3.0)


@pytest.mark.parametrize(
    ("count", "probability"), [(51_500, 0.5), (1, 0.0), (99_999, 1.0), (0, 0.001), (400, 0.002)]
)
def test_a_wrong_frequency_fails(count, probability):
    with pytest.raises(rates.Unlikely, match=r"of 100,000"):
        rates.frequency(count, 100_000, probability, "it")


@pytest.mark.parametrize("found", [3.2, 2.8, float("nan")])
def test_a_wrong_mean_fails(found):
    with pytest.raises(rates.Unlikely, match="expected 3"):
        rates.mean(found, 0.02, 3.0, "it")
    with pytest.raises(rates.Unlikely):
        rates.mean(3.001, 0.0, 3.0)


def test_the_comparisons_are_counted(monkeypatch):
    before = rates.made()
    rates.mean(1.0, 0.1, 1.0)
    assert rates.made() == before + 1
    monkeypatch.setattr(rates, "_made", rates.COMPARISONS)
    with pytest.raises(AssertionError, match="raise COMPARISONS"):
        rates.mean(1.0, 0.1, 1.0)
