"""The commands that write scenario files and their schema: new, format, schema."""

import io
import json
from importlib.resources import files
from pathlib import Path

import pytest

from countermove import language
from unit.cli.command_results import Run


def test_the_starter_is_a_folder_that_checks_clean(starter: Path) -> None:
    scenario = language.load(starter)
    assert scenario.name == "little-blockade"
    assert scenario.warnings == ()
    assert [path.name for path in starter.iterdir()] == ["scenario.yaml"]


def test_the_starter_shows_every_part_of_the_language(starter: Path) -> None:
    scenario = language.load(starter)
    for part in ("sources", "claims", "variables", "parameters", "terms", "players", "events"):
        assert getattr(scenario, part), part
    assert scenario.order and scenario.ends and scenario.measures
    assert scenario.policies and scenario.views


def test_a_file_may_be_asked_for(tmp_path: Path, countermove: Run) -> None:
    ran = countermove("new", tmp_path / "strait-2027.yaml")
    assert ran.code == 0
    assert language.load(tmp_path / "strait-2027.yaml").name == "strait-2027"
    assert "countermove run" in ran.out


def test_a_bundled_scenario_may_be_copied(tmp_path: Path, countermove: Run) -> None:
    slug = language.bundled()[0]
    assert countermove("new", tmp_path / "mine", "--template", slug).code == 0
    copied, original = language.load(tmp_path / "mine"), language.load(slug)
    assert (copied.name, copied.title) == ("mine", original.title)
    beside = language.bundled_path(slug).with_name("README.md")
    assert (tmp_path / "mine" / "README.md").exists() == beside.exists()


@pytest.mark.parametrize("template", [(), ("--template", language.bundled()[0])])
def test_what_is_new_has_the_standard_layout(
    tmp_path: Path, countermove: Run, template: tuple[str, ...]
) -> None:
    assert countermove("new", tmp_path / "mine", *template).code == 0
    ran = countermove("format", "--check", tmp_path / "mine")
    assert (ran.code, ran.err) == (0, "")


def test_the_starter_itself_has_the_standard_layout() -> None:
    text = files("countermove.cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    assert language.format_text(text) == text


def test_nothing_is_overwritten(starter: Path, countermove: Run) -> None:
    (starter / "scenario.yaml").write_text("mine")
    ran = countermove("new", starter)
    assert ran.code == 5
    assert "is already there; choose another name" in ran.err
    assert (starter / "scenario.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["Crisis", "a b", "-x-", "a--b", "1st", "a_b"])
def test_names_that_cannot_name_a_scenario(tmp_path: Path, countermove: Run, name: str) -> None:
    ran = countermove("new", tmp_path / name)
    assert ran.code == 2
    assert "cannot name a scenario" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_template_is_refused(tmp_path: Path, countermove: Run) -> None:
    ran = countermove("new", tmp_path / "mine", "--template", "no-such")
    assert ran.code == 2
    assert "no-such" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_formatting_settles_and_changes_no_meaning(starter: Path, countermove: Run) -> None:
    file = starter / "scenario.yaml"
    before = language.load(starter)
    file.write_text(file.read_text().replace("scenario: ", "scenario:      "), encoding="utf-8")
    assert countermove("format", "--check", starter).code == 1
    assert countermove("format", starter).code == 0
    once = file.read_text(encoding="utf-8")
    assert countermove("format", "--check", starter).code == 0
    assert file.read_text(encoding="utf-8") == once
    after = language.load(starter)
    assert (after.players, after.events) != ((), ())
    assert [p.name for p in after.players] == [p.name for p in before.players]
    assert {n: m.text for n, m in after.measures.items()} == {
        n: m.text for n, m in before.measures.items()
    }
    assert [path.name for path in starter.iterdir()] == ["scenario.yaml"]


def test_formatting_reads_standard_input(
    starter: Path, countermove: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (starter / "scenario.yaml").read_text(encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    ran = countermove("format", "-")
    assert ran.code == 0
    assert language.loads(ran.out).name == "little-blockade"


def test_formatting_names_what_it_cannot_read(
    tmp_path: Path, countermove: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.yaml").write_text("a: [1\n")
    assert countermove("format", tmp_path / "bad.yaml").err.startswith(f"{tmp_path}/bad.yaml:")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert countermove("format", "-").err.startswith("standard input:1:1: error CM015")


def test_formatting_names_a_missing_file(countermove: Run) -> None:
    ran = countermove("format", "nowhere.yaml")
    assert (ran.code, ran.err) == (6, "error: nowhere.yaml: No such file or directory\n")


def test_the_schema_is_printed_or_written(tmp_path: Path, countermove: Run) -> None:
    printed = countermove("schema")
    assert json.loads(printed.out)["properties"]["players"]
    assert countermove("schema", "--output", tmp_path / "s.json").code == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed.out
