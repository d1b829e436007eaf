"""Explorations that are killed at random moments, or interrupted, end with the very same rows."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from countermove.cli.failures import ExitCode
from countermove.explore.exploration import load_exploration
from unit.explore.sweep_scenario import TEXT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there, signals are others"),
]
KILLS = 24

COMMAND = "import sys; from countermove.cli import main; sys.exit(main(sys.argv[1:]))"
# A disk so slow that many kills fall into the writing of a file.
SLOW_DISK = "import os, time; true = os.fsync; os.fsync = lambda f: (time.sleep(0.2), true(f))\n"
SLOW_SOLVER = """
import time
from countermove.explore import sweep_run
true = sweep_run.compute
sweep_run.compute = lambda *a, **k: (time.sleep(0.3), true(*a, **k))[1]
"""


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code + COMMAND, "explore", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finished(code: str, *arguments: object) -> float:
    """Run to the end; the seconds that took."""
    began = time.monotonic()
    with started(code, *arguments) as running:
        said, errors = running.communicate(timeout=600)
    assert running.returncode == 0, said + errors
    return time.monotonic() - began


def wait_at_random(running: subprocess.Popen[str], folder: Path, chance: random.Random) -> None:
    """Until some moment of the start, or soon after the next shard or the one after it."""
    further = chance.choice([0, 1, 1, 2])
    if not further:
        time.sleep(chance.uniform(0, 3))
        return
    wanted = count(folder) + further
    while count(folder) < wanted and running.poll() is None:
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 0.5))


def count(folder: Path) -> int:
    return len([*folder.glob("rows/0*.parquet")])


def shards(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "rows").iterdir()}


def same(folder: Path, whole: Path) -> None:
    """The folder holds what the undisturbed one does, byte for byte, and nothing besides."""
    assert shards(folder) == shards(whole)
    for name in ("manifest.json", "worlds.parquet", "scenario.yaml"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()
    found, wanted = load_exploration(folder), load_exploration(whole)
    assert found.complete
    assert found.rows.equals(wanted.rows)
    assert found.worlds.equals(wanted.worlds)
    assert found.rows.select("world", "view", "policy", "met").is_duplicated().sum() == 0
    kept = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert kept == {p.relative_to(whole).as_posix() for p in whole.rglob("*") if p.is_file()}


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    asked = ("blockade", "--worlds", "96", "--shard", "8", "--seed", "5", "--output")
    whole = tmp_path / "whole"
    finished("", *asked, whole)  # the loops are compiled now
    chance = random.Random(20200103)
    killed, halfway, round_ = 0, 0, 0
    while killed < KILLS:
        folder = tmp_path / f"killed-{round_}"
        round_ += 1
        while killed < KILLS:
            with started(chance.choice(["", SLOW_DISK, SLOW_DISK]), *asked, folder) as running:
                wait_at_random(running, folder, chance)
                if running.poll() is not None:
                    assert running.returncode == 0
                    break
                running.kill()
            killed += 1
            halfway += any(folder.rglob(".*.partial-*"))
        finished("", *asked, folder)
        same(folder, whole)
    print(f"{killed} kills, {halfway} of them while a file was written, {round_} explorations")


def test_ctrl_c_finishes_the_shard_and_a_second_one_does_not(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TEXT)
    folder = tmp_path / "out"
    asked = (tmp_path / "tiny.yaml", "-n", "400", "--shard", "2", "-o", folder)
    with started(SLOW_SOLVER, *asked) as running:
        wait_for(folder / "rows/00000.parquet")
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED
    assert "finishing the file in hand" in errors
    assert "Give the same command to go on" in said
    explored = load_exploration(folder).explored
    assert 2 <= explored < 400
    with started(SLOW_SOLVER, *asked) as running:
        wait_for(folder / f"rows/{explored // 2:05d}.parquet")
        running.send_signal(signal.SIGINT)
        time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED
    assert "whole files of rows are kept" in errors
    assert not [*folder.rglob(".*")]
    assert load_exploration(folder).explored > explored


def wait_for(path: Path) -> None:
    for _ in range(1200):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{path} never came")
