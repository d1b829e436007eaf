"""``countermove report``: what it tells, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run
from unit.explore.comparing import TEXT


@pytest.fixture
def place(countermove: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario that has been run."""
    monkeypatch.chdir(tmp_path)
    Path("harbour.yaml").write_text(TEXT)
    assert countermove("run", "harbour.yaml", "--paths", "100", "-q").code == ExitCode.OK
    return tmp_path


def test_the_report_of_a_run_says_what_is_not_in_it(countermove: Run, place: Path) -> None:
    before = Path("runs/harbour/report.html").read_text()
    assert "countermove compare harbour.yaml --output comparisons/harbour" in before
    ran = countermove("report", "harbour.yaml")
    assert ran.code == ExitCode.OK, ran.err
    said = " ".join(ran.out.split())
    assert "The likeliest first moves: The United States: “" in said
    assert "not in it: policies compared; to be had by countermove compare harbour.yaml" in said
    assert "a certificate; to be had by --verify" in said
    assert ran.out.splitlines()[-1] == "runs/harbour/report.html"


def test_everything_there_is_found_and_put_in(countermove: Run, place: Path) -> None:
    folder = "comparisons/harbour"
    asked = ("compare", "harbour.yaml", "--no-signs", "-v", "own", "-o", folder, "-q")
    assert countermove(*asked).code == ExitCode.OK
    ran = countermove("report", "harbour.yaml", "--verify", "--json")
    assert ran.code == ExitCode.OK, ran.err
    data = json.loads(ran.out)
    assert data["comparison"] == folder and data["exploration"] is None
    assert data["certificate"] == "it is clean" and data["explanations"] == 2
    assert [thing["what"] for thing in data["absent"]] == ["Uncertain worlds"]
    text = Path(data["page"]).read_text()
    assert 'id="promises"' in text and len(text.encode()) == data["bytes"]
    left = countermove(
        "report", "harbour.yaml", "--without", "comparison", "-o", "p.html", "--json"
    )
    assert json.loads(left.out)["comparison"] is None
    assert 'id="promises"' not in Path("p.html").read_text()


def test_what_is_asked_wrongly_is_refused(countermove: Run, place: Path) -> None:
    ran = countermove("report", "harbour.yaml", "--without", "everything")
    assert ran.code == ExitCode.USAGE
    assert "there is no part 'everything' (known: comparison, exploration)" in ran.err
    ran = countermove("report", "harbour.yaml", "--run", "elsewhere")
    assert ran.code == ExitCode.USAGE
    assert "elsewhere holds no run: `countermove run harbour.yaml --output elsewhere`" in ran.err
    ran = countermove("report", "harbour.yaml", "--comparison", "elsewhere")
    assert "elsewhere holds no finished comparison" in ran.err
    Path("page.html").write_text("mine")
    ran = countermove("report", "harbour.yaml", "-o", "page.html")
    assert ran.code == ExitCode.OUTPUT_EXISTS and Path("page.html").read_text() == "mine"


def test_first_choices_are_explained_or_left_out_as_asked(countermove: Run, place: Path) -> None:
    page = Path("runs/harbour/report.html")
    assert "Why the raiders choose “" in page.read_text()
    asked = ("run", "harbour.yaml", "--paths", "10", "--overwrite", "--no-explain", "-q")
    assert countermove(*asked).code == ExitCode.OK
    text = page.read_text()
    assert "Why the raiders" not in text
    assert "countermove run harbour.yaml --explain --output runs/harbour --overwrite" in text
