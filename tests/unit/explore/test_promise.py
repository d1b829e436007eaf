"""What a policy promises, delivers, and loses to the others' answer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.explore.promise import noise, promise
from countermove.solve.certificate import TOLERANCE

numbers = st.floats(-1e3, 1e3)


def test_the_three_numbers_give_promise_delivery_effect_and_share():
    found = promise(free=1.0, surprised=3.0, adaptive=1.5)
    assert (found.promise, found.delivered, found.effect, found.share) == (2.0, 0.5, 1.5, 0.75)


def test_a_promise_turned_round_is_taken_back_by_more_than_all():
    assert promise(free=0.0, surprised=1.0, adaptive=-0.5).share == 1.5
    assert promise(free=0.0, surprised=1.0, adaptive=1.5).share == -0.5


@given(numbers, numbers, numbers)
def test_promise_less_delivery_is_the_effect(free, surprised, adaptive):
    found = promise(free, surprised, adaptive)
    assert found.promise - found.delivered == pytest.approx(found.effect, abs=1e-9)
    if not math.isnan(found.share):
        assert found.share * found.promise == pytest.approx(found.effect, rel=1e-12, abs=1e-12)


def test_a_promise_within_rounding_has_no_share():
    assert math.isnan(promise(1.0, 1.0 + TOLERANCE, 0.5).share)
    assert math.isfinite(promise(1.0, 1.0 + 3 * TOLERANCE, 0.5).share)


def test_rounding_grows_with_the_numbers_and_with_the_residual():
    assert noise(0.1, -0.2) == 2 * TOLERANCE
    assert noise(-300.0, 1.0) == 600 * TOLERANCE
    assert noise(0.5, residual=1e-4) == 2e-4
    assert noise(math.nan, 0.5, residual=math.nan) == 2 * TOLERANCE


def test_what_was_not_solved_is_not_a_number():
    found = promise(1.0, math.nan, 2.0)
    assert math.isnan(found.promise)
    assert math.isnan(found.share)
    assert found.delivered == 1.0
