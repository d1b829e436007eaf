"""``countermove tradeoffs``: which policies no other beats on every count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import analyses, choices, options
from countermove.cli.analyses import broken, figure
from countermove.cli.check import AS_JSON

_COUNTS = 4  # that are weighed where none is named

if TYPE_CHECKING:
    from countermove.explore.exploration import Exploration
    from countermove.explore.tradeoffs import Tradeoffs
    from countermove.report.tables import Table


def tradeoffs(
    folder: analyses.FOLDER,
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            metavar="KEY",
            help="A figure, two or more: a measure, score(NAME) or payoff(PLAYER), with :low or "
            f":high where the scenario does not say which is better {choices.MANY}; if left out, "
            "the first four measures of which it does.",
        ),
    ] = None,
    statistic: Annotated[
        str,
        typer.Option(
            "--statistic",
            metavar="NAME",
            help="How worlds are summed up: mean, worst, p10, regret_max, … as in robustness.",
        ),
    ] = "mean",
    player: analyses.PLAYER = None,
    policy: analyses.POLICIES = None,
    view: analyses.VIEWS = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            "--weight",
            metavar="VIEW=WEIGHT",
            help=f"Of the views {choices.MANY}; the same for all if left out.",
        ),
    ] = None,
    met: analyses.MET = "adaptive",
    allow_missing: analyses.ALLOW_MISSING = False,
    resamples: Annotated[
        int, typer.Option("--resamples", metavar="N", min=1, help="To see how sure it is.")
    ] = 500,
    seed: analyses.SEED = 0,
    output: analyses.OUTPUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Say which policies no other beats on every count, and whom the others lose to.

    Each figure is summed up over the worlds, the views pooled. What is left is a matter of choice:
    for each count, what its best policy gives up on the others. Example:
    countermove tradeoffs explorations/sanctions --of imposed:low --of "payoff(sender)"
    """
    from countermove.cli.terminal import plain
    from countermove.explore.exploration import load_exploration
    from countermove.explore.objectives import parse_objective
    from countermove.explore.robustness_words import counted
    from countermove.explore.tradeoffs import tradeoff_words
    from countermove.explore.tradeoffs import tradeoffs as tradeoffs_between

    analyses.check_output(output)
    exploration = load_exploration(folder)
    named = options.listed(of) or _default(exploration)
    with analyses.working("resample", shown=not as_json) as stage:
        result = tradeoffs_between(
            exploration,
            [parse_objective(exploration.scenario, text) for text in named],
            statistic=statistic,
            policies=analyses.all_named(policy, exploration.policies),
            player=player,
            views=analyses.all_named(view, exploration.views),
            weights=analyses.weights(weight, exploration),
            met=met,
            allow_missing=allow_missing,
            resamples=resamples,
            seed=seed,
            progress=stage.advance,
        )
    words = tradeoff_words(result)
    views = ", ".join(f"{name} {share:.0%}" for name, share in result.views.items())
    worlds = counted(result.n_worlds, result.n_dropped, len(result.views))
    heading = f"{exploration.scenario.name} · {statistic} · {worlds} · {views}"
    analyses.tell(
        result.table(),
        plain(result) | {"words": words},
        lambda: analyses.print_all(heading, [("Policies", _table(result))], words),
        output,
        as_json=as_json,
    )


def _default(exploration: Exploration) -> list[str]:
    """The first measures of which the scenario says what is better; else everybody's payoffs."""
    from countermove.errors import InvalidRequest

    scenario = exploration.scenario
    stated = [k for k in exploration.keys if k in scenario.measures and scenario.measures[k].better]
    payoffs = [key for key in exploration.keys if key.startswith("payoff(")]
    for found in (stated, payoffs):
        if len(found) > 1:
            return found[:_COUNTS]
    raise InvalidRequest(
        f"name two figures or more by --of; explored are {', '.join(exploration.keys)}"
    )


def _table(result: Tradeoffs) -> Table:
    from countermove.report.tables import Table

    words = (f"{each.key} ({each.better})" for each in result.objectives)
    keys = tuple(broken(each, longest=18) for each in words)
    rows = tuple(
        (s.policy, *map(figure, s.values), "yes" if s.efficient else "no", f"{s.kept:.0%}",
         ", ".join(s.dominated_by))
        for s in result.standings
    )  # fmt: skip
    names = ("policy", *keys, "kept", "in resamples", "beaten by")
    spare = ("beaten by", "in resamples")  # who beats whom is told in sentences, too
    return Table(names, rows, frozenset((*keys, "kept", "in resamples")), spare)
