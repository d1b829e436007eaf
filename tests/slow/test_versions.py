"""A part of the tests with other Pythons, and with the lowest and newest dependencies."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest

from slow.environments import ROOT, interpreter, run

pytestmark = pytest.mark.slow

LOWEST = ("3.11", "lowest.txt")
SUPPORTED = ["3.11", "3.12", "3.13"]
OTHERS = [v for v in SUPPORTED if v != f"{sys.version_info.major}.{sys.version_info.minor}"]
PART = ["tests/unit", "tests/test_package.py"]
# Another Python with the same dependencies differs in the language and in what Numba compiles.
SMALL_PART = [
    *(f"tests/unit/{name}" for name in ("language", "game", "solve", "explain", "cli")),
    PART[1],
]


# This Python runs all tests by itself: here come the others.
@pytest.mark.parametrize(
    ("python", "constraints"), [LOWEST, *((python, "newest.txt") for python in OTHERS)]
)
def test_a_part_of_the_tests_passes(environment, tmp_path, python, constraints):
    bin_folder = environment(python, constraints)
    said = run(
        bin_folder / "python",
        *("-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"),
        *("-c", ROOT / "pyproject.toml", "--rootdir", ROOT),
        *(ROOT / part for part in (PART if constraints == LOWEST[1] else SMALL_PART)),
        cwd=tmp_path,
        timeout=1800,  # the loops are compiled anew, by both processes
    )
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) > 100


def test_supported_pythons_are_the_declared_ones():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [text.rpartition(" ")[2] for text in declared["classifiers"] if "Python :: 3." in text]
    assert named == SUPPORTED
    assert declared["requires-python"] == f">={SUPPORTED[0]}"


def test_an_interpreter_that_is_not_here_is_skipped_with_a_reason():
    with pytest.raises(pytest.skip.Exception, match=r"there is no python3\.99 here"):
        interpreter("3.99")
