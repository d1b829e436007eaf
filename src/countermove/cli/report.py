"""``countermove report``: one page from the finished results of a scenario."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import choices, options
from countermove.cli.check import AS_JSON, SCENARIO

if TYPE_CHECKING:
    from countermove.cli.stages import Stages
    from countermove.report.whole import Places, Whole
    from countermove.solve import Certificate

_PARTS = ("comparison", "exploration")


def report(
    scenario: SCENARIO,
    run: Annotated[
        Path | None,
        typer.Option("--run", metavar="FOLDER", help="The run; runs/NAME if left out."),
    ] = None,
    comparison: Annotated[
        Path | None,
        typer.Option(
            "--comparison",
            metavar="FOLDER",
            help="The comparison; comparisons/NAME if left out, where it is there.",
        ),
    ] = None,
    exploration: Annotated[
        Path | None,
        typer.Option(
            "--exploration",
            metavar="FOLDER",
            help="The exploration; explorations/NAME if left out, where it is there.",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="PART",
            help=f"Leave out the comparison or the exploration {choices.MANY}.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the page there; into the run's folder, in place of its page, if left out.",
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace a file that is there, or a page changed by hand."
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Have the run's solution computed again by other code: a certificate."
        ),
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write a PDF beside the page, too (countermove[pdf]).")
    ] = False,
    threads: choices.THREADS = None,
    as_json: AS_JSON = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, nothing told.")
    ] = False,
) -> None:
    """Put the results of a scenario together in one page, without solving anything.

    Reads what `run`, `compare --output comparisons/NAME` and `explore` have written, and writes one
    report.html that asks nothing of the network: a summary to be read in a minute, the situation,
    the actors, what each is likely to do and why, where it leads, what policies promise and deliver
    under rival views, how they stand up in uncertain worlds, and what rests on which source. What
    is not there is left out, and the page says with which command it would be had. A result of
    another state of the scenario is refused. Example: countermove report sanctions
    """
    import sys

    from countermove import language
    from countermove.cli.run import default_output
    from countermove.cli.stages import Stages
    from countermove.report.whole import compose, places_of

    skipped = _skipped(options.listed(without) or [])
    if pdf:
        from countermove.report.pdf import require

        require()
    places = places_of(
        default_output(scenario).name,
        run=run,
        comparison=comparison,
        exploration=exploration,
        without=skipped,
    )
    source = shlex.quote(scenario)
    with Stages(shown=sys.stderr.isatty() and not (as_json or quiet)) as stages:
        with stages.stage("check", "check"):
            loaded = language.load(scenario)
        certificate = _verified(places, source, stages, threads) if verify else None
        with stages.stage("report", "report") as stage:
            found = compose(
                loaded,
                places,
                source=source,
                certificate=certificate,
                progress=lambda _, done, total: stage.advance(done, total),
            )
            written = _write(found, output, overwrite=overwrite, pdf=pdf)
    _tell(found, written, as_json=as_json, quiet=quiet)


def _skipped(names: list[str]) -> frozenset[str]:
    from countermove.errors import check_names

    check_names("part", names, _PARTS)
    return frozenset(names)


def _verified(places: Places, source: str, stages: Stages, threads: int | None) -> Certificate:
    """The run's solution, computed again."""
    from countermove.report.whole import run_manifest
    from countermove.report.write import SOLUTION
    from countermove.solve import load_solution
    from countermove.solve import verify as verify_solution

    run_manifest(places.run, source)
    with stages.stage("load", "load"):
        solution = load_solution(places.run / SOLUTION)
    with stages.stage("verify", "verify") as stage:
        return verify_solution(solution, threads=threads, progress=stage.advance)


def _write(found: Whole, output: Path | None, *, overwrite: bool, pdf: bool) -> Path:
    from countermove.report.whole import tell_manifest, write_elsewhere, write_into_run

    if output is None:
        written = write_into_run(found, overwrite=overwrite)
    else:
        written = write_elsewhere(found, output, overwrite=overwrite)
    if pdf:
        from countermove.report.pdf import write_pdf

        write_pdf(found.text, written.with_suffix(".pdf"))
        if output is None:
            tell_manifest(found)
    return written


def _tell(found: Whole, written: Path, *, as_json: bool, quiet: bool) -> None:
    from rich.text import Text

    from countermove.cli.terminal import out, print_json
    from countermove.report.brief import brief
    from countermove.report.environment import sentence
    from countermove.report.whole import as_data

    if as_json:
        print_json(as_data(found, written))
        return
    if quiet:
        return
    console, places = out(), found.places
    scenario = found.findings.scenario
    console.print(scenario.title or scenario.name, style="bold", markup=False)
    made_of = [str(p) for p in (places.run, places.comparison, places.exploration) if p is not None]
    console.print(f"from {', '.join(made_of)}", style="dim", markup=False, soft_wrap=True)
    console.print()
    for told in brief(found.findings, found.more.comparison, found.more.worlds):
        console.print(Text.assemble((f"{told.about}: ", "bold"), sentence(told.says)))
    for thing in found.more.absent:
        console.print(
            f"\nnot in it: {thing.what[0].lower()}{thing.what[1:]}; to be had by",
            style="dim",
            markup=False,
        )
        for command in thing.commands:
            console.print(f"  {command}", style="dim", markup=False, soft_wrap=True)
    if found.more.certificate is None:
        console.print(
            "\nnot in it: a certificate; to be had by --verify", style="dim", markup=False
        )
    console.print(f"\n{written}", style="bold green", markup=False, soft_wrap=True)
