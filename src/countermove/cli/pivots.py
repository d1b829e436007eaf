"""``countermove pivots``: which parameter, moved how far, changes the best policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import analyses, choices, options
from countermove.cli.analyses import broken, figure
from countermove.cli.check import AS_JSON

if TYPE_CHECKING:
    from countermove.explore.cases import Case
    from countermove.explore.pivots import Pivots
    from countermove.explore.pivots_sample import Flips
    from countermove.language.model import Scenario
    from countermove.report.tables import Table


_FLIPS = "Where the best would flip, parameter by parameter"


def pivots(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|FOLDER",
            help="A scenario, to be solved anew; or an exploration's folder, read as it is.",
        ),
    ],
    of: analyses.OF = None,
    player: analyses.PLAYER = None,
    policy: analyses.POLICIES = None,
    view: analyses.VIEW = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="NAME",
            help=f"A parameter to move {choices.MANY}; all uncertain ones if left out.",
        ),
    ] = None,
    solve: Annotated[
        bool, typer.Option("--solve", help="Solve an exploration's scenario anew, too.")
    ] = False,
    points: Annotated[
        int, typer.Option("--points", metavar="N", min=2, help="Of each range, looked at first.")
    ] = 9,
    met: analyses.MET = "adaptive",
    allow_missing: analyses.ALLOW_MISSING = False,
    seed: analyses.SEED = 0,
    threads: choices.THREADS = None,
    output: analyses.OUTPUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Say which parameter, moved how far, changes the best policy.

    Of a scenario: one parameter at a time moves through its range, the others at their base values,
    and the place where the best policy changes is enclosed by solving anew. Of an exploration's
    folder: where the best policy flips on average over all worlds, all parameters drawn together,
    and what it is worth to know the side. Example: countermove pivots sanctions --player sender
    """
    from countermove.explore.sweep_files import MANIFEST

    analyses.check_output(output)
    if (Path(source) / MANIFEST).is_file() and not solve:
        _flips(source, of, player, policy, view, met, allow_missing, seed, output, as_json)
    else:
        _pivots(source, of, player, policy, view, parameter, points, met, threads, output, as_json)


def _flips(
    source: str,
    of: str | None,
    player: str | None,
    policy: list[str] | None,
    view: str | None,
    met: str,
    allow_missing: bool,
    seed: int,
    output: Path | None,
    as_json: bool,
) -> None:
    from countermove.cli.terminal import plain
    from countermove.explore.exploration import load_exploration
    from countermove.explore.pivots_sample import flip_words, flips

    exploration = load_exploration(source)
    objective = analyses.objective(exploration, of, player)
    with analyses.working("resample", shown=not as_json) as stage:
        found = flips(
            exploration,
            objective,
            policies=analyses.all_named(policy, exploration.policies),
            player=player,
            view=analyses.named(view, exploration.views),
            met=met,
            allow_missing=allow_missing,
            seed=seed,
            progress=stage.advance,
        )
    words = flip_words(found)
    heading = (
        f"{exploration.scenario.name} · {objective} · {found.view} · {found.n_worlds:,} worlds"
    )
    analyses.tell(
        found.table(),
        plain(found) | {"words": words},
        lambda: analyses.print_all(heading, [(_FLIPS, _flip_table(found))], words),
        output,
        as_json=as_json,
    )


def _flip_table(found: Flips) -> Table:
    from countermove.report.tables import Table

    rows = tuple(
        (f.parameter, figure(f.threshold), broken(f.below, longest=8), broken(f.above, longest=8),
         f"{f.share_above:.0%}", figure(f.gain), "yes" if f.gain > found.chance else "no")
        if f.gain and f.below != f.above
        else (f.parameter, "none", broken(f.below, longest=8), "", "", "0", "no")
        for f in found.parameters
    )  # fmt: skip
    names = ("parameter", "threshold", "best below", "best above", "worlds above", "worth to know",
             "more than chance")  # fmt: skip
    return Table(names, rows, frozenset((names[1], names[4], names[5])))


def _pivots(
    source: str,
    of: str | None,
    player: str | None,
    policy: list[str] | None,
    view: str | None,
    parameter: list[str] | None,
    points: int,
    met: str,
    threads: int | None,
    output: Path | None,
    as_json: bool,
) -> None:
    from countermove import language
    from countermove.cli.terminal import plain
    from countermove.explore.cases import OWN, Evaluator
    from countermove.explore.objectives import (
        PERIODS,
        chooser_of,
        default_objective,
        parse_objective,
    )
    from countermove.explore.pivots import pivots as pivots_of
    from countermove.explore.pivots_words import pivot_words

    scenario = language.load(source)
    name = player or _player(scenario)
    objective = parse_objective(scenario, of) if of else default_objective(scenario, name)
    seen = analyses.named(view, [*scenario.views, OWN])
    owner = player or chooser_of(scenario, [objective.key], scenario.policies) or name
    cases = _cases(scenario, policy, owner, seen, met)
    with analyses.working("solve", shown=not as_json) as stage:
        found = pivots_of(
            Evaluator(scenario, measures=[objective.key.removesuffix(PERIODS)]),
            objective,
            cases,
            parameters=options.listed(parameter),
            points=points,
            threads=threads,
            progress=stage.advance,
        )
    words = pivot_words(found)
    heading = f"{scenario.name} · {objective} · {found.view} · {found.solves:,} solves"
    analyses.tell(
        found.table(),
        plain(found) | {"words": words},
        lambda: analyses.print_all(
            heading, [("What changes the best", _pivot_table(found))], words
        ),
        output,
        as_json=as_json,
    )


def _player(scenario: Scenario) -> str:
    """The player whom the first policy binds."""
    from countermove.errors import InvalidRequest

    if not scenario.policies:
        raise InvalidRequest(f"{scenario.name} has no policies, so that there is no best one")
    return next(iter(scenario.policies.values())).players[0]


def _cases(
    scenario: Scenario, policy: list[str] | None, player: str, view: str | None, met: Any
) -> list[Case]:
    """Free play and the player's policies, or those named."""
    from countermove.errors import InvalidRequest, check_names, unknown
    from countermove.explore.cases import FREE, OWN, Case

    own = None if view in (None, OWN) else view
    if own is not None and own not in scenario.views:
        raise unknown("view", own, list(scenario.views))
    if met not in ("adaptive", "surprised"):
        raise InvalidRequest(f"others meet a policy adaptive or surprised, not {met!r}")
    known = [FREE, *scenario.policies]
    theirs = [n for n, p in scenario.policies.items() if player in p.players]
    names = analyses.all_named(policy, known) or [FREE, *theirs]
    check_names("policy", names, known)
    return [Case(own) if name == FREE else Case(own, name, met) for name in names]


def _pivot_table(found: Pivots) -> Table:
    from countermove.explore.pivots_words import digits_of
    from countermove.report.tables import Table

    rows = []
    for s in found.parameters:
        start = (s.parameter, figure(s.base), f"{figure(s.range[0])} to {figure(s.range[1])}")
        for p in s.pivots:
            span = " to ".join(_ended(end, digits_of(p)) for end in (p.low, p.high))
            move = f"{p.move:+.0%}".replace("-", "−")
            rows.append(
                (*start, span, move, broken(p.before, longest=8), broken(p.after, longest=8))
            )
        if not s.pivots:
            rows.append((*start, "not known" if s.unsolved else "none in the range", "", "", ""))
    names = ("parameter", "base", "range", "changes at", "move", "from", "to")
    return Table(names, tuple(rows), frozenset(names[1:5]))


def _ended(value: float, digits: int) -> str:
    """A number with all its figures, zeros at its end too."""
    return f"{value:#.{digits}g}".rstrip(".").replace("-", "−")
