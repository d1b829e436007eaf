"""What the repository promises about its own files."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SELF = Path(__file__).name
FORBIDDEN = re.compile(
    "|".join(["/work/", "/root/", r"/home/\w", "file:///", r"pypi\.org/simple", "--index-url"])
)


def tracked() -> list[Path]:
    """The files under version control that are there."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a clone: the tracked files are not known")
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def faults(path: Path) -> list[str]:
    """The lines of a text file that name a machine's folder or a registry's host."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    lines = enumerate(text.splitlines(), 1)
    return [f"{path.name}:{number}: {line}" for number, line in lines if FORBIDDEN.search(line)]


def test_no_file_names_a_folder_of_a_machine_or_a_registry():
    files = tracked()
    assert len(files) > 20
    assert [fault for path in files if path.name != SELF for fault in faults(path)] == []


@pytest.mark.parametrize("text", ["see /root/x", "file:///opt", "https://pypi.org/simple"])
def test_such_a_line_would_be_found(tmp_path, text):
    path = tmp_path / "some.txt"
    path.write_text(f"fine\n{text}\n")
    assert faults(path) == [f"some.txt:2: {text}"]


def pins(name: str) -> dict[str, str]:
    """Package -> version, of a constraints file."""
    lines = (ROOT / "constraints" / name).read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def requirements(project: dict, *extras: str) -> list[str]:
    """What a package needs, with these extras and those that they name of the package itself."""
    found = list(project["dependencies"])
    for extra in extras:
        for requirement in project["optional-dependencies"][extra]:
            own = re.fullmatch(rf"{project['name']}\[(.+)\]", requirement)
            found += requirements(project, *own[1].split(",")) if own else [requirement]
    return found


def declared() -> dict[str, str]:
    """Package -> lowest version, of what people install and of the test tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return dict(requirement.split(">=") for requirement in requirements(project, "test"))


def version(text: str) -> tuple[int, ...]:
    """A version's numbers, without trailing zeros."""
    numbers = [int(part) for part in text.split(".") if part.isdigit()]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def test_lowest_constraints_are_the_declared_floors():
    found = {name: version(text) for name, text in pins("lowest.txt").items()}
    assert found == {name: version(text) for name, text in declared().items()}


def test_newest_constraints_cover_every_dependency_at_or_above_its_floor():
    newest = pins("newest.txt")
    assert set(declared()) <= set(newest)
    assert all(version(newest[name]) >= version(floor) for name, floor in declared().items())


def test_makefile_lists_its_commands():
    make = shutil.which("make")
    if make is None:
        pytest.skip("there is no make here")
    helped = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"make ([\w-]+)", helped.stdout))
    told = {"demo", "test", "test-slow", "check", "docs", "bench", "format", "clean", "help"}
    assert told <= listed
