"""Private types, moves at once and games without an end on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from countermove.cli import options
from countermove.errors import InvalidRequest
from countermove.report import fixed_points
from unit.cli.command_results import Ran, Run
from unit.report.typed_scenarios import FOR_EVER, STANDOFF

FEW = ("--paths", "2000", "--log", "20", "--no-report")


@pytest.fixture
def standoff(tmp_path: Path) -> Path:
    return written(tmp_path, "standoff", STANDOFF)


@pytest.fixture
def run(standoff: Path, tmp_path: Path, countermove: Run) -> Run:
    """``countermove run`` on the standoff, into ``out``."""

    def run_standoff(*given: str) -> Ran:
        return countermove("run", standoff, "-o", tmp_path / "out", *FEW, *given)

    return run_standoff


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def as_json(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    data: dict[str, Any] = json.loads(ran.out)
    return data


def manifest(tmp_path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    return data


def test_the_terminal_tells_types_what_moves_tell_and_the_story(run: Run) -> None:
    ran = run()
    said = " ".join(ran.out.split())
    for part in (
        "Private types",
        "The United States resolved 40%",
        "What moves tell",
        "After “threaten” in Sep 2020, observers put the odds that the United States is resolved",
        "fixed points",
    ):
        assert part in said


def test_from_takes_beliefs(run: Run, tmp_path: Path) -> None:
    plain = as_json(run("--json"))
    trusted = as_json(run("--json", "--overwrite", "--from", "us.resolved=0.7"))
    assert trusted["types"]["us"]["prior"] == pytest.approx({"resolved": 0.7, "bluffing": 0.3})
    assert manifest(tmp_path)["options"]["beliefs"] == {"us": {"resolved": 0.7}}
    assert trusted["measures"]["war"]["value"] != plain["measures"]["war"]["value"]
    other = "belief(us, resolved)=0.7,crisis=threatened"
    both = as_json(run("--json", "--overwrite", "--from", other))
    assert both["types"]["us"]["prior"] == trusted["types"]["us"]["prior"]
    assert both["fans"]["crisis"]["odds"][0] == [0, 1, 0, 0]


def test_what_beliefs_may_be_given_is_read_apart_from_levels() -> None:
    assert options.starts("--from", ["us.a=0.5,x=low", "belief( us , b )=0.2"]) == (
        {"x": "low"},
        {"us": {"a": 0.5, "b": 0.2}},
    )
    with pytest.raises(InvalidRequest, match=r"--from us\.a=much: 'much' is not a number"):
        options.starts("--from", ["us.a=much"])
    with pytest.raises(InvalidRequest, match=r"--from names 'us\.a' twice"):
        options.starts("--from", ["us.a=0.5", "belief(us, a)=0.5"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("iran.resolved=0.7", "there is no player with types 'iran'"),
        ("us.resolute=0.7", "there is no type of 'us' 'resolute'; did you mean 'resolved'?"),
        ("us.resolved=1.7", "beliefs about 'us' must be probabilities from 0 to 1"),
    ],
)
def test_beliefs_that_there_are_not_are_refused(run: Run, given: str, said: str) -> None:
    ran = run("--from", given)
    assert ran.code == 2
    assert said in ran.err


def test_given_takes_one_who_moves_at_once_with_another(run: Run) -> None:
    sample = as_json(run("--given", "iraq=patrol", "--json"))["simulation"]
    assert 0 < sample["kept"] < sample["paths"]
    assert sample["given"] == "Iraq: patrol"


def test_the_manifest_tells_how_fixed_points_were_found(run: Run, tmp_path: Path) -> None:
    assert run("-q", "--strict").code == 0
    fixed = manifest(tmp_path)["fixed_points"]
    assert fixed["unsolved"] == 0 and fixed["where"] == []
    assert fixed["sought"] == sum(fixed["routes"].values()) > 0


def test_strict_refuses_what_did_not_settle(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(solution: object, *, about: str = "") -> str:
        return f"somewhere{about} it is not solved" if about else ""

    monkeypatch.setattr(fixed_points, "strict_message", missing)
    ran = run("--strict")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.strip() == "error: somewhere at 0.5 times its rationality it is not solved"
    assert not (tmp_path / "out").exists()
    assert run("-q").code == 0


def test_show_says_types_priors_redraws_and_moves_at_once(standoff: Path, countermove: Run) -> None:
    ran = countermove("show", standoff)
    assert ran.code == 0
    said = " ".join(ran.out.replace("│", " ").split())
    for part in (
        "is privately",
        "resolved with 40% (bold)",
        "bluffing with 60%",
        "cost of threaten: 1.3",
        "The militias and Iraq choose at once",
        "the type of the United States is drawn anew (resolved 0.5, bluffing rest)",
        "type(us) == resolved",
    ):
        assert part in said


def test_list_says_which_scenarios_have_types(countermove: Run) -> None:
    rows = json.loads(countermove("list", "--json").out)
    assert all("types" in row for row in rows)
    assert next(row for row in rows if row["scenario"] == "centipede")["types"] == {}


def test_a_game_without_an_end_is_shown_for_a_while(tmp_path: Path, countermove: Run) -> None:
    path = written(tmp_path, "rivals", FOR_EVER)
    ran = countermove("run", path, "-o", tmp_path / "out", *FEW, "--horizon", "5", "--json")
    data = as_json(ran)
    assert len(data["moves"]["east"]["periods"]) == 5
    assert len(data["by_state"]["west"]["states"]) == 2
    worth = data["measures"]["worth"]
    off = abs(worth["simulated"]["mean"] - worth["value"])
    assert off < 6 * worth["simulated"]["standard_error"]
    said = countermove("show", path).out
    assert "From Jan 2020, periods of a month without end" in said
