"""``countermove explore``: every policy and view in many worlds, to be taken up again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, explore_folder, explore_progress, options
from countermove.cli.check import AS_JSON
from countermove.cli.failures import ExitCode

if TYPE_CHECKING:
    from countermove.explore.objectives import Objective
    from countermove.explore.sweep import Swept
    from countermove.explore.sweep_plan import Plan
    from countermove.language import Scenario


def explore(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="A bundled scenario's name, a file, or a folder; with --status an exploration.",
        ),
    ],
    worlds: Annotated[
        int | None,
        typer.Option("--worlds", "-n", metavar="N", min=1, help="How many worlds to draw."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Its folder; explorations/NAME if left out."
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option("--method", metavar="HOW", help="sobol, lhs, random, saltelli or morris."),
    ] = "sobol",
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the worlds.")] = 0,
    views: Annotated[
        list[str] | None,
        typer.Option(
            "--views",
            "--view",
            "-v",
            metavar="NAME",
            help=f"Views to take, all, or own {choices.MANY}; the scenario's own if left out.",
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            metavar="NAME",
            help=f"A policy to try {choices.MANY}; all of the player's if left out.",
        ),
    ] = None,
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="Try all policies of this player; if left out, the one whom most policies bind.",
        ),
    ] = None,
    met: Annotated[
        list[str] | None,
        typer.Option(
            "--met",
            metavar="HOW",
            help=f"By adaptive or surprised others {choices.MANY}; adaptive if left out.",
        ),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            "-m",
            metavar="KEY",
            help=f"A measure to keep {choices.MANY}; all figures if left out.",
        ),
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(
            "--of",
            metavar="KEY",
            help='Rank by this: KEY, KEY:low or KEY:high, as "score(us)".',
        ),
    ] = None,
    until_stable: Annotated[
        bool,
        typer.Option("--until-stable", help="Stop early when the best policy is beyond doubt."),
    ] = False,
    share: Annotated[
        float,
        typer.Option(
            "--share", metavar="SHARE", help="Of resamples with the same best, for --until-stable."
        ),
    ] = 0.95,
    belief_points: choices.BELIEF_POINTS = None,
    shard: Annotated[
        int | None,
        typer.Option(
            "--shard",
            metavar="N",
            min=1,
            help="Worlds a file; as many as make some 256 rows if left out.",
        ),
    ] = None,
    threads: choices.THREADS = None,
    max_memory: choices.MAX_MEMORY = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="A dask scheduler; local: processes here, as many as --threads.",
        ),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew in a folder that has another one.")
    ] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Say how far an exploration is, and do nothing.")
    ] = False,
    estimate: Annotated[
        int | None,
        typer.Option(
            "--estimate",
            metavar="N",
            min=1,
            help="Say what N worlds would cost, and write nothing.",
        ),
    ] = None,
    cores: Annotated[
        int | None,
        typer.Option("--cores", metavar="N", min=1, help="Of the machines to --estimate for."),
    ] = None,
    as_json: AS_JSON = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no tables.")] = False,
) -> None:
    """Solve a scenario under every policy and view in many worlds.

    A world is one draw of all uncertain parameters; every policy and view meets the same worlds.
    Rows go to files in a folder, each written whole; the same command goes on where it stopped,
    and with more --worlds (sobol, random) adds to them. Ctrl-C finishes the file in hand; a second
    one stops at once. A world that cannot be solved is a row that says why.
    """
    from countermove.cli import explore_output

    if status:
        found = explore_folder.status_of(scenario, output, of)
        explore_output.tell_status(found, as_json=as_json)
        return
    if output is None and estimate is None:
        explore_folder.refuse_exploration(scenario)
    loaded, plan, space, goal = _planned(
        scenario,
        worlds=estimate or worlds,
        method=method,
        seed=seed,
        views=options.listed(views),
        policies=options.listed(policy),
        player=player,
        met=options.listed(met) or ("adaptive",),
        measures=options.listed(measure),
        belief_points=options.belief_points(belief_points),
        shard=shard,
        of=of,
    )
    shown = not (as_json or quiet)
    if estimate is not None:
        spent = _estimated(plan, space, cores, threads, max_memory, shown=shown)
        explore_output.tell_cost(spent, as_json=as_json)
        return
    from countermove.explore.sweep_run import Sweep

    folder = output or explore_folder.default_output(scenario, loaded)
    asked = Sweep(
        plan,
        space,
        folder,
        goal,
        threads,
        max_memory,
        cluster,
        share if until_stable else None,
        restart,
    )
    with explore_progress.saying_what_is_kept():
        swept = _swept(asked, shown=shown)
        notes = _notes(plan, worlds)
        explore_output.tell(asked, swept, notes, as_json=as_json, quiet=quiet)
    if swept.ended == "interrupted":
        raise typer.Exit(ExitCode.INTERRUPTED)


def _planned(
    source: str, *, worlds: int | None, of: str | None, **asked: Any
) -> tuple[Scenario, Plan, Any, Objective | None]:
    from countermove import language
    from countermove.errors import InvalidRequest
    from countermove.explore.objectives import parse_objective
    from countermove.explore.sweep import objective_for
    from countermove.explore.sweep_plan import plan_of

    if worlds is None:
        raise InvalidRequest("say how many worlds to draw, such as --worlds 1024")
    scenario = language.load(source)
    plan, space = plan_of(scenario, worlds=worlds, **asked)
    goal = parse_objective(scenario, of) if of else objective_for(scenario, plan)
    return scenario, plan, space, goal


def _notes(plan: Plan, asked: int | None) -> tuple[str, ...]:
    from countermove.explore.worlds import notes

    return notes(plan.sample, asked or plan.worlds)


def _estimated(
    plan: Plan,
    space: Any,
    cores: int | None,
    threads: int | None,
    max_memory: str | None,
    *,
    shown: bool,
) -> Any:
    from countermove.cli.stages import Stages
    from countermove.explore.cost import cost
    from countermove.explore.shards import evaluator_of

    with Stages(shown=shown and sys.stderr.isatty()) as stages:
        with stages.stage("compile", "compile"):
            evaluator = evaluator_of(plan, max_memory)
            evaluator.prepare(plan.cases)
        with stages.stage("measure", "measure") as stage:
            return cost(
                plan, space, evaluator, cores=cores, threads=threads, progress=stage.advance
            )


def _swept(asked: Any, *, shown: bool) -> Swept:
    from countermove.cli.stages import Stages
    from countermove.explore.sweep import sweep

    watched = sys.stderr.isatty()
    with (
        Stages(shown=shown and watched) as stages,
        stages.stage("worlds", "worlds") as stage,
        explore_progress.finishing_first() as stop,
    ):
        told = explore_progress.teller(stage, lines=shown and not watched)
        return sweep(asked, stop=stop, progress=told)
