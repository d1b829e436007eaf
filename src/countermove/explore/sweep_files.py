"""How the files of an exploration are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from countermove.explore.files import clear_partials

MANIFEST = "manifest.json"
SCENARIO = "scenario.yaml"
WORLDS = "worlds.parquet"
PROGRESS = "progress.json"
ROWS = "rows"
_SHARD = re.compile(r"\d{5,}\.parquet")


def shard_name(shard: int) -> str:
    """A shard's file in the folder: ``rows/00000.parquet``."""
    return f"{ROWS}/{shard:05d}.parquet"


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
    """Delete what killed processes left of these files; to be done under the lock."""
    for place in (folder, folder / ROWS):
        clear_partials(place, _is_own)


def _is_own(name: str) -> bool:
    return name in (MANIFEST, SCENARIO, WORLDS, PROGRESS) or bool(_SHARD.fullmatch(name))
