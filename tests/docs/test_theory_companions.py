"""The pages beside the theory say what is so: every command has its question, figures are those
of the benchmarks, and limits are told where results are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from countermove.cli import app

DOCS = Path(__file__).parents[2] / "docs"
WHICH = (DOCS / "which-command.md").read_text(encoding="utf-8")
ALTERNATIVES = (DOCS / "alternatives.md").read_text(encoding="utf-8")
BENCHMARKS = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
LIMITS = (DOCS / "limits.md").read_text(encoding="utf-8")


def test_every_command_is_the_answer_to_a_question() -> None:
    asked = set(re.findall(r"^\| .*? \| .*$", WHICH, re.M))
    said = set(re.findall(r"`countermove (\w+)", "\n".join(asked)))
    assert said == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize(
    ("row", "figures"),
    [
        ("1,023 nodes: pygambit with bolder steps ÷ Countermove", ("102 s", "3.85 ms")),
        ("64 states: sgamesolver ÷ Countermove", ("218",)),
        ("128 states: sgamesolver ÷ Countermove", ("500",)),
        ("64 states: sgamesolver with bolder steps ÷ Countermove", ("85",)),
        ("128 states: sgamesolver with bolder steps ÷ Countermove", ("222",)),
        ("EMA Workbench, multiprocessing", ("82.5", "71.1")),
    ],
)
def test_figures_against_others_are_those_of_the_benchmarks(
    row: str, figures: tuple[str, ...]
) -> None:
    (found,) = [line for line in BENCHMARKS.splitlines() if line.startswith(f"| {row}")]
    for figure in figures:
        assert figure in found, f"the benchmarks have other figures now: {found}"
        assert figure in ALTERNATIVES


def test_every_alternative_has_a_row_a_section_and_a_time_to_use_it() -> None:
    sections = ALTERNATIVES.split("\n## ")[1:-1]
    assert len(sections) == 7
    for section in sections:
        title = section.splitlines()[0]
        assert re.search(r"\*\*Use ", section), title
        assert re.search(r"\((19|20)\d\d\)", section), f"{title} has no source"
    first = ALTERNATIVES.split("\n## ")[0]
    for name in (
        "Gambit",
        "sgamesolver",
        "OpenSpiel",
        "EMA Workbench",
        "Mesa",
        "GMCR+",
        "Concordia",
    ):
        assert f"**{name}**" in first


def test_the_limits_hold_a_misuse_statement_and_a_list_to_go_through() -> None:
    assert "\n## Use and misuse\n" in LIMITS
    assert len(re.findall(r"^\d\. ", LIMITS.split("\n## Before you show a figure\n")[1], re.M)) >= 5


@pytest.mark.parametrize("page", ["theory/index.md", "which-command.md", "alternatives.md"])
def test_there_is_a_way_to_the_limits(page: str) -> None:
    if page == "theory/index.md":
        assert "(../limits.md)" in (DOCS / page).read_text(encoding="utf-8")
    else:
        assert "(limits.md)" in (DOCS / page).read_text(encoding="utf-8")
