"""A quick lower bound on the number of states, so that a game too large is refused at once.

Many plays are drawn at random; where N of them stand in states that coincide in c pairs, there are
at least about N² / 2c states (the birthday problem; exact for a uniform spread, less otherwise).
"""

from __future__ import annotations

import numpy as np

from countermove.game.branches import Possible, expand
from countermove.game.domains import Levels
from countermove.game.program import StepProgram
from countermove.game.reach import holds
from countermove.game.registry import Registry
from countermove.game.tables import Table

_MOST_PLAYS = 40_000


def states_at_least(
    programs: tuple[StepProgram, ...],
    registry: Registry,
    possible: Possible,
    ends: Table | None,
    start: Levels,
    start_period: int,
) -> tuple[float, list[int]]:
    """A number that the reachable states very probably exceed, and the levels seen by column."""
    random = np.random.default_rng(0)
    # Enough plays for some pairs to coincide even where the states are several times the limit.
    plays = min(4 * int(np.sqrt(registry.max_states)) + 1_000, _MOST_PLAYS)
    levels = np.repeat(start[:1], plays, axis=0)
    seen = [{int(level)} for level in start[0]]
    most = 1.0
    for period in range(start_period, possible.periods):
        for program in programs:
            levels = _walk(program, levels, possible, ends, period, random)
        most = max(most, _birthday(registry.codes(levels)))
        for column, found in enumerate(seen):
            found.update(np.unique(levels[:, column]).tolist())
    return most, [len(found) for found in seen]


def _birthday(codes: np.ndarray) -> float:
    _, counts = np.unique(codes, return_counts=True)
    pairs = float((counts * (counts - 1)).sum()) / 2
    # Half as many pairs again, and one, make it improbable that chance alone refuses a game.
    return len(codes) ** 2 / 2 / (1.5 * pairs + 1)


def _walk(
    program: StepProgram,
    levels: Levels,
    possible: Possible,
    ends: Table | None,
    period: int,
    random: np.random.Generator,
) -> Levels:
    """Every play takes one of the deeds that may be legal, and one of its branches."""
    moves, _ = holds(program.guards, levels, possible, period)
    if ends is not None:
        _, over = holds((ends,), levels, possible, period)
        moves &= ~over
    after = levels.copy()
    choice = random.integers(len(program.deeds), size=len(levels))
    for number, deed in enumerate(program.deeds):
        here = moves & (choice == number)
        for table in deed.legal:
            rows = table.domain.rows(levels)  # may add rows that ``of`` then knows
            here &= possible.of(table, period)[rows, 0]
        at = np.flatnonzero(here)
        if not at.size:
            continue
        front = expand(deed, levels[at], possible, keep_all=False)
        first = np.searchsorted(front.origin, np.arange(len(at)))
        counts = np.diff(np.append(first, len(front.origin)))
        branch = first + (random.random(len(at)) * counts).astype(np.int64)
        after[at] = front.levels[branch]
    return after
