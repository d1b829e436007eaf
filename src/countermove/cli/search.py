"""``countermove search``: a policy's levers set for the best, and what each setting gives up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, options
from countermove.cli.check import AS_JSON, SCENARIO
from countermove.cli.search_names import heading, setting_name
from countermove.errors import InvalidRequest

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.explore.search import Search
    from countermove.explore.search_points import Point
    from countermove.language import Scenario
    from countermove.report.tables import Table

_SHOWN = 12  # settings of the front in the tables


def search(
    scenario: SCENARIO,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            metavar="NAME",
            help="The policy whose levers are set; may be left out where one alone has some.",
        ),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            metavar="KEY",
            help=f"What is to be best: KEY, KEY:low or KEY:high (up to three) {choices.MANY}.",
        ),
    ] = None,
    worlds: Annotated[
        int,
        typer.Option(
            "--worlds", "-n", metavar="N", min=0, help="Worlds to try in; 0: the values as stated."
        ),
    ] = 16,
    statistic: Annotated[
        str,
        typer.Option(
            "--statistic",
            metavar="HOW",
            help="Sum worlds up by mean, median, worst, or p10 (all but the worst tenth reach it).",
        ),
    ] = "mean",
    view: choices.VIEW = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Of the worlds and of the search.")
    ] = 0,
    population: Annotated[
        int | None,
        typer.Option(
            "--population",
            metavar="N",
            min=4,
            help="Settings a generation; 8 a lever, from 16 to 64, if left out.",
        ),
    ] = None,
    generations: Annotated[
        int, typer.Option("--generations", metavar="N", min=1, help="How long to go on.")
    ] = 20,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Its folder; searches/NAME-POLICY if left out.",
        ),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew in a folder that has another one.")
    ] = False,
    threads: choices.THREADS = None,
    max_memory: choices.MAX_MEMORY = None,
    as_json: AS_JSON = False,
) -> None:
    """Set a policy's levers so that they do best, over worlds, against others who adapt.

    Levers are the numbers of a policy that have a range. For several objectives the settings are
    shown that no other beats, with what each gives up; for one, the best. What was tried is kept
    after each generation: the same command goes on where it stopped, and with more --generations
    beyond. The folder holds front.parquet, archive.parquet, scenario.yaml and manifest.json.
    """
    import sys

    from countermove import language
    from countermove.cli.stages import Stages
    from countermove.explore.search import search as searched

    loaded = language.load(scenario)
    name = options.only_one("--policy", policy or ()) or _having_levers(loaded)
    folder = output or Path("searches") / f"{loaded.name}-{name}"
    with (
        Stages(shown=not as_json and sys.stderr.isatty()) as stages,
        stages.stage("search", "search") as stage,
    ):
        try:
            found = searched(
                loaded,
                name,
                of=options.listed(of),
                view=options.only_one("--view", view or ()),
                worlds=worlds,
                seed=seed,
                statistic=statistic,
                population=population,
                generations=generations,
                folder=folder,
                restart=restart,
                threads=threads,
                max_memory=max_memory,
                progress=stage.advance,
                note=stage.note,
            )
        except KeyboardInterrupt:
            sys.stderr.write(f"\n{folder} keeps what was tried: the same command goes on there\n")
            raise
    _tell(found, as_json=as_json)


def _having_levers(scenario: Scenario) -> str:
    """The one policy that has levers."""
    names = list(dict.fromkeys(p.lever_of for p in scenario.parameters.values() if p.lever_of))
    if len(names) == 1:
        return names[0]
    having = ", ".join(names) or f"no policy of {scenario.name} has any"
    raise InvalidRequest(f"search needs --policy NAME, one with levers: {having}")


def _tell(found: Search, *, as_json: bool) -> None:
    from countermove.cli.terminal import out, print_json

    if as_json:
        print_json(as_data(found))
    else:
        show(out(), found)


def as_data(found: Search) -> dict[str, Any]:
    """The search for machines: the whole front, and the policy as written."""
    from countermove.explore.search_words import story

    front, plan = found.front, found.plan
    return {
        **plan.identity(),
        "method": plan.method,
        "population": plan.population,
        "generations": found.generations,
        "changed": found.changed,
        "tried": len(found.points),
        "failed": found.failed,
        "reasons": found.reasons,
        "solves": found.solves,
        "written": _point(found, found.written),
        "front": [
            {
                **_point(found, point),
                "gives_up": dict(zip(_keys(found), front.gives_up(at), strict=True)),
                "gains": dict(zip(_keys(found), front.gains(point, found.written), strict=True)),
                "alike": front.alike[at],
            }
            for at, point in enumerate(front.points)
        ],
        "extremes": dict(zip(_keys(found), front.extremes, strict=True)),
        "knee": front.knee,
        "story": story(found),
        "folder": found.folder,
    }


def _point(found: Search, point: Point) -> dict[str, Any]:
    names = [lever.name for lever in found.plan.levers]
    return {
        "levers": dict(zip(names, point.setting, strict=True)),
        "figures": dict(zip(_keys(found), point.figures, strict=True)),
        "failed": point.failed,
    }


def _units(found: Search) -> list[str]:
    from countermove.explore.units import unit_of_key

    return [unit_of_key(found.plan.scenario, key) for key in _keys(found)]


def _keys(found: Search) -> list[str]:
    return [objective.key for objective in found.plan.objectives]


def show(console: Console, found: Search) -> None:
    """The front with its levers and figures, what each setting gives up, and what it comes to."""
    from countermove.cli.tables import grid
    from countermove.explore.search_front import spread
    from countermove.explore.search_words import story

    plan, front = found.plan, found.front
    about = [
        plan.scenario.name,
        f"policy {plan.policy}",
        *([f"view {plan.view}"] if plan.view else []),
    ]
    console.print(" · ".join((*about, plan.method)), style="bold", markup=False)
    places = spread(front, _SHOWN)
    left = len(front.points) - len(places)
    more = f" ({left:,} more in --json and {found.folder}/front.parquet)" if left else ""
    tables = [(f"Settings that no other beats{more}", _front(found, places))]
    if len(plan.objectives) > 1:
        tables.append(("What each gives up against the best of each", _given_up(found, places)))
        tables.append(("What each gains on the policy as written", _gains(found, places)))
    for about_it, table in tables:
        console.print(f"\n{about_it}", style="bold cyan", markup=False)
        console.print(grid(table, console.width))
    console.print()
    for sentence in story(found):
        console.print(sentence, markup=False)
    if found.folder is not None:
        console.print(f"Kept in {found.folder}.", style="dim", markup=False, soft_wrap=True)


def _front(found: Search, places: tuple[int, ...]) -> Table:
    from countermove.explore.search_words import number, objective_words
    from countermove.report.tables import Table

    front, objectives, units = found.front, found.plan.objectives, _units(found)
    rows = [
        (
            setting_name(found, at),
            *map(number, (*front.points[at].setting, *front.points[at].figures)),
        )
        for at in places
    ]
    written = found.written
    figures = map(number, written.figures) if written.holds else ["failed"] * len(written.figures)
    rows.append(("as written", *map(number, written.setting), *figures))
    columns = (
        "",
        *(heading(lever.name, lever.unit) for lever in found.plan.levers),
        *(heading(objective_words(o), unit) for o, unit in zip(objectives, units, strict=True)),
    )
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def _given_up(found: Search, places: tuple[int, ...]) -> Table:
    from countermove.explore.search_words import number
    from countermove.report.tables import Table

    rows = tuple(
        (setting_name(found, at), *(number(x) if x else "–" for x in found.front.gives_up(at)))
        for at in places
    )
    columns = ("", *map(heading, _keys(found), _units(found)))
    return Table(columns, rows, frozenset(columns[1:]))


def _gains(found: Search, places: tuple[int, ...]) -> Table:
    from countermove.report.tables import Table

    front = found.front
    rows = tuple(
        (
            setting_name(found, at),
            *(_signed(x) for x in front.gains(front.points[at], found.written)),
        )
        for at in places
    )
    columns = ("", *map(heading, _keys(found), _units(found)))
    return Table(columns, rows, frozenset(columns[1:]))


def _signed(value: float) -> str:
    if value != value:  # the policy as written fails, so that there is nothing to compare with
        return ""
    return f"{value:+.4g}".replace("-", "−") if value else "0"
