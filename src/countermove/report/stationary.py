"""Games that go on for ever: strategies by state, as plain records and tables.

Axis letters: S states, B belief points, K types, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.language import words
from countermove.report.fixed_points import belief_words, state_words
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.solve import Solution
    from countermove.solve.forward import Forward

HORIZON = 24  # periods that are shown of a game without an end
MOST_STATES = 40


@dataclass(frozen=True, slots=True)
class StateChoice:
    """What a player, or each of its types (``""`` where it has none), plays in a state."""

    state: str
    odds: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class ByState:
    """A mover's strategy, which depends on the state alone (and on the ``belief`` named).

    ``rows`` are the states where it may move, those in which play stands oftest first; ``n_states``
    is how many there are in all.
    """

    label: str
    player: str
    title: str
    actions: tuple[str, ...]
    belief: str
    rows: tuple[StateChoice, ...]
    n_states: int


def by_state(solution: Solution, forward: Forward) -> tuple[ByState, ...]:
    """The strategy of every mover of a game without an end, at the beliefs of the start."""
    game, beliefs = solution.game, solution.game.world.beliefs
    often = forward.mass.sum(axis=0).reshape(game.n_states, -1).sum(axis=1)
    belief = {
        axis.player: dict(zip(axis.types, map(float, axis.points[axis.prior]), strict=True))
        for axis in beliefs.axes
    }
    found = []
    for label, strategy in solution.strategies.items():
        sigma = np.asarray(strategy.values)[0]
        if beliefs.axes:
            sigma = sigma[:, beliefs.start]
        types = [str(t) for t in strategy.coords["type"].values] if "type" in strategy.dims else []
        sigma = sigma.reshape(game.n_states, max(len(types), 1), -1)
        moving = np.flatnonzero(~np.isnan(sigma[:, 0, 0]))
        shown = sorted(moving.tolist(), key=lambda s: -often[s])[:MOST_STATES]
        found.append(
            ByState(
                label=label,
                player=label.partition("#")[0],
                title=_title(solution, label),
                actions=tuple(str(a) for a in strategy.coords["action"].values),
                belief=belief_words(belief) if belief else "",
                rows=tuple(
                    StateChoice(
                        state_words(game.state(s)),
                        {
                            name: tuple(float(p) for p in sigma[s, k])
                            for k, name in enumerate(types or [""])
                        },
                    )
                    for s in shown
                ),
                n_states=len(moving),
            )
        )
    return tuple(found)


def _title(solution: Solution, label: str) -> str:
    name, _, visit = label.partition("#")
    scenario = solution.game.scenario
    title = scenario.player(name).title if scenario is not None else name
    return f"{title} (visit {visit})" if visit else title


def state_table(strategy: ByState) -> Table:
    """A row a state (and type), a column an action."""
    actions = tuple(words.plain_name(action) for action in strategy.actions)
    typed = any(name for row in strategy.rows for name in row.odds)
    columns = ("state", *(("if it is",) if typed else ()), *actions)
    rows = tuple(
        (
            row.state,
            *((words.plain_name(name),) if typed else ()),
            *(words.percent(p) for p in odds),
        )
        for row in strategy.rows
        for name, odds in row.odds.items()
    )
    return Table(columns, rows, frozenset(actions))


def state_note(strategy: ByState) -> str:
    """What the table leaves out, in a sentence or none."""
    parts = []
    if strategy.belief:
        parts.append(f"At the beliefs of the start ({strategy.belief}).")
    if len(strategy.rows) < strategy.n_states:
        shown, number = len(strategy.rows), strategy.n_states
        parts.append(f"The {shown} of {number:,} states in which play stands oftest.")
    return " ".join(parts)
