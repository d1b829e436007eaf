"""Files that appear whole or not at all, and how those of an exploration are called."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SCENARIO = "scenario.yaml"
WORLDS = "worlds.parquet"
PROGRESS = "progress.json"
ROWS = "rows"
_SHARD = re.compile(r"\d{5,}\.parquet")
_PARTIAL = re.compile(r"\.(?P<name>.+)\.partial-\d+-[0-9a-f]+")


def shard_name(shard: int) -> str:
    """A shard's file in the folder: ``rows/00000.parquet``."""
    return f"{ROWS}/{shard:05d}.parquet"


def write_whole(path: Path, write: Callable[[Path], Any]) -> Any:
    """Have a file written beside the target, then moved onto it; what ``write`` returns.

    The bytes are on the disk before the name is: a crash leaves the old file or the new one.
    """
    partial = path.parent / f".{path.name}.partial-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        found = write(partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
    _sync_folder(path.parent)
    return found


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # there, folders cannot be opened
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    write_whole(path, lambda partial: partial.write_bytes(data))


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write plain data as JSON, whole or not at all."""
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> dict[str, Any] | None:
    """A file's JSON object; None where there is none, or it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def sha256(path: Path) -> str | None:
    """The SHA-256 of a file in hexadecimal; None where there is no such file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def own_files(folder: Path) -> Iterator[Path]:
    """The files in a folder that an exploration writes, by their names."""
    for name in (MANIFEST, SCENARIO, WORLDS, PROGRESS):
        if (folder / name).is_file():
            yield folder / name
    rows = folder / ROWS
    for path in sorted(rows.iterdir()) if rows.is_dir() else ():
        if _SHARD.fullmatch(path.name):
            yield path


def clean_partials(folder: Path) -> None:
    """Delete the half-written files of processes that were killed; to be done under the lock."""
    for place in (folder, folder / ROWS):
        for path in list(place.iterdir()) if place.is_dir() else ():
            found = _PARTIAL.fullmatch(path.name)
            if found and _is_own(found["name"]):
                path.unlink()


def _is_own(name: str) -> bool:
    return name in (MANIFEST, SCENARIO, WORLDS, PROGRESS) or bool(_SHARD.fullmatch(name))
