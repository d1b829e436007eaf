"""``countermove format``: scenario files in one layout; what they say stays the same."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from countermove.cli.failures import ExitCode


def format_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="Scenario files or folders; - reads stdin, writes stdout."
        ),
    ],
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if a file would change.")
    ] = False,
) -> None:
    """Put scenario files into the standard layout, in place.

    Comments are kept, and what a file says does not change.
    """
    changed = [name for name in files if _format(name, only_check=only_check)]
    if changed and only_check:
        raise typer.Exit(ExitCode.FAULTS)


def _format(name: str, *, only_check: bool) -> bool:
    """Format one file (``-`` for stdin); whether its text changes."""
    from countermove import language

    path = None if name == "-" else _file(name)
    before = sys.stdin.read() if path is None else path.read_text(encoding="utf-8")
    after = language.format_text(before, file=str(path or "standard input"))
    if path is None and not only_check:
        sys.stdout.write(after)
        return False
    if before == after:
        return False
    if only_check or path is None:
        sys.stderr.write(f"would format {name}\n")
    else:
        replace_text(path, after)
        sys.stderr.write(f"formatted {name}\n")
    return True


def _file(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        path = path / "scenario.yaml"
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    return path


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside it first, then renamed onto it."""
    beside = path.with_name(f".{path.name}.partial")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
