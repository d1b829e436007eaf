"""The page of a comparison: one HTML file that runs no script and asks nothing of the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._version import __version__
from countermove.report import (
    comparison_summary,
    comparison_tables,
    comparison_words,
    prose,
    record,
    scenario_tables,
    words,
)
from countermove.report.comparison_figures import promise_figure

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.telltale import Sign

TEMPLATE = "compare.html.jinja"
SIGNS, SOON, REVERSALS = 8, 4, 4


def page(comparison: Comparison, *, manifest: Mapping[str, Any] | None = None) -> str:
    """The comparison as one HTML document."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("countermove.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        said=comparison_words,
        summary=comparison_summary,
        tables=comparison_tables,
        scenario_tables=scenario_tables,
        policy_words=prose.policy_words,
    )
    scenario, signs = comparison.scenario, comparison.signs
    return environment.get_template(TEMPLATE).render(
        comparison=comparison,
        scenario=scenario,
        title=scenario.player(comparison.player).title or comparison.player,
        version=__version__,
        today=words.day(dt.datetime.now(dt.UTC).date()),
        sentences=comparison_summary.sentences(comparison),
        figures={view: promise_figure(comparison, view) for view in comparison.views},
        regret_heat=_heat(comparison.regret.matrix),
        reversals=comparison.reversals[:REVERSALS],
        best_signs=signs.best(SIGNS) if signs else (),
        soonest=_soonest(comparison),
        record=record.rows(manifest or {}),
    )


def _soonest(comparison: Comparison) -> tuple[Sign, ...]:
    """The first things that tell anything, unless they are among the best in any case."""
    if comparison.signs is None:
        return ()
    best, soonest = comparison.signs.best(SIGNS), comparison.signs.soonest(SOON)
    return () if all(sign in best for sign in soonest) else soonest


def _heat(matrix: np.ndarray[Any, np.dtype[np.float64]]) -> list[list[float | None]]:
    """Each number as a share of the largest, for its colour; None where it is not known."""
    most = float(np.nanmax(matrix)) if np.isfinite(matrix).any() else 0.0
    scale = 1.0 / most if most > 0 else 0.0
    return [
        [float(number) * scale if np.isfinite(number) else None for number in row] for row in matrix
    ]
