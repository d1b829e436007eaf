"""The wheel, installed alone: it carries what it needs and works from any folder."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from slow.environments import ROOT, run

pytestmark = pytest.mark.slow

SCENARIO = """\
scenario: small-crisis
title: A threat that is met or not
calendar: {periods: 3}
state:
  crisis: {levels: [calm, threatened, open], start: calm}
parameters:
  loss: {value: 0.5, range: [0.2, 0.8], assumption: true}
players:
  challenger:
    rationality: 4
    interests: {standing: -loss * (crisis == open)}
    actions:
      wait:
      threaten: {when: crisis == calm, costs: 0.1, effects: [{crisis: threatened}]}
  target:
    rationality: 4
    interests: {calm: crisis == calm}
    actions:
      wait:
      resist: {when: crisis == threatened, effects: [{crisis: open}]}
measures:
  war: ever(crisis == open)
"""


@pytest.fixture(scope="module")
def command(environment) -> Path:
    """The installed command, of this Python and the newest dependencies."""
    return environment(f"3.{sys.version_info.minor}", "newest.txt") / "countermove"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder far from the source, with a scenario in it."""
    folder = tmp_path / "small-crisis"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO)
    return tmp_path


def test_wheel_holds_the_package_its_scenarios_types_and_licence(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "src" / "countermove"
    files = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= held
    assert "countermove/py.typed" in held
    assert "countermove/scenarios/us-iraq-2020/scenario.yaml" in held
    assert {Path(name).name for name in held} >= {"LICENSE", "NOTICE", "METADATA"}
    assert {name.partition("/")[0].partition("-")[0] for name in held} == {"countermove"}


def test_installed_package_is_not_the_source(command, elsewhere):
    where = run(
        command.parent / "python",
        "-c",
        "import countermove; print(countermove.__file__)",
        cwd=elsewhere,
    )
    assert not Path(where.strip()).is_relative_to(ROOT)


def test_installed_command_lists_the_bundled_scenarios(command, elsewhere):
    assert "us-iraq-2020" in run(command, "list", cwd=elsewhere)


def test_installed_command_checks_the_flagship(command, elsewhere):
    assert "us-iraq-2020" in run(command, "check", "us-iraq-2020", cwd=elsewhere)


def test_installed_command_runs_a_scenario_of_ones_own(command, elsewhere):
    run(command, "run", "small-crisis", "--output", "result", cwd=elsewhere)
    written = {path.name for path in (elsewhere / "result").iterdir()}
    assert {"report.html", "solution.nc", "paths.parquet", "manifest.json"} <= written
    assert json.loads((elsewhere / "result" / "manifest.json").read_text())


def test_installed_package_needs_nothing_of_the_tests(wheel, elsewhere):
    """The dependencies that people get are enough: no test tool is in the environment."""
    bin_folder = elsewhere / "alone" / "bin"
    run(sys.executable, "-m", "venv", elsewhere / "alone", cwd=elsewhere)
    pins = ROOT / "constraints" / "newest.txt"
    run(bin_folder / "pip", "install", "--quiet", "-c", pins, wheel, cwd=elsewhere)
    run(bin_folder / "countermove", "run", "small-crisis", "--output", "result", cwd=elsewhere)
    assert (elsewhere / "result" / "report.html").stat().st_size > 10_000
