"""How far an exploration is, read from its folder without touching it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.explore.exploration import manifest_of
from countermove.explore.files import read_json
from countermove.explore.region import Region, regions
from countermove.explore.stable import Contest, Field, Standing
from countermove.explore.sweep_files import PROGRESS, SCENARIO, shard_name
from countermove.explore.sweep_lock import holder
from countermove.explore.units import unit_of_key

if TYPE_CHECKING:
    from countermove.explore.objectives import Objective
    from countermove.language import Scenario

_STANDARD = ("world", "view", "policy", "met")


@dataclass(frozen=True, slots=True)
class Status:
    """What is there of an exploration: worlds and rows, failures by reason, the last run's rate.

    ``holder`` says who is working on it; ``rate`` is in rows a second, None before any run.
    """

    folder: Path
    scenario: str
    worlds: int
    explored: int
    rows: int
    total: int
    bytes: int
    failed: Mapping[str, int]
    rate: float | None
    by: str
    holder: str | None
    stable_after: int | None
    objective: Objective | None
    standings: tuple[Standing, ...]
    regions: tuple[Region, ...]
    unit: str = ""  # of the objective

    @property
    def complete(self) -> bool:
        """Whether all worlds asked for are there."""
        return self.explored == self.worlds

    @property
    def left(self) -> float | None:
        """Seconds left at the last run's rate."""
        return (self.total - self.rows) / self.rate if self.rate else None


def status(folder: str | Path, objective: Objective | None = None) -> Status:
    """How far the exploration in a folder is; ``InvalidRequest`` where there is none.

    Policies are ranked by ``objective``, or by what the player wants whose policies they are.
    """
    path = Path(folder)
    manifest = manifest_of(path)
    shards = manifest["shards"]
    failed: Counter[str] = Counter()
    for shard in shards.values():
        failed.update(shard.get("failed", {}))
    rows = sum(shard["rows"] for shard in shards.values())
    explored = sum(last - first + 1 for first, last in (s["worlds"] for s in shards.values()))
    each = len(manifest["views"]) * (1 + len(manifest["policies"]) * len(manifest["met"]))
    rate, by = _rate(path)
    field = _field(path, manifest, objective)
    return Status(
        path,
        manifest["scenario"],
        manifest["worlds"],
        explored,
        rows,
        manifest["worlds"] * each,
        sum(shard["bytes"] for shard in shards.values()),
        dict(failed.most_common()),
        rate,
        by,
        holder(path),
        manifest.get("stable_after"),
        field.objective if field else None,
        _standings(path, manifest, field) if field else (),
        regions(path, manifest) if failed else (),
        unit_of_key(_scenario(path), field.objective.key) if field else "",
    )


def _rate(path: Path) -> tuple[float | None, str]:
    said = read_json(path / PROGRESS) or {}
    seconds = said.get("seconds") or 0
    return (said["rows"] / seconds if seconds > 0 else None), str(said.get("by", ""))


def _scenario(path: Path) -> Scenario:
    from countermove.language import loads

    return loads((path / SCENARIO).read_text(encoding="utf-8"), file=str(path / SCENARIO))


def _field(path: Path, manifest: Mapping[str, Any], objective: Objective | None) -> Field | None:
    from countermove.explore.cases import FREE
    from countermove.explore.objectives import default_objective

    if not manifest["policies"] or not manifest["shards"]:
        return None
    if objective is None:
        if not manifest["player"]:
            return None
        objective = default_objective(_scenario(path), manifest["player"])
    if objective.key not in manifest["keys"]:
        return None
    met = "adaptive" if "adaptive" in manifest["met"] else "surprised"
    policies = (FREE, *manifest["policies"])
    return Field(objective, tuple(manifest["views"]), policies, met, manifest["seed"])


def _standings(path: Path, manifest: Mapping[str, Any], field: Field) -> tuple[Standing, ...]:
    """The standings over the shards there are, up to the first that is missing."""
    import pyarrow.parquet as pq

    contest = Contest(field)
    shard = 0
    while (name := shard_name(shard)) in manifest["shards"]:
        table = pq.read_table(path / name, columns=[*_STANDARD, field.objective.key])
        for _ in contest.add(shard, table):
            shard += 1
    return contest.standings()
