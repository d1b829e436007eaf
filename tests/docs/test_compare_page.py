"""Holds what ``docs/compare.md`` says to the code."""

import re
from pathlib import Path

import pytest

from countermove.explore.compare_cells import OUTPUTS
from countermove.explore.promise import noise

PAGE = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")


def test_every_file_is_told():
    assert set(re.findall(r"^\| `(\w+\.\w+)` \|", PAGE, re.M)) == set(OUTPUTS)


def test_the_bound_on_rounding_is_the_one_in_use():
    assert "2 · max(10⁻⁸, *r*) · max(1, the largest of the three numbers)" in PAGE
    assert noise(0.5) == pytest.approx(2e-8)
    assert noise(3.0, residual=1e-5) == pytest.approx(6e-5)
