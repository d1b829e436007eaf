"""Where solves fail: which parameters' ranges hold the worlds without an answer, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.explore.cases import OWN, SOLVED
from countermove.explore.shards import reason
from countermove.explore.sweep_files import WORLDS

if TYPE_CHECKING:
    from countermove.explore.space_draws import Floats

_FEWEST = 5  # failing worlds below which a region would be drawn from chance
_HELD = (5, 95)  # per cent: the box holds nine tenths of the failures in each parameter
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Side:
    """A parameter's range that holds nine tenths of the failing worlds.

    ``inside`` is the share of all worlds that lie there: the smaller, the more it tells.
    ``distance`` is the largest gap between the two distribution functions (Kolmogorov-Smirnov), and
    ``chance`` how likely one as large is where failing has nothing to do with the parameter.
    """

    parameter: str
    low: float
    high: float
    inside: float
    distance: float
    chance: float


@dataclass(frozen=True, slots=True)
class Region:
    """Where rows fail under a view: how many, why, of which policies, in which worlds."""

    view: str
    rows: int
    worlds: int
    of_worlds: int
    reasons: Mapping[str, int]
    policies: Mapping[str, int]
    first: tuple[int, ...]
    sides: tuple[Side, ...]


def regions(folder: Path, manifest: Mapping[str, Any]) -> tuple[Region, ...]:
    """The failing regions of an exploration, a view after the other; empty where all is solved.

    Reads the failing rows and one parameter at a time, whatever the number of worlds.
    """
    import polars as pl

    failing = [name for name, shard in manifest["shards"].items() if shard.get("failed")]
    if not failing:
        return ()
    columns = ["world", "view", "policy", "status"]
    parts = [pl.read_parquet(folder / name, columns=columns) for name in failing]
    failed = pl.concat([part.filter(pl.col("status") != SOLVED) for part in parts])
    explored = _explored(manifest)
    return tuple(
        _region(folder, manifest, view, failed.filter(pl.col("view") == view), explored)
        for view in manifest["views"]
        if (failed["view"] == view).any()
    )


def _explored(manifest: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    found = np.zeros(int(manifest["worlds"]), dtype=bool)
    for shard in manifest["shards"].values():
        first, last = shard["worlds"]
        found[first : last + 1] = True
    return found


def _region(
    folder: Path, manifest: Mapping[str, Any], view: str, failed: Any, explored: Any
) -> Region:
    worlds = np.unique(failed["world"].to_numpy())
    sides = []
    if len(worlds) >= _FEWEST and len(worlds) < explored.sum():
        for parameter in manifest["parameters"]:
            values = _values(folder, view, parameter)
            side = _side(parameter, values[worlds], values[explored], len(manifest["parameters"]))
            sides += [side] if side is not None else []
    sides.sort(key=lambda side: (-side.distance, side.parameter))
    return Region(
        view,
        failed.height,
        len(worlds),
        int(explored.sum()),
        dict(Counter(map(reason, failed["status"].to_list())).most_common()),
        dict(Counter(failed["policy"].to_list()).most_common()),
        tuple(int(world) for world in worlds[:_FEWEST]),
        tuple(sides[:_SHOWN]),
    )


def _values(folder: Path, view: str, parameter: str) -> Floats:
    import polars as pl

    lazy = pl.scan_parquet(folder / WORLDS).filter(pl.col("view") == view)
    values: Floats = lazy.select(parameter).collect()[parameter].to_numpy()
    return values


def _side(parameter: str, failing: Floats, everywhere: Floats, tried: int) -> Side | None:
    """The parameter's range of the failures; None where chance alone may have made it.

    The test is Kolmogorov and Smirnov's, at 5% over all parameters tried (Bonferroni).
    """
    from scipy.stats import ks_2samp

    if everywhere.min() == everywhere.max():
        return None
    test = ks_2samp(failing, everywhere)
    if test.pvalue * tried > 0.05:
        return None
    low, high = np.percentile(failing, _HELD)
    inside = float(np.mean((everywhere >= low) & (everywhere <= high)))
    return Side(parameter, float(low), float(high), inside, float(test.statistic), test.pvalue)


def words(region: Region) -> list[str]:
    """A region in sentences."""
    share = region.worlds / region.of_worlds
    under = "" if region.view == OWN else f" under the view {region.view}"
    said = [
        f"{_rows(region.rows)} not solved{under}, in {region.worlds:,} of {region.of_worlds:,} "
        f"worlds ({share:.1%}); by policy: "
        + ", ".join(f"{name} {count:,}" for name, count in region.policies.items())
    ]
    said += [f"{count:,} × {reason}" for reason, count in region.reasons.items()]
    if region.sides:
        said += [
            f"nine tenths of these worlds have {side.parameter} from {side.low:.4g} to "
            f"{side.high:.4g}, where {side.inside:.0%} of all worlds lie"
            for side in region.sides
        ]
    elif region.worlds == region.of_worlds:
        said.append("that is every world: the fault is not in what is drawn")
    elif region.worlds < _FEWEST:
        listed = ", ".join(map(str, region.first))
        said.append(f"too few to tell where they lie: worlds {listed}")
    else:
        said.append("no parameter's range sets these worlds apart from the others")
    return said


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"
