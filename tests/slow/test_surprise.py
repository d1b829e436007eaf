"""Policies met by surprised others, against plain recursion, on many random scenarios."""

import pytest

from oracle.surprise import POLICIES, same


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(400, 460))
def test_measures_are_what_every_path_comes_to(seed, policy):
    same(seed, policy)
