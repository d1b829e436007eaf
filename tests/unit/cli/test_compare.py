"""``countermove compare``: tables, JSON, a folder that goes on, and errors in words."""

import json
import sys
from pathlib import Path

import pytest

from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run
from unit.explore.comparing import BROKEN, TEXT


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.yaml"
    path.write_text(TEXT)
    return path


def test_tables_fit_a_narrow_terminal(
    countermove: Run, harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = countermove("compare", harbour)
    assert ran.code == ExitCode.OK, ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    for heading in (
        "Promised and delivered, own values",
        "View by view",
        "Acting on the wrong view",
        "Rankings",
        "What would tell the views apart",
        "What does best:",
    ):
        assert heading in ran.out
    assert "by Safety, high is better · 4 views · 20 cells" in ran.out
    assert "own values and plain expect the same" in ran.out


def test_disagreements_left_out_are_counted(
    countermove: Run, harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("compare", harbour, "--no-signs")
    assert "disagreements; all" not in countermove(*asked).out
    monkeypatch.setattr(sys.modules["countermove.cli.compare"], "_REVERSALS", 0)
    assert "(0 of 1 disagreements; all in --json)" in countermove(*asked).out


def test_a_choice_as_json(countermove: Run, harbour: Path) -> None:
    ran = countermove(
        "compare", harbour, "--view", "wary,own", "--policy", "patrol_always",
        "--of", "patrols:low", "--measure", "patrols", "--no-signs", "--no-free", "--json",
    )  # fmt: skip
    assert ran.code == ExitCode.OK, ran.err
    data = json.loads(ran.out)
    assert data["views"] == ["wary", "(own)"]
    assert data["policies"] == ["patrol_always"]
    assert data["objective"] == {"key": "patrols", "better": "low"}
    assert data["signs"] is None
    assert data["regret"]["options"] == ["patrol_always"]
    assert {effect["key"] for effect in data["effects"]} == {"patrols"}


def test_several_measures_are_recorded_on_the_page(
    countermove: Run, harbour: Path, tmp_path: Path
) -> None:
    ran = countermove(
        "compare", harbour, "--view", "own", "--no-signs",
        "--measure", "patrols", "--measure", "shelled", "-o", tmp_path / "out",
    )  # fmt: skip
    assert ran.code == ExitCode.OK, ran.err
    html = (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")
    assert "patrols" in html[html.index('id="record"') :]


def test_a_folder_goes_on_and_another_scenario_is_noticed(
    countermove: Run, harbour: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("compare", harbour, "--view", "own", "--view", "eager", "-o", out)
    ran = countermove(*asked)
    assert ran.code == ExitCode.OK, ran.err
    assert str(out / "comparison.html") in ran.out
    (out / "cells" / "eager.patrol_always.adaptive.json").unlink()
    (out / "manifest.json").unlink()
    again = countermove(*asked)
    assert again.code == ExitCode.OK
    assert again.out == ran.out
    assert (out / "cells" / "eager.patrol_always.adaptive.json").exists()
    harbour.write_text(TEXT.replace("costs: 0.2", "costs: 0.4"))
    refused = countermove(*asked)
    assert refused.code == ExitCode.OUTPUT_EXISTS
    assert "another state of the scenario; start anew with --overwrite" in refused.err
    assert countermove(*asked, "--overwrite", "--quiet").out == ""
    assert countermove("run", harbour, "-o", out).code == ExitCode.OUTPUT_EXISTS


def test_what_is_not_solved_is_shown(countermove: Run, harbour: Path) -> None:
    harbour.write_text(BROKEN)
    asked = ("compare", harbour, "--view", "boundless", "--policy", "patrol_always")
    ran = countermove(*asked, "--view", "own")
    assert ran.code == ExitCode.OK
    assert ran.out.count("not solved: ") >= 3
    assert "patrol always, surprised, boundless" in ran.out
    assert countermove(*asked).code == ExitCode.NOT_SOLVED


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (("--player", "thm"), "did you mean 'them'"),
        (("--view", "egaer"), "did you mean 'eager'"),
        (("--of", "patrols"), "better low or high"),
        (("--of", "patrols:up"), "better is low or high, not 'up'"),
    ],
)
def test_slips_are_answered(
    countermove: Run, harbour: Path, option: tuple[str, str], says: str
) -> None:
    ran = countermove("compare", harbour, *option)
    assert ran.code == ExitCode.USAGE
    assert says in " ".join(ran.err.split())
