"""The tutorial's two pages tell of one crisis, and its figures are drawn from that."""

from __future__ import annotations

from pathlib import Path

import countermove
from docs.blocks import ROOT, blocks_of
from docs.running import Reader
from docs_build.figures.tutorial import scenario

FILE = "dam.yaml"


def _left_by(page: str, folder: Path) -> Path:
    """The crisis as somebody has it who has copied the page's files, and parts of them."""
    reader = Reader(folder)
    for block in blocks_of((ROOT / page).read_text(encoding="utf-8"), page):
        if FILE in (block.title, block.asked.into):
            reader.follow(block)
    return folder / FILE


def test_going_further_begins_with_the_file_that_the_first_page_ends_with(tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    first.mkdir()
    second.mkdir()
    left = _left_by("docs/tutorial/index.md", first).read_text(encoding="utf-8")
    begun = _left_by("docs/tutorial/going-further.md", second).read_text(encoding="utf-8")
    assert [line for line in left.splitlines() if line] == [
        line for line in begun.splitlines() if line
    ]


def test_the_figures_show_the_crisis_of_the_page(tmp_path: Path) -> None:
    page = countermove.load(_left_by("docs/tutorial/going-further.md", tmp_path))
    assert scenario("dam").measures.keys() == page.measures.keys()
    assert scenario("secret").player("lowland").types == ("resolved", "bluffing")
