"""The charts that ``countermove.figures`` hands out: from a result and a name to a chart."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest, check_names, unknown
from countermove.explore.cases import OWN
from countermove.explore.compare_request import OWN_VIEW
from countermove.explore.objectives import parse_objective
from countermove.explore.objectives_values import default_of
from countermove.report import charts_analyses, charts_exploration
from countermove.report.charts import WIDTH
from countermove.report.charts_comparison import promise_chart, regret_chart, telltale_chart
from countermove.report.charts_fronts import search_chart, tradeoffs_chart
from countermove.report.charts_solution import (
    fan_chart,
    moves_chart,
    path_chart,
    rationality_chart,
    tells_chart,
)
from countermove.report.gather import gather
from countermove.report.scheduled import scheduled

if TYPE_CHECKING:
    import altair as alt

    from countermove.explore.comparison import Comparison
    from countermove.explore.discovery import Discovery
    from countermove.explore.exploration import Exploration
    from countermove.explore.objectives import Objective
    from countermove.explore.pivots import Pivots
    from countermove.explore.robustness import Robustness
    from countermove.explore.search import Search
    from countermove.explore.sensitivity import Sensitivity
    from countermove.explore.tradeoffs import Tradeoffs
    from countermove.language.model import Scenario
    from countermove.report.records import Findings
    from countermove.solve import Solution

    Chart = alt.Chart | alt.LayerChart | alt.VConcatChart

# What was gathered of the last solution asked for, so that its second chart is quick.
_last: list[tuple[weakref.ref[Solution], Findings]] = []


def _findings(solution: Solution) -> Findings:
    if _last and _last[0][0]() is solution:
        return _last[0][1]
    found = gather(solution)
    _last[:] = [(weakref.ref(solution), found)]
    return found


def _stacked(charts: Sequence[Any]) -> Any:
    """One above the other, on one scale."""
    import altair as alt

    if len(charts) == 1:
        return charts[0]
    return alt.vconcat(*charts, spacing=24).resolve_scale(
        x="shared", color="independent", shape="independent", strokeDash="independent"
    )


def fan(solution: Solution, variable: str, *, width: int = WIDTH) -> Chart:
    """How likely each level of a variable is at the periods' ends, and its mean where it has one.

    Raises ``UnknownName`` for another variable, ``SolveError`` where the game was not solved.
    """
    found = _findings(solution)
    fans = {fan.variable: fan for fan in found.fans}
    check_names("variable", [variable], list(fans))
    scenario = found.scenario
    chart: Chart = fan_chart(
        fans[variable], scenario.calendar, marks=scheduled(scenario), width=width
    )
    return chart


def moves(solution: Solution, player: str, *, width: int = WIDTH) -> Chart:
    """What a player does in each period where it gets to move, a chart for each of its moves.

    Raises ``UnknownName`` for another player, ``SolveError`` where the game was not solved.
    """
    found = _findings(solution)
    check_names("player", [player], [p.name for p in found.scenario.players])
    shown = [m for m in found.moves if player in (m.player, m.label)]
    calendar, marks = found.scenario.calendar, scheduled(found.scenario)
    chart: Chart = _stacked([moves_chart(m, calendar, marks=marks, width=width) for m in shown])
    return chart


def beliefs(solution: Solution, player: str, *, width: int = WIDTH) -> Chart:
    """Where the public belief about a player's type goes: quantiles, and means by what is true.

    Raises ``UnknownName`` for a player without types, ``InvalidRequest`` where nothing that may
    happen moves the belief, ``SolveError`` where the game was not solved.
    """
    found = _findings(solution)
    typed = [p.player for p in found.beliefs.players]
    if player not in typed:
        raise unknown("player with types", player, typed)
    shown = [path for path in found.beliefs.paths if path.player == player]
    if not shown:
        raise InvalidRequest(f"the belief about {player} never moves: its policy tells nothing")
    calendar, marks = found.scenario.calendar, scheduled(found.scenario)
    chart: Chart = _stacked([path_chart(p, calendar, marks=marks, width=width) for p in shown])
    return chart


def tells(solution: Solution, player: str, *, width: int = WIDTH) -> Chart:
    """What each move of a player tells of its type: the belief before and after it.

    Raises as ``beliefs`` does.
    """
    found = _findings(solution)
    typed = {p.player: p.types for p in found.beliefs.players}
    if player not in typed:
        raise unknown("player with types", player, list(typed))
    shown = [s for s in found.beliefs.signals if s.player == player]
    if not shown:
        raise InvalidRequest(f"the moves of {player} tell nothing: its policy binds all its types")
    kinds = range(1 if len(typed[player]) == 2 else len(typed[player]))
    chart: Chart = _stacked([tells_chart(s, k, width=width) for s in shown for k in kinds])
    return chart


def measures(
    solution: Solution,
    variants: Mapping[float, Solution] | None = None,
    *,
    width: int = WIDTH,
) -> Chart:
    """Every measure that is a probability, a share of the time or a belief, on one scale.

    ``variants`` maps factors on rationality to the solutions there (``game.replace`` with a
    ``rationality_factor``), and tells how firm each is. Raises ``InvalidRequest`` where nothing
    measured is a probability, ``SolveError`` where the game was not solved.
    """
    found = gather(solution, variants=variants) if variants else _findings(solution)
    rows = [row for row in found.measures if row.in_percent and row.is_defined]
    if not rows:
        raise InvalidRequest(
            f"{found.scenario.name} measures no probability; solution.measures has its figures"
        )
    chart: Chart = rationality_chart(rows, found.factors, width=width)
    return chart


def policies(
    comparison: Comparison,
    view: str | None = None,
    *,
    of: str | Objective | None = None,
    width: int = WIDTH,
) -> Chart:
    """What each policy promises and delivers; the arrow between is the countermove effect.

    Of one ``view``, or a chart for each; by the comparison's objective, or ``of`` another key.
    Raises ``UnknownName`` for what was not compared.
    """
    if of is not None:
        comparison = comparison.judged_by(of)
    key = comparison.objective.key
    views = comparison.views if view is None else (_label(comparison, view),)
    chart: Chart = _stacked([promise_chart(comparison, v, key, width=width) for v in views])
    return chart


def _label(comparison: Comparison, view: str) -> str:
    """The view as the comparison calls it."""
    label = OWN if view == OWN_VIEW and view not in comparison.views else view
    check_names("view", [label], comparison.views)
    return label


def regret(comparison: Comparison) -> Chart:
    """What the advice of each view costs in the world of each other.

    Raises ``InvalidRequest`` where fewer than two views were compared.
    """
    _refuse_alone(comparison)
    chart: Chart = regret_chart(comparison)
    return chart


def telltales(comparison: Comparison, count: int = 8, *, width: int = WIDTH) -> Chart:
    """The moves and levels that would tell the views apart best, with their odds under each.

    Raises ``InvalidRequest`` where fewer than two views were compared, or signs were left out.
    """
    _refuse_alone(comparison)
    if comparison.signs is None or not comparison.signs.signs:
        raise InvalidRequest("the comparison was made without signs; compare with signs=True")
    chart: Chart = telltale_chart(comparison, count, width=width)
    return chart


def _refuse_alone(comparison: Comparison) -> None:
    if len(comparison.views) < 2:
        raise InvalidRequest(
            f"only {comparison.views[0]} was compared; it takes two views to differ: "
            "countermove.compare(scenario, views=...)"
        )


def _objective(exploration: Exploration, of: str | Objective | None) -> Objective:
    if of is None:
        return default_of(exploration)
    found = parse_objective(exploration.scenario, of)
    check_names("figure in this exploration", [found.key], exploration.keys)
    return found


def convergence(
    exploration: Exploration,
    *,
    of: str | Objective | None = None,
    policies: Sequence[str] | None = None,
    view: str | None = None,
    met: str = "adaptive",
    width: int = WIDTH,
) -> Chart:
    """How the policies' means settle as worlds are added, and how sure the first place is.

    ``of``, ``policies``, ``view`` and ``met`` are as for the analyses of an exploration.
    """
    chart: Chart = charts_exploration.convergence_chart(
        exploration,
        _objective(exploration, of),
        policies=policies,
        view=view,
        met=met,
        width=width,
    )
    return chart


def worlds(
    exploration: Exploration,
    parameter: str,
    *,
    of: str | Objective | None = None,
    policies: Sequence[str] | None = None,
    view: str | None = None,
    met: str = "adaptive",
    width: int = WIDTH,
) -> Chart:
    """What policies come to in each world, by the value that a parameter has there.

    The two policies with the best means, unless ``policies`` names others.
    """
    chart: Chart = charts_exploration.worlds_chart(
        exploration,
        parameter,
        _objective(exploration, of),
        policies=policies,
        view=view,
        met=met,
        width=width,
    )
    return chart


def robustness(
    found: Robustness,
    statistic: str = "mean",
    *,
    scenario: Scenario | None = None,
    width: int = WIDTH,
) -> Chart:
    """One statistic of every policy over the worlds, with its interval.

    With a ``scenario`` figures bear their names and units, and probabilities are in per cent.
    """
    chart: Chart = charts_analyses.robustness_chart(
        found, statistic, scenario=scenario, width=width
    )
    return chart


def sensitivity(found: Sensitivity, count: int = 15, *, width: int = WIDTH) -> Chart:
    """How much each of the ``count`` most influential parameters matters, with intervals."""
    chart: Chart = charts_analyses.sensitivity_chart(found, count, width=width)
    return chart


def discovery(found: Discovery, box: int = 0, *, width: int = WIDTH) -> Chart:
    """The limits of a region of worlds where the policy fails; ``box`` 0 is the first found."""
    chart: Chart = charts_analyses.discovery_chart(found, box, width=width)
    return chart


def pivots(found: Pivots, *, width: int = WIDTH) -> Chart:
    """Each parameter's range, its base value, and where another policy becomes the best."""
    chart: Chart = charts_analyses.pivots_chart(found, width=width)
    return chart


def tradeoffs(
    found: Tradeoffs,
    x: str | None = None,
    y: str | None = None,
    *,
    scenario: Scenario | None = None,
    width: int = WIDTH,
) -> Chart:
    """Policies by two objectives (the first two), and which of them another beats on every count.

    With a ``scenario`` figures bear their names and units, and probabilities are in per cent.
    """
    chart: Chart = tradeoffs_chart(found, x, y, scenario=scenario, width=width)
    return chart


def search(
    found: Search, x: str | None = None, y: str | None = None, *, width: int = WIDTH
) -> Chart:
    """The settings tried, by two objectives (the first two), with the front and its bend.

    Of a search for one objective: its figure by the first lever, or by the lever ``x``.
    """
    chart: Chart = search_chart(found, x, y, width=width)
    return chart
