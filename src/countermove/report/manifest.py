"""``manifest.json``: what went into a result, what came out, and with which versions."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermove._version import __version__

FORMAT = 1


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def outputs(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file in the folder with its size and hash, by its path in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in files
    }


def versions(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Versions of Countermove, of Python and of what a result was computed with."""
    found = {"countermove": __version__, "python": platform.python_version()}
    return found | {name: str(version) for name, version in (extra or {}).items()}


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write a mapping as JSON; numbers that are not finite become null, as JSON has none."""
    text = json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _finite(below) for key, below in value.items()}
        case list() | tuple():
            return [_finite(below) for below in value]
        case float():
            return value if math.isfinite(value) else None
    return value
