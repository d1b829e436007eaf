"""``countermove diff``: changes, figures and whose doing they are; JSON, a file, errors."""

import json
from pathlib import Path

import pytest

from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run
from unit.explore.lever_scenarios import LEVERS


@pytest.fixture
def versions(starter: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The starter scenario, and the same with two numbers, a title and a range changed."""
    text = (starter / "scenario.yaml").read_text()
    assert text.count("rationality: 4") >= 2
    other = text.replace("rationality: 4", "rationality: 6", 1).replace(
        "title: ", "title: Another ", 1
    )
    second = tmp_path / "second.yaml"
    second.write_text(other.replace("discount: 0.97", "discount: 0.8", 1))
    return starter, second


def test_tables_and_sentences(countermove: Run, versions: tuple[Path, Path]) -> None:
    ran = countermove("diff", *versions)
    assert ran.code == ExitCode.OK, ran.err
    for words in (
        "What changed\n",
        "What changed for people who read it",
        "What it did to the answers",
        "Whose doing it is",
        "What moved most is",
        ".rationality",
    ):
        assert words in ran.out, ran.out
    assert "Another" in ran.out


def test_figures_have_their_units(countermove: Run, tmp_path: Path) -> None:
    for name, rise in (("old", 0.6), ("new", 0.8)):
        text = LEVERS.replace("better: low}", "better: low, unit: degrees}")
        (tmp_path / f"{name}.yaml").write_text(text.replace("value: 0.6", f"value: {rise}", 1))
    ran = countermove("diff", tmp_path / "old.yaml", tmp_path / "new.yaml", "--no-attribution")
    assert ran.code == ExitCode.OK, ran.err
    assert "heat (degrees)" in ran.out


def test_json_and_a_file(countermove: Run, versions: tuple[Path, Path], tmp_path: Path) -> None:
    kept = tmp_path / "difference.json"
    ran = countermove("diff", *versions, "--json", "-o", kept)
    assert ran.code == ExitCode.OK, ran.err
    data = json.loads(ran.out)
    assert json.loads(kept.read_text()) == data
    assert not list(tmp_path.glob(".*"))
    assert {c["kind"] for c in data["changes"]} == {"game", "words"}
    first = data["answers"][0]
    shares = [part["credits"][first["key"]]["share"] for part in data["parts"]]
    assert sum(shares) == pytest.approx(first["difference"], abs=1e-9)


def test_one_measure_without_attribution(countermove: Run, versions: tuple[Path, Path]) -> None:
    key = json.loads(countermove("diff", *versions, "--json").out)["answers"][0]["key"]
    ran = countermove("diff", *versions, "-m", key, "--no-attribution", "--json")
    data = json.loads(ran.out)
    assert {a["key"].removesuffix(".periods") for a in data["answers"]} == {key}
    assert data["parts"] == []
    assert data["solves"] == 2


def test_pairs(countermove: Run, versions: tuple[Path, Path]) -> None:
    ran = countermove("diff", *versions, "--pairs")
    assert ran.code == ExitCode.OK, ran.err
    assert "acting together" in ran.out


def test_nothing_changed(countermove: Run) -> None:
    ran = countermove("diff", "centipede", "centipede")
    assert ran.code == ExitCode.OK
    assert "Nothing has changed." in ran.out


def test_a_run_against_its_scenario(countermove: Run, starter: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert countermove("run", starter, "-o", run, "--paths", 100, "--no-report", "-q").code == 0
    ran = countermove("diff", run, starter)
    assert ran.code == ExitCode.OK, ran.err
    assert "Nothing has changed." in ran.out


def test_what_there_is_not(countermove: Run) -> None:
    assert countermove("diff", "centipede", "no-such-thing").code == ExitCode.USAGE
    ran = countermove("diff", "centipede", "centipede", "-m", "none-such")
    assert ran.code == ExitCode.USAGE
    assert "there is no measure, score or payoff 'none-such'" in ran.err
    ran = countermove("diff", "centipede", "sanctions", "--policy", "no_coercion")
    assert ran.code == ExitCode.USAGE
    assert "in centipede, there is no policy 'no_coercion'" in ran.err
