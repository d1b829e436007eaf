"""Holds the tables of the pages on ``diff`` and ``search`` to the code."""

import re
from pathlib import Path
from typing import get_args

from countermove.explore.changes import Kind
from countermove.explore.diff_groups import EXACT
from countermove.explore.search_algorithm import ALL, DE, GA, NSGA2
from countermove.explore.search_folder import FILES

DOCS = Path(__file__).parents[2] / "docs"
DIFF, SEARCH = ((DOCS / name).read_text(encoding="utf-8") for name in ("diff.md", "search.md"))


def test_every_kind_of_change_is_told() -> None:
    assert re.findall(r"^\| `(\w+)` \|", DIFF, re.M) == list(reversed(get_args(Kind)))
    assert EXACT == 6
    assert "**Up to six parts**: every combination is solved (at most 64)" in DIFF


def test_every_method_and_file_of_a_search_is_told() -> None:
    rows = dict(re.findall(r"^\| ([^|`]+) \| ([^|]+) \|$", SEARCH, re.M))
    assert {re.sub(r" \[.*", "", text) for text in rows.values()} - {"method", "what", "---"} == {
        ALL,
        NSGA2,
        DE,
        f"a {GA}",
    }
    assert set(re.findall(r"^\| `([\w.]+)` \|", SEARCH, re.M)) == set(FILES)
