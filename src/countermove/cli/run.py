"""``countermove run``: solve a scenario, simulate it, write its folder, print the essentials."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, options
from countermove.cli.check import AS_JSON, SCENARIO

if TYPE_CHECKING:
    from countermove.cli.stages import Stages
    from countermove.game import Game
    from countermove.report.records import Findings
    from countermove.report.why import Told
    from countermove.simulate import Simulation
    from countermove.solve import Solution


@dataclass(frozen=True, slots=True)
class Request:
    """A run as asked for, read from the command line."""

    scenario: str
    output: Path
    overwrite: bool
    policy: str | None
    view: str | None
    values: dict[str, float]
    start: dict[str, str]
    beliefs: dict[str, dict[str, float]]
    at: str | None
    given: dict[str, str]
    paths: int
    seed: int
    log: int
    threads: int | None
    max_memory: str | None
    horizon: int
    strict: bool
    page: bool
    pdf: bool
    explain: bool | None

    def as_options(self) -> dict[str, Any]:
        """What goes into the manifest."""
        return {
            "policy": self.policy,
            "view": self.view,
            "set": self.values,
            "from": self.start,
            **({"beliefs": self.beliefs} if self.beliefs else {}),
            "at": self.at,
            "given": self.given,
            "paths": self.paths,
            "seed": self.seed,
            "log": self.log,
            "threads": self.threads,
            "max_memory": self.max_memory,
            **({"strict": True} if self.strict else {}),
        }


@dataclass(slots=True)
class Result:
    """What a run produces, stage by stage."""

    game: Game
    solution: Solution
    simulation: Simulation
    findings: Findings
    explanations: tuple[Told, ...] = ()
    times: dict[str, float] = field(default_factory=dict)


_QUICK = 3.0  # seconds: where a solve takes no longer, first choices are explained unasked
HORIZON = 24  # as in countermove.report.stationary, which takes longer to import


def run(
    scenario: SCENARIO,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="The folder to write; runs/NAME if left out."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier run's folder.")
    ] = False,
    policy: choices.POLICY = None,
    view: choices.VIEW = None,
    set_: choices.SET = None,
    from_: choices.FROM = None,
    at: choices.AT = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--given",
            metavar="PLAYER=ACTION",
            help=f"Keep simulated paths in which the player's first move is this {choices.MANY}.",
        ),
    ] = None,
    paths: Annotated[
        int, typer.Option("--paths", metavar="N", min=1, help="How many paths to draw.")
    ] = 100_000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="The seed of the simulation.")
    ] = 0,
    log: Annotated[
        int, typer.Option("--log", metavar="N", min=0, help="How many paths to log, move by move.")
    ] = 1000,
    horizon: Annotated[
        int,
        typer.Option(
            "--horizon",
            metavar="N",
            min=1,
            help="How many periods to show and simulate of a game without an end.",
        ),
    ] = HORIZON,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 4 where any fixed point was not found."),
    ] = False,
    threads: choices.THREADS = None,
    max_memory: choices.MAX_MEMORY = None,
    page: Annotated[
        bool, typer.Option("--report/--no-report", help="Write report.html, or leave it out.")
    ] = True,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write report.pdf, too (countermove[pdf]).")
    ] = False,
    explain: Annotated[
        bool | None,
        typer.Option(
            "--explain/--no-explain",
            help="Explain each player's first choice in the report; if left out, where the game "
            f"is solved within {_QUICK:g} seconds.",
        ),
    ] = None,
    as_json: AS_JSON = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no tables.")
    ] = False,
) -> None:
    """Solve a scenario, simulate it, and write a folder with a report.

    The folder holds report.html (one self-contained page), findings.json (what it shows),
    solution.nc, paths.parquet with its table of states, and manifest.json. It appears whole or not
    at all, and an existing one is not replaced unless you say --overwrite. A game that cannot be
    solved writes nothing; one in which some moves did not settle is written, and the report says
    where, unless you say --strict.
    """
    levels, beliefs = options.starts("--from", from_ or ())
    request = Request(
        scenario=scenario,
        output=output or default_output(scenario),
        overwrite=overwrite,
        policy=options.only_one("--policy", policy or ()),
        view=options.only_one("--view", view or ()),
        values=options.numbers("--set", set_ or ()),
        start=levels,
        beliefs=beliefs,
        at=at,
        given=options.assignments("--given", given or ()),
        paths=paths,
        seed=seed,
        log=log,
        threads=threads,
        max_memory=max_memory,
        horizon=horizon,
        strict=strict,
        page=page,
        pdf=pdf,
        explain=explain,
    )
    if pdf:
        from countermove.report.pdf import require

        require()
    result = execute(request, shown=not (as_json or quiet))
    _tell(request, result, as_json=as_json, quiet=quiet)


def default_output(scenario: str) -> Path:
    """``runs/NAME``, named after the scenario, its file or its folder."""
    path = Path(scenario).resolve()
    folder = path.parent if path.name == "scenario.yaml" else path
    name = path.stem if path.is_file() and folder is path else folder.name
    return Path("runs") / (name or "scenario")


def execute(request: Request, *, shown: bool) -> Result:
    """Every stage of a run, ending with its folder in place."""
    import sys

    from countermove.cli.stages import Stages
    from countermove.report.folder import refuse_existing

    with Stages(shown=shown and sys.stderr.isatty()) as stages:
        game = _compiled(request, stages)
        refuse_existing(request.output.resolve(), overwrite=request.overwrite)
        result = _computed(request, game, stages)
        result.times = dict(stages.times)
        with stages.stage("report", "report"):
            _written(request, result)
        result.times = dict(stages.times)
    return result


def _compiled(request: Request, stages: Stages) -> Game:
    from countermove import game, language

    with stages.stage("check", "check"):
        scenario = language.load(request.scenario)
    with stages.stage("compile", "compile") as stage:
        compiled = game.compile(
            scenario,
            view=request.view,
            policy=request.policy,
            set=request.values or None,
            max_memory=request.max_memory,
            start=request.start or None,
            at=request.at,
            beliefs=request.beliefs or None,
        )
        stage.note(_size(compiled))
    return compiled


def _size(game: Game) -> str:
    parts = [f"{game.n_states:,} states"]
    if game.beliefs.axes:
        parts.append(f"{game.beliefs.size:,} beliefs")
    parts.append("no end" if game.world.stationary else f"{game.periods} periods")
    return ", ".join(parts)


def _computed(request: Request, game: Game, stages: Stages) -> Result:
    from countermove.report.gather import gather
    from countermove.report.write import periods_of, solve_variants
    from countermove.simulate import simulate
    from countermove.solve import solve

    with stages.stage("solve", "solve") as stage:
        solution = solve(game, threads=request.threads, progress=stage.advance)
        stage.note(f"{solution.status}, residual {solution.residual:.1e}")
    solution.refuse_unsolved()
    _refuse_unsettled(request, {"": solution})
    with stages.stage("variants", "λ/2, 2λ") as stage:
        variants = solve_variants(solution, threads=request.threads, progress=stage.advance)
    _refuse_unsettled(request, {f" at {f:g} times its rationality": s for f, s in variants.items()})
    with stages.stage("simulate", "simulate") as stage:
        simulation = simulate(
            solution,
            paths=request.paths,
            seed=request.seed,
            log=request.log,
            given=request.given or None,
            periods=periods_of(solution, request.horizon),
            threads=request.threads,
            progress=stage.advance,
        )
        stage.note(f"{simulation.kept:,} of {simulation.paths:,} paths kept")
    with stages.stage("gather", "gather"):
        findings = gather(solution, simulation, variants, horizon=request.horizon)
    return Result(game, solution, simulation, findings, _explained(request, solution, stages))


def _explained(request: Request, solution: Solution, stages: Stages) -> tuple[Told, ...]:
    """Each player's first choice, where asked for or quickly done."""
    from countermove.report.why import first_choices

    wanted = solution.wall_time <= _QUICK if request.explain is None else request.explain
    if not wanted or not (request.page or request.explain):
        return ()
    with stages.stage("explain", "explain") as stage:
        return first_choices(solution, progress=stage.advance)


def _refuse_unsettled(request: Request, solutions: Mapping[str, Solution]) -> None:
    """Under ``--strict``: raise ``SolveError`` where a fixed point of any solution is missing."""
    from countermove.errors import SolveError
    from countermove.report.fixed_points import strict_message

    for about, solution in solutions.items() if request.strict else ():
        if message := strict_message(solution, about=about):
            raise SolveError(message)


def _written(request: Request, result: Result) -> None:
    from countermove.report.html import More
    from countermove.report.whole import with_absent
    from countermove.report.write import write_folder

    more = More(explanations=result.explanations, source=shlex.quote(request.scenario))
    write_folder(
        result.findings,
        result.solution,
        result.simulation,
        request.output,
        overwrite=request.overwrite,
        options=request.as_options(),
        times=result.times,
        page=request.page,
        more=with_absent(result.findings.scenario, more, request.output),
        pdf=request.pdf,
    )


def _tell(request: Request, result: Result, *, as_json: bool, quiet: bool) -> None:
    from countermove.cli import essentials
    from countermove.cli.terminal import out, print_json

    if as_json:
        print_json(essentials.as_data(result.findings, request.output, result.times))
    elif not quiet:
        essentials.show(out(), result.findings, request.output, page=request.page)
