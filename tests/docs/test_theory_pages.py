"""Theory pages have all their parts; the modules and tests that they name exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "theory"
IDEAS = sorted(page.name for page in FOLDER.glob("*.md") if page.name != "index.md")
HEADINGS = [
    "The equation",
    "How Countermove computes it",
    "Where it comes from",
    "The tests that check it",
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def text_of(page: str) -> str:
    return (FOLDER / page).read_text(encoding="utf-8")


def part(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


@cache
def known_tests(path: str) -> frozenset[str]:
    """The test functions of a module."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (f.name for f in tree.body if isinstance(f, ast.FunctionDef))
    return frozenset(name for name in functions if name.startswith("test_"))


def test_there_are_pages_and_the_index_leads_to_each_once() -> None:
    assert len(IDEAS) >= 21
    linked = re.findall(r"\]\(([\w-]+\.md)\)", text_of("index.md"))
    assert sorted(linked) == IDEAS


@pytest.mark.parametrize("page", IDEAS)
def test_a_page_has_every_part(page: str) -> None:
    text = text_of(page)
    assert re.findall(r"^## (.+)$", text, re.M) == HEADINGS
    assert "$$\n" in part(text, "The equation")
    assert "```python\n" in part(text, "How Countermove computes it")
    assert "`src/countermove/" in part(text, "How Countermove computes it")


@pytest.mark.parametrize("page", IDEAS)
def test_the_tests_named_exist(page: str) -> None:
    named = NAMED.findall(part(text_of(page), "The tests that check it"))
    assert len(named) >= 2
    for path, test in named:
        assert test in known_tests(path), f"{path} has no {test}"


@pytest.mark.parametrize("page", IDEAS)
def test_the_modules_named_exist(page: str) -> None:
    for path in re.findall(r"`(src/countermove/[\w/]+\.py)`", text_of(page)):
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("page", IDEAS)
def test_sources_have_a_year(page: str) -> None:
    sources = part(text_of(page), "Where it comes from")
    assert re.search(r"\(?(18|19|20)\d\d", sources)


def test_a_test_that_is_not_there_would_be_noticed() -> None:
    known = known_tests("tests/docs/test_theory_pages.py")
    assert "test_the_modules_named_exist" in known
    assert "test_that_is_not_there" not in known
    assert "text_of" not in known
