"""``countermove check``: every fault of a scenario at once, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli.failures import exit_code
from countermove.errors import Diagnostic, ScenarioError

if TYPE_CHECKING:
    from countermove.language.model import Scenario

SCENARIO = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A bundled scenario's name, a file, or a folder.")
]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]


def check(
    scenario: SCENARIO,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Check it under each of its policies and views, too.")
    ] = False,
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
    diagnostics = all_diagnostics(scenario, thorough=thorough)
    failed = any(d.severity == "error" or warnings_as_errors for d in diagnostics)
    _print(scenario, diagnostics, as_json=as_json)
    if failed:
        raise typer.Exit(exit_code(ScenarioError(diagnostics)))


def all_diagnostics(source: str, *, thorough: bool = False) -> list[Diagnostic]:
    """The faults and warnings of the text, and those that the reachable states show."""
    from countermove import language

    try:
        scenario = language.load(source)
    except ScenarioError as error:
        return list(error.diagnostics)
    found = dict.fromkeys(scenario.warnings)
    for under in _worlds(scenario) if thorough else ({},):
        found |= dict.fromkeys(_of_states(scenario, under))
    return list(found)


def _worlds(scenario: Scenario) -> Iterator[dict[str, str]]:
    yield {}
    yield from ({"view": view} for view in scenario.views)
    yield from ({"policy": policy} for policy in scenario.policies)


def _of_states(scenario: Scenario, under: dict[str, str]) -> list[Diagnostic]:
    from countermove import game

    try:
        compiled = game.compile(scenario, view=under.get("view"), policy=under.get("policy"))
    except ScenarioError as error:
        return list(error.diagnostics)
    # A policy may well leave an event or action without effect: that is no fault of the scenario.
    return [] if under else compiled.warnings()


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
