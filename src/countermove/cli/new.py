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

_SCENARIO = "scenario.yaml"
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
    from countermove.language import format_text

    texts = _template(template)
    texts[_SCENARIO] = format_text(_renamed(texts[_SCENARIO], name))
    written = _write_file(target, texts[_SCENARIO]) if single else _write_folder(target, texts)
    sys.stdout.write(f"wrote {written}\n\n{_next_steps(target)}")


def _template(slug: str | None) -> dict[str, str]:
    """The files of a template: the scenario, and beside a bundled one what explains it."""
    if slug is None:
        starter = files("countermove.cli").joinpath("starter.yaml")
        return {_SCENARIO: starter.read_text(encoding="utf-8")}
    from countermove import language

    folder = language.bundled_path(slug).parent
    there = (folder / name for name in (_SCENARIO, "README.md"))
    return {file.name: file.read_text(encoding="utf-8") for file in there if file.exists()}


def _renamed(text: str, name: str) -> str:
    return _NAME_LINE.sub(f"scenario: {name}", text, count=1)


def _write_file(target: Path, text: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_text(target, text)
    return target


def _write_folder(target: Path, texts: dict[str, str]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        for name, text in texts.items():
            (beside / name).write_text(text, encoding="utf-8")
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target / _SCENARIO


def _next_steps(target: Path) -> str:
    return (
        f"  countermove check {target}    faults, each with its place and remedy\n"
        f"  countermove show {target}     the scenario in words\n"
        f"  countermove run {target}      solve it and write a report\n"
        f"  countermove explain {target}  why they do what they do\n"
    )
