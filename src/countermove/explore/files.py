"""Files that appear whole or not at all, and what killed processes leave half-written."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Beside its place and hidden: ``.NAME.partial-HOST-PROCESS-TOKEN``.
_PARTIAL = re.compile(r"\.(?P<name>.+)\.partial-(?P<host>.+)-(?P<process>\d+)-[0-9a-f]{8}")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write, moved onto its place when the block ends; deleted if it fails.

    The bytes are on the disk before the name is: a crash leaves the old file or the new one.
    """
    token = secrets.token_hex(4)
    partial = path.with_name(f".{path.name}.partial-{_host()}-{os.getpid()}-{token}")
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


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
    with whole(path) as partial:
        partial.write_bytes(data)


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


def is_partial(path: Path) -> bool:
    """Is it a file that is being written, or that a killed process left half-written?"""
    return _PARTIAL.fullmatch(path.name) is not None


def clear_partials(folder: Path, own: Callable[[str], bool] | None = None) -> None:
    """Delete what killed processes left half-written in a folder, where there is one.

    Under a lock, when nobody else can be writing, ``own`` says of which files; without one, what
    processes of this machine left that run no more, of whatever file.
    """
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        found = _PARTIAL.fullmatch(path.name)
        if found is None:
            continue
        if own(found["name"]) if own is not None else _is_gone(found["host"], found["process"]):
            path.unlink(missing_ok=True)


def _is_gone(host: str, process: str) -> bool:
    """Is it certain that the process runs no more? Other machines' cannot be judged from here."""
    if host != _host() or os.name == "nt":
        return False  # on Windows, signal 0 is no question but an interrupt
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _host() -> str:
    return socket.gethostname() or "host"
