"""Running commands in this process, as the shell would."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.cli import main
from unit.cli.command_results import Ran, Run


@pytest.fixture
def countermove(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> Ran:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def starter(tmp_path: Path, countermove: Run) -> Path:
    """The starter scenario in a folder of its own."""
    folder = tmp_path / "little-blockade"
    assert countermove("new", folder).code == 0
    return folder
