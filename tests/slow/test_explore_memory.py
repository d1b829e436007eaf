"""An exploration's memory does not grow with the number of its worlds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there, a process's peak is told otherwise"),
]

CODE = """
import resource, sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from countermove.explore.objectives import Objective
from countermove.explore.sweep import sweep
from countermove.explore.sweep_plan import plan_of
from countermove.explore.sweep_run import Sweep
from unit.explore.sweep_scenario import Pretender, pretending, tiny
plan, space = plan_of(tiny(), worlds=int(sys.argv[1]), shard=64)
asked = Sweep(plan, space, Path(sys.argv[2]), Objective("payoff(us)", 1.0))
swept = sweep(asked, factory=pretending(Pretender(fails_above=8.9)))
assert swept.progress.rows == 3 * plan.worlds
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(worlds: int, folder: Path) -> float:
    """MB of a process that explores so many worlds."""
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", CODE, str(worlds), str(folder), str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    kilobytes = int(done.stdout) / (1024 if sys.platform == "darwin" else 1)
    return kilobytes / 1024


def test_memory_is_flat_in_the_number_of_worlds(tmp_path: Path) -> None:
    few, many = (peak(worlds, tmp_path / str(worlds)) for worlds in (8_192, 65_536))
    print(f"{few:.0f} MB with 8,192 worlds, {many:.0f} MB with 65,536")
    # What grows is the list of shards in the manifest. The rows alone would be 196,608 times some
    # kilobyte as objects, or 11 MB as packed numbers.
    assert many - few < 10
