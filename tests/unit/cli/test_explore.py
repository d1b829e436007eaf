"""``countermove explore``: rows in a folder, its status, its estimate, what it refuses."""

import json
import sys
from pathlib import Path

import pytest

from countermove.cli.explore_output import duration, size
from countermove.cli.failures import ExitCode
from countermove.cli.options import belief_points, listed
from countermove.explore import cluster, cost
from countermove.explore.exploration import load_exploration
from unit.cli.command_results import Run
from unit.explore.sweep_scenario import TEXT


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "tiny.yaml").write_text(TEXT)
    return tmp_path / "tiny.yaml"


def test_an_exploration_is_run_told_and_taken_up(countermove: Run, tiny: Path) -> None:
    folder = tiny.parent / "out"
    asked = ("explore", tiny, "--worlds", "10", "--views", "shy,(own)", "-o", folder)
    ran = countermove(*asked)
    assert ran.code == ExitCode.OK, ran.err
    assert "done: tiny · 10 worlds · 60 rows" in ran.out
    assert "Policies by payoff(us) (high is better)" in ran.out
    assert "8 or 16 worlds would do better than 10" in ran.out
    assert "every row is solved" in ran.out
    assert f"countermove robustness {folder}" in ran.out
    assert load_exploration(folder).views == ("(own)", "shy")
    again = countermove(*asked, "--quiet")
    assert (again.code, again.out) == (ExitCode.OK, "")
    status = countermove("explore", folder, "--status", "--of", "yields")
    assert status.code == ExitCode.OK, status.err
    assert "Policies by yields (high is better), over the worlds" in status.out
    assert "nobody is at it" in status.out
    other = countermove(*asked, "--seed", "4")
    assert other.code == ExitCode.USAGE
    assert "--seed was 0, and is now 4" in other.err
    assert countermove(*asked, "--seed", "4", "--restart").code == ExitCode.OK


def test_an_exploration_named_as_the_scenario_is_refused(
    countermove: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.parent)
    assert countermove("explore", tiny, "-n", "4", "-o", "out", "-q").code == ExitCode.OK
    ran = countermove("explore", "out", "-n", "8")
    assert ran.code == ExitCode.USAGE
    assert "out is an exploration: to go on with it" in " ".join(ran.err.split())
    assert not Path("explorations").exists()
    more = countermove("explore", "out", "-n", "8", "-o", "out")
    assert more.code == ExitCode.OK, more.err
    assert "8 worlds" in more.out


def test_the_legend_explains_the_columns_that_are_there(
    countermove: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("explore", tiny, "-n", "4", "-o", tiny.parent / "out")
    for columns, order in (("200", True), ("70", False)):
        monkeypatch.setenv("COLUMNS", columns)
        told = " ".join(countermove(*asked).out.split())
        table, _, legend = told.partition("lead: with its 95% interval")
        assert ("same order" in table, "same order" in legend.split("resamples")[0]) == (order,) * 2
        assert "same best" in legend


def test_the_unit_of_what_ranks_is_told(countermove: Run, tiny: Path) -> None:
    tiny.write_text(TEXT.replace("ever(demand >= made)", "{of: total(demand >= made), unit: days}"))
    ran = countermove("explore", tiny, "-n", "4", "-o", tiny.parent / "out", "--of", "asked:low")
    assert ran.code == ExitCode.OK, ran.err
    assert "Policies by asked (low is better), in days, over the worlds" in ran.out


def test_json_is_for_machines(countermove: Run, tiny: Path) -> None:
    ran = countermove("explore", tiny, "-n", "4", "-o", tiny.parent / "out", "--json")
    data = json.loads(ran.out)
    assert data["ended"] == "complete"
    assert data["rows"] == data["total"] == 12
    assert data["failed"] == {}
    assert data["standings"][0]["view"] == "(own)"
    status = countermove("explore", tiny.parent / "out", "--status", "--json")
    assert json.loads(status.out)["complete"] is True


def test_a_scenario_without_policies_is_explored_too(countermove: Run, tiny: Path) -> None:
    folder = tiny.parent / "out"
    ran = countermove("explore", "centipede", "-n", "4", "-o", folder)
    assert ran.code == ExitCode.OK, ran.err
    assert "done: centipede · 4 worlds · 4 rows" in ran.out
    assert "Policies by" not in ran.out
    assert load_exploration(folder).policies == ("(free)",)


def test_what_many_worlds_would_cost(
    countermove: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "_ENOUGH", 0.01)
    asked = ("explore", tiny, "--estimate", "1000000", "--cores", "64")
    ran = countermove(*asked, "--json")
    assert ran.code == ExitCode.OK, ran.err
    data = json.loads(ran.out)
    assert data["rows"] == 3_000_000
    assert data["core_seconds"] > 0
    per_row = data["core_seconds"] / data["measured"]
    assert data["core_hours"] == pytest.approx(3e6 * per_row / 3600)
    assert data["hours"] == pytest.approx(data["core_hours"] / 64)
    assert data["disk"] == pytest.approx(3e6 * data["bytes_a_row"] + 1e6 * 8 * 4)
    shown = countermove(*asked)
    assert "core-hours" in shown.out
    assert "time on 64 cores" in shown.out
    assert not (tiny.parent / "explorations").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{tiny}"], ExitCode.USAGE, "say how many worlds to draw"),
        (["{tiny}", "-n", "4", "--method", "halton"], ExitCode.USAGE, "no way of drawing worlds"),
        (["{tiny}", "-n", "4", "--measure", "yeilds"], ExitCode.USAGE, "did you mean 'yields'"),
        (["{tiny}", "-n", "4", "--of", "asked"], ExitCode.USAGE, "is 'asked' better low or high"),
        (["{tiny}", "-n", "4", "--belief-points", "us=x"], ExitCode.USAGE, "whole numbers"),
        (["{tiny}", "-n", "4", "--share", "2", "--until-stable"], ExitCode.USAGE, "not 2"),
        (["nowhere", "--status"], ExitCode.USAGE, "nowhere holds no exploration"),
        (
            ["{tiny}", "-n", "4", "--cluster", "tcp://127.0.0.1:9"],
            ExitCode.USAGE,
            "no dask scheduler answers",
        ),
    ],
)
def test_what_cannot_be_done_says_why(
    countermove: Run,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tiny.parent)
    monkeypatch.setattr(cluster, "_CONNECT", "1s")
    ran = countermove("explore", *(a.format(tiny=tiny) for a in arguments))
    assert ran.code == code
    assert said in " ".join(ran.err.split())


def test_dask_is_an_extra(countermove: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    folder = tiny.parent / "out"
    ran = countermove("explore", tiny, "-n", "4", "-o", folder, "--cluster", "local")
    assert ran.code == ExitCode.USAGE
    assert "pip install 'countermove[cluster]'" in ran.err


def test_lists_and_words() -> None:
    assert listed(["a,b", "payoff(us)", " c "]) == ["a", "b", "payoff(us)", "c"]
    assert listed(None) is None
    assert belief_points(["us=9,them=5"]) == {"us": 9, "them": 5}
    assert belief_points(["2"]) == 2
    assert [duration(s) for s in (5, 600, 7200, 10**6)] == ["5 s", "10 min", "2.0 h", "12 days"]
    assert [size(b) for b in (7, 71_400, 3.8e8, 2e12)] == ["7 B", "71.4 kB", "380 MB", "2.0 TB"]


def test_a_figure_that_some_policy_never_has_ranks_nobody_and_that_is_told(
    countermove: Run, tmp_path: Path
) -> None:
    asked = ("--player", "sender", "-m", "read_after_threat", "--of", "read_after_threat:high")
    ran = countermove("explore", "sanctions", "-n", "4", *asked, "-o", tmp_path / "e")
    assert ran.code == ExitCode.OK, ran.err
    assert "no ranking by read_after_threat: in no world counted has every policy" in ran.out
    assert "every row is solved" in ran.out
