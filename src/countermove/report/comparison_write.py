"""Writing the folder of a comparison, beside the cells that it was computed from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.explore.files import is_partial, whole
from countermove.report import manifest
from countermove.report.comparison_page import page as html_page
from countermove.report.folder import MANIFEST

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison

COMPARISON, EFFECTS = "comparison.parquet", "effects.parquet"
REGRET, SIGNS = "regret.parquet", "signs.parquet"
PAGE, SCENARIO = "comparison.html", "scenario.yaml"


def write_comparison(
    comparison: Comparison,
    folder: str | Path,
    *,
    options: Mapping[str, Any] | None = None,
    times: Mapping[str, float] | None = None,
    page: bool = True,
) -> Path:
    """Write a comparison's tables, page and manifest into the folder that keeps its cells.

    Each file appears whole or not at all, ``manifest.json`` last: a folder without it is not
    finished, and the same comparison goes on there. ``options`` and ``times`` (in seconds) are kept
    in the manifest. The folder is the one given to ``compare``.
    """
    from countermove.explore import comparison_frames

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / MANIFEST).unlink(missing_ok=True)
    frames = {
        COMPARISON: comparison.rows,
        EFFECTS: comparison.effects(),
        REGRET: comparison_frames.regrets(comparison.regret),
        SIGNS: comparison_frames.signs(comparison.signs),
    }
    for name, frame in frames.items():
        with whole(target / name) as partial:
            frame.write_parquet(partial)
    with whole(target / SCENARIO) as partial:
        partial.write_text(comparison.scenario.whole, encoding="utf-8")
    described = _record(comparison, options or {}, times or {})
    if page:
        with whole(target / PAGE) as partial:
            partial.write_text(html_page(comparison, manifest=described), encoding="utf-8")
    else:
        (target / PAGE).unlink(missing_ok=True)
    with whole(target / MANIFEST) as partial:
        files = manifest.outputs(target)
        written = {name: told for name, told in files.items() if not is_partial(Path(name))}
        manifest.write_json(partial, described | {"outputs": written})
    return target


def _record(
    comparison: Comparison, options: Mapping[str, Any], times: Mapping[str, float]
) -> dict[str, Any]:
    scenario = comparison.scenario
    files = {"/".join(Path(p).parts[-2:]): digest for p, digest in scenario.files.items()}
    return {
        "format": manifest.FORMAT,
        "kind": "comparison",
        "scenario": scenario.name,
        "scenario_version": scenario.version,
        "inputs": files,
        "player": comparison.player,
        "policies": list(comparison.policies),
        "views": list(comparison.views),
        "objective": {"key": comparison.objective.key, "better": comparison.objective.better},
        "include_free": comparison.include_free,
        "keys": list(comparison.keys),
        "cells": len(comparison.outcomes),
        "failed": len(comparison.failed),
        "residual": comparison.residual,
        "options": dict(options),
        "times": dict(times),
        "versions": _versions(),
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def _versions() -> dict[str, str]:
    from countermove.solve.solve import versions

    return manifest.versions(versions())
