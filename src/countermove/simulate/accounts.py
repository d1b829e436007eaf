"""What a path is paid into: columns that differ only in a true type share one account.

A column that takes a true type for granted earns on a path of that type alone, so of its siblings
one earns at a time: which, changes where the type is drawn anew. Their account is the path's own,
and stands for the column of the types with which the path began.

Payoffs are earned as the true types have them, so that they are what a path truly comes to; all
other columns that hang on types are of beliefs, and read the public ones. The exact columns
average both by the public belief, which is right on average: of the paths that hold a belief, as
many have a type as the belief says. (Not so the own payoff of a type between points of the grid:
see ``Simulation``.) A player of whom nothing is ever learnt has no points of certainty on its axis;
payoffs that read its type do so by the belief.

Axis letters: C columns, G accounts, J belief axes, K types, B joint belief points, N paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.numbers import World

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]


class Ledger(NamedTuple):
    """The accounts and the belief axes as the compiled loops take them.

    Account g is of column ``base[g]`` plus ``step[g, j]`` times the path's type on each axis j;
    the first ``n_payoffs`` are payoffs, and ``owner[g]`` is the axis of the player whose payoff an
    account is, -1 without types. ``stride`` and ``size`` lead from a joint point to an axis's; at
    the point ``certain[j, k]`` type k is certain, -1 where there is none.
    """

    base: Indices  # [G]
    step: Indices  # [G, J]
    n_payoffs: int
    owner: Indices  # [G]
    stride: NDArray[np.int64]  # [J]
    size: NDArray[np.int64]  # [J]
    certain: Indices  # [J, K]


@dataclass(frozen=True, slots=True)
class Accounts:
    """How columns are kept.

    ``of`` [C] is each column's account, ``fixed`` [C, J] the types that it takes for granted;
    ``truly`` [C] where it reads others' true types, and not the beliefs.
    """

    of: Indices
    fixed: Indices
    truly: NDArray[np.uint8]
    ledger: Ledger

    @property
    def n(self) -> int:
        """The number of accounts."""
        return len(self.ledger.base)

    def by_column(self, earned: Floats, types: NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """What each column came to [N, C], and whether a path is one of its kind [N, C].

        ``earned`` [N, G] is by account, ``types`` [N, J] those with which the paths began.
        """
        fits = (self.fixed < 0) | (self.fixed == types[:, None, :])
        return earned[:, self.of], fits.all(axis=2).astype(np.float64)


def accounts_of(world: World) -> Accounts:
    """The accounts that a game's columns need."""
    beliefs = world.beliefs
    fixed = np.asarray(world.fixed, np.int32)[: world.n_columns]
    steps = _steps(fixed, beliefs)
    first = np.arange(len(fixed)) - (np.maximum(fixed, 0) * steps).sum(axis=1)
    base, of = np.unique(first, return_inverse=True)
    n_payoffs = int((base < world.n_payoffs).sum())
    sizes = np.array(beliefs.sizes, np.int64)
    strides = np.array([sizes[j + 1 :].prod() for j in range(len(sizes))], np.int64)
    ledger = Ledger(
        base.astype(np.int32),
        np.ascontiguousarray(steps[base], np.int32),
        n_payoffs,
        np.asarray(world.owner, np.int32)[base],
        strides,
        sizes,
        _certain(beliefs),
    )
    truly = (np.arange(len(fixed)) < world.n_payoffs).astype(np.uint8)
    return Accounts(of.astype(np.int32), fixed, truly, ledger)


def _steps(fixed: Indices, beliefs: Beliefs) -> NDArray[np.int64]:
    """How many columns on the next type of each axis lies [C, J]; 0 where a column fixes none."""
    steps = np.zeros(fixed.shape, np.int64)
    stride = np.ones(len(fixed), np.int64)
    for j in range(len(beliefs.axes) - 1, -1, -1):
        fixes = fixed[:, j] >= 0
        steps[fixes, j] = stride[fixes]
        stride[fixes] *= len(beliefs.axes[j].types)
    return steps


def _certain(beliefs: Beliefs) -> Indices:
    widest = max((len(axis.types) for axis in beliefs.axes), default=0)
    found = np.full((len(beliefs.axes), widest), -1, np.int32)
    for j, axis in enumerate(beliefs.axes):
        for k in range(len(axis.types)):
            at = np.flatnonzero(axis.points[:, k] == 1.0)
            if len(at):
                found[j, k] = at[0]
    return found
