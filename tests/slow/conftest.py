"""Fresh environments with the built wheel: other Pythons, lowest and newest dependencies."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slow.environments import ROOT, interpreter, run


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this source."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def environment(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Path]:
    """Makes an environment, once: (Python version, constraints file) -> its ``bin`` folder."""
    made: dict[tuple[str, str], Path] = {}

    def make(version: str, constraints: str) -> Path:
        if (version, constraints) not in made:
            python = interpreter(version)
            folder = tmp_path_factory.mktemp("environment")
            run(python, "-m", "venv", folder, cwd=folder)
            pins = ROOT / "constraints" / constraints
            wanted = f"{wheel}[test]"
            pip = folder / "bin" / "pip"
            run(pip, "install", "--quiet", "--only-binary", ":all:", "-c", pins, wanted, cwd=folder)
            made[version, constraints] = folder / "bin"
        return made[version, constraints]

    return make
