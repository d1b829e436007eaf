"""Holds what ``docs/analyses.md`` says to the code."""

import re
from pathlib import Path

from countermove.explore.discovery_search import FEWEST
from countermove.explore.objectives_values import MAX_MISSING, PRECISION
from countermove.explore.robustness_statistics import PERCENTILES, STATISTICS
from countermove.explore.sensitivity import METHODS, NEEDS

PAGE = (Path(__file__).parents[2] / "docs" / "analyses.md").read_text(encoding="utf-8")


def test_every_statistic_is_told() -> None:
    told = set(re.findall(r"`([\w:]+)`", "".join(re.findall(r"^\| `.*$", PAGE, re.M))))
    first, last = (f"p{PERCENTILES[at]}" for at in (0, -1))
    assert f"`{first}` … `{last}`" in PAGE
    between = {f"p{level}" for level in PERCENTILES[1:-1]}
    assert {s.name for s in STATISTICS} - between <= told


def test_every_method_is_told_with_the_worlds_it_needs() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`explore --method (\w+)`|any) \|", PAGE, re.M))
    assert rows == {method: NEEDS.get(method, "") for method in METHODS}


def test_the_limits_are_those_in_use() -> None:
    assert f"Above {MAX_MISSING:.0%} an analysis refuses" in PAGE
    assert PRECISION == 1e-9 and "within 10⁻⁹ of the largest value" in PAGE
    assert f"fewer than {FEWEST} failures" in PAGE
