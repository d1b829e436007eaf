"""``countermove check``: every fault of a scenario at once, each with its place and remedy."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli.failures import ExitCode
from countermove.errors import Diagnostic, ScenarioError

SCENARIO = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A bundled scenario's name, a file, or a folder.")
]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]


def check(
    scenario: SCENARIO,
    warnings_as_errors: Annotated[
        bool, typer.Option("--warnings-as-errors", "-W", help="Exit with 1 on warnings, too.")
    ] = False,
    as_json: AS_JSON = False,
) -> None:
    """Find every fault of a scenario at once.

    Each comes with its place, the offending text, what was expected, and the remedy. Faults that
    the text alone shows come first; if there are none, the reachable states are followed from the
    start, and faults found there come with the moves that lead to them.
    """
    diagnostics = all_diagnostics(scenario)
    failed = any(d.severity == "error" or warnings_as_errors for d in diagnostics)
    _print(scenario, diagnostics, as_json=as_json)
    if failed:
        raise typer.Exit(ExitCode.FAULTS)


def all_diagnostics(source: str) -> list[Diagnostic]:
    """The faults and warnings of the text, and those that the reachable states show."""
    from countermove import language

    found = list(language.check(source))
    if any(d.severity == "error" for d in found):
        return found
    from countermove import game

    try:
        found += game.compile(language.load(source)).warnings()
    except ScenarioError as error:
        found += [d for d in error.diagnostics if d not in found]
    return found


def _print(source: str, diagnostics: list[Diagnostic], *, as_json: bool) -> None:
    from countermove.cli.diagnostics import as_data, count_words, print_diagnostics
    from countermove.cli.terminal import out, print_json

    if as_json:
        print_json({"scenario": source, "diagnostics": [as_data(d) for d in diagnostics]})
        return
    console = out()
    print_diagnostics(console, diagnostics)
    summary = count_words(diagnostics) or "no faults"
    console.print(f"{source}: {summary}", style="bold", markup=False, soft_wrap=True)
