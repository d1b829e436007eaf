"""Starting from another scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove import language
from countermove.language.base import merge
from countermove.language.faults import Faults
from countermove.language.source import read_tree
from countermove.language.tree import plain_data

LITTLE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"


def merged(base: str, over: str) -> object:
    trees = [read_tree(text, "m", Faults()) for text in (base, over)]
    below, above = trees
    assert below is not None and above is not None
    return plain_data(merge(below, above))


def test_maps_merge_lists_replace_and_null_removes() -> None:
    base = "a: {x: 1, y: {z: 2}}\nb: [1, 2]\nc: 3\nd: {e: 1}\n"
    assert merged(base, "a: {y: {w: 4}, x: null}\nb: [3]\nd: 5\nf: 6\n") == {
        "a": {"y": {"z": 2, "w": 4}},
        "b": [3],
        "c": 3,
        "d": 5,
        "f": 6,
    }


def test_null_stays_where_the_base_has_nothing() -> None:
    assert merged("a: {x: 1}", "a: {wait: }") == {"a": {"x": 1, "wait": None}}


def test_a_scenario_on_a_base(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(LITTLE.read_text("utf-8"), encoding="utf-8")
    path = tmp_path / "child.yaml"
    path.write_text(
        "base: base.yaml\nscenario: child\nparameters: {audience_cost: {value: 1.0}}\n"
        "players: {target: {actions: {shrug: }}}\nviews: null\n",
        encoding="utf-8",
    )
    scenario = language.load(path)
    assert scenario.name == "child"
    assert scenario.parameters["audience_cost"].value == 1.0
    assert scenario.parameters["audience_cost"].high == 1.5
    assert [a.name for a in scenario.player("target").actions] == ["wait", "resist", "shrug"]
    assert scenario.views == {}
    assert {Path(name).name for name in scenario.files} == {"base.yaml", "child.yaml"}


def test_a_fault_in_the_base_is_told_there(tmp_path: Path) -> None:
    base = LITTLE.read_text("utf-8").replace("crisis: -1", "crysis: -1")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    path = tmp_path / "child.yaml"
    path.write_text("base: ./base.yaml\nscenario: child\n", encoding="utf-8")
    (fault,) = language.check(path)
    assert fault.location.file == str(tmp_path / "base.yaml")
    assert fault.location.line == 45


def test_a_bundled_base() -> None:
    scenario = language.loads(
        "base: us-iraq-2020\nscenario: shorter\ncalendar: {until: 2021-08-31}\n"
    )
    assert scenario.calendar.periods == 12
    assert scenario.calendar.start == language.load("us-iraq-2020").calendar.start


@pytest.mark.parametrize("length", [3, 12])
def test_circles_and_long_chains_are_told(tmp_path: Path, length: int) -> None:
    for number in range(length):
        following = (number + 1) % length
        text = f"base: s{following}.yaml\nscenario: s{number}\n"
        (tmp_path / f"s{number}.yaml").write_text(text, encoding="utf-8")
    codes = [d.code for d in language.check(tmp_path / "s0.yaml")]
    assert "CM018" in codes
