"""The folder of an exploration: opened, taken up again where it stopped, or refused."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest, OutputExists
from countermove.explore.files import read_json, sha256, whole, write_bytes, write_json
from countermove.explore.sweep_files import (
    MANIFEST,
    ROWS,
    SCENARIO,
    WORLDS,
    clean_partials,
    own_files,
    shard_name,
)
from countermove.explore.sweep_lock import LOCK
from countermove.explore.worlds_file import WorldsReader, digest_of, write_worlds

if TYPE_CHECKING:
    from countermove.explore.space import Space
    from countermove.explore.sweep_plan import Plan

FORMAT = 1
KIND = "exploration"
_SPARING = 20  # the manifest is written again only after so many times as long as that took
_SETS_SHARD = frozenset({"scenario_sha256", "views", "policies", "met", "belief_points"})
_WORDS = {
    "scenario_sha256": "the scenario",
    "countermove": "the version of Countermove",
    "seed": "--seed",
    "method": "--method",
    "worlds": "--worlds",
    "views": "--views",
    "policies": "the policies",
    "met": "--met",
    "player": "--player",
    "measures": "--measure",
    "belief_points": "--belief-points",
    "shard": "--shard",
    "parameters": "the uncertain parameters",
}


@dataclass(slots=True)
class Folder:
    """An open exploration: its plan, its manifest, and when that was last written."""

    path: Path
    plan: Plan
    manifest: dict[str, Any]
    _saved: float = 0.0
    _took: float = 0.0
    _unsaved: bool = False

    @property
    def shards(self) -> dict[str, dict[str, Any]]:
        """The shards that are there, by file."""
        found: dict[str, dict[str, Any]] = self.manifest["shards"]
        return found

    def missing(self) -> list[int]:
        """The shards not there yet, in order."""
        return [at for at in range(self.plan.shards) if shard_name(at) not in self.shards]

    def reader(self) -> WorldsReader:
        """Reads the worlds."""
        return WorldsReader(self.path / WORLDS, self.plan)

    def store(self, shard: int, data: bytes, failed: dict[str, int]) -> None:
        """Write a shard, then list it; listed ones are on the disk, whatever happens."""
        first, last = self.plan.span(shard)
        name = shard_name(shard)
        write_bytes(self.path / name, data)
        self.shards[name] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "rows": (last - first) * len(self.plan.cases),
            "worlds": [first, last - 1],
            **({"failed": failed} if failed else {}),
        }
        self._unsaved = True
        if time.monotonic() - self._saved >= _SPARING * self._took:
            self.save()

    def save(self) -> None:
        """Write the manifest, if anything is new."""
        if not self._unsaved:
            return
        began = time.monotonic()
        self.manifest["shards"] = dict(sorted(self.shards.items(), key=lambda item: _order(item)))
        write_json(self.path / MANIFEST, self.manifest)
        self._saved = time.monotonic()
        self._took = self._saved - began
        self._unsaved = False

    def note(self, **said: Any) -> None:
        """Put something beside the shards into the manifest; None takes it out."""
        for key, value in said.items():
            if self.manifest.get(key) == value:
                continue
            self._unsaved = True
            if value is None:
                del self.manifest[key]
            else:
                self.manifest[key] = value


def _order(item: tuple[str, dict[str, Any]]) -> int:
    return int(item[1]["worlds"][0])


def open_folder(
    path: Path, plan: Plan, space: Space, keys: Sequence[str], *, restart: bool = False
) -> Folder:
    """The exploration's folder, ready to go on; to be done under the lock.

    What is there of the same plan is kept; of a smaller number of worlds, too, where the method
    leaves the first ones as they are. Raises ``InvalidRequest`` that says what differs where the
    plan is another, and ``OutputExists`` where the folder holds something else.
    """
    clean_partials(path)
    manifest = read_json(path / MANIFEST)
    if manifest is None or manifest.get("kind") != KIND:
        _refuse_foreign(path)
    elif restart:
        forget(path)
        manifest = None
    if manifest is None:
        return _begun(path, plan, space, keys)
    _refuse_other_plan(path, manifest, plan)
    return _taken_up(path, manifest, plan, space)


def forget(path: Path) -> None:
    """Delete what an exploration has written into a folder, and nothing else."""
    for file in [*own_files(path)][::-1]:  # the manifest last
        file.unlink()
    with contextlib.suppress(OSError):
        (path / ROWS).rmdir()


def _refuse_foreign(path: Path) -> None:
    """Raise where a folder without our manifest holds anything: it is not for us to write in."""
    foreign = sorted(p.name for p in path.iterdir() if p.name != LOCK)
    if foreign:
        raise OutputExists(
            f"{path} is there and holds no exploration ({', '.join(foreign[:3])}"
            f"{', …' if len(foreign) > 3 else ''}); name another folder by --output"
        )


def _begun(path: Path, plan: Plan, space: Space, keys: Sequence[str]) -> Folder:
    """A new exploration; the manifest comes first, as the mark that the folder is ours."""
    manifest = {
        "format": FORMAT,
        "kind": KIND,
        **plan.identity(),
        "keys": list(keys),
        "worlds_sha256": None,
        "values_sha256": None,
        "shards": {},
    }
    write_json(path / MANIFEST, manifest)
    return _taken_up(path, manifest, plan, space)


def _refuse_other_plan(path: Path, manifest: dict[str, Any], plan: Plan) -> None:
    wanted = plan.identity()
    keys = [
        key
        for key, value in wanted.items()
        if manifest.get(key) != value and not (key == "worlds" and _extends(manifest, plan))
    ]
    if not _SETS_SHARD.isdisjoint(keys):
        keys = [key for key in keys if key != "shard"]  # it follows from these where left out
    differing = [_difference(key, manifest.get(key), wanted[key]) for key in keys]
    if manifest.get("format") != FORMAT:
        differing.append(f"the folder's format is {manifest.get('format')!r}, not {FORMAT}")
    if differing:
        raise InvalidRequest(
            f"{path} holds an exploration of something else: {'; '.join(differing)}. Ask as "
            "before, name another folder by --output, or begin anew by --restart (restart=True "
            "in Python)"
        )


def _extends(manifest: dict[str, Any], plan: Plan) -> bool:
    before = manifest.get("worlds")
    return isinstance(before, int) and before < plan.worlds and plan.sample.extendable


def _difference(key: str, before: Any, now: Any) -> str:
    what = _WORDS.get(key, key)
    if key == "scenario_sha256":
        return "the scenario has changed"
    if key == "worlds" and isinstance(before, int) and before < now:
        return f"it has {before:,} worlds, to which this --method cannot add"
    return f"{what} was {_shown(before)}, and is now {_shown(now)}"


def _shown(value: Any) -> str:
    if value is None:
        return "left out"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _taken_up(path: Path, manifest: dict[str, Any], plan: Plan, space: Space) -> Folder:
    folder = Folder(path, plan, manifest)
    if sha256(path / SCENARIO) != manifest["scenario_sha256"]:
        write_bytes(path / SCENARIO, plan.scenario.encode())
    _same_worlds(folder, space)
    (path / ROWS).mkdir(exist_ok=True)
    sound = dict(_sound(folder))
    folder._unsaved = folder._unsaved or sound != folder.shards
    manifest["shards"] = sound
    folder.save()
    return folder


def _same_worlds(folder: Folder, space: Space) -> None:
    """Have the worlds of the plan in the folder, the first of them those that were there."""
    path, manifest, plan = folder.path, folder.manifest, folder.plan
    before = int(manifest["worlds"])
    found = sha256(path / WORLDS)
    if before == plan.worlds and found is not None and found == manifest["worlds_sha256"]:
        return
    with whole(path / WORLDS) as partial:
        values = write_worlds(partial, plan, space)
        known = manifest["values_sha256"]
        if known is not None and digest_of(partial, plan, before) != known:
            raise InvalidRequest(
                f"the worlds of {path} cannot be drawn again as they were: scipy or numpy has "
                "changed since; name another folder by --output, or begin anew by --restart"
            )
    folder.note(worlds=plan.worlds, values_sha256=values, worlds_sha256=sha256(path / WORLDS))


def _sound(folder: Folder) -> Iterator[tuple[str, dict[str, Any]]]:
    """The shards listed whose files are as they were, and hold all the worlds that they should."""
    for at in range(folder.plan.shards):
        name = shard_name(at)
        listed = folder.shards.get(name)
        if listed is None:
            continue
        first, last = folder.plan.span(at)
        full = listed["worlds"] == [first, last - 1]
        if full and sha256(folder.path / name) == listed["sha256"]:
            yield name, listed
