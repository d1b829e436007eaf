"""One process at a time in a folder: a lock that the system lets go of when its process dies."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from countermove.errors import InvalidRequest

LOCK = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; ``InvalidRequest`` that names who holds it where another does.

    On this machine a dead process holds nothing. A lock left behind by a process on another machine
    that shares the folder cannot be judged from here, and is refused.
    """
    path = folder / LOCK
    descriptor = _taken(path)
    try:
        _refuse_other_machines(path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_ourselves()).encode(), 0)
        yield
        path.unlink(missing_ok=True)
    except BaseException:
        if _is_ours(path):
            path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def holder(folder: Path) -> str | None:
    """Who holds the folder, in words; None where nobody does."""
    path = folder / LOCK
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        said = _said(path)
        if not _try(descriptor):
            return _words(said)
        return _words(said) if said and said.get("host") != _host() else None
    finally:
        os.close(descriptor)


def _taken(path: Path) -> int:
    """The lock file, open and ours."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try(descriptor):
            os.close(descriptor)
            raise InvalidRequest(
                f"{path.parent} is being worked on by {_words(_said(path))}; wait for it, or end it"
            )
        if _is_file(path, descriptor):
            return descriptor
        os.close(descriptor)  # its last holder has removed it since: take the next one


def _try(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _refuse_other_machines(path: Path) -> None:
    said = _said(path)
    if said and said.get("host") != _host():
        raise InvalidRequest(
            f"{path.parent} was left locked by {_words(said)}, which cannot be looked up from "
            f"here; if it runs no more, delete {path}"
        )


def _is_ours(path: Path) -> bool:
    return _said(path) == _ourselves()


def _said(path: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def _words(said: dict[str, Any]) -> str:
    if not said:
        return "another process"
    return f"process {said.get('process')} on {said.get('host')}"


def _ourselves() -> dict[str, Any]:
    return {"host": _host(), "process": os.getpid()}


def _host() -> str:
    return socket.gethostname() or "host"
