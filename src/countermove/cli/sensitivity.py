"""``countermove sensitivity``: which uncertain parameters move what a policy reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import analyses
from countermove.cli.analyses import figure
from countermove.cli.check import AS_JSON

if TYPE_CHECKING:
    from countermove.explore.sensitivity import Sensitivity
    from countermove.report.tables import Table


def sensitivity(
    folder: analyses.FOLDER,
    of: analyses.OF = None,
    policy: analyses.POLICY = None,
    against: analyses.AGAINST = None,
    view: analyses.VIEW = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="sobol, morris (worlds explored with --method saltelli, morris), pawn or delta "
            "(any worlds). By how the worlds were drawn if left out.",
        ),
    ] = None,
    met: analyses.MET = "adaptive",
    allow_missing: analyses.ALLOW_MISSING = False,
    resamples: Annotated[
        int, typer.Option("--resamples", metavar="N", min=2, help="For the intervals.")
    ] = 200,
    seed: analyses.SEED = 0,
    output: analyses.OUTPUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Say which uncertain parameters move a figure under a policy, or one policy's lead.

    With --against, what moves the lead of one policy over another: often other parameters than
    those that move either. Sobol's and Morris's indices need every world of their design; pawn and
    delta leave out the few that are missing, and say so. Example:
    countermove sensitivity explorations/sanctions --of imposed -p no_coercion
    """
    from countermove.cli.terminal import plain
    from countermove.explore.exploration import load_exploration
    from countermove.explore.objectives import check_key
    from countermove.explore.sensitivity import sensitivity as sensitivity_of
    from countermove.explore.sensitivity import sensitivity_words

    analyses.check_output(output)
    exploration = load_exploration(folder)
    if of:
        key = of.removesuffix(":low").removesuffix(":high")  # which way is better does not matter
        check_key(exploration.scenario, key)
    else:
        key = analyses.objective(exploration, None).key
    with analyses.working("analyse", shown=not as_json) as stage:
        result = sensitivity_of(
            exploration,
            key,
            policy=analyses.named(policy, exploration.policies),
            against=analyses.named(against, exploration.policies),
            view=analyses.named(view, exploration.views),
            met=met,
            method=method,
            allow_missing=allow_missing,
            resamples=resamples,
            seed=seed,
            progress=stage.advance,
        )
    notes = {p.name: p.note for p in exploration.scenario.parameters.values()}
    lead = f" less {result.against}" if result.against else ""
    heading = f"{exploration.scenario.name} · {result.key} · {result.policy}{lead} · {result.view}"
    title = f"{result.method}, {result.n_worlds:,} worlds"
    words = sensitivity_words(result)
    analyses.tell(
        result.table(),
        plain(result) | {"words": words},
        lambda: analyses.print_all(heading, [(title, _table(result, notes))], words, _read(result)),
        output,
        as_json=as_json,
    )


def _table(result: Sensitivity, notes: dict[str, str]) -> Table:
    from countermove.report.tables import Table

    at = {name: position for position, name in enumerate(result.parameters)}
    rows = []
    for name in result.ranked:
        cells = []
        for index in result.indices:
            low, high, value = (part[at[name]] for part in (index.low, index.high, index.values))
            span = f" [{figure(low)}, {figure(high)}]" if low != high else ""
            cells.append("pinned" if name in result.pinned else f"{figure(value)}{span}")
        rows.append((name, *cells, notes.get(name, "")))
    names = tuple(index.name for index in result.indices)
    return Table(
        ("parameter", *names, "what it is"), tuple(rows), frozenset(names), ("what it is",)
    )


def _read(result: Sensitivity) -> list[str]:
    return [f"{index.name}: {index.title}." for index in result.indices]
