"""``countermove compare``: a player's policies under every view, and what the answer takes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, options
from countermove.cli.check import AS_JSON, SCENARIO
from countermove.cli.failures import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.explore.comparison import Comparison
    from countermove.report.tables import Table

_SIGNS, _REVERSALS = 6, 3


def compare(
    scenario: SCENARIO,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Keep cells there as they come, and write tables and a page; the same command "
            "goes on where it was ended.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Start anew in an earlier comparison's folder.")
    ] = False,
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="Whose policies; if left out, the player's whom most policies bind.",
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option("--policy", "-p", metavar="NAME", help=f"Only this policy {choices.MANY}."),
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(
            "--view",
            "-v",
            metavar="NAME",
            help=f"Only this view {choices.MANY}; `own` for the scenario's own values. What is "
            "shown in full is the first.",
        ),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", "-m", metavar="KEY", help=f"Only this measure {choices.MANY}."),
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(
            "--of",
            metavar="KEY",
            help="Judge by a measure, `score(NAME)` or `payoff(PLAYER)`, with `:low` or `:high` "
            "where the scenario does not say which is better; if left out, the player's score or "
            "payoff.",
        ),
    ] = None,
    free: Annotated[
        bool,
        typer.Option("--free/--no-free", help="Count free play among the options, or do not."),
    ] = True,
    signs: Annotated[
        bool,
        typer.Option("--signs/--no-signs", help="Look for what would tell the views apart."),
    ] = True,
    threads: choices.THREADS = None,
    max_memory: choices.MAX_MEMORY = None,
    page: Annotated[
        bool, typer.Option("--report/--no-report", help="Write comparison.html, or leave it out.")
    ] = True,
    as_json: AS_JSON = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no tables.")
    ] = False,
) -> None:
    """Compare a player's policies under every view of a scenario.

    Solves each policy under each view twice: met by others who know it and answer, and by others
    who are taken by surprise. Says what each policy promises and delivers, and what the answer
    takes back; what acting on one view costs in the world of another; how views rank the policies
    and why they differ; and what would tell the views apart. Cells that cannot be solved are shown
    as such; exits with 4 where none can be.
    """
    import sys

    from countermove import language
    from countermove.cli.stages import Stages
    from countermove.explore.compare import compare as run_compare

    with Stages(shown=sys.stderr.isatty() and not (as_json or quiet)) as stages:
        with stages.stage("check", "check"):
            loaded = language.load(scenario)
            measures = options.listed(measure)
        with _kept(output), stages.stage("compare", "compare") as stage:
            found = run_compare(
                loaded,
                player=player,
                policies=options.listed(policy),
                views=options.listed(view),
                measures=measures,
                of=of,
                include_free=free,
                signs=signs,
                threads=threads,
                max_memory=max_memory,
                progress=stage.advance,
                folder=output,
                overwrite=overwrite,
            )
            stage.note(_solved(found))
        if output is not None:
            with stages.stage("report", "report"):
                asked = _options(of=of, free=free, signs=signs, threads=threads, measures=measures)
                _write(found, output, asked, stages.times, page=page)
    _tell(found, output, as_json=as_json, quiet=quiet, page=page)
    if len(found.failed) == len(found.outcomes):
        raise typer.Exit(ExitCode.NOT_SOLVED)


@contextmanager
def _kept(output: Path | None) -> Iterator[None]:
    """Say, where the comparison is interrupted, that it need not begin anew."""
    import sys

    try:
        yield
    except KeyboardInterrupt:
        if output is not None:
            sys.stderr.write(f"\nwhat is solved is kept in {output}; the same command goes on\n")
        raise


def _solved(found: Comparison) -> str:
    from countermove.language import words

    failed = f", {len(found.failed)} not solved" if found.failed else ""
    return words.counted(len(found.outcomes), "cell") + failed


def _options(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


def _write(
    found: Comparison,
    output: Path,
    asked: dict[str, Any],
    times: dict[str, float],
    *,
    page: bool,
) -> None:
    from countermove.report.comparison_write import write_comparison

    write_comparison(found, output, options=asked, times=dict(times), page=page)


def _tell(
    found: Comparison, output: Path | None, *, as_json: bool, quiet: bool, page: bool
) -> None:
    from countermove.cli.terminal import out, print_json

    if as_json:
        from countermove.report.comparison_data import as_data

        print_json(as_data(found, output))
    elif not quiet:
        console = out()
        show(console, found)
        if output is not None:
            read = output / "comparison.html" if page else output
            console.print(f"\n{read}", style="bold green", markup=False, soft_wrap=True)


def show(console: Console, found: Comparison) -> None:
    """The comparison on the terminal: its tables, and at the end what to take from them."""
    from rich.text import Text

    from countermove.language import words
    from countermove.report import comparison_summary
    from countermove.report import comparison_tables as tables
    from countermove.report.comparison_words import objective, view_name

    scenario = found.scenario
    title = words.within(scenario.player(found.player).title or found.player)
    console.print(f"{scenario.title or scenario.name}: {title}", style="bold", markup=False)
    about = f"by {objective(found)} · {words.counted(len(found.views), 'view')} · {_solved(found)}"
    console.print(about, style="dim", markup=False)
    for line in _cautions(found):
        console.print(line, style="yellow", markup=False)
    if found.policies:
        shown = f"Promised and delivered, {view_name(found.views[0])}"
        _table(console, shown, tables.promises(found, found.views[0]))
    if len(found.views) > 1:
        _by_view(console, found)
        _rankings(console, found)
    if found.signs is not None and len(found.signs.views) > 1:
        _signs(console, found)
    console.print()
    for sentence in comparison_summary.sentences(found):
        console.print(Text.assemble((f"{sentence.about}: ", "bold"), sentence.says))


def _cautions(found: Comparison) -> list[str]:
    """What was not solved, a line each."""
    from countermove.report.comparison_words import option_name, view_name

    return [
        f"not solved: {option_name(o.case.policy_label)}, {o.case.met}, "
        f"{view_name(o.case.view_label)}: {o.status}"
        for o in found.failed
    ]


def _by_view(console: Console, found: Comparison) -> None:
    from countermove.report import comparison_tables as tables

    width = console.width
    table = tables.by_view(found, width=width)
    _table(console, "View by view (* best), others adaptive", table)
    named = tables.legend(found.views, table.columns[1:])
    if named:
        console.print(named, style="dim", markup=False)
    if len(found.options) > 1:
        heading = "Acting on the wrong view: what advice (rows) costs in a world (columns)"
        _table(console, heading, tables.regrets(found, width=width))


def _rankings(console: Console, found: Comparison) -> None:
    from countermove.report import comparison_summary
    from countermove.report import comparison_tables as tables

    _table(console, "Rankings", tables.ranking(found))
    if len(found.reversals) > _REVERSALS:
        said = f"({_REVERSALS} of {len(found.reversals)} disagreements; all in --json)"
        console.print(f"\n{said}", style="dim", markup=False)
    for reversal in found.reversals[:_REVERSALS]:
        console.print(f"\n{comparison_summary.reversal_words(found, reversal)}", markup=False)
        if reversal.terms:
            console.print(comparison_summary.account_words(reversal), style="dim", markup=False)
            _table(console, "", tables.accounts(found, reversal, most=4))


def _signs(console: Console, found: Comparison) -> None:
    from countermove.report import comparison_summary
    from countermove.report import comparison_tables as tables

    assert found.signs is not None
    table = tables.signs(found, found.signs.best(_SIGNS), width=console.width)
    _table(console, "What would tell the views apart", table)
    named = tables.legend(found.signs.views, table.columns[2:-1])
    notes = (
        named,
        comparison_summary.twins_words(found),
        comparison_summary.unpredicted_words(found),
    )
    for note in filter(None, notes):
        console.print(note, style="dim", markup=False)


def _table(console: Console, heading: str, table: Table) -> None:
    from countermove.cli.tables import grid

    if table.rows:
        if heading:
            console.print(f"\n{heading}", style="bold cyan", markup=False)
        console.print(grid(table, console.width))
