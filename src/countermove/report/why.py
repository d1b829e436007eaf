"""Explanations as the page shows them: sentences with what they rest on, and their tables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermove.errors import InvalidRequest
from countermove.explain.record import Sentence
from countermove.language import words
from countermove.report.explanation_tables import tables
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.explain.explanation import Explanation
    from countermove.solve import Solution


@dataclass(frozen=True, slots=True)
class Told:
    """A decision explained: ``mover`` is the visit's label, ``tables`` are (caption, table)."""

    mover: str
    title: str
    place: str
    sentences: tuple[Sentence, ...]
    tables: tuple[tuple[str, Table], ...]


def told(explanation: Explanation) -> Told:
    """An explanation made ready for the page."""
    why, scenario = explanation.why, explanation.scenario
    this, other = words.plain_name(why.this), words.plain_name(why.other)
    player = scenario.player(why.node.player)
    kind = f", if {words.plain_name(why.node.type)}," if why.node.type else ""
    choose = "chooses" if words.verb(player.title) == "is" else "choose"
    return Told(
        mover=why.node.mover,
        title=f"Why {words.within(player.title)}{kind} {choose} “{this}” rather than “{other}”",
        place=explanation.place,
        sentences=explanation.sentences,
        tables=tuple(tables(explanation)),
    )


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
