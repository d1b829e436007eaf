"""Files of a comparison's folder that appear whole or not at all."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Beside its place and hidden: ``.NAME.HOST.PROCESS.partial``.
_PARTIAL = re.compile(r"^\..+\.(?P<host>[^.]+)\.(?P<process>\d+)\.partial$")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write, renamed onto its place when the block ends; deleted if it fails."""
    partial = path.with_name(f".{path.name}.{_host()}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def is_partial(path: Path) -> bool:
    """Is it a file that is being written, or that a killed process left half-written?"""
    return _PARTIAL.match(path.name) is not None


def clear_partial(folder: Path) -> None:
    """Delete what killed processes of this machine left half-written in a folder."""
    for path in folder.glob(".*.partial"):
        found = _PARTIAL.match(path.name)
        if found and found["host"] == _host() and _is_gone(int(found["process"])):
            path.unlink(missing_ok=True)


def _host() -> str:
    return (socket.gethostname() or "host").replace(".", "-")


def _is_gone(process: int) -> bool:
    if os.name == "nt":
        return False  # there, signal 0 is no question but an interrupt
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
