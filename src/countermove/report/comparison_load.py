"""A comparison from the folder that ``compare`` wrote, without solving anything."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest
from countermove.report.comparison_write import COMPARISON, SCENARIO
from countermove.report.folder import MANIFEST
from countermove.report.manifest import sha256

if TYPE_CHECKING:
    from countermove.explore.cases import Case, Outcome
    from countermove.explore.comparison import Comparison
    from countermove.explore.telltale import Prediction, Signs

_LEADING = ("view", "policy", "met", "status", "residual", "unsolved")


def load_comparison(folder: str | Path) -> Comparison:
    """The comparison that a folder holds.

    Raises ``InvalidRequest`` where it holds none that is finished, or where a file that its
    manifest lists is missing or is no more as it was written.
    """
    from countermove.explore.comparison import Comparison
    from countermove.explore.objectives import Objective
    from countermove.language import loads

    path = Path(folder)
    manifest = manifest_of(path)
    for name in (COMPARISON, SCENARIO):
        _check(path, name, manifest)
    text = (path / SCENARIO).read_text(encoding="utf-8")
    judged = manifest["objective"]
    return Comparison(
        scenario=loads(text, file=str(path / SCENARIO)),
        player=manifest["player"],
        policies=tuple(manifest["policies"]),
        views=tuple(manifest["views"]),
        keys=tuple(manifest["keys"]),
        objective=Objective(judged["key"], -1.0 if judged["better"] == "low" else 1.0),
        outcomes=_outcomes(path / COMPARISON),
        signs=_signs(path, manifest) if manifest["options"].get("signs", True) else None,
        include_free=bool(manifest["include_free"]),
    )


def manifest_of(path: Path) -> dict[str, Any]:
    """The manifest of a comparison; ``InvalidRequest`` where the folder holds no finished one."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("kind") != "comparison":
        raise InvalidRequest(
            f"{path} holds no finished comparison; make one by `countermove compare SCENARIO "
            f"--output {path}`"
        )
    return manifest


def _check(path: Path, name: str, manifest: Mapping[str, Any]) -> None:
    listed = manifest["outputs"].get(name, {}).get("sha256")
    found = sha256(path / name) if (path / name).is_file() else None
    if found is None or found != listed:
        what = "is missing" if found is None else "is no more as it was written"
        raise InvalidRequest(
            f"{path / name} {what}; give the command again that the comparison was made with, "
            "which writes it anew"
        )


def _outcomes(file: Path) -> tuple[Outcome, ...]:
    import polars as pl

    from countermove.explore.cases import Outcome

    found = []
    for row in pl.read_parquet(file).iter_rows(named=True):
        values = {key: _number(n) for key, n in row.items() if key not in _LEADING}
        outcome = Outcome(
            _case(row), row["status"], values, _number(row["residual"]), row["unsolved"]
        )
        found.append(outcome)
    return tuple(found)


def _case(row: Mapping[str, Any]) -> Case:
    from countermove.explore.cases import FREE, OWN, Case

    view = None if row["view"] == OWN else row["view"]
    return Case(view, None if row["policy"] == FREE else row["policy"], row["met"])


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _signs(path: Path, manifest: Mapping[str, Any]) -> Signs | None:
    """What would tell the views apart, from what each expects; None where that was not kept."""
    from countermove.explore.telltale import signs_of

    found = [_prediction(path, view) for view in manifest["views"]]
    kept = [prediction for prediction in found if prediction is not None]
    return signs_of(kept) if len(kept) == len(found) else None


def _prediction(path: Path, view: str) -> Prediction | None:
    from countermove.explore.cases import SOLVED
    from countermove.explore.compare_cells import CELLS, Cells
    from countermove.explore.telltale import Prediction

    solved = Cells(path / CELLS).prediction(view)
    if solved is not None:
        return solved
    file = path / CELLS / f"{'-' if view.startswith('(') else view}.signs.json"
    try:
        status = json.loads(file.read_text(encoding="utf-8"))["status"]
    except (OSError, ValueError, KeyError):
        return None
    return None if status == SOLVED else Prediction(view, str(status), {}, {})
