"""The figure of a comparison: what each policy promises and what is left of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from countermove.report.charts_comparison import promise_chart, telltale_chart
from countermove.report.comparison_summary import expected_words
from countermove.report.comparison_tables import promises
from countermove.report.comparison_words import (
    change,
    key_name,
    option_name,
    view_name,
)
from countermove.report.environment import sentence
from countermove.report.figure import Figure, figure
from countermove.solve.certificate import TOLERANCE

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.promise import Promise

_WIDE = 360


def promise_figure(comparison: Comparison, view: str) -> Figure | None:
    """What each policy promises and delivers under a view; None where nothing was solved."""
    found = _solved(comparison, view)
    if not found:
        return None
    key, label = comparison.objective.key, view.strip("()")
    return figure(
        promise_chart(comparison, view, width=_WIDE),
        name=f"promise-{label}",
        title=_title(comparison, view, found),
        about=f"{sentence(key_name(comparison.scenario, key))}: from what is promised to what is "
        f"delivered, as changes from free play; {comparison.objective.better} is better.",
        rows=[
            {"view": label, "policy": policy, "promise": f.promise, "delivered": f.delivered}
            for policy, f in found
        ],
        table=promises(comparison, view),
    )


def _title(comparison: Comparison, view: str, found: list[tuple[str, Promise]]) -> str:
    """The policy whose result hangs most on the others' answer, and how."""
    scenario, key = comparison.scenario, comparison.objective.key
    policy, most = max(found, key=lambda pair: abs(pair[1].effect))
    if abs(most.effect) <= most.noise:
        return f"With {view_name(view)}, no policy’s result hangs on the others’ answer"
    ends = [change(scenario, key, n, noise=most.noise) for n in (most.promise, most.delivered)]
    return (
        f"With {view_name(view)}, the answer matters most to “{option_name(policy)}”: "
        f"{ends[0]} promised, {ends[1]} delivered"
    )


def _solved(comparison: Comparison, view: str) -> list[tuple[str, Promise]]:
    """The policies with both numbers, what delivers best first."""
    key, sign = comparison.objective.key, comparison.objective.sign
    found = [(p, comparison.promise(view, p, key)) for p in comparison.policies]
    solved = [(p, f) for p, f in found if math.isfinite(f.promise) and math.isfinite(f.delivered)]
    return sorted(solved, key=lambda pair: -sign * pair[1].delivered)


def signs_figure(comparison: Comparison, count: int) -> Figure | None:
    """What would tell the views apart; None where nothing would."""
    found = comparison.signs
    best = found.best(count) if found is not None and len(found.views) > 1 else ()
    if found is None or not best or best[0].bits <= TOLERANCE:
        return None
    return figure(
        telltale_chart(comparison, count, width=_WIDE),
        name="signs",
        title=f"What tells most: {expected_words(comparison, best[0])}",
        about="How likely each view expects it to be, in the period in which it tells most.",
        rows=[
            {"kind": sign.kind, "name": sign.name, "period": sign.period, "outcome": outcome}
            | {"view": view, "probability": float(sign.odds[v, o]), "bits": sign.bits}
            for sign in best
            for v, view in enumerate(found.views)
            for o, outcome in enumerate(sign.outcomes)
        ],
    )
