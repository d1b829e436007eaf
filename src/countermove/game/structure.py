"""A game's structure: everything that does not change with the numbers.

Successors, which table entries multiply to each branch's odds, which tables give costs, payoffs and
measures. Axis letters: S states, A actions of all movers side by side, P profiles, E branches of a
step (all states and profiles), F factors, K charges (a profile and a column it pays into), C
columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game.columns import Column, Reading
from countermove.game.domains import Levels
from countermove.game.lookups import Ints, Lookup, Types
from countermove.game.program import StepProgram
from countermove.game.redraws import Drawn
from countermove.game.registry import Indices, Registry
from countermove.game.tables import Table, Tables
from countermove.language.model import Scenario

UInts = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Charge:
    """What playing a profile adds to a column, at the state where it is played.

    It is weighed by the public probability of ``types``, after the move.
    """

    action: int
    column: int
    sign: float
    lookup: Lookup | None  # None: only what its extras add
    types: Types = ()
    reward: Table | None = None  # the cost that hangs on an outcome


@dataclass(frozen=True, slots=True)
class Extra:
    """Earned along branches: charge ``charge`` of ``state[i]`` gets the product of factors."""

    charge: int
    sign: float
    state: Indices
    factors: Ints  # [n, F], places in the flat vector, -1 for none


@dataclass(frozen=True, slots=True)
class Hung:
    """What a charge comes to on single branches, for the simulator.

    On branch ``branch[i]`` it is ``sign`` times the entry at ``place[i]`` (times 1 where -1).
    """

    charge: int
    sign: float
    branch: Indices
    place: Ints


@dataclass(frozen=True, slots=True)
class Absorb:
    """A column that becomes 1 on some branches (``hit``, [E]) while a condition holds."""

    column: int
    hit: NDArray[np.uint8]
    condition: Lookup | None


@dataclass(frozen=True, slots=True)
class StepStructure:
    """One step, for all states. Branches are ordered by state, then profile."""

    program: StepProgram
    players: tuple[int, ...]  # by mover, its payoff's column, of its first type
    pointer: NDArray[np.int64]  # [S * P + 1]
    successor: UInts  # [E], plus S × the number of the way in which types are drawn anew
    redraws: tuple[Drawn, ...]  # those ways, from number 1
    factors: Ints  # [E, F], places in the flat vector, -1 for none
    timed: Indices  # the branches whose odds time enters
    legal: tuple[Lookup | None, ...]  # by action, [A]
    guards: tuple[Lookup, ...]
    charges: tuple[Charge, ...]
    extras: tuple[Extra, ...]
    hung: tuple[Hung, ...]
    absorbs: tuple[Absorb, ...]
    happened: NDArray[np.uint8]  # [E], has chance brought anything about? (events)

    @property
    def n_actions(self) -> int:
        """The number of actions of all movers; 1 for an event."""
        return sum(len(m.deeds) for m in self.program.movers) or 1


@dataclass(frozen=True, slots=True)
class Flow:
    """What a column earns at a period's end: each period, at the last one, or at the close.

    ``close`` is the last period or where the game ``ends``.
    """

    column: int
    at: str  # "each", "last" or "close"
    lookup: Lookup
    elapsed: bool = False  # times the periods gone by
    keep: bool = False  # the column's keep is one minus this
    types: Types = ()  # weighed by their public probability


@dataclass(frozen=True, slots=True)
class Structure:
    """A game without its numbers."""

    scenario: Scenario
    tables: Tables
    n_flat: int
    levels: Levels  # [S, V]
    columns: tuple[Column, ...]
    readings: dict[str, Reading]
    steps: tuple[StepStructure, ...]
    flows: tuple[Flow, ...]
    ends: Lookup | None
    carry: UInts  # [S], the state in which the next period begins
    present: list[list[Indices]]  # [period - start_period][step], states there before each step
    start: int
    start_period: int
    periods: int
    registry: Registry
    predicted_bytes: int
    ranges: Mapping[str, tuple[float, float]]  # of the parameters, within which it holds
    known: tuple[str, ...] = ()  # the players whose types the measures take for granted

    @property
    def n_states(self) -> int:
        """The number of public states ever reachable."""
        return len(self.levels)
