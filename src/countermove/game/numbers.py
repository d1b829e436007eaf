"""The numbers of a game in one period: plain arrays, all that the solver sees.

Axis letters: S states, A actions, E branches, K charges, C columns.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class AbsorbNumbers:
    """A column that becomes 1 on the branches ``hit`` [E], where ``condition`` [S] holds."""

    column: int
    hit: NDArray[np.uint8]
    condition: Floats


class StepArrays(NamedTuple):
    """One step in one period, as the compiled loops take it.

    ``moving`` and ``idle`` are the states there that do and do not act. Branches of action a in
    state s are ``pointer[s * A + a] : pointer[s * A + a + 1]``. ``charge`` [S, K] is added to
    column ``charge_column[k]`` when ``charge_action[k]`` is played. ``bound`` [S] tells where a
    policy plays ``mixture`` [S, A]; both are empty where the player is free everywhere.
    """

    moving: Indices
    idle: Indices
    pointer: NDArray[np.int64]
    successor: NDArray[np.uint32]
    odds: Floats
    legal: NDArray[np.uint8]
    bound: NDArray[np.uint8]
    mixture: Floats
    charge_action: Indices
    charge_column: Indices
    charge: Floats
    player: int  # the mover's column; -1 for an event
    rationality: float


class StepHead(NamedTuple):
    """What a step is, whatever the period: ``kind`` is ``move`` or ``event``.

    ``label`` tells a player's visits apart (``us``, ``us#2``); ``actions`` are named, one for an
    event.
    """

    label: str
    kind: str
    name: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """One step in one period: what it is, and its arrays.

    ``label`` tells a player's visits apart (``us``, ``us#2``); ``actions`` are named, one for an
    event; ``happened`` [E] tells on which branches chance brought anything about.
    """

    label: str
    kind: str
    name: str
    actions: tuple[str, ...]
    arrays: StepArrays
    happened: NDArray[np.uint8]
    absorbs: tuple[AbsorbNumbers, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodNumbers:
    """One period: its steps, then ``V <- add + keep * V'`` [S, C] at its end.

    ``carry`` [S] is the state in which the next period begins; ``over`` [S] where the game has
    ended: there ``add`` is the last that payoffs get, and measures go on with the state frozen
    (empty if the game never ends early). ``present`` are the states at the period's start, ``end``
    those at its end.
    """

    period: int
    steps: tuple[StepNumbers, ...]
    add: Floats
    keep: Floats
    carry: NDArray[np.uint32]
    over: NDArray[np.uint8]
    present: Indices
    end: Indices


class World(Protocol):
    """One draw of the parameters: the numbers of each period.

    The arrays that ``at`` returns may be overwritten by its next call; ``lock`` is held by who
    goes through the periods, so that threads that share a game wait for each other.
    """

    lock: AbstractContextManager[Any]

    @property
    def steps(self) -> tuple[StepHead, ...]:
        """The steps of every period, in order."""

    @property
    def n_states(self) -> int:
        """The number of public states."""

    @property
    def n_columns(self) -> int:
        """The number of columns."""

    @property
    def n_payoffs(self) -> int:
        """The number of columns that are players' payoffs; they come first."""

    @property
    def start_period(self) -> int:
        """The first period."""

    @property
    def periods(self) -> int:
        """The number of periods of the calendar; the last is ``periods - 1``."""

    def at(self, period: int) -> PeriodNumbers:
        """The numbers of a period."""

    def on_branches(self, step: int) -> list[tuple[int, Floats]]:
        """Charges that hang on outcomes: for each its number, and what each branch [E] comes to.

        In the period last asked for; ``charge`` holds their expectation.
        """
