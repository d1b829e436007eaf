"""Acting on the wrong view: what the advice of one view costs in the world of another.

Under each view the options (policies, and free play) have values to the player. The advice of view
A is the option that is best there; its regret in the world of view B is what the best option there
is worth more [Savage 1951].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import check_names
from countermove.explore.cases import OWN
from countermove.explore.compare_request import OWN_VIEW

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Regret:
    """The regret of each view's advice in each view's world.

    ``values`` [V, P] are those of each option under each view, as measured; NaN where one was not
    solved. ``sign`` is 1 where high is better, -1 where low is. Options no further apart than
    ``noise`` are equals.
    """

    views: tuple[str, ...]
    options: tuple[str, ...]
    values: Floats
    sign: float
    noise: float = 0.0

    @cached_property
    def best(self) -> tuple[int, ...]:
        """[V] The best option of each view, the first of equals; -1 where none was solved."""
        return tuple(best_of(row, self.noise) for row in self.sign * self.values)

    @cached_property
    def matrix(self) -> Floats:
        """[V, V] The regret of the row's advice in the column's world; NaN where unknown."""
        oriented = self.sign * self.values
        found = np.full((len(self.views), len(self.views)), np.nan)
        for at, advised in enumerate(self.best):
            for world, best in enumerate(self.best):
                if advised >= 0 and best >= 0:
                    found[at, world] = oriented[world, best] - oriented[world, advised]
        found[np.abs(found) <= self.noise] = 0.0
        return found

    @cached_property
    def stakes(self) -> Floats:
        """[V] What lies between the best option and the worst, under each view."""
        oriented = self.sign * self.values
        solved = np.isfinite(oriented).any(axis=1)
        found = np.full(len(self.views), np.nan)
        found[solved] = np.nanmax(oriented[solved], axis=1) - np.nanmin(oriented[solved], axis=1)
        return found

    @cached_property
    def worst(self) -> Floats:
        """[V] The largest regret of each view's advice in the worlds of the others."""
        return _over_others(self.matrix, np.max)

    @cached_property
    def mean(self) -> Floats:
        """[V] The mean regret of each view's advice in the worlds of the others."""
        return _over_others(self.matrix, np.mean)

    @cached_property
    def punishes(self) -> Floats:
        """[V] The mean regret of the others' advice in each view's world."""
        return _over_others(self.matrix.T, np.mean)

    def advice(self, view: str) -> str:
        """The option that a view advises; empty where none was solved.

        ``own`` is taken for the scenario's own values unless a view has that name. Raises
        ``UnknownName`` for a view that is not there.
        """
        label = OWN if view == OWN_VIEW and view not in self.views else view
        check_names("view", (label,), self.views)
        at = self.best[self.views.index(label)]
        return self.options[at] if at >= 0 else ""


def regret(
    views: Sequence[str],
    options: Sequence[str],
    values: Floats,
    *,
    sign: float = 1,
    noise: float = 0.0,
) -> Regret:
    """The regret matrix of options whose values [V, P] are known under each view."""
    numbers = np.asarray(values, dtype=np.float64)
    return Regret(tuple(views), tuple(options), numbers, sign, noise)


def best_of(row: Floats, noise: float = 0.0) -> int:
    """The position of the largest number, the first of equals; -1 where there is none."""
    if not np.isfinite(row).any():
        return -1
    return int(np.argmax(np.nan_to_num(row, nan=-np.inf) >= np.nanmax(row) - noise))


def _over_others(matrix: Floats, reduce: Callable[[Floats], np.floating[Any]]) -> Floats:
    """Each row reduced over the other columns in which it is known; NaN where there is none."""
    found = np.full(len(matrix), np.nan)
    for at, row in enumerate(matrix):
        others = np.delete(row, at)
        known = others[np.isfinite(others)]
        if known.size:
            found[at] = reduce(known)
    return found
