"""``countermove export``: the file, and what is refused."""

from pathlib import Path

import pytest

from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tree.efg"


def test_a_tree_is_written(countermove: Run, file: Path) -> None:
    ran = countermove("export", "efg", "centipede", "-o", file)
    assert (ran.code, ran.out) == (0, "")
    text = file.read_text()
    assert text.startswith('EFG 2 R "Four moves" { "one" "two" }\n')
    assert text.count('\np ""') == 4
    assert text.count('\nt ""') == 5
    assert list(file.parent.iterdir()) == [file]


def test_a_file_is_not_replaced_unasked(countermove: Run, file: Path) -> None:
    file.write_text("mine")
    assert countermove("export", "efg", "centipede", "-o", file).code == ExitCode.OUTPUT_EXISTS
    assert file.read_text() == "mine"
    assert countermove("export", "efg", "centipede", "-o", file, "--overwrite").code == 0
    assert file.read_text().startswith("EFG 2 R")


def test_fewer_periods_and_another_start(countermove: Run, file: Path) -> None:
    ran = countermove("export", "efg", "centipede", "-o", file, "--periods", "1")
    assert ran.code == 0
    assert file.read_text().count('\np ""') == 2
    more = ("--overwrite", "--at", "1", "--set", "rationality_all=2")
    assert countermove("export", "efg", "centipede", "-o", file, *more).code == 0
    assert file.read_text().count('\np ""') == 2
    ran = countermove("export", "efg", "centipede", "-o", file, "--overwrite", "--periods", "3")
    assert ran.code == ExitCode.USAGE
    assert "has 2" in ran.err


def test_too_many_nodes_are_refused(countermove: Run, file: Path) -> None:
    ran = countermove("export", "efg", "centipede", "-o", file, "--max-nodes", "8")
    assert ran.code == ExitCode.TOO_LARGE
    assert "more than 8 nodes" in ran.err
    assert not file.exists()


def test_another_form_is_refused(countermove: Run, file: Path) -> None:
    assert countermove("export", "pdf", "centipede", "-o", file).code == ExitCode.USAGE
