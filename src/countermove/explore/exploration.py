"""An exploration as data: what all its analyses read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest
from countermove.explore.cases import FREE
from countermove.explore.files import read_json, sha256
from countermove.explore.sweep_files import MANIFEST, SCENARIO, WORLDS

if TYPE_CHECKING:
    import polars as pl

    from countermove.language.model import Scenario

EXPLORATIONS = Path("explorations")  # where `countermove explore` writes unless told otherwise


@dataclass(frozen=True, slots=True)
class Exploration:
    """Worlds, and what every policy comes to in each of them under every view.

    ``rows``: a row per world, view, policy and way of meeting it: ``world``, ``view``, ``policy``,
    ``met``, ``status``, ``residual``, ``unsolved``, then a column per key; null where there is no
    number, because it was not solved (``status`` is not ``solved``) or because a measure has none
    (what is given never happens). ``worlds``: ``world``, ``view``, then the value of every
    uncertain parameter under that view.
    """

    folder: Path | None
    scenario: Scenario
    manifest: Mapping[str, Any]
    rows: pl.DataFrame
    worlds: pl.DataFrame

    @property
    def parameters(self) -> tuple[str, ...]:
        """The uncertain parameters, in the scenario's order."""
        return tuple(self.manifest["parameters"])

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures in ``rows``."""
        return tuple(self.manifest["keys"])

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies in ``rows``, free play first."""
        return (FREE, *self.manifest["policies"])

    @property
    def views(self) -> tuple[str, ...]:
        """The views in ``rows``, ``(own)`` for the scenario's own values."""
        return tuple(self.manifest["views"])

    @property
    def met(self) -> tuple[str, ...]:
        """How policies are met in ``rows``, ``free`` first."""
        return ("free", *self.manifest["met"])

    @property
    def method(self) -> str:
        """How the worlds were drawn: ``sobol``, ``lhs``, ``random``, ``saltelli`` or ``morris``."""
        return str(self.manifest["method"])

    @property
    def complete(self) -> bool:
        """Whether every world asked for has its rows."""
        return self.explored == int(self.manifest["worlds"])

    @property
    def explored(self) -> int:
        """How many worlds have their rows."""
        spans = [shard["worlds"] for shard in self.manifest["shards"].values()]
        return sum(last - first + 1 for first, last in spans)

    def __repr__(self) -> str:
        asked = int(self.manifest["worlds"])
        shown = f"{asked:,}" if self.complete else f"{self.explored:,} of {asked:,}"
        counts = f"{shown} worlds, {len(self.policies)} policies, {len(self.views)} views"
        return f"Exploration({self.scenario.name!r}: {counts}, {self.rows.height:,} rows)"

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import exploration_view

        return exploration_view(self)


def load_exploration(folder: str | Path) -> Exploration:
    """The exploration in a folder, as far as it has come.

    Raises ``InvalidRequest`` where the folder holds none, or where a file that the manifest lists
    is missing or is no more as it was written.
    """
    import polars as pl

    from countermove.language import loads

    path = Path(folder)
    manifest = manifest_of(path)
    _check_files(path, manifest)
    if not manifest["shards"]:
        raise InvalidRequest(
            f"the exploration in {path} has no rows yet; go on with it by the command it was "
            "begun with"
        )
    text = (path / SCENARIO).read_text(encoding="utf-8")
    rows = pl.concat([pl.read_parquet(path / name) for name in manifest["shards"]])
    worlds = pl.read_parquet(path / WORLDS)
    scenario = loads(text, file=str(path / SCENARIO))
    return Exploration(path, scenario, manifest, rows, worlds)


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of an exploration; ``InvalidRequest`` where the folder holds none."""
    manifest = read_json(folder / MANIFEST)
    if manifest is None or manifest.get("kind") != "exploration":
        raise InvalidRequest(_remedy(folder))
    return manifest


def _remedy(folder: Path) -> str:
    """Why there is no exploration, and what to do: a scenario is soon given for its folder."""
    if folder.is_file() or folder.suffix in (".yaml", ".yml"):
        return (
            f"{folder} is a file, and no exploration's folder: explore the scenario first "
            f"(`countermove explore {folder} --worlds 1024`), then name the folder that it writes"
        )
    told = f"{folder} holds no exploration"
    usual = EXPLORATIONS / folder
    if usual != folder and (usual / MANIFEST).is_file():
        return f"{told}; did you mean {usual}?"
    return f"{told}; make one by `countermove explore SCENARIO --worlds N --output {folder}`"


def _check_files(path: Path, manifest: Mapping[str, Any]) -> None:
    listed = {name: shard["sha256"] for name, shard in manifest["shards"].items()}
    listed |= {WORLDS: manifest["worlds_sha256"], SCENARIO: manifest["scenario_sha256"]}
    for name, wanted in listed.items():
        found = sha256(path / name)
        if found != wanted:
            what = "is missing" if found is None else "is no more as it was written"
            raise InvalidRequest(
                f"{path / name} {what}; give the command again that the exploration was made "
                "with, which computes anew what is wrong"
            )
