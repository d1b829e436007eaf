import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from countermove.report.manifest import sha256
from countermove.solve import load_solution
from unit.cli.command_results import Ran, Run

FEW = ("--paths", "2000", "--log", "20", "--no-report")


@pytest.fixture
def run(starter: Path, tmp_path: Path, countermove: Run) -> Run:
    """``countermove run`` on the starter scenario, into ``out``."""

    def run_starter(*options: str) -> Ran:
        return countermove("run", starter, "-o", tmp_path / "out", *FEW, *options)

    return run_starter


def as_json(ran: Ran) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(ran.out)
    return data


def test_the_folder_holds_all_that_it_should(run: Run, tmp_path: Path) -> None:
    ran = run("--report")
    assert ran.code == 0, ran.err
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        "findings.json",
        "manifest.json",
        "paths.parquet",
        "paths.states.parquet",
        "report.html",
        "solution.nc",
    ]
    assert load_solution(tmp_path / "out" / "solution.nc").status == "solved"


def test_the_essentials_are_printed(run: Run, tmp_path: Path) -> None:
    ran = run("--report")
    for said in ("Likely moves now", "The mainland", "Measures", "time to blockade", "λ doubled"):
        assert said in ran.out
    assert ran.out.splitlines()[-1] == str(tmp_path / "out" / "report.html")
    assert ran.err == ""


def test_the_manifest_tells_inputs_options_and_outputs(
    run: Run, starter: Path, tmp_path: Path
) -> None:
    run("--seed", "7", "--set", "spark=0.2")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"] == {
        "little-blockade/scenario.yaml": sha256(starter / "scenario.yaml")
    }
    assert manifest["scenario_version"] == 1
    assert manifest["simulation"] == {"paths": 2000, "kept": 2000, "seed": 7, "given": None}
    assert manifest["parameters"]["spark"] == 0.2
    assert manifest["options"]["set"] == {"spark": 0.2}
    assert manifest["residual"] < 1e-9
    assert {"compile", "solve", "variants", "simulate"} <= set(manifest["times"])
    assert {"countermove", "python", "numpy", "numba"} <= set(manifest["versions"])
    for name, output in manifest["outputs"].items():
        assert output["sha256"] == sha256(tmp_path / "out" / name)
    assert set(manifest["outputs"]) == {
        path.name for path in (tmp_path / "out").iterdir() if path.name != "manifest.json"
    }


def test_json_prints_the_result_and_nothing_else(run: Run) -> None:
    data = as_json(run("--json"))
    war = data["measures"]["war"]
    assert 0 < war["value"] < 1
    assert abs(war["simulated"]["mean"] - war["value"]) < 6 * war["simulated"]["standard_error"]
    assert set(war["rationality"]) == {"0.5", "2"}
    assert sum(data["moves"]["mainland"]["now"].values()) == pytest.approx(1)
    assert all(sum(row) == pytest.approx(1) for row in data["fans"]["blockade"]["odds"])


def test_quiet_prints_nothing(run: Run) -> None:
    ran = run("--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_the_report_may_be_left_out(run: Run, tmp_path: Path) -> None:
    assert run("--no-report").code == 0
    assert not (tmp_path / "out" / "report.html").exists()
    assert (tmp_path / "out" / "solution.nc").exists()


def test_the_same_seed_gives_the_same_paths(run: Run, tmp_path: Path) -> None:
    first = as_json(run("--json", "--seed", "3"))
    again = as_json(run("--json", "--seed", "3", "--overwrite"))
    other = as_json(run("--json", "--seed", "4", "--overwrite"))
    assert first["measures"] == again["measures"]
    assert first["measures"]["war"]["simulated"] != other["measures"]["war"]["simulated"]
    assert first["measures"]["war"]["value"] == other["measures"]["war"]["value"]


def test_policies_views_and_values_change_the_answer(run: Run) -> None:
    plain = as_json(run("--json"))["measures"]["convoys"]["value"]
    bound = as_json(run("--json", "--overwrite", "--policy", "restraint"))
    assert bound["measures"]["convoys"]["value"] == 0
    assert bound["policy"] == "restraint"
    viewed = as_json(run("--json", "--overwrite", "--view", "officer"))
    assert viewed["parameters"]["leak"] == 0.3
    assert viewed["measures"]["convoys"]["value"] != plain
    assert (
        as_json(run("--json", "--overwrite", "--set", "leak=0.3,spark=0.05"))["measures"]
        == (viewed["measures"])
    )


def test_another_start_and_date(run: Run, tmp_path: Path) -> None:
    ran = run("--from", "blockade=full,stocks=low", "--at", "2027-06-15", "--json", "--report")
    data = as_json(ran)
    assert data["fans"]["blockade"]["odds"][0] == [0, 0, 1]
    assert data["moves"]["mainland"]["periods"][0] == 3
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "from Jun 2027" in page


def test_what_was_asked_for_is_said_on_the_terminal(run: Run) -> None:
    said = " ".join(run("--from", "war=open_war", "--set", "promise=7").out.split())
    assert "· 1 state ·" in said
    assert "starting with war open war · promise = 7" in said
    assert "warning: promise = 7 lies outside its range, 0.2 to 1" in said
    assert "warning: the game is over before it starts" in said
    assert "Over by Feb 2028: 100%; levels then stay as they were." in said


@pytest.mark.parametrize("width", ["64", "80"])
def test_narrow_terminals_leave_columns_out_and_cut_no_number(
    run: Run, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    exact = as_json(run("--json"))["measures"]["war"]["value"]
    said = run("--overwrite").out
    assert f"{100 * exact:.1f}%" in next(x for x in said.splitlines() if x.startswith("war "))
    assert "if so" in said


def test_signs_that_a_terminal_lacks_are_replaced(starter: Path) -> None:
    code = "import sys; from countermove.cli import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", code, "show", str(starter)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_names_are_looked_at_before_the_folder(run: Run) -> None:
    run()
    assert run("--policy", "stedy").code == 2


def test_given_moves_keep_only_matching_paths(run: Run) -> None:
    data = as_json(run("--given", "mainland=wait", "--json"))
    sample = data["simulation"]
    assert 0 < sample["kept"] < sample["paths"] == 2000
    assert sample["given"] == "the mainland: wait"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--policy", "stedy"), 2, "there is no policy 'stedy'; did you mean 'steady'?"),
        (("--view", "admiral"), 2, "there is no view 'admiral'"),
        (("--set", "spark=much"), 2, "--set spark=much: 'much' is not a number"),
        (("--set", "sparks=0.1"), 2, "did you mean 'spark'?"),
        (("--from", "blockade=fulll"), 2, "'blockade' has no level 'fulll'"),
        (("--at", "2030-01-01"), 2, "lies outside the calendar"),
        (("--at", "soon"), 2, "neither a period"),
        (("--given", "mainland=tighte"), 2, "did you mean 'tighten'?"),
        (("--given", "mainlander=wait"), 2, "there is no player 'mainlander'; did you mean"),
        (("--given", "ally=talk"), 2, "is the first move ally=talk; it may not be legal then"),
        (("--policy", "steady", "--policy", "restraint"), 2, "--policy may be given once"),
        (("--view", "officer", "-v", "officer"), 2, "--view may be given once, not 2 times"),
        (("--max-memory", "lots"), 2, "is not an amount of memory"),
        (("--max-memory", "2kB"), 3, "CM109"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    run: Run, tmp_path: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    ran = run(*options)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert not (tmp_path / "out").exists()


def test_a_game_that_cannot_be_solved_says_so_once_and_writes_nothing(
    run: Run, tmp_path: Path
) -> None:
    ran = run("--set", "prestige=1e308")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.count("not solved") == 1
    assert ran.err.splitlines() == [ran.err.strip()]
    assert not (tmp_path / "out").exists()


def test_a_broken_scenario_is_not_run(run: Run, starter: Path, tmp_path: Path) -> None:
    file = starter / "scenario.yaml"
    file.write_text(file.read_text().replace("prestige *", "prestig *"), encoding="utf-8")
    ran = run()
    assert ran.code == 1
    assert "error CM027" in ran.err
    assert not (tmp_path / "out").exists()


def test_an_earlier_run_is_kept_unless_told(run: Run, tmp_path: Path) -> None:
    run()
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    ran = run("--seed", "9")
    assert ran.code == 5
    assert "is already there; replace it with --overwrite" in ran.err
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before
    assert run("--seed", "9", "--overwrite").code == 0
    assert (tmp_path / "out" / "manifest.json").read_bytes() != before


def test_a_place_that_cannot_be_written_is_said(countermove: Run, starter: Path) -> None:
    ran = countermove("run", starter, "-o", "/proc/out", *FEW)
    assert ran.code == 6
    assert ran.err.startswith("error: /proc/out: ")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_interruption_leaves_nothing_half_written(
    starter: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    out = tmp_path / "runs"
    out.mkdir()
    # Saving is made to wait, so that the signal falls into the writing of the folder.
    script = (
        "import sys, time; from countermove.cli import main;"
        "from countermove.solve import Solution; save = Solution.save;"
        "Solution.save = lambda self, path: (save(self, path), time.sleep(60));"
        "sys.exit(main())"
    )
    arguments = ["run", str(starter), "-o", str(out / "out"), *FEW]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not any(out.glob(".out.partial-*/solution.nc")) and time.monotonic() < deadline:
        assert process.poll() is None, "the run ended before it could be interrupted"
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err
    assert list(out.iterdir()) == []


def test_the_default_folder_bears_the_scenarios_name(
    starter: Path, countermove: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert countermove("run", starter.name, *FEW, "-q", "--no-report").code == 0
    assert (tmp_path / "runs" / "little-blockade" / "manifest.json").exists()
