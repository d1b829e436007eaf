"""``countermove diff``: what changed between two scenarios or runs, and which change moved it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import choices, options
from countermove.cli.check import AS_JSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from countermove.cli.stages import Stages
    from countermove.explore.changes import Change
    from countermove.explore.diff_record import Answer, Difference
    from countermove.report.tables import Table

_SHOWN = 12  # figures in the table
_TELLING = 3  # figures whose difference is shared out on the terminal
_LISTED = 40  # changes of a kind in the tables
_CELL = 160  # characters of what stood or stands at a path

SIDE = "A scenario (a bundled name, a file, a folder) or a folder of results."


def diff(
    old: Annotated[str, typer.Argument(metavar="A", show_default=False, help=SIDE)],
    new: Annotated[str, typer.Argument(metavar="B", show_default=False, help=SIDE)],
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            "-m",
            metavar="KEY",
            help=f"Compare this measure, payoff(PLAYER) or score(NAME) alone {choices.MANY}.",
        ),
    ] = None,
    policy: choices.POLICY = None,
    view: choices.VIEW = None,
    set_: choices.SET = None,
    attribution: Annotated[
        bool,
        typer.Option(
            "--attribution/--no-attribution",
            help="Say which change moved the answers, or leave that out: it takes many solves.",
        ),
    ] = True,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact/--pairs",
            help="Solve every combination of up to six changes, or each first and last alone.",
        ),
    ] = True,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it all there as JSON."),
    ] = None,
    threads: choices.THREADS = None,
    max_memory: choices.MAX_MEMORY = None,
    as_json: AS_JSON = False,
) -> None:
    """Say what changed from A to B, and which change moved the answers.

    Scenarios are compared as the language sees them: comments, layout and shorthands make no
    difference. Folders of results are solved as they were then; options given here hold for both.
    Each change is made alone and left out, together with what it needs; for up to six, every
    combination is solved, and the shares add up to the whole difference.
    """
    import sys

    from countermove.cli.stages import Stages
    from countermove.explore.diff import diff as compared

    keys = options.listed(measure)

    with Stages(shown=not as_json and sys.stderr.isatty()) as stages, _Told(stages) as told:
        found = compared(
            old,
            new,
            view=options.only_one("--view", view or ()),
            policy=options.only_one("--policy", policy or ()),
            set=options.numbers("--set", set_ or ()) or None,
            measures=keys,
            attribution=attribution,
            exact=exact,
            threads=threads,
            max_memory=max_memory,
            progress=told,
        )
    _tell(found, output, keys=keys or (), as_json=as_json)


class _Told:
    """Shows stages as they come; the one before ends where another begins."""

    def __init__(self, stages: Stages) -> None:
        self._stages, self._name = stages, ""
        self._open: Any = None
        self._stage: Any = None

    def __enter__(self) -> _Told:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._open is not None:
            self._open.__exit__(None, None, None)

    def __call__(self, name: str, done: int, total: int) -> None:
        if name != self._name:
            self.__exit__()
            self._open, self._name = self._stages.stage(name, name), name
            self._stage = self._open.__enter__()
        if total:
            self._stage.advance(done, total)
        else:
            self._stage.note(f"{done:,} tried")


def _tell(found: Difference, output: Path | None, *, keys: Sequence[str], as_json: bool) -> None:
    from countermove.cli.terminal import out, plain, print_json
    from countermove.explore.files import write_bytes

    data = as_data(found)
    if output is not None:
        text = json.dumps(plain(data), ensure_ascii=False, indent=2) + "\n"
        write_bytes(output, text.encode("utf-8"))
    if as_json:
        print_json(data)
    else:
        show(out(), found, keys)


def as_data(found: Difference) -> dict[str, Any]:
    """The comparison for machines."""
    from countermove.explore.diff_words import story

    return {
        "old": _side(found.old),
        "new": _side(found.new),
        "changes": [
            {"path": c.name, "kind": c.kind, "old": c.old_text, "new": c.new_text}
            for c in found.changes
        ],
        "told": [{"what": what, "old": a, "new": b} for what, a, b in found.told],
        "answers": [
            {
                "key": a.key,
                "old": a.old,
                "new": a.new,
                "difference": a.difference,
                "scale": a.scale,
                "relative": a.relative,
            }
            for a in found.answers
        ],
        "exact": found.exact,
        "parts": [
            {"changes": [c.name for c in part.changes], "credits": part.credits}
            for part in found.parts
        ],
        "remainders": found.remainders,
        "notes": found.notes,
        "story": story(found),
        "solves": found.solves,
    }


def _side(side: Any) -> dict[str, Any]:
    return {
        "source": side.source,
        "kind": side.kind,
        "scenario": side.scenario.name,
        "version": side.scenario.version,
        "view": side.point.view,
        "policy": side.point.policy,
        "set": side.point.set,
    }


def show(console: Console, found: Difference, keys: Sequence[str] = ()) -> None:
    """Changes of each kind, the figures, whose doing their differences are, and what to know."""
    from countermove.cli.tables import grid
    from countermove.explore.diff_words import method, story

    console.print(f"{found.old.source} → {found.new.source}", style="bold", markup=False)
    for heading, table in _tables(found, keys):
        if table.rows:
            console.print(f"\n{heading}", style="bold cyan", markup=False)
            console.print(grid(table, console.width))
    console.print()
    for sentence in story(found):
        console.print(sentence, markup=False, style="bold")
    if found.parts:
        console.print(method(found), markup=False, style="dim")
    for note in found.notes:
        console.print(f"Note: {note}", markup=False, style="dim", soft_wrap=True)


def _tables(found: Difference, keys: Sequence[str]) -> list[tuple[str, Table]]:
    from countermove.report.tables import Table

    kinds: dict[str, list[Change]] = {"game": [], "unread": [], "words": []}
    for change in found.changes:
        kinds[change.kind].append(change)
    told = tuple((what, _text(a), _text(b)) for what, a, b in found.told)
    moved = [a for a in found.answers if a.difference] or list(found.answers)
    left = len(found.answers) - len(moved[:_SHOWN])
    more = f" ({left} more in --json)" if left > 0 else ""
    telling = [a for a in found.answers if a.difference]
    if not keys:
        telling = telling[:_TELLING]
    return [
        ("What changed", _changed(kinds["game"])),
        ("What changed, but is not read here: it moves no figure", _changed(kinds["unread"])),
        ("What changed for people who read it", _changed(kinds["words"])),
        ("How the runs were made", Table(("what", "was", "is"), told)),
        (f"What it did to the answers{more}", _figures(found, moved[:_SHOWN])),
        *((f"Whose doing it is: {a.key}", _shares(found, a)) for a in telling),
    ]


def _changed(changes: Sequence[Change]) -> Table:
    from countermove.report.tables import Table

    rows = tuple(
        (c.name, _cut(c.old_text) or "(absent)", _cut(c.new_text) or "(absent)")
        for c in changes[:_LISTED]
    )
    if len(changes) > _LISTED:
        rows += ((f"({len(changes) - _LISTED} more in --json)", "", ""),)
    return Table(("where", "was", "is"), rows)


def _cut(text: str) -> str:
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _figures(found: Difference, answers: Sequence[Answer]) -> Table:
    from countermove.explore.diff_words import number, signed
    from countermove.explore.units import with_unit
    from countermove.report.tables import Table

    scenario = found.new.scenario
    rows = tuple(
        (
            with_unit(scenario, a.key),
            number(a.old),
            number(a.new),
            signed(a.difference),
            f"{100 * a.relative:.1f}%",
        )
        for a in answers
    )
    columns = ("answer", "was", "is", "difference", "of its scale")
    return Table(columns, rows, frozenset(columns[1:]), ("of its scale",))


def _shares(found: Difference, answer: Answer) -> Table:
    from countermove.explore.diff_words import signed
    from countermove.report.tables import Table

    if not found.parts:
        return Table(("change", "alone", "last", "share"), ())
    rows = [
        (
            "\n".join(change.name for change in part.changes),
            signed(part.credits[answer.key].alone),
            signed(part.credits[answer.key].last),
            signed(part.credits[answer.key].share),
        )
        for part in found.parts
    ]
    if not found.exact:
        rows.append(("acting together", "", "", signed(found.remainders[answer.key])))
    rows.append(("all", "", "", signed(answer.difference)))
    columns = ("change", "alone", "last", "share")
    return Table(columns, tuple(rows), frozenset(columns[1:]))
