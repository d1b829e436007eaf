import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import countermove as package
from countermove import language
from countermove.cli.failures import MEANINGS, ExitCode, exit_code
from countermove.cli.reference import reference
from countermove.errors import CountermoveError
from unit.cli.command_results import Run

REFERENCE = Path(__file__).parents[3] / "docs" / "commands.md"


def test_the_version_is_printed(countermove: Run) -> None:
    ran = countermove("--version")
    assert (ran.code, ran.out) == (0, f"countermove {package.__version__}\n")


def test_an_unknown_command_or_option_is_a_usage_error(countermove: Run) -> None:
    assert countermove("solve").code == ExitCode.USAGE
    assert countermove("run", "us-iraq-2020", "--no-such-option").code == ExitCode.USAGE


def test_the_reference_of_the_commands_is_up_to_date() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), (
        "renew it with: python -m countermove.cli.reference > docs/commands.md"
    )


def test_every_exit_code_has_a_meaning_and_every_error_a_code() -> None:
    assert set(MEANINGS) == set(ExitCode)
    kinds = CountermoveError.__subclasses__()
    assert kinds
    for kind in kinds:
        error = kind(()) if kind.__name__ == "ScenarioError" else kind("words")
        assert exit_code(error) in set(ExitCode) - {ExitCode.OK}
    assert exit_code(OSError(2, "words")) == ExitCode.FILES


def test_all_bundled_scenarios_are_listed(countermove: Run) -> None:
    ran = countermove("list")
    assert ran.code == 0
    rows = json.loads(countermove("list", "--json").out)
    assert [row["scenario"] for row in rows] == list(language.bundled())
    assert all(row["scenario"] in ran.out for row in rows)


def test_a_scenario_is_shown_in_words(countermove: Run, starter: Path) -> None:
    ran = countermove("show", starter)
    assert ran.code == 0
    scenario = language.load(starter)
    for player in scenario.players:
        assert player.title in ran.out
    for name in (*scenario.parameters, *scenario.measures, *scenario.claims, *scenario.sources):
        assert name in ran.out
    assert "THE ORDER OF PLAY" in ran.out
    coverage = scenario.coverage
    assert f"{coverage.cited} of {coverage.total} parts cite a claim" in ran.out


def test_a_scenario_is_shown_as_json(countermove: Run, starter: Path) -> None:
    data = json.loads(countermove("show", starter, "--json").out)
    assert data["name"] == "little-blockade"
    assert data["calendar"]["start"] == "2027-03-01"
    assert data["parameters"]["leak"]["cites"] == ["blockades_leak"]
    assert 0 < data["coverage"]["share_cited"] < 1


def test_a_broken_scenario_is_not_shown(countermove: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("scenario: broken\n")
    ran = countermove("show", tmp_path / "broken.yaml")
    assert (ran.code, ran.out) == (ExitCode.FAULTS, "")
    assert "error CM" in ran.err


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["list"], ["schema"], ["show", "us-iraq-2020"]]
)
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from countermove.cli import main; main(sys.argv[1:]);"
        "heavy = {'numba', 'xarray', 'pandas', 'polars', 'pyarrow', 'altair', 'jinja2', 'scipy'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_closed_pipe_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [
        sys.executable,
        "-c",
        "import sys; from countermove.cli import main; sys.exit(main())",
    ]
    ran = subprocess.run(
        [*command, "schema"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert "Traceback" not in ran.stderr
