"""``countermove search``: tables, JSON, its folder, taking up again, errors."""

import json
from pathlib import Path

import polars as pl
import pytest

from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run
from unit.explore.lever_scenarios import LEVERS

TWO = ("--of", "concessions", "--of", "heat", "--worlds", 2, "--generations", 3, "--population", 6)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "lever.yaml"
    path.write_text(LEVERS)
    return path


def test_the_front_and_what_each_setting_gives_up(
    countermove: Run, scenario: Path, tmp_path: Path
) -> None:
    ran = countermove("search", scenario, "-p", "graded", "-o", tmp_path / "s", *TWO)
    assert ran.code == ExitCode.OK, ran.err
    for words in (
        "Settings that no other beats",
        "What each gives up against the best of each",
        "What each gains on the policy as written",
        "best concessions",
        "best heat",
        "as written",
        "concessions ↑",
        "heat ↓",
        "settings of graded tried in 2 worlds (mean over the worlds)",
    ):
        assert words in ran.out, ran.out
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert names == {"manifest.json", "scenario.yaml", "archive.parquet", "front.parquet"}
    manifest = json.loads((tmp_path / "s" / "manifest.json").read_text())
    assert (manifest["kind"], manifest["complete"]) == ("search", True)
    assert set(manifest["outputs"]) == names - {"manifest.json"}


def test_json_and_the_same_again_without_a_solve(
    countermove: Run, scenario: Path, tmp_path: Path
) -> None:
    asked = ("search", scenario, "-p", "graded", "-o", tmp_path / "s", *TWO, "--json")
    first, again = (json.loads(countermove(*asked).out) for _ in range(2))
    assert first["solves"] == 2 * first["tried"]
    assert again.pop("solves") == 0
    first.pop("solves")
    assert first == again
    front = pl.read_parquet(tmp_path / "s" / "front.parquet")
    assert front["threshold"].to_list() == [p["levers"]["threshold"] for p in first["front"]]
    assert front["heat"].to_list() == [p["figures"]["heat"] for p in first["front"]]
    for point in first["front"]:
        assert min(point["gives_up"].values()) >= 0
        assert point["gains"]["heat"] == pytest.approx(
            first["written"]["figures"]["heat"] - point["figures"]["heat"]
        )


def test_one_objective_at_the_values_as_stated(
    countermove: Run, scenario: Path, tmp_path: Path
) -> None:
    ran = countermove(
        "search", scenario, "-p", "stepped", "--of", "heat", "-n", 0, "-o", tmp_path / "s"
    )
    assert ran.code == ExitCode.OK, ran.err
    assert "stepped · every setting" in ran.out
    assert "4 settings of stepped tried at the values as stated. These are all" in ran.out
    assert "heat is best, at 0, with limit 0: better by" in ran.out
    assert "gives up" not in ran.out


def test_the_folder_left_out(
    countermove: Run, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert countermove("search", scenario, "-p", "stepped", "--of", "heat", "-n", 1).code == 0
    assert (tmp_path / "searches" / "lever-stepped" / "front.parquet").is_file()


def test_the_only_policy_with_levers_need_not_be_named(
    countermove: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _, after = LEVERS.partition("  graded:\n")
    (tmp_path / "one.yaml").write_text(before + "  stepped:\n" + after.split("  stepped:\n")[1])
    monkeypatch.chdir(tmp_path)
    ran = countermove("search", "one.yaml", "--of", "heat", "-n", 0, "--json")
    assert ran.code == ExitCode.OK, ran.err
    assert json.loads(ran.out)["policy"] == "stepped"
    assert (tmp_path / "searches" / "lever-stepped").is_dir()


def test_figures_can_be_read_on_a_narrow_terminal(
    countermove: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = "scores:\n  capital: {player: us, weights: {payoff(us): -1}}\npolicies:"
    text = LEVERS.replace("policies:", scores).replace("heat", "months_of_heat")
    text = text.replace("better: low}", "better: low, unit: degrees}")
    (tmp_path / "wide.yaml").write_text(text)
    monkeypatch.setenv("COLUMNS", "80")
    ran = countermove(
        "search", tmp_path / "wide.yaml", "-p", "graded", "-o", tmp_path / "s",
        "-n", 0, "--generations", 2, "--population", 6,
    )  # fmt: skip
    assert ran.code == ExitCode.OK, ran.err
    tables = ran.out.split("What each gains")[0]
    assert "…" not in tables
    assert [line[:12].strip() for line in tables.splitlines()[6:8]] == [
        "1 best score",
        "(capital),",
    ]
    assert tables.count("(degrees)") == 2
    assert max(map(len, tables.splitlines())) <= 80


def test_an_interruption_says_where_it_goes_on(
    countermove: Run, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from countermove.explore.cases import Evaluator

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Evaluator, "outcomes", interrupted)
    ran = countermove("search", scenario, "-p", "stepped", "-o", tmp_path / "s")
    assert ran.code == ExitCode.INTERRUPTED
    assert f"{tmp_path / 's'} keeps what was tried" in ran.err


def test_requests_that_make_no_sense(countermove: Run, scenario: Path, tmp_path: Path) -> None:
    ran = countermove("search", scenario)
    assert ran.code == ExitCode.USAGE
    assert "search needs --policy NAME, one with levers: graded, stepped" in ran.err
    ran = countermove("search", "centipede")
    assert "no policy of centipede has any" in ran.err
    ran = countermove("search", scenario, "-p", "plain", "-o", tmp_path / "s")
    assert ran.code == ExitCode.USAGE
    assert "has no levers to search over" in ran.err
    ran = countermove("search", scenario, "-p", "graded", "--of", "plain", "-o", tmp_path / "s")
    assert ran.code == ExitCode.USAGE
    assert "say --of plain:low" in ran.err
    assert not (tmp_path / "s").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    ran = countermove("search", scenario, "-p", "graded", "-o", tmp_path / "full")
    assert ran.code == ExitCode.OUTPUT_EXISTS
