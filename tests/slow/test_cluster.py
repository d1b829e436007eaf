"""Explorations on dask: a scheduler and workers as processes of their own, one of them killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermove.cli.failures import ExitCode
from countermove.explore.exploration import load_exploration
from slow.test_explore_kill import SLOW_SOLVER, finished, same, started, wait_for
from unit.explore.sweep_scenario import TEXT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there, signals are others"),
]


@contextlib.contextmanager
def process(*command: object, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A dask process of this environment; ended at the end, whatever happens."""
    dask = [sys.executable, "-m", "dask", *map(str, command)]
    settings = {
        "NUMBA_NUM_THREADS": "1",
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s",
    }
    with (
        log.open("wb") as said,
        subprocess.Popen(
            dask, stdout=said, stderr=said, cwd=log.parent, env={**os.environ, **settings}
        ) as running,
    ):
        try:
            yield running
        finally:
            running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(30)
            running.kill()


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """The address of a scheduler on loopback, at a port that was free."""
    told = folder / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", told)
    with process("scheduler", *options, log=folder / "scheduler.log"):
        wait_for(told)
        yield json.loads(told.read_text())["address"]


def worker(
    address: str, name: str, folder: Path
) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    place = ("--name", name, "--local-directory", folder / name)
    return process("worker", address, *options, *place, log=folder / f"{name}.log")


def rows(folder: Path) -> int:
    return len([*folder.glob("rows/0*.parquet")])


def test_a_worker_that_is_killed_costs_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    asked = ("blockade", "--worlds", "96", "--shard", "4", "--seed", "5", "--output")
    finished("", *asked, tmp_path / "whole")
    folder = tmp_path / "far"
    with (
        scheduler(tmp_path) as address,
        worker(address, "one", tmp_path) as one,
        worker(address, "two", tmp_path) as two,
        started("", *asked, folder, "--cluster", address) as running,
    ):
        while rows(folder) < 12 and running.poll() is None:
            time.sleep(0.02)
        assert rows(folder) < 24, "it was done before a worker could be killed"
        one.kill()
        said, errors = running.communicate(timeout=600)
        assert running.returncode == 0, said + errors
        assert two.poll() is None
    same(folder, tmp_path / "whole")


def test_ctrl_c_on_a_local_cluster_keeps_whole_shards(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TEXT)
    folder = tmp_path / "out"
    asked = (tmp_path / "tiny.yaml", "-n", "4000", "--shard", "2", "-o", folder)
    with started("", *asked, "--cluster", "local", "--threads", "2") as running:
        wait_for(folder / "rows/00003.parquet")
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does it: to the workers, too
        said, errors = running.communicate(timeout=120)
    assert running.returncode == ExitCode.INTERRUPTED, said + errors
    assert "finishing the file in hand" in errors
    assert "Traceback" not in errors
    explored = load_exploration(folder).explored  # in any order: the fourth may come first
    assert explored == 2 * rows(folder)
    assert 2 <= explored < 4000
    assert not [*folder.rglob(".*")]


def test_a_stable_ranking_stops_a_cluster_at_the_same_shard(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TEXT)
    asked = (tmp_path / "tiny.yaml", "-n", "2000", "--shard", "8", "--until-stable", "-o")
    finished(SLOW_SOLVER, *asked, tmp_path / "whole")
    finished("", *asked, tmp_path / "far", "--cluster", "local", "--threads", "2")
    names = [p.name for p in sorted((tmp_path / "whole" / "rows").iterdir())]
    assert names == [p.name for p in sorted((tmp_path / "far" / "rows").iterdir())]
    assert len(names) < 50
    for name in names:
        one, other = (tmp_path / kind / "rows" / name for kind in ("whole", "far"))
        assert one.read_bytes() == other.read_bytes()


def test_no_worker_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from countermove import InvalidRequest
    from countermove.explore import cluster
    from countermove.explore.sweep import explore
    from unit.explore.sweep_scenario import tiny

    monkeypatch.setattr(cluster, "_PATIENCE", 2.0)
    with (
        scheduler(tmp_path) as address,
        pytest.raises(InvalidRequest, match=f"at {address} has no worker; start one by `dask"),
    ):
        explore(tiny(), worlds=4, folder=tmp_path / "out", cluster=address)
