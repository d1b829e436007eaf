"""``countermove new``: a folder with a commented starter scenario, or a copy of a bundled one."""

from __future__ import annotations

import re
import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from countermove.cli.format import replace_text
from countermove.errors import InvalidRequest, OutputExists

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NAME_LINE = re.compile(r"^scenario:[ \t]*[^\s#]+", re.MULTILINE)


def new(
    target: Annotated[
        Path,
        typer.Argument(metavar="NAME", help="A folder to make, or a file ending in .yaml."),
    ],
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="SCENARIO", help="Copy this bundled scenario instead."),
    ] = None,
) -> None:
    """Start a scenario from a file that explains each part.

    Makes a folder with a scenario.yaml, or a single file. It checks clean and runs as it stands;
    change it a line at a time and `countermove check` it.
    The folder's (or file's) name is the scenario's: small letters, digits and single dashes.
    """
    single = target.suffix in {".yaml", ".yml"}
    name = target.stem if single else target.name
    if not _SLUG.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot name a scenario; use small letters, digits and single dashes, "
            "such as strait-2027"
        )
    if target.exists():
        raise OutputExists(f"{target} is already there; choose another name")
    text = _renamed(_template(template), name)
    written = _write_file(target, text) if single else _write_folder(target, text)
    sys.stdout.write(f"wrote {written}\n\n{_next_steps(target)}")


def _template(slug: str | None) -> str:
    if slug is None:
        starter = files("countermove.cli").joinpath("starter.yaml")
        return starter.read_text(encoding="utf-8")
    from countermove import language

    path = language.bundled_path(slug)
    file = path / "scenario.yaml" if path.is_dir() else path
    return file.read_text(encoding="utf-8")


def _renamed(text: str, name: str) -> str:
    return _NAME_LINE.sub(f"scenario: {name}", text, count=1)


def _write_file(target: Path, text: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_text(target, text)
    return target


def _write_folder(target: Path, text: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        (beside / "scenario.yaml").write_text(text, encoding="utf-8")
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target / "scenario.yaml"


def _next_steps(target: Path) -> str:
    return (
        f"  countermove check {target}    faults, each with its place and remedy\n"
        f"  countermove show {target}     the scenario in words\n"
        f"  countermove run {target}      solve it and write a report\n"
    )
