"""Where expressions are evaluated: the levels that they read, one row for each combination.

Axis letters: N nodes (states, or states on the way between two effects), V variables, R rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = NDArray[np.int32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a matrix of levels [N, V] mean.

    Public variables come first, then one column ``last(player)`` for each player whose latest
    action is read; ``numbers`` are the numbers that levels carry. Private types have no column:
    ``types`` gives each player's number of them.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    numbers: tuple[Floats, ...]
    types: Mapping[str, int] = field(default_factory=dict)

    def column(self, name: str) -> int:
        """The column of a variable, or of ``last(player)``."""
        return self.names.index(name)


def last_name(player: str) -> str:
    """The column that holds a player's latest action."""
    return f"last({player})"


def type_name(player: str) -> str:
    """The column of a table's rows that holds a player's type."""
    return f"type({player})"


@dataclass(slots=True)
class Grid:
    """The rows of a table: levels [R, V'] of the variables read, and the numbers they carry.

    What has been looked up is kept, as many expressions read the same variables.
    """

    layout: Layout
    variables: tuple[str, ...]
    levels: Levels
    _numbers: dict[str, Floats] = field(default_factory=dict)
    _positions: dict[str, Floats] = field(default_factory=dict)

    def number(self, variable: str) -> Floats:
        """The number that the variable's level carries [R]."""
        found = self._numbers.get(variable)
        if found is None:
            numbers = self.layout.numbers[self.layout.column(variable)]
            found = numbers[self.levels[:, self.variables.index(variable)]]
            self._numbers[variable] = found
        return found

    def position(self, variable: str) -> Floats:
        """The position of the variable's level [R]."""
        found = self._positions.get(variable)
        if found is None:
            found = self.levels[:, self.variables.index(variable)].astype(np.float64)
            self._positions[variable] = found
        return found


@dataclass(slots=True)
class Domain:
    """The combinations of levels on which some expressions are evaluated.

    Dense while the product of the sizes is small, else the combinations that occurred, in the
    order in which they did. Each combination of public levels has a row for each profile of the
    types read, side by side, the last of ``typed`` fastest.
    """

    layout: Layout
    variables: tuple[str, ...]
    typed: tuple[str, ...] = ()  # the players whose types are read
    dense: bool = True
    known: Rows = field(default_factory=lambda: np.empty(0, np.int64))  # sorted codes (sparse)
    order: Rows = field(default_factory=lambda: np.empty(0, np.int64))  # row of each known code
    _grid: Grid | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of levels of each variable read."""
        return tuple(self.layout.sizes[self.layout.column(v)] for v in self.variables)

    @property
    def profiles(self) -> int:
        """The number of profiles of the types read; 1 where none are."""
        return prod(self.layout.types[p] for p in self.typed)

    @property
    def n_rows(self) -> int:
        """The number of rows, so far."""
        known = prod(self.sizes) if self.dense else len(self.known)
        return known * self.profiles

    def profile(self, types: Mapping[str, int]) -> int:
        """How far the row of a profile of types lies from that of everyone's first type."""
        place = 0
        for player in self.typed:
            place = place * self.layout.types[player] + types[player]
        return place

    def rows(self, levels: Levels) -> Rows:
        """The row of each node; ``levels`` is [N, V] by the layout. A sparse domain may grow.

        Where types are read it is that of everyone's first type.
        """
        found = self._combinations(levels)
        return found * self.profiles if self.typed else found

    def _combinations(self, levels: Levels) -> Rows:
        codes = np.zeros(len(levels), np.int64)
        for variable, size in zip(self.variables, self.sizes, strict=True):
            codes = codes * size + levels[:, self.layout.column(variable)]
        if self.dense:
            return codes
        distinct = np.unique(codes)
        new = distinct[~np.isin(distinct, self.known)]
        if new.size:
            known = np.concatenate([self.known, new])
            order = np.concatenate([self.order, len(self.order) + np.arange(new.size)])
            sort = np.argsort(known)
            self.known, self.order = known[sort], order[sort]
            self._grid = None
        return self.order[np.searchsorted(self.known, codes)]

    def grid(self) -> Grid:
        """The rows as they are so far."""
        if self._grid is None:
            levels = self._levels()
            if self.typed:
                sizes = [self.layout.types[p] for p in self.typed]
                profiles = np.indices(sizes, np.int32).reshape(len(sizes), -1).T
                levels = np.hstack(
                    [np.repeat(levels, len(profiles), 0), np.tile(profiles, (len(levels), 1))]
                )
            names = (*self.variables, *(type_name(p) for p in self.typed))
            self._grid = Grid(self.layout, names, levels)
        return self._grid

    def _levels(self) -> Levels:
        if self.dense:
            codes = np.arange(prod(self.sizes))
        else:
            codes = np.empty(len(self.known), np.int64)
            codes[self.order] = self.known
        out = np.empty((len(codes), len(self.variables)), np.int32)
        for column in range(len(self.variables) - 1, -1, -1):
            codes, out[:, column] = np.divmod(codes, self.sizes[column])
        return out
