"""The numbers of a game in one period: plain arrays, all that the solver sees.

Axis letters: S states, A actions of all movers of a step side by side, M movers, P profiles (one
action a mover; where there is one mover, its actions), E branches, K charges, C columns, B belief
points (of all axes together, the last axis fastest; 1 where no player has types).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class AbsorbNumbers:
    """A column that becomes 1 on the branches ``hit`` [E], where ``condition`` [S] holds."""

    column: int
    hit: NDArray[np.uint8]
    condition: Floats


@dataclass(frozen=True, slots=True)
class RedrawNumbers:
    """Types drawn anew on some branches.

    ``point`` [J] is, by belief axis, the point to which the belief goes (one of the grid's), -1
    where the axis is untouched; ``stops`` [J] where the incumbent's own payoff ends there.
    """

    point: tuple[int, ...]
    stops: tuple[bool, ...]


class StepArrays(NamedTuple):
    """One step in one period, as the compiled loops take it.

    ``moving`` and ``idle`` are the states there that do and do not act. Mover m's actions are
    ``first[m] : first[m + 1]`` among the A of ``legal`` and ``mixture``; an event has one action
    and no mover. Profiles are numbered with the last mover's actions fastest. Branches of profile p
    in state s are ``pointer[s * P + p] : pointer[s * P + p + 1]``; a successor of S or more is
    state ``successor % S`` with beliefs redrawn as ``redraws[successor // S - 1]`` of the step
    says. ``charge`` [S, K] times ``charge_weight`` [K, B], at the belief after the move, is added
    to column ``charge_column[k]`` when profile ``charge_action[k]`` is played. ``bound`` [S, M]
    tells where a policy plays ``mixture`` [S, A]; both have no rows where all movers are free
    everywhere.
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
    charge_weight: Floats
    first: Indices  # [M + 1]
    column: Indices  # [M], the mover's column; of its first type, the others' following
    axis: Indices  # [M], the mover's belief axis, -1 where it has no types
    rationality: Floats  # [M]


class Mover(NamedTuple):
    """One who moves at a step.

    ``label`` tells a player's visits apart (``us``, ``us#2``); ``types`` are named, none where it
    has but one.
    """

    label: str
    player: str
    actions: tuple[str, ...]
    types: tuple[str, ...] = ()


class StepHead(NamedTuple):
    """What a step is, whatever the period: ``kind`` is ``move``, ``joint`` or ``event``.

    ``label`` tells visits apart (``us``, ``us#2``; ``us+iran`` where they move at once); ``name``
    is the player or the event; ``actions`` are the profiles' names, one for an event.
    """

    label: str
    kind: str
    name: str
    actions: tuple[str, ...]
    movers: tuple[Mover, ...] = ()

    @property
    def width(self) -> int:
        """The numbers of one state and belief point in a strategy: by mover, type and action."""
        return sum(width for _, _, width in self.places) or 1

    @property
    def places(self) -> tuple[tuple[Mover, int, int], ...]:
        """Each mover with where its numbers begin in a strategy, and how many they are."""
        widths = [max(len(m.types), 1) * len(m.actions) for m in self.movers]
        firsts = [sum(widths[:i]) for i in range(len(widths))]
        return tuple(zip(self.movers, firsts, widths, strict=True))


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """One step in one period: what it is, and its arrays.

    ``happened`` [E] tells on which branches chance brought anything about; ``redraws`` are the ways
    in which a successor's beliefs are redrawn.
    """

    head: StepHead
    arrays: StepArrays
    happened: NDArray[np.uint8]
    absorbs: tuple[AbsorbNumbers, ...] = ()
    redraws: tuple[RedrawNumbers, ...] = ()

    @property
    def label(self) -> str:
        """Tells the visits of a player apart."""
        return self.head.label

    @property
    def kind(self) -> str:
        """``move``, ``joint`` or ``event``."""
        return self.head.kind

    @property
    def name(self) -> str:
        """The player or the event."""
        return self.head.name

    @property
    def actions(self) -> tuple[str, ...]:
        """The profiles' names, one for an event."""
        return self.head.actions


@dataclass(frozen=True, slots=True)
class PeriodNumbers:
    """One period: its steps, then ``V <- add + keep * V'`` [S, C] at its end.

    ``typed_value`` [S, F] times ``typed_weight`` [F, B] is added to column ``typed_column`` [F]
    besides: what depends on types, averaged by the belief (F is 0 where nothing does).

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
    typed_column: Indices
    typed_value: Floats
    typed_weight: Floats


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
    def beliefs(self) -> Beliefs:
        """The public beliefs about types; one point where no player has any."""

    @property
    def n_columns(self) -> int:
        """The number of columns."""

    @property
    def n_payoffs(self) -> int:
        """The number of columns that are payoffs, one a player and type; they come first."""

    @property
    def fixed(self) -> Indices:
        """[C, J] the true type of each belief axis that a column takes for granted, -1 for none.

        A column that fixes a type has its siblings, for the other types of that axis, beside it:
        type k's column is the first type's plus k times the product of the later axes' numbers of
        types that it fixes too (so the last axis runs fastest).
        """

    @property
    def owner(self) -> Indices:
        """[C] the belief axis of the typed player whose payoff a column is, -1 for none.

        That of what a player gets given another's type too, which stands among the measures.
        """

    @property
    def stationary(self) -> bool:
        """Does one period repeat itself for ever?"""

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
