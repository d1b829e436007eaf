"""What the analyses of an exploration share: their options, their progress, their output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, options

if TYPE_CHECKING:
    import polars as pl

    from countermove.cli.stages import Stage
    from countermove.explore.exploration import Exploration
    from countermove.explore.objectives import Objective
    from countermove.report.tables import Table

FOLDER = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A folder that `countermove explore` wrote.")
]
OF = Annotated[
    str | None,
    typer.Option(
        "--of",
        metavar="KEY",
        help="The figure: a measure, score(NAME) or payoff(PLAYER), with :low or :high where the "
        "scenario does not say which is better. The player's score if left out, else its payoff.",
    ),
]
PLAYER = Annotated[
    str | None,
    typer.Option("--player", metavar="NAME", help="Whose policies, and whose objective."),
]
POLICIES = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        "-p",
        metavar="NAME",
        help=f"A policy to compare {choices.MANY}; (free) is free play. All of the player's and "
        "free play if left out.",
    ),
]
POLICY = Annotated[
    str | None,
    typer.Option("--policy", "-p", metavar="NAME", help="The policy; free play if left out."),
]
AGAINST = Annotated[
    str | None,
    typer.Option("--against", metavar="NAME", help="A policy to hold it against; (free) too."),
]
VIEW = Annotated[
    str | None,
    typer.Option(
        "--view",
        "-v",
        metavar="NAME",
        help="The view whose worlds count; the scenario's own, (own), if left out.",
    ),
]
VIEWS = Annotated[
    list[str] | None,
    typer.Option("--view", "-v", metavar="NAME", help=f"A view {choices.MANY}; all if left out."),
]
MET = Annotated[
    str,
    typer.Option("--met", metavar="HOW", help="Policies met by adaptive or surprised others."),
]
ALLOW_MISSING = Annotated[
    bool,
    typer.Option("--allow-missing", help="Go on where more than 5% of the worlds lack a figure."),
]
SEED = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the resampling.")]
OUTPUT = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write the figures: .parquet, .csv or .json."
    ),
]


def named(label: str | None, known: Sequence[str]) -> str | None:
    """``own`` and ``free`` without their brackets, unless that is a name of its own."""
    bracketed = f"({label})"
    return bracketed if label not in known and bracketed in known else label


def all_named(labels: Sequence[str] | None, known: Sequence[str]) -> list[str] | None:
    """``named`` of several, given as options are."""
    split = options.listed(labels)
    return [named(label, known) or label for label in split] if split else None


def weights(given: Sequence[str] | None, exploration: Exploration) -> dict[str, float] | None:
    """The weights of views by their labels, as ``--weight VIEW=WEIGHT`` gives them."""
    asked = options.numbers("--weight", given or ())
    return {named(n, exploration.views) or n: w for n, w in asked.items()} or None


def objective(exploration: Exploration, of: str | None, player: str | None = None) -> Objective:
    """What is asked to be better, or what the player wants if nothing is asked."""
    from countermove.explore.objectives import parse_objective
    from countermove.explore.objectives_values import default_of

    return parse_objective(exploration.scenario, of) if of else default_of(exploration, player)


def check_output(path: Path | None) -> None:
    """Raise ``InvalidRequest`` for a file of another kind, before any work is done."""
    from countermove.errors import InvalidRequest

    if path is not None and path.suffix not in (".parquet", ".csv", ".json"):
        raise InvalidRequest(f"{path}: figures are written as .parquet, .csv or .json; name such")


@contextmanager
def working(words: str, *, shown: bool) -> Iterator[Stage]:
    """Progress on stderr where people watch."""
    from countermove.cli.stages import Stages

    with (
        Stages(shown=shown and sys.stderr.isatty()) as stages,
        stages.stage("analyse", words) as stage,
    ):
        yield stage


def tell(
    frame: pl.DataFrame,
    data: Mapping[str, Any],
    show: Callable[[], None],
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the figures where asked; then show them, or print the data as JSON."""
    from countermove.cli.terminal import out, print_json

    if output is not None:
        write(frame, data, output)
    if as_json:
        print_json(data)
        return
    show()
    if output is not None:
        out().print(f"\nWritten to {output}", style="dim", markup=False, soft_wrap=True)


def write(frame: pl.DataFrame, data: Mapping[str, Any], path: Path) -> None:
    """The figures as a table, or everything as JSON; whole or not at all."""
    import json

    from countermove.cli.terminal import plain
    from countermove.explore.files import whole

    with whole(path) as partial:
        if path.suffix == ".parquet":
            frame.write_parquet(partial)
        elif path.suffix == ".csv":
            frame.write_csv(partial)
        else:
            text = json.dumps(plain(data), ensure_ascii=False, indent=2)
            partial.write_text(text + "\n", encoding="utf-8")


def print_all(
    heading: str,
    tables: Sequence[tuple[str, Table]],
    words: Sequence[str],
    notes: Sequence[str] = (),
) -> None:
    """A heading, tables, then what they say in sentences."""
    from countermove.cli.tables import grid
    from countermove.cli.terminal import out

    console = out()
    console.print(heading, style="bold", markup=False)
    for title, table in tables:
        console.print(f"\n{title}", style="bold cyan", markup=False)
        console.print(grid(table, console.width))
    console.print()
    for sentence in words:
        console.print(sentence, markup=False)
    for note in notes:
        console.print(note, style="dim", markup=False)


def broken(name: str, *, longest: int = 12) -> str:
    """A long name in two lines, broken at the underscore or blank next to its middle."""
    places = [at + 1 for at, sign in enumerate(name) if sign in "_ "]
    if len(name) <= longest or not places:
        return name
    at = min(places, key=lambda place: abs(2 * place - len(name)))
    return f"{name[:at].rstrip()}\n{name[at:]}"


def figure(value: float | None) -> str:
    """A number to four figures; an en dash where there is none."""
    if value is None or value != value:
        return "–"
    return f"{value:.4g}".replace("-", "−")
