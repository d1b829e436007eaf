"""The two consoles: results on stdout, progress and errors on stderr; and JSON for machines."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import Location
from countermove.language.expressions import Expression

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_PIPES = 120


def out() -> Console:
    """The console for results; wide enough for tables where stdout is not a terminal."""
    return _console(stderr=False)


def err() -> Console:
    """The console for progress and errors."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH_OF_PIPES
    return Console(stderr=stderr, width=width, highlight=False, emoji=False)


def print_json(data: Any) -> None:
    """Print plain data as JSON on stdout; numbers that are not finite become null."""
    sys.stdout.write(json.dumps(plain(data), ensure_ascii=False, indent=2) + "\n")


def plain(value: Any) -> Any:
    """Dataclasses, expressions, dates and paths as what JSON can hold."""
    match value:
        case Expression():
            return value.text
        case Location() | Path():
            return str(value)
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(below) for key, below in value.items()}
        case tuple() | list() | set() | frozenset():
            return [plain(below) for below in value]
        case float():
            return value if math.isfinite(value) else None
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _fields(value)
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
