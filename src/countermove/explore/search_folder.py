"""The folder of a search: taken up again where it stopped, or refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from countermove.errors import InvalidRequest, OutputExists
from countermove.explore.files import (
    clear_partials,
    read_json,
    sha256,
    write_bytes,
    write_json,
)
from countermove.explore.search_archive import ARCHIVE, FRONT, Archive, read, table, write
from countermove.explore.search_front import Front
from countermove.explore.search_plan import FORMAT, Plan
from countermove.explore.search_points import Point
from countermove.explore.sweep_files import MANIFEST, SCENARIO
from countermove.explore.sweep_lock import LOCK, locked

KIND = "search"
FILES = (MANIFEST, SCENARIO, ARCHIVE, FRONT)
_WORDS = {
    "scenario_sha256": "the scenario",
    "countermove": "the version of Countermove",
    "policy": "--policy",
    "view": "--view",
    "levers": "the levers",
    "objectives": "--of",
    "statistic": "--statistic",
    "worlds": "--worlds",
    "seed": "--seed",
}


@dataclass(slots=True)
class Folder:
    """An open search: its manifest, and what was tried so far."""

    path: Path
    plan: Plan
    manifest: dict[str, Any]
    archive: Archive = field(default_factory=Archive)

    def keep(self, points: Sequence[Point]) -> None:
        """Write all that was tried, after each generation."""
        if self.manifest["complete"]:  # it goes on beyond its end
            self.manifest |= {"complete": False}
            self.manifest.pop("outputs", None)
            write_json(self.path / MANIFEST, self.manifest)
        write(self.path / ARCHIVE, table(points, self.plan.levers, self.plan.objectives))

    def finish(self, points: Sequence[Point], front: Front, generations: int) -> None:
        """Write the front, and say that the search has come to its end."""
        levers, objectives = self.plan.levers, self.plan.objectives
        write(self.path / ARCHIVE, table(points, levers, objectives))
        write(self.path / FRONT, table(front.points, levers, objectives))
        self.manifest |= {
            "complete": True,
            "method": self.plan.method,
            "population": self.plan.population,
            "generations": generations,
            "outputs": {
                name: {"bytes": path.stat().st_size, "sha256": sha256(path)}
                for name in FILES[1:]
                if (path := self.path / name).is_file()
            },
        }
        write_json(self.path / MANIFEST, self.manifest)


@contextlib.contextmanager
def opened(path: Path, plan: Plan, *, restart: bool = False) -> Iterator[Folder]:
    """The folder of a search, made or taken up again; nobody else may write there meanwhile.

    Raises ``InvalidRequest`` that says what differs where it holds another search, ``OutputExists``
    where it holds something else.
    """
    if path.exists() and not path.is_dir():
        raise OutputExists(f"{path} is there and is no folder; name another by --output")
    path.mkdir(parents=True, exist_ok=True)
    with locked(path):
        clear_partials(path, FILES.__contains__)
        manifest = read_json(path / MANIFEST)
        if manifest is None or manifest.get("kind") != KIND:
            _refuse_foreign(path)
            manifest = None
        elif restart:
            _forget(path)
            manifest = None
        if manifest is None:
            manifest = _begun(path, plan)
        _refuse_other(path, manifest, plan)
        archive = read(path / ARCHIVE, plan.levers, plan.objectives)
        yield Folder(path, plan, manifest, archive)


def _begun(path: Path, plan: Plan) -> dict[str, Any]:
    """A new search; the manifest comes first, as the mark that the folder is ours."""
    manifest = {"format": FORMAT, "kind": KIND, **plan.identity(), "complete": False}
    write_json(path / MANIFEST, manifest)
    write_bytes(path / SCENARIO, plan.scenario.whole.encode("utf-8", "replace"))
    return manifest


def _refuse_foreign(path: Path) -> None:
    foreign = sorted(p.name for p in path.iterdir() if p.name != LOCK)
    if foreign:
        raise OutputExists(
            f"{path} is there and holds no search ({', '.join(foreign[:3])}"
            f"{', …' if len(foreign) > 3 else ''}); name another folder by --output"
        )


def _refuse_other(path: Path, manifest: Mapping[str, Any], plan: Plan) -> None:
    differing = [
        _difference(key, manifest.get(key), value)
        for key, value in plan.identity().items()
        if manifest.get(key) != value
    ]
    if manifest.get("format") != FORMAT:
        differing = [f"the folder's format is {manifest.get('format')!r}, not {FORMAT}"]
    if differing:
        raise InvalidRequest(
            f"{path} holds a search for something else: {'; '.join(differing)}. Ask as before, "
            "name another folder by --output, or begin anew by --restart (restart=True in Python)"
        )


def _difference(key: str, before: Any, now: Any) -> str:
    if key in ("scenario_sha256", "levers"):
        return f"{_WORDS[key]} changed"
    return f"{_WORDS.get(key, key)} was {_shown(before)}, and is now {_shown(now)}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{x['key']}:{x['better']}" for x in value)
    return str(value)


def _forget(path: Path) -> None:
    """Delete what a search has written into a folder, and nothing else; the manifest last."""
    for name in FILES[::-1]:
        (path / name).unlink(missing_ok=True)
