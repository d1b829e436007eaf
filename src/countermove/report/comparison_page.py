"""The page of a comparison, and its sections, which the whole report shows as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.report import comparison_summary, record
from countermove.report.comparison_figures import promise_figure, signs_figure
from countermove.report.comparison_words import key_name
from countermove.report.parts import Part, rendered

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.telltale import Sign

SIGNS, SOON, REVERSALS = 8, 4, 4


def page(comparison: Comparison, *, manifest: Mapping[str, Any] | None = None) -> str:
    """The comparison as one HTML document."""
    scenario = comparison.scenario
    own = [Part("who", "Policies and views"), Part("method", "Method", "compare_method")]
    return rendered(
        scenario,
        (
            Part("minute", "In a minute", "compare_minute"),
            *parts(comparison),
            *own,
            Part("record", "Record"),
        ),
        title=f"{scenario.title or scenario.name}: policies compared",
        header="compare_header",
        linked=False,
        given={
            **given(comparison),
            "sentences": comparison_summary.sentences(comparison),
            "records": [("The comparison", record.rows(manifest or {}))],
        },
    )


def parts(comparison: Comparison) -> list[Part]:
    """The sections that a comparison fills, in their order."""
    found = [Part("promises", "Promised and delivered")] if comparison.policies else []
    if len(comparison.views) > 1:
        found += [
            Part("views", "View by view"),
            Part("wrong", "Acting on the wrong view"),
            Part("rankings", "Rankings"),
        ]
        found += [Part("signs", "What would tell them apart")] if comparison.signs else []
    found += [Part("effects", "Effects on all measures")] if comparison.policies else []
    return found


def given(comparison: Comparison) -> dict[str, Any]:
    """What those sections are given."""
    scenario, signs = comparison.scenario, comparison.signs
    return {
        "comparison": comparison,
        "player_title": scenario.player(comparison.player).title or comparison.player,
        "objective": key_name(scenario, comparison.objective.key),
        "figures": {view: promise_figure(comparison, view) for view in comparison.views},
        "regret_heat": _heat(comparison.regret.matrix),
        "reversals": comparison.reversals[:REVERSALS],
        "signs_figure": signs_figure(comparison, SIGNS),
        "best_signs": signs.best(SIGNS) if signs else (),
        "soonest": _soonest(comparison),
    }


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
