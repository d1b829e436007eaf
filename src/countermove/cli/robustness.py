"""``countermove robustness``: how well policies stand up over the worlds of an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import analyses, choices, options
from countermove.cli.check import AS_JSON

if TYPE_CHECKING:
    from countermove.explore.exploration import Exploration
    from countermove.explore.robustness import Ranked, Robustness
    from countermove.report.tables import Table

_SURE = "sure"  # the share of resamples in which it is the same
_SHORT = ("mean", "worst", "p10", "p50", "regret_max", "regret_mean", "share_mean", "deviation")


def robustness(
    folder: analyses.FOLDER,
    of: analyses.OF = None,
    player: analyses.PLAYER = None,
    policy: analyses.POLICIES = None,
    view: analyses.VIEWS = None,
    pool: Annotated[
        bool, typer.Option("--pool", help="All views in one table, each with the same weight.")
    ] = False,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            "--weight",
            metavar="VIEW=WEIGHT",
            help=f"Pool the views with these weights {choices.MANY}.",
        ),
    ] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            "--goal",
            metavar="NAME",
            help=f"A goal to count worlds for {choices.MANY}; all the scenario's if left out.",
        ),
    ] = None,
    reference: Annotated[
        float | None,
        typer.Option(
            "--reference",
            metavar="X",
            help="Count shortfalls below this, not below each policy's own median.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every statistic, not the usual ones.")
    ] = False,
    met: analyses.MET = "adaptive",
    allow_missing: analyses.ALLOW_MISSING = False,
    resamples: Annotated[
        int, typer.Option("--resamples", metavar="N", min=2, help="For the intervals.")
    ] = 1000,
    seed: analyses.SEED = 0,
    output: analyses.OUTPUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Say how robust policies are over the worlds of an exploration.

    Mean, worst case, percentiles, regret, shortfall and the share of worlds in which goals hold,
    with intervals from resampled worlds and how often each policy comes first. Policies are
    compared on the worlds in which all of them have all figures; the last column says in how many
    resamples the same policy is best. Intervals are shown where they have room, and are always in
    --json and --output. One table for each view, or one for all with --pool. Example:
    countermove robustness explorations/sanctions --of imposed:low
    """
    from countermove.explore.exploration import load_exploration
    from countermove.explore.robustness import robustness as robustness_over

    analyses.check_output(output)
    exploration = load_exploration(folder)
    objective = analyses.objective(exploration, of, player)
    weights = analyses.weights(weight, exploration)
    views = analyses.all_named(view, exploration.views) or list(exploration.views)
    groups = [views] if pool or weights else [[name] for name in views]
    found = []
    with analyses.working("resample", shown=not as_json) as stage:
        for group in groups:
            found.append(
                robustness_over(
                    exploration,
                    objective,
                    policies=analyses.all_named(policy, exploration.policies),
                    player=player,
                    views=group,
                    weights=weights,
                    goals=options.listed(goal),
                    met=met,
                    reference=reference,
                    allow_missing=allow_missing,
                    resamples=resamples,
                    seed=seed,
                    progress=stage.advance,
                )
            )
    analyses.tell(
        _frame(found),
        {"results": [_data(result) for result in found]},
        lambda: _show(exploration, found, everything=everything),
        output,
        as_json=as_json,
    )


def _frame(found: list[Robustness]) -> Any:
    import polars as pl

    named = [(" + ".join(result.views), result.table()) for result in found]
    return pl.concat([t.select(pl.lit(view).alias("view"), pl.all()) for view, t in named])


def _data(result: Robustness) -> dict[str, Any]:
    from countermove.cli.terminal import plain
    from countermove.explore.robustness_words import robustness_words

    data: dict[str, Any] = plain(result)
    return data | {"words": robustness_words(result)}


def _show(exploration: Exploration, found: list[Robustness], *, everything: bool) -> None:
    from countermove.cli.terminal import out
    from countermove.explore.robustness_words import CAVEAT, counted, robustness_words

    width = out().width
    tables: list[tuple[str, Table]] = []
    words: list[str] = []
    for result in found:
        title = " + ".join(result.views)
        worlds = counted(result.n_worlds, result.n_dropped, len(result.views))
        tables.append((f"{title}: {worlds}", _table(result, width, everything=everything)))
        words += robustness_words(result)
    first = found[0]
    heading = f"{exploration.scenario.name} · {first.objective} · {first.resamples:,} resamples"
    analyses.print_all(heading, tables, words, [CAVEAT])


def _table(result: Robustness, width: int, *, everything: bool) -> Table:
    """A row for each statistic, a column for each policy; the best is marked, and how surely.

    With intervals where the width has room for them; on lines of their own if all is to be shown.
    """
    from countermove.report.tables import fitted

    ways = ("{} to {}", "{}\nto {}", "") if everything else ("{} to {}", "")
    tables = [_laid_out(result, way, everything=everything) for way in ways]
    whole = (table for table in tables if fitted(table, width) == table)
    return next(whole, tables[-1])


def _laid_out(result: Robustness, span: str, *, everything: bool) -> Table:
    from countermove.report.tables import Table

    shown = [
        ranked
        for ranked in result.ranked
        if everything or ranked.statistic.name in _SHORT or ranked.statistic.name[:4] == "goal"
    ]
    rows = tuple(
        (
            ranked.statistic.title,
            *(_cell(ranked, at, span) for at in range(len(result.alternatives))),
            f"{max(ranked.first):.0%}",
        )
        for ranked in shown
    )
    columns = ("statistic", *map(analyses.broken, result.alternatives), _SURE)
    return Table(columns, rows, frozenset(columns[1:]), spare=(_SURE,))


def _cell(ranked: Ranked, at: int, span: str) -> str:
    """The value, a star for the best, and below it the interval, written as ``span``."""
    star = "★ " if ranked.ranks[at] == 1 else ""
    shown = f"{star}{_short(ranked.values[at])}"
    ends = span.format(_short(ranked.low[at]), _short(ranked.high[at]))
    return f"{shown}\n{ends}" if span else shown


def _short(value: float) -> str:
    """A number to three figures."""
    return "–" if value != value else f"{value:.3g}".replace("-", "−")
