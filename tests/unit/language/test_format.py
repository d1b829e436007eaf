"""The formatter keeps what is said, and its own work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from countermove import language
from countermove.errors import ScenarioError
from countermove.language.faults import Faults
from countermove.language.format import SECTIONS
from countermove.language.source import read_tree
from countermove.language.tree import plain_data

TESTS = Path(__file__).parents[2]
GOOD = [
    TESTS / "broken" / "bases" / "little-crisis.yaml",
    *(language.bundled_path(slug) for slug in language.bundled()),
]
BROKEN = sorted((TESTS / "broken").glob("*.yaml"))


def data(text: str) -> object:
    tree = read_tree(text, "m", Faults())
    assert tree is not None
    return plain_data(tree)


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"(?:^|\s)(#.*)", text))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.parent.name)
def test_the_same_scenario_the_same_comments_and_once_is_enough(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = language.format_text(text)
    assert data(once) == data(text)
    assert comments(once) == comments(text)
    assert language.format_text(once) == once


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_scenarios_are_formatted_if_they_are_yaml(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    try:
        once = language.format_text(text)
    except ScenarioError as error:
        assert all(d.code < "CM020" for d in error.diagnostics)
    else:
        assert data(once) == data(text)
        assert language.format_text(once) == once


def test_effects_keep_their_braces() -> None:
    text = "events:\n  drift: [{crisis: -1}, {tension: {set: 0}}]\n"
    assert language.format_text(text) == text


def test_sections_come_in_the_usual_order_with_their_comments() -> None:
    text = (
        "# who\nplayers: {us: {rationality: 4}}\n\n"
        "# what\nstate: {a: {levels: 0..1, start: 0}}\nscenario: x\n"
    )
    formatted = language.format_text(text)
    keys = [line.split(":")[0] for line in formatted.splitlines() if line[:1].isalpha()]
    assert keys == ["scenario", "state", "players"]
    assert formatted.index("# what") < formatted.index("state:") < formatted.index("# who")


def test_sections_stay_where_an_alias_needs_them() -> None:
    text = "players: {us: &us {rationality: 4}}\nclaims: {x: *us}\n"
    assert language.format_text(text) == text


def test_long_braces_become_blocks_and_short_ones_stay() -> None:
    says = "a long sentence that goes on and on until it is too long for the line it stands in"
    text = f"claims: {{c: {{source: s, says: {says}}}}}\nstate: {{a: {{levels: [x, y]}}}}\n"
    formatted = language.format_text(text)
    assert f"claims:\n  c:\n    source: s\n    says: {says}\n" in formatted
    assert "state: {a: {levels: [x, y]}}\n" in formatted


def test_braces_around_a_single_pair_stay() -> None:
    text = "effects: [{blockade: 1}, {mood: {set: low}}]\n"
    assert language.format_text(text) == text


def test_two_spaces_and_no_trailing_ones() -> None:
    text = "state:\n     a:   \n          levels: [x,   y]\n\n\n\n          start: x\n"
    assert language.format_text(text) == "state:\n  a:\n    levels: [x, y]\n\n    start: x\n"


def test_what_is_not_yaml_is_told() -> None:
    with pytest.raises(ScenarioError, match="CM005"):
        language.format_text("x: >= 3")


def test_every_key_of_the_file_has_its_place() -> None:
    assert SECTIONS[0] == "scenario" and SECTIONS[-1] == "views"
