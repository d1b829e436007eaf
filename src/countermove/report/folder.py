"""A folder of results that appears whole or not at all.

Everything is written into a hidden folder beside the target, ``.NAME.partial-…``, which is renamed
onto the target at the end. To replace, the old folder is renamed to ``.NAME.replaced-…`` first and
deleted last. A killed run leaves such a folder behind; its name says which process made it, and the
next run for the same target restores what was replaced and deletes what is half-written.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countermove.errors import InvalidRequest, OutputExists

MANIFEST = "manifest.json"


@contextmanager
def whole_folder(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A folder to write into, which becomes ``target`` when the block ends; deleted if it fails.

    Raises ``OutputExists`` if the target is there and ``overwrite`` is false, or holds anything
    that Countermove did not write; ``InvalidRequest`` if the target cannot be a folder; ``OSError``
    that names the target where it cannot be made.
    """
    target = target.resolve()
    clean_leftovers(target)
    refuse_existing(target, overwrite=overwrite)
    partial = target.parent / f".{target.name}.partial-{_token()}"
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(target)) from None
    try:
        yield partial
        refuse_existing(target, overwrite=overwrite)
        _move_into_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def refuse_existing(target: Path, *, overwrite: bool) -> None:
    """Raise if results may not be written to the target: see ``whole_folder``."""
    if not target.name:
        raise InvalidRequest(f"{target} cannot be the folder for results; name another")
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputExists(f"{target} is there and is no folder of results; name another")
    if not any(target.iterdir()):
        return
    if not overwrite:
        raise OutputExists(
            f"{target} is already there; replace it with --overwrite (overwrite=True in Python) "
            "or name another folder"
        )
    foreign = sorted(_all_files(target) - _own_files(target))
    if foreign:
        raise OutputExists(
            f"{target} holds files that no run wrote ({', '.join(foreign[:3])}"
            f"{', …' if len(foreign) > 3 else ''}) and is not replaced; move them or name another "
            "folder"
        )


def _all_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _own_files(folder: Path) -> set[str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {MANIFEST, *manifest["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _move_into_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    replaced = target.parent / f".{target.name}.replaced-{_token()}"
    target.rename(replaced)
    try:
        partial.rename(target)
    except BaseException:
        replaced.rename(target)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def clean_leftovers(target: Path) -> None:
    """Undo what killed runs left beside the target: restore what was replaced, delete the rest."""
    replaced = _leftovers(target, "replaced")
    if replaced and not target.exists():
        replaced.pop().rename(target)
    for folder in (*replaced, *_leftovers(target, "partial")):
        shutil.rmtree(folder, ignore_errors=True)


def _leftovers(target: Path, kind: str) -> list[Path]:
    """Folders of that kind whose process is gone, oldest first."""
    prefix = f".{target.name}.{kind}-"
    if not target.parent.is_dir():
        return []
    found = [path for path in target.parent.iterdir() if path.name.startswith(prefix)]
    dead = [path for path in found if _owner_is_gone(path.name[len(prefix) :])]
    return sorted(dead, key=lambda path: path.stat().st_mtime)


def _token() -> str:
    """Who writes: host, process, and a random part; no part holds a dash but the host's name."""
    return f"{socket.gethostname() or 'host'}-{os.getpid()}-{secrets.token_hex(4)}"


def _owner_is_gone(token: str) -> bool:
    host, _, rest = token.rpartition("-")[0].rpartition("-")
    if host != (socket.gethostname() or "host") or not rest.isdigit():
        return False  # another machine's, or none of ours: not for us to judge
    if os.name == "nt":
        return False  # there, signal 0 is no question but an interrupt
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
