"""Every file of ``tests/broken`` has exactly the faults that its comments tell, line by line.

``# -> CM050 calendar; CM051`` stands for two faults in its own line, the first with ``calendar``
as its nearest valid name; ``# -> 4: CM004`` for one in line 4.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from countermove import language

FOLDER = Path(__file__).parents[2] / "broken"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECTED = re.compile(r"# -> (?:(\d+): )?(CM\d{3}.*)$")


def expectations(text: str) -> list[tuple[int, str, str]]:
    """Line, code and nearest name of every fault that the comments tell."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        comment = EXPECTED.search(line)
        if comment is None:
            continue
        for told in comment[2].split("; "):
            code, _, nearest = told.partition(" ")
            found.append((int(comment[1] or number), code, nearest))
    return found


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 45


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_exactly_the_faults_told(path: Path) -> None:
    told = expectations(path.read_text(encoding="utf-8"))
    found = language.check(path)
    assert Counter((d.location.line, d.code) for d in found) == Counter(t[:2] for t in told)
    assert {d.location.file for d in found} == {str(path)}
    for line, code, nearest in told:
        if nearest:
            assert any(
                (d.location.line, d.code, d.nearest) == (line, code, nearest) for d in found
            ), (line, code, nearest)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_fault_says_what_to_do(path: Path) -> None:
    for diagnostic in language.check(path):
        assert diagnostic.message
        assert diagnostic.remedy, diagnostic
        assert diagnostic.location.column >= 1


def test_the_base_that_they_start_from_is_sound() -> None:
    assert language.check(FOLDER / "bases" / "little-crisis.yaml") == []
