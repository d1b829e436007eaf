"""``countermove explain``: why this move, what it tells, what would turn it, who matters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import analyses, choices, options
from countermove.cli.check import AS_JSON

if TYPE_CHECKING:
    from countermove.cli.stages import Stage
    from countermove.explain import Explanation
    from countermove.explain.record import Sentence
    from countermove.solve import Solution

_NAMES = 6  # of claims shown after a sentence

STAGES = {
    "solve": "solve",
    "explain": "carry back",
    "turns": "why not the other",
    "stakes": "whose choice matters",
}


def explain(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|FOLDER",
            help="A scenario, to be solved; or the folder of a run, whose solution is read.",
        ),
    ],
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="Whose decision: a player, or a later visit such as us#2. The first to move if "
            "left out.",
        ),
    ] = None,
    when: Annotated[
        str | None,
        typer.Option(
            "--when", metavar="DATE|PERIOD", help="When; the first choice it has if left out."
        ),
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--in",
            metavar="VARIABLE=LEVEL",
            help="In what state, and at what beliefs: us.resolved=0.7; the likeliest if left out "
            f"{choices.MANY}.",
        ),
    ] = None,
    type_: Annotated[
        str | None,
        typer.Option("--type", metavar="NAME", help="The mover's type; the likeliest if left out."),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="ACTION", help="Why this; the likeliest if left out."),
    ] = None,
    rather: Annotated[
        str | None,
        typer.Option(
            "--not", metavar="ACTION", help="And not that; the next likeliest if left out."
        ),
    ] = None,
    turns: Annotated[
        bool,
        typer.Option(
            "--turns",
            help="Say which parameters, moved how far, make the other likelier: solves the game "
            "about ten times for each.",
        ),
    ] = False,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="NAME",
            help=f"A parameter to move for --turns {choices.MANY}; all uncertain ones if left out.",
        ),
    ] = None,
    stakes: Annotated[
        bool,
        typer.Option(
            "--stakes",
            help="Say whose choice matters: solves the game for each player's policies.",
        ),
    ] = False,
    view: choices.VIEW = None,
    policy: choices.POLICY = None,
    set_: choices.SET = None,
    belief_points: choices.BELIEF_POINTS = None,
    threads: choices.THREADS = None,
    output: analyses.OUTPUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Explain a decision in words and figures, with the sources that they rest on.

    Says why a player rather does one thing than another: what each of its interests gains, now and
    later, and what the others do in return, exactly; what the move tells of its type, and what that
    is worth to whom. With --turns and --stakes, also what would change the answer, and whose choice
    matters. Example: countermove explain sanctions --player target --type brittle --turns
    """
    analyses.check_output(output)
    levels, beliefs = options.starts("--in", state or [])
    with _Told(shown=not as_json and sys.stderr.isatty()) as told:
        solution = _solution(
            source,
            options.only_one("--view", view or []),
            options.only_one("--policy", policy or []),
            options.numbers("--set", set_ or []),
            options.belief_points(belief_points),
            threads,
            told,
        )
        from countermove.explain import explain as explained

        found = explained(
            solution,
            player,
            this=why,
            other=rather,
            period=when,
            type=type_,
            state=levels,
            beliefs=beliefs,
            turns=turns,
            stakes=stakes,
            parameters=options.listed(parameter),
            threads=threads,
            progress=told,
        )
    _tell(found, output, as_json=as_json)


class _Told(ExitStack):
    """Progress, a stage at a time, on stderr where people watch."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__()
        self._shown, self._now = shown, ""
        self._stage: Stage | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._shown:
            return
        if stage != self._now:
            self.close()
            self._now = stage
            self._stage = self.enter_context(analyses.working(STAGES[stage], shown=True))
        if self._stage is not None:
            self._stage.advance(done, total)


def _solution(
    source: str,
    view: str | None,
    policy: str | None,
    values: dict[str, float],
    belief_points: dict[str, int] | int | None,
    threads: int | None,
    told: Callable[[str, int, int], None],
) -> Solution:
    """The solution in a run's folder, or of a scenario."""
    from countermove import language
    from countermove.errors import InvalidRequest
    from countermove.game import compile
    from countermove.solve import load_solution, solve

    kept = Path(source) / "solution.nc"
    if kept.is_file():
        if view or policy or values or belief_points:
            raise InvalidRequest(
                f"{source} is a run's folder, solved already: name the scenario for another view, "
                "policy, number or grid"
            )
        return load_solution(kept)
    game = compile(
        language.load(source), view=view, policy=policy, set=values, belief_points=belief_points
    )
    return solve(game, threads=threads, progress=lambda done, all_: told("solve", done, all_))


def _tell(found: Explanation, output: Path | None, *, as_json: bool) -> None:
    from countermove.cli.terminal import plain

    data = plain(found.why) | {
        "place": found.place,
        "sentences": plain(found.sentences),
        "signals": plain(found.signals),
        "turns": plain(found.turns),
        "stakes": plain(found.stakes),
    }
    analyses.tell(found.why.frame(), data, lambda: _show(found), output, as_json=as_json)


def _show(found: Explanation) -> None:
    from rich.text import Text

    from countermove.cli.tables import grid
    from countermove.cli.terminal import out
    from countermove.report.explanation_tables import tables

    console = out()
    console.print(f"{found.place}.", style="bold", markup=False)
    for about, sentences in _grouped(found.sentences):
        console.print(f"\n{about}", style="bold cyan", markup=False)
        for sentence in sentences:
            console.print(Text.assemble(f"  {sentence.text}", (_cited(sentence), "dim")))
    for title, table in tables(found):
        console.print(f"\n{title}", style="bold cyan", markup=False)
        console.print(grid(table, console.width))
    _rests(found)
    for note in _left_out(found):
        console.print(note, style="dim", markup=False)


def _grouped(sentences: Sequence[Sentence]) -> list[tuple[str, list[Sentence]]]:
    groups: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        groups.setdefault(sentence.about, []).append(sentence)
    return list(groups.items())


def _cited(sentence: Sentence) -> str:
    """The claims behind a sentence, in brackets, by name; told in full at the end."""
    assumed = f"assumed: {_some(sentence.assumptions)}" if sentence.assumptions else ""
    named = "; ".join(part for part in (_some(sentence.claims), assumed) if part)
    return f" [{named}]" if named else ""


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    left = len(names) - _NAMES
    return ", ".join(names) if left <= 1 else f"{', '.join(names[:_NAMES])} and {left} more"


def _rests(found: Explanation) -> None:
    """The claims and assumptions under it all."""
    from countermove.cli.terminal import out
    from countermove.language import words

    console = out()
    console.print("\nWhat this rests on", style="bold cyan", markup=False)
    for name, claim in found.claims.items():
        who = f" ({claim.by})" if claim.by else ""
        console.print(f"  {name}: {claim.says}{who}", markup=False)
    if found.assumptions:
        names = [words.plain_name(name) for name in found.assumptions]
        console.print(f"  Assumed, without a source: {words.listed(names)}.", markup=False)
    console.print()


def _left_out(found: Explanation) -> list[str]:
    missing = []
    if found.turns is None:
        missing.append("--turns says which parameters, moved how far, would turn the choice.")
    if found.stakes is None and found.policy is None:
        missing.append("--stakes says whose choice of policy matters most.")
    return missing
