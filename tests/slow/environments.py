"""Running commands, and finding the Pythons that are here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, timeout: float = 900) -> str:
    """What a command prints; the test fails with all that it said if it does not end well."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, (
        f"{' '.join(map(str, command))} ended with {done.returncode}\n{said}"
    )
    return done.stdout


def candidates(version: str) -> Iterator[Path]:
    """Where ``python3.X`` may be: on the PATH, then among the versions that pyenv keeps."""
    name = f"python{version}"
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        yield Path(sys.executable)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder) / name
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(kept.glob(f"{version}.*/bin/{name}"))


def works(python: Path, version: str) -> bool:
    """Whether this is an interpreter of that version that can make environments."""
    if not python.is_file():
        return False
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.strip() == version


def interpreter(version: str) -> Path:
    """A Python of that version; the test is skipped where there is none."""
    for python in candidates(version):
        if works(python, version):
            return python
    pytest.skip(f"there is no python{version} here")
