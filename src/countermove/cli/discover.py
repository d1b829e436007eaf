"""``countermove discover``: in which worlds of an exploration a policy fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import analyses, choices, options
from countermove.cli.analyses import figure
from countermove.cli.check import AS_JSON

if TYPE_CHECKING:
    from countermove.explore.discovery import Discovery
    from countermove.explore.discovery_questions import Question
    from countermove.explore.exploration import Exploration
    from countermove.report.tables import Table

_WORST = 0.1  # the share of worlds that counts as failing where nothing else is said


def discover(
    folder: analyses.FOLDER,
    policy: analyses.POLICY = None,
    goal: Annotated[
        list[str] | None,
        typer.Option("--goal", metavar="NAME", help=f"Fails where it is missed {choices.MANY}."),
    ] = None,
    of: analyses.OF = None,
    above: Annotated[
        float | None, typer.Option("--above", metavar="X", help="Fails where --of is above X.")
    ] = None,
    below: Annotated[
        float | None, typer.Option("--below", metavar="X", help="Fails where --of is below X.")
    ] = None,
    worst: Annotated[
        float | None,
        typer.Option("--worst", metavar="SHARE", help="Fails in this share of worlds: 0.1."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="NAME", help="Fails where this policy does better."),
    ] = None,
    view: analyses.VIEW = None,
    method: Annotated[
        str, typer.Option("--method", metavar="NAME", help="prim (boxes) or cart (a tree).")
    ] = "prim",
    boxes: Annotated[
        int, typer.Option("--boxes", metavar="N", min=1, help="How many regions to look for.")
    ] = 1,
    purity: Annotated[
        float | None,
        typer.Option(
            "--purity", metavar="SHARE", help="The widest box with at least this share of failures."
        ),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option("--step", metavar="N", min=0, help="The box at this step of the peeling."),
    ] = None,
    least_mass: Annotated[
        float,
        typer.Option("--least-mass", metavar="SHARE", help="Of all worlds that a box must hold."),
    ] = 0.05,
    peeling: Annotated[
        bool, typer.Option("--peeling", help="Show the peeling, a line for each step.")
    ] = False,
    met: analyses.MET = "adaptive",
    allow_missing: analyses.ALLOW_MISSING = False,
    resamples: Annotated[
        int, typer.Option("--resamples", metavar="N", min=0, help="To see how stable it is.")
    ] = 50,
    seed: analyses.SEED = 0,
    output: analyses.OUTPUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Say in which worlds a policy fails, as limits on a few parameters.

    A failure is a goal missed, a figure --above or --below a number, one of its --worst worlds, or
    a world in which another policy does better. If nothing is said: any goal of the scenario
    missed, or else the worst tenth of the player's score or payoff. Example:
    countermove discover explorations/sanctions -p no_coercion --of imposed --above 0.5
    """
    from countermove.cli.terminal import plain
    from countermove.explore.discovery import discover as discover_in
    from countermove.explore.discovery_search import Search
    from countermove.explore.discovery_words import discovery_words
    from countermove.explore.exploration import load_exploration

    analyses.check_output(output)
    search = Search(method, boxes, purity, step, least_mass=least_mass)
    exploration = load_exploration(folder)
    asked = _question(exploration, options.listed(goal), of, above, below, worst, against)
    with analyses.working("resample", shown=not as_json) as stage:
        found = discover_in(
            exploration,
            asked,
            policy=analyses.named(policy, exploration.policies),
            view=analyses.named(view, exploration.views),
            met=met,
            search=search,
            allow_missing=allow_missing,
            resamples=resamples,
            seed=seed,
            progress=stage.advance,
        )
    words = discovery_words(found)
    heading = (
        f"{exploration.scenario.name} · {found.policy} · {found.view} · fails: {found.question}"
    )
    analyses.tell(
        found.table(),
        plain(found) | {"words": words},
        lambda: analyses.print_all(heading, _tables(found, peeling=peeling), words),
        output,
        as_json=as_json,
    )


def _question(
    exploration: Exploration,
    goals: list[str] | None,
    of: str | None,
    above: float | None,
    below: float | None,
    worst: float | None,
    against: str | None,
) -> Question:
    from countermove.explore.discovery_questions import question

    if not any((goals, against)) and above is None and below is None and worst is None:
        known = exploration.scenario.goals.values()
        goals = [g.name for g in known if g.key in exploration.keys] if not of else None
        worst = None if goals else _WORST
    judged: dict[str, Any] = {"key": of and of.removesuffix(":low").removesuffix(":high")}
    if worst is not None or against:
        judged["objective"] = analyses.objective(exploration, of)
    return question(
        exploration.scenario,
        goals=goals or (),
        above=above,
        below=below,
        worst=worst,
        against=analyses.named(against, exploration.policies),
        **judged,
    )


def _tables(found: Discovery, *, peeling: bool) -> list[tuple[str, Table]]:
    tables = [
        (f"Box {at + 1}" if len(found.boxes) > 1 else "The box", _box(found, at))
        for at, box in enumerate(found.boxes)
        if box.restrictions
    ]
    if found.stability is not None and found.stability.found:
        tables.append((f"In {found.stability.found} resamples", _stability(found)))
    if peeling and found.trajectory:
        tables.append(("The peeling", _peeling(found)))
    return tables


def _box(found: Discovery, at: int) -> Table:
    from countermove.report.tables import Table

    rows = tuple(
        (r.parameter, figure(r.low), figure(r.high), _span(r.range), _small(r.p_low),
         _small(r.p_high), r.note)
        for r in found.boxes[at].restrictions
    )  # fmt: skip
    names = ("parameter", "above", "below", "range", "quasi-p above", "quasi-p below", "what it is")
    spare = ("what it is", "quasi-p above", "quasi-p below")
    return Table(names, rows, frozenset(names[1:6]), spare)


def _small(p: float | None) -> str:
    return "–" if p is None else f"{p:.0e}" if p < 0.001 else f"{p:.3f}"


def _stability(found: Discovery) -> Table:
    from countermove.report.tables import Table

    assert found.stability is not None
    rows = tuple(
        (s.parameter, f"{s.restricted:.0%}", _span(s.low), _span(s.high))
        for s in found.stability.parameters
        if s.restricted > 0
    )
    names = ("parameter", "limited in", "above (5% to 95%)", "below (5% to 95%)")
    return Table(names, rows, frozenset(names[1:]))


def _span(ends: tuple[float, float] | None) -> str:
    return "–" if ends is None else f"{figure(ends[0])} to {figure(ends[1])}"


def _peeling(found: Discovery) -> Table:
    from countermove.report.tables import Table

    taken = {box.step for box in found.boxes[:1]}
    rows = tuple(
        (f"{step}{' ★' if step in taken else ''}", str(limits), f"{f.n:,}", f"{f.coverage:.0%}",
         f"{f.density:.0%}", f"{f.mass:.0%}", f"{f.phi:.2f}")
        for step, limits, f in found.trajectory
    )  # fmt: skip
    names = ("step", "parameters", "worlds", "coverage", "purity", "of all worlds", "phi")
    return Table(names, rows, frozenset(names[1:]))
