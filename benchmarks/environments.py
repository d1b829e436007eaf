"""Peers that need other versions than ours: an environment each, made when first asked for.

They lie in ``.venv-peers`` beside the main environment, and are made anew when what they hold or
the interpreter changes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HERE = Path(__file__).parent
_FOLDER = _HERE.parent / ".venv-peers"


@dataclass(frozen=True)
class Peer:
    """A package as pip takes it; ``building`` must be there before it, as its own build asks."""

    name: str
    packages: tuple[str, ...]
    building: tuple[str, ...] = ()


SGAMESOLVER = Peer(
    "sgamesolver",
    ("sgamesolver>=1.0.2,<1.1", "numpy>=1.26,<2"),
    ("numpy>=1.26,<2", "setuptools<81", "wheel", "cython>=3"),
)
PYGAMBIT = Peer("pygambit", ("pygambit>=16.7,<17",))


class Unavailable(Exception):
    """A peer's environment cannot be made here, for the reason given."""


def measure(peer: Peer, script: str, given: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """What a script of this folder finds with the peer's interpreter, both as arrays by name.

    Raises ``Unavailable`` where the environment cannot be made.
    """
    python = _python(peer)
    with tempfile.TemporaryDirectory() as folder:
        game, found = Path(folder) / "game.npz", Path(folder) / "found.npz"
        np.savez(game, **given)
        # Without -P this folder's modules would come before the peer's own.
        subprocess.run([python, "-P", _HERE / script, game, found], check=True)
        with np.load(found) as arrays:
            return dict(arrays)


def version(peer: Peer) -> str:
    """The version of the peer that is installed."""
    ask = f"from importlib.metadata import version; print(version({peer.name!r}))"
    done = subprocess.run(
        [_python(peer), "-P", "-c", ask], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def _python(peer: Peer) -> Path:
    """The interpreter of a peer's environment, which is made if it is not there."""
    folder = _FOLDER / peer.name
    python, stamp = folder / "bin" / "python", folder / ".holds"
    holds = "\n".join([sys.version, *peer.building, *peer.packages])
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == holds):
        print(f"making {folder.relative_to(_FOLDER.parent)} …", flush=True)
        _done(peer, [sys.executable, "-m", "venv", "--clear", folder])
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if peer.building:
            _done(peer, [*install, *peer.building])
            install.append("--no-build-isolation")
        _done(peer, [*install, *peer.packages])
        stamp.write_text(holds, encoding="utf-8")
    return python


def _done(peer: Peer, command: list[Any]) -> None:
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        reason = made.stdout.strip().splitlines()[-1:] or ["no reason given"]
        raise Unavailable(f"{peer.name} cannot be installed: {reason[0]}")
