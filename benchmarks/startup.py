"""Fresh processes: importing, checking, the whole run with and without cached kernels."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import Part, short, words

SCENARIO = "us-iraq-2020"
_COMMAND = "from countermove.cli import main; main()"
# What reading and checking a scenario has no use for.
HEAVY = (
    *("numba", "llvmlite", "scipy", "xarray", "pandas", "polars", "pyarrow"),
    *("altair", "jinja2", "h5py", "h5netcdf", "vl_convert"),
)


def run(*, quick: bool) -> Part:
    """Wall times of whole processes, the interpreter's own start included."""
    part = Part("startup", "Starting and running")
    repeats = 2 if quick else 7
    bare = _repeat([sys.executable, "-c", "pass"], repeats=repeats)
    imported = _repeat([sys.executable, "-c", "import countermove"], repeats=repeats)
    checked = _repeat(_cli("check", SCENARIO), repeats=repeats)
    part.add("the interpreter alone", words(bare))
    _judged(part, "`import countermove`", imported, 0.5)
    _judged(part, f"`countermove check {SCENARIO}`", checked, 1.5)
    part.add("heavy libraries that `import countermove` loads", _heavy("import countermove"))
    check = f"import countermove; countermove.check({SCENARIO!r})"
    part.add("heavy libraries that `check` loads", _heavy(check))
    if not quick:
        _runs(part)
    part.notes.append(
        "Medians (least in brackets) of fresh processes. The first run has an empty folder of "
        "compiled kernels (`NUMBA_CACHE_DIR`)."
    )
    return part


def _runs(part: Part) -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        first = _run(where, "first")
        later = [_run(where, f"later-{i}") for i in range(2)]
    _judged(part, f"`countermove run {SCENARIO}`, kernels cached", later, 20.0)
    _judged(part, f"`countermove run {SCENARIO}`, first run", [first], 60.0)


def _run(where: Path, name: str) -> float:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(where / "kernels")}
    command = _cli("run", SCENARIO, "--output", str(where / name))
    return _timed(command, environment)


def _cli(*arguments: str) -> list[str]:
    return [sys.executable, "-c", _COMMAND, *arguments]


def _repeat(command: list[str], *, repeats: int) -> list[float]:
    _timed(command, dict(os.environ))
    return [_timed(command, dict(os.environ)) for _ in range(repeats)]


def _timed(command: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _judged(part: Part, what: str, times: list[float], target: float) -> None:
    middle = statistics.median(times)
    part.add(what, words(times), short(target), middle <= target)


def _heavy(code: str) -> str:
    """Which of the heavy libraries a piece of code loads."""
    ask = f"{code}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", ask], check=True, stdout=subprocess.PIPE, text=True
    )
    return ", ".join(done.stdout.split()) or "none"
