"""Explanations as the page shows them: sentences with what they rest on, and their tables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermove.errors import InvalidRequest
from countermove.report import words
from countermove.report.comparison_words import change
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.explain.explanation import Explanation
    from countermove.language.model import Scenario
    from countermove.solve import Solution


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: what it is about, the claims and the assumed parameters that it rests on."""

    about: str
    text: str
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A decision explained: ``mover`` is the visit's label, ``tables`` are (caption, table)."""

    mover: str
    title: str
    place: str
    sentences: tuple[Said, ...]
    tables: tuple[tuple[str, Table], ...]


def told(explanation: Explanation) -> Told:
    """An explanation made ready for the page."""
    why, scenario = explanation.why, explanation.scenario
    this, other = words.plain_name(why.this), words.plain_name(why.other)
    player = scenario.player(why.node.player)
    kind = f", if {words.plain_name(why.node.type)}," if why.node.type else ""
    choose = "chooses" if words.verb(player.title) == "is" else "choose"
    tables = [
        (f"What “{this}” is worth more than “{other}”, by interest and time", _gains(explanation)),
        ("What the others do next", _replies(explanation)),
        ("What each move tells, and what that is worth", _signals(explanation)),
    ]
    return Told(
        mover=why.node.mover,
        title=f"Why {words.within(player.title)}{kind} {choose} “{this}” rather than “{other}”",
        place=explanation.place,
        sentences=tuple(
            Said(s.about, s.text, tuple(s.claims), tuple(s.assumptions))
            for s in explanation.sentences
        ),
        tables=tuple(pair for pair in tables if pair[1].rows),
    )


def _gains(explanation: Explanation) -> Table:
    why, scenario = explanation.why, explanation.scenario
    rows = [
        (_gain_name(g.name, g.source), *_changes(scenario, (g.now, g.later, g.difference)))
        for g in sorted(why.gains, key=lambda gain: -abs(gain.difference))
    ]
    sums = (sum(g.now for g in why.gains), sum(g.later for g in why.gains), why.difference)
    rows.append(("in all", *_changes(scenario, sums)))
    columns = ("interest", "this period", "later", "in all")
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def _gain_name(name: str, source: str) -> str:
    if source == "costs":
        return "what moves cost"
    return words.plain_name(name) + (" (at the end)" if source == "close" else "")


def _changes(scenario: Scenario, numbers: tuple[float, ...]) -> tuple[str, ...]:
    payoff = f"payoff({scenario.players[0].name})"  # any payoff: it is told as a plain number
    return tuple(change(scenario, payoff, number, noise=5e-7) for number in numbers)


def _replies(explanation: Explanation) -> Table:
    why, scenario = explanation.why, explanation.scenario
    columns = (
        "who", "when", "move",
        f"after “{words.plain_name(why.this)}”", f"after “{words.plain_name(why.other)}”",
    )  # fmt: skip
    rows = tuple(
        (
            scenario.player(r.player).title,
            r.when,
            words.plain_name(r.action),
            words.percent(r.after_this),
            words.percent(r.after_other),
        )
        for r in why.replies
    )
    return Table(columns, rows, frozenset(columns[3:]))


def _signals(explanation: Explanation) -> Table:
    found, scenario = explanation.signals, explanation.scenario
    if found is None:
        return Table(("after",), ())
    types = tuple(found.before)
    shown = types[:1] if len(types) == 2 else types
    players = [e.player for e in found.signs[0].effects] if found.signs else []
    columns = (
        "after",
        "probability",
        *(f"belief in {words.plain_name(kind)}" for kind in shown),
        *(f"{words.within(scenario.player(p).title)}: worth of the signal" for p in players),
    )
    before = ("before it", "", *(words.percent(found.before[kind]) for kind in shown))
    rows = [(*before, *("" for _ in players))]
    for sign in found.signs:
        beliefs = (words.percent(sign.belief[kind]) for kind in shown)
        worth = _changes(scenario, tuple(sign.effect(p).signal for p in players))
        rows.append((words.plain_name(sign.action), words.percent(sign.chance), *beliefs, *worth))
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def first_choices(
    solution: Solution, *, progress: Callable[[int, int], None] | None = None
) -> tuple[Told, ...]:
    """Each player's first choice explained; a player that has none is left out."""
    from countermove.explain.explain import explain

    scenario = solution.game.scenario
    players = [player.name for player in scenario.players if player.actions] if scenario else []
    found = []
    for at, player in enumerate(players):
        with contextlib.suppress(InvalidRequest):  # it never has two moves to choose from
            found.append(told(explain(solution, player)))
        if progress is not None:
            progress(at + 1, len(players))
    return tuple(found)
