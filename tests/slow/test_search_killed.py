"""Searches that are killed or interrupted, and taken up again by the same command."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unit.explore.lever_scenarios import LEVERS

pytestmark = pytest.mark.slow
RUN = "import sys; from countermove.cli import main; sys.exit(main())"


def command(scenario: Path, folder: Path) -> list[str]:
    asked = "--of heat --of concessions --worlds 16 --generations 12 --population 12 --seed 3"
    return [
        *(sys.executable, "-c", RUN, "search", str(scenario), "--policy", "graded"),
        *("--output", str(folder), *asked.split()),
    ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, float]:
    """The scenario, the folder of a search left alone, and the seconds that it took."""
    scenario = tmp_path_factory.mktemp("search") / "lever.yaml"
    scenario.write_text(LEVERS)
    folder = scenario.parent / "whole"
    subprocess.run(command(scenario, folder), check=True, capture_output=True)  # compiles the loops
    for path in folder.iterdir():
        path.unlink()
    began = time.monotonic()
    subprocess.run(command(scenario, folder), check=True, capture_output=True)
    return scenario, folder, time.monotonic() - began


def same(folder: Path, whole: Path) -> None:
    for name in ("archive.parquet", "front.parquet", "manifest.json", "scenario.yaml"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
    assert {path.name for path in folder.iterdir()} == {path.name for path in whole.iterdir()}


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_moments_it_ends_as_if_undisturbed(
    undisturbed: tuple[Path, Path, float], tmp_path: Path, seed: int
) -> None:
    scenario, whole, seconds = undisturbed
    moments, kills = random.Random(seed), 0
    for attempt in range(100):
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                command(scenario, tmp_path / "s"), stdout=subprocess.DEVNULL, stderr=said
            )
            try:  # most of the time goes into the start; later ones are given more
                process.wait(moments.uniform(0.3, 0.9 + 0.1 * attempt) * seconds)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
    assert process.returncode == 0, (tmp_path / "said").read_text()
    assert kills, "it was done before it could be killed"
    same(tmp_path / "s", whole)


def test_interrupted_by_ctrl_c_it_says_so_and_goes_on(
    undisturbed: tuple[Path, Path, float], tmp_path: Path
) -> None:
    scenario, whole, _ = undisturbed
    folder = tmp_path / "s"
    process = subprocess.Popen(command(scenario, folder), stderr=subprocess.PIPE, text=True)
    while not (folder / "archive.parquet").is_file():
        assert process.poll() is None, "it ended before its first generation was kept"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "the same command goes on there" in said
    assert not (folder / "front.parquet").exists()
    subprocess.run(command(scenario, folder), check=True, capture_output=True)
    same(folder, whole)
