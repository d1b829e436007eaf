"""The public states found so far, numbered in the order in which they are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.errors import SizeLimitError
from countermove.game.domains import Layout, Levels, Rows

Indices = NDArray[np.int32]
_DENSE_CODES = 1 << 22


@dataclass(slots=True)
class Registry:
    """The states found so far; ``max_states`` is where it refuses to go on."""

    layout: Layout
    max_states: int
    beliefs: str = ""  # the belief points of each state in words, for messages
    n: int = 0
    _levels: list[Levels] = field(default_factory=list)
    _dense: Indices | None = None
    _known: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    _order: Indices = field(default_factory=lambda: np.empty(0, np.int32))

    def __post_init__(self) -> None:
        product = np.prod([float(s) for s in self.layout.sizes])
        if product >= 2.0**62:
            raise SizeLimitError(
                f"CM109: the state variables have about {product:.1e} combinations of levels; "
                f"the limit is 4.6e18. {costliest(self.layout.names, self.layout.sizes)}"
            )
        if product <= _DENSE_CODES:
            self._dense = np.full(int(product), -1, np.int32)

    def codes(self, levels: Levels) -> Rows:
        """One number for each combination of levels."""
        codes = np.zeros(len(levels), np.int64)
        for column, size in enumerate(self.layout.sizes):
            codes = codes * size + levels[:, column]
        return codes

    def find(self, levels: Levels) -> Indices:
        """Indices of states; -1 for those never found."""
        codes = self.codes(levels)
        if self._dense is not None:
            return self._dense[codes]
        if not self.n:
            return np.full(len(codes), -1, np.int32)
        at = np.minimum(np.searchsorted(self._known, codes), self.n - 1)
        return np.where(self._known[at] == codes, self._order[at], -1).astype(np.int32)

    def intern(self, levels: Levels) -> Indices:
        """Indices of states, numbering the new ones."""
        found = self.find(levels)
        missing = np.flatnonzero(found < 0)
        if not missing.size:
            return found
        codes, first = np.unique(self.codes(levels[missing]), return_index=True)
        new = self.n + np.arange(len(codes), dtype=np.int32)
        if self.n + len(codes) > self.max_states:
            reached = np.concatenate([*self._levels, levels[missing]])
            sizes = [len(np.unique(column)) for column in reached.T]
            raise SizeLimitError(
                f"CM109: more than {self.max_states:,} states can be reached, which would not fit "
                f"into the memory allowed. {costliest(self.layout.names, sizes)}{self.beliefs} "
                "Merge levels, turn variables into parameters, or raise --max-memory."
            )
        self._levels.append(levels[missing][first])
        self.n += len(codes)
        if self._dense is not None:
            self._dense[codes] = new
        else:
            known = np.concatenate([self._known, codes])
            sort = np.argsort(known, kind="stable")
            self._known = known[sort]
            self._order = np.concatenate([self._order, new])[sort]
        return self.find(levels)

    def levels(self) -> Levels:
        """The levels [S, V] of all states found."""
        if len(self._levels) != 1:
            self._levels = [np.concatenate(self._levels)]
        return self._levels[0]


def costliest(names: Sequence[str], sizes: Sequence[int]) -> str:
    """Words that name the variables that multiply the states most."""
    ranked = sorted(zip(sizes, names, strict=True), reverse=True)[:5]
    listed = ", ".join(f"{name} ({size} levels)" for size, name in ranked if size > 1)
    return f"The variables that cost most: {listed}."
