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
    asked = "--of heat --of concessions --worlds 16 --generations 8 --population 12 --seed 3"
    return [
        *(sys.executable, "-c", RUN, "search", str(scenario), "--policy", "graded"),
        *("--output", str(folder), *asked.split()),
    ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The scenario, and the folder of a search left alone."""
    scenario = tmp_path_factory.mktemp("search") / "lever.yaml"
    scenario.write_text(LEVERS)
    folder = scenario.parent / "whole"
    subprocess.run(command(scenario, folder), check=True, capture_output=True)
    return scenario, folder


def same(folder: Path, whole: Path) -> None:
    for name in ("archive.parquet", "front.parquet", "manifest.json", "scenario.yaml"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
    assert {path.name for path in folder.iterdir()} == {path.name for path in whole.iterdir()}


def wait_for(archive: Path, process: subprocess.Popen[bytes], times: int) -> None:
    """Wait until the archive has been written so many times, or the process has ended."""
    seen = archive.stat().st_mtime_ns if archive.exists() else 0
    while times and process.poll() is None:
        time.sleep(0.002)
        now = archive.stat().st_mtime_ns if archive.exists() else 0
        times -= now != seen
        seen = now


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_it_ends_as_if_undisturbed(
    undisturbed: tuple[Path, Path], tmp_path: Path, seed: int
) -> None:
    scenario, whole = undisturbed
    folder, chance, kills = tmp_path / "s", random.Random(seed), 0
    for attempt in range(30):
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                command(scenario, folder), stdout=subprocess.DEVNULL, stderr=said
            )
            # every time it gets on by a generation or more; then at any moment of the next
            wait_for(
                folder / "archive.parquet", process, 1 if not attempt else chance.randint(1, 4)
            )
            time.sleep(chance.uniform(0, 0.5))
            kills += process.poll() is None
            process.kill()
            process.wait()
        if process.returncode != -signal.SIGKILL:
            break
    assert process.returncode == 0, (tmp_path / "said").read_text()
    assert kills, "it was done before it could be killed"
    same(folder, whole)


def test_interrupted_by_ctrl_c_it_says_so_and_goes_on(
    undisturbed: tuple[Path, Path], tmp_path: Path
) -> None:
    scenario, whole = undisturbed
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
