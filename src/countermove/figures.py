"""Charts of results, for notebooks: each function returns an Altair chart.

- ``fan``: how likely each level of a variable is, over the calendar;
- ``moves``: what a player does, period by period;
- ``beliefs``: where the public belief about a player goes; ``tells``: what its moves tell of it;
- ``measures``: the probabilities measured, at one rationality or several;
- ``policies``: what each policy promises and delivers; ``regret``: what wrong advice costs;
  ``telltales``: what would tell the views apart;
- ``robustness``, ``sensitivity``, ``discovery``, ``tradeoffs``, ``pivots``, ``search``: of the
  analyses of those names;
- ``convergence``: how the ranking settles as worlds are added; ``worlds``: each world's figures.

Events that the calendar brings at a known time are marked. Charts carry no configuration: they can
be laid beside and over each other, and take the theme that Altair is set to.
"""

from typing import TYPE_CHECKING

from countermove._lazy import hand_out

if TYPE_CHECKING:
    from countermove.report.charts_public import (
        beliefs,
        convergence,
        discovery,
        fan,
        measures,
        moves,
        pivots,
        policies,
        regret,
        robustness,
        search,
        sensitivity,
        tells,
        telltales,
        tradeoffs,
        worlds,
    )

__all__ = [
    "beliefs",
    "convergence",
    "discovery",
    "fan",
    "measures",
    "moves",
    "pivots",
    "policies",
    "regret",
    "robustness",
    "search",
    "sensitivity",
    "tells",
    "telltales",
    "tradeoffs",
    "worlds",
]

__getattr__, __dir__ = hand_out(
    __name__, dict.fromkeys(__all__, "countermove.report.charts_public")
)
