"""``countermove verify``: solve a scenario, and have other code look for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, options
from countermove.cli.check import AS_JSON, SCENARIO
from countermove.cli.failures import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.report.tables import Table
    from countermove.solve import Certificate


def verify(
    scenario: SCENARIO,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the certificate there as JSON."),
    ] = None,
    policy: choices.POLICY = None,
    view: choices.VIEW = None,
    set_: choices.SET = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Look at every period, not at five of them.")
    ] = False,
    refine: Annotated[
        bool,
        typer.Option(
            "--refine/--no-refine",
            help="Solve on belief grids with twice the cells, too, or leave that out.",
        ),
    ] = True,
    threads: choices.THREADS = None,
    as_json: AS_JSON = False,
) -> None:
    """Verify a scenario's solution by code that shares nothing with the solver.

    Recomputes in plain NumPy what actions are worth, the posteriors of Bayes' rule, the logit
    choices and the values, at every state and belief of the periods looked at, and all measures
    along all paths; says how far the solution is off, and where. Exits with 4 where anything is not
    right.
    """
    import sys

    from countermove import game, language
    from countermove.cli.stages import Stages
    from countermove.solve import solve
    from countermove.solve import verify as verify_solution

    with Stages(shown=not as_json and sys.stderr.isatty()) as stages:
        with stages.stage("compile", "compile"):
            compiled = game.compile(
                language.load(scenario),
                view=options.only_one("--view", view or ()),
                policy=options.only_one("--policy", policy or ()),
                set=options.numbers("--set", set_ or ()) or None,
            )
        with stages.stage("solve", "solve") as stage:
            solution = solve(compiled, threads=threads, progress=stage.advance)
        with stages.stage("verify", "verify") as stage:
            certificate = verify_solution(
                solution,
                periods="all" if everything else None,
                refine=refine,
                threads=threads,
                progress=stage.advance,
            )
    _tell(certificate, output, as_json=as_json)
    if not certificate.clean:
        raise typer.Exit(ExitCode.NOT_SOLVED)


def _tell(certificate: Certificate, output: Path | None, *, as_json: bool) -> None:
    from countermove.cli.terminal import out, plain, print_json

    data = as_data(certificate)
    if output is not None:
        text = json.dumps(plain(data), ensure_ascii=False, indent=2) + "\n"
        output.write_text(text, encoding="utf-8")
    if as_json:
        print_json(data)
    else:
        show(out(), certificate)


def as_data(certificate: Certificate) -> dict[str, Any]:
    """A certificate for machines."""
    refinement = certificate.refinement
    return {
        "game": certificate.game,
        "policy": certificate.policy,
        "view": certificate.view,
        "clean": certificate.clean,
        "reasons": certificate.reasons,
        "status": certificate.status,
        "periods": certificate.periods,
        "n_periods": certificate.n_periods,
        "decisions": certificate.decisions,
        "checks": certificate.checks,
        "regrets": certificate.regrets,
        "measures": certificate.measures,
        "refinement": None
        if refinement is None
        else {
            "points": refinement.points,
            "status": refinement.status,
            "changes": refinement.changes,
        },
        "notes": certificate.notes,
    }


def show(console: Console, certificate: Certificate) -> None:
    """What was looked at, how far off it is and where; then the verdict with its reasons."""
    from countermove.cli.tables import grid

    console.print(_about(certificate), style="bold", markup=False)
    for heading, table in (
        ("Recomputed", _checks(certificate)),
        ("What another choice could gain", _regrets(certificate)),
        ("On belief grids twice as fine", _changes(certificate)),
    ):
        if table.rows:
            console.print(f"\n{heading}", style="bold cyan", markup=False)
            console.print(grid(table, console.width))
    console.print()
    for note in certificate.notes:
        console.print(note, style="dim", markup=False)
    style = "bold green" if certificate.clean else "bold red"
    console.print(certificate.verdict, style=style, markup=False)
    for reason in certificate.reasons:
        console.print(f"  {reason}", style="red", markup=False, soft_wrap=True)


def _about(certificate: Certificate) -> str:
    looked = f"{len(certificate.periods)} of {certificate.n_periods} periods"
    parts = [certificate.game, looked, f"{certificate.decisions:,} decisions"]
    parts += [f"policy {certificate.policy}"] if certificate.policy else []
    parts += [f"view {certificate.view}"] if certificate.view else []
    return " · ".join(parts)


def _checks(certificate: Certificate) -> Table:
    from countermove.report.tables import Table

    rows = tuple(
        (
            c.name,
            "right" if c.clean else "not right",
            f"{c.size:.1e}",
            f"{c.limit:.0e}",
            "" if c.clean else str(c.where),
        )
        for c in certificate.checks
    )
    columns = ("what", "verdict", "largest error", "limit", "where")
    return _fitted(Table(columns, rows, frozenset({"largest error", "limit"}), ("where",)))


def _regrets(certificate: Certificate) -> Table:
    from countermove.report.tables import Table

    rows = tuple(
        (r.player, f"{r.gain:.4g}", f"{r.allowed:.4g}", str(r.where)) for r in certificate.regrets
    )
    columns = ("player", "at most", "log(A)/λ", "where")
    return Table(columns, rows, frozenset({"at most", "log(A)/λ"}), ("where",))


def _changes(certificate: Certificate) -> Table:
    from countermove.report.tables import Table

    refinement = certificate.refinement
    changes = refinement.changes if refinement is not None else ()
    rows = tuple(
        (c.name, f"{c.before:.4f}", f"{c.after:.4f}", f"{c.size:.1e}", f"{c.limit:.2g}")
        for c in changes
    )
    columns = ("what", "as solved", "finer", "change", "limit")
    return Table(columns, rows, frozenset(columns[1:]))


def _fitted(table: Table) -> Table:
    from countermove.report.tables import without_empty_columns

    return without_empty_columns(table)
