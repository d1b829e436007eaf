"""``countermove explain`` on the command line: what it shows, writes, reads and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from countermove import compile as compile_game
from countermove import load, solve
from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run


def test_a_decision_in_words_and_figures(countermove: Run) -> None:
    ran = countermove("explain", "little-crisis", "--player", "challenger", "--type", "resolved")
    assert ran.code == ExitCode.OK, ran.err
    said = " ".join(ran.out.split())
    assert "In period 1, with crisis quiet" in said
    assert "“threaten” is worth 0.06 more to it" in said
    assert "[resolve_is_private, tied_hands; assumed: stake, war_resolved, war_bluffing]" in said
    assert "“threaten” against “wait”, by interest" in said
    assert "What is believed after each move" in said
    assert "tied_hands: A threat tells something because" in said
    assert "--turns says which parameters" in said
    assert "--stakes says whose choice" in said
    assert ran.err == ""


def test_what_is_named_is_explained(countermove: Run) -> None:
    ran = countermove(
        "explain", "sanctions", "--player", "sender", "--when", "2025-04", "--belief-points",
        "sender=3,target=3",
        "--in", "sanctions=threatened,sender.committed=1", "--why", "impose", "--not", "wait",
        "--json",
    )  # fmt: skip
    assert ran.code == ExitCode.OK, ran.err
    found = json.loads(ran.out)
    assert (found["this"], found["other"]) == ("impose", "wait")
    assert found["node"]["period"] == 1
    assert found["node"]["beliefs"]["sender"]["committed"] == 1
    assert found["place"].startswith("From Apr 2025, with sanctions threatened")
    assert found["residual"] < 1e-9
    assert {s["about"] for s in found["sentences"]} >= {"The choice", "By interest", "By time"}
    assert found["turns"] is None and found["stakes"] is None


def test_turns_and_stakes_where_they_are_asked_for(countermove: Run) -> None:
    ran = countermove(
        "explain", "little-crisis", "--type", "resolved", "--stakes", "--turns", "--parameter",
        "stake,war_target",
    )  # fmt: skip
    assert ran.code == ExitCode.OK, ran.err
    said = " ".join(ran.out.split())
    assert "Why not the other" in said and "if stake were about" in said
    assert "audience_cost were" not in said
    assert "Whose choice matters" in said and "matters most" in said
    assert "--turns says" not in said


def test_the_solution_of_a_run_is_read(countermove: Run, tmp_path: Path) -> None:
    solve(compile_game(load("little-crisis"))).save(tmp_path / "solution.nc")
    ran = countermove("explain", tmp_path, "--player", "target")
    assert ran.code == ExitCode.OK, ran.err
    assert "“resist” is worth 0.324 more to it" in " ".join(ran.out.split())
    refused = countermove("explain", tmp_path, "--policy", "call_every_threat")
    assert refused.code == ExitCode.USAGE
    assert "is a run's folder, solved already" in " ".join(refused.err.split())


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_figures_are_written(countermove: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"why{suffix}"
    ran = countermove("explain", "little-crisis", "-o", file)
    assert ran.code == ExitCode.OK, ran.err
    if suffix == ".json":
        assert json.loads(file.read_text())["this"] == "wait"
        return
    frame = pl.read_csv(file) if suffix == ".csv" else pl.read_parquet(file)
    assert frame.columns == ["interest", "source", "now", "later", "difference"]
    assert frame["interest"].to_list() == ["stake", "war", "audience", "costs"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--player", "nobody"], "there is no mover 'nobody'"),
        (["--why", "stand_firm"], "stand_firm is not open there: wait, threaten are"),
        (["--when", "7"], "period 7 lies outside 0 to 0"),
        (["--in", "crisis"], "--in takes name=value"),
        (["-o", "why.xlsx"], "name such"),
        (["--policy", "call_every_threat", "--stakes"], "leave the policy out"),
    ],
)
def test_what_cannot_be_explained(countermove: Run, asked: list[str], said: str) -> None:
    ran = countermove("explain", "little-crisis", *asked)
    assert ran.code == ExitCode.USAGE
    assert said in " ".join(ran.err.split())
