"""``countermove export``: a scenario in another program's form."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import choices, options
from countermove.cli.check import SCENARIO
from countermove.errors import InvalidRequest, OutputExists

if TYPE_CHECKING:
    from countermove.language.model import Scenario


class Form(StrEnum):
    """A form that a scenario can be written in."""

    EFG = "efg"


def export(
    form: Annotated[
        Form, typer.Argument(metavar="FORM", help="efg: an extensive form, for Gambit.")
    ],
    scenario: SCENARIO,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there.")
    ] = False,
    policy: choices.POLICY = None,
    view: choices.VIEW = None,
    set_: choices.SET = None,
    from_: choices.FROM = None,
    at: choices.AT = None,
    periods: Annotated[
        int | None,
        typer.Option(
            "--periods", metavar="N", min=1, help="End the calendar after its first N periods."
        ),
    ] = None,
    max_nodes: Annotated[
        int, typer.Option("--max-nodes", metavar="N", min=1, help="Nodes that the tree may have.")
    ] = 100_000,
) -> None:
    """Write a small scenario in another program's form.

    As efg it becomes a tree that Gambit reads: chance draws the private types first, and all later
    moves are public. Payoffs are discounted to the start. Measures and rationality have no place in
    that form.
    """
    from countermove import game, language
    from countermove.interop import export_efg

    if output.exists() and not overwrite:
        raise OutputExists(f"{output} is already there; say --overwrite to replace it")
    levels, beliefs = options.starts("--from", from_ or ())
    loaded = language.load(scenario)
    compiled = game.compile(
        loaded if periods is None else shortened(loaded, periods),
        view=options.only_one("--view", view or ()),
        policy=options.only_one("--policy", policy or ()),
        set=options.numbers("--set", set_ or ()) or None,
        start=levels or None,
        beliefs=beliefs or None,
        at=at,
    )
    written = {Form.EFG: export_efg}[form]
    _write(output, written(compiled, max_nodes=max_nodes))


def shortened(scenario: Scenario, periods: int) -> Scenario:
    """The scenario with a calendar that ends earlier."""
    calendar = scenario.calendar
    if not calendar.forever and periods > calendar.periods:
        raise InvalidRequest(
            f"--periods {periods}: the calendar of {scenario.name} has {calendar.periods}"
        )
    return replace(scenario, calendar=replace(calendar, periods=periods, forever=False))


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
