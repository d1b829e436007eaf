"""Tables read at every state, and for the types that their expressions read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from countermove.game.columns import Column
from countermove.game.domains import Floats, Levels
from countermove.game.tables import Table

Ints = NDArray[np.int32]
Types = tuple[tuple[str, int], ...]  # players and the position of a type of each


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table read at every state: its entries are ``flat[offset + rows]``; rows is [S].

    ``profile`` is how far the entries of the types it is read for lie from the first types'.
    """

    table: Table
    rows: Ints
    profile: int = 0

    @property
    def offset(self) -> int:
        """Where the entries begin, once the tables are placed."""
        return self.table.offset + self.profile


@dataclass(slots=True)
class Reader:
    """Lookups of tables at all states; rows are computed once a domain."""

    levels: Levels
    _rows: dict[tuple[tuple[str, ...], tuple[str, ...]], Ints]

    def __init__(self, levels: Levels) -> None:
        self.levels = levels
        self._rows = {}

    def at(self, table: Table, types: Types = ()) -> Lookup:
        """The lookup of a table at every state, for these types of those whose types it reads."""
        profile = table.domain.profile(dict(types)) if table.domain.typed else 0
        if not table.domain.dense:
            return Lookup(table, table.domain.rows(self.levels).astype(np.int32), profile)
        key = (table.domain.variables, table.domain.typed)
        if key not in self._rows:
            self._rows[key] = table.domain.rows(self.levels).astype(np.int32)
        return Lookup(table, self._rows[key], profile)


def type_profiles(table: Table, column: Column) -> Iterator[tuple[Types, Types]]:
    """The types for which a column reads a table, and of these the ones that it does not fix."""
    typed, sizes = table.domain.typed, table.domain.layout.types
    fixed = dict(column.types)
    for profile in product(*((fixed[p],) if p in fixed else range(sizes[p]) for p in typed)):
        types = tuple(zip(typed, profile, strict=True))
        yield types, tuple((p, k) for p, k in types if p not in fixed)


def looked_up(flat: Floats, lookup: Lookup) -> Floats:
    """The entries of a lookup [S] in the flat vector of all tables."""
    return flat[lookup.offset + lookup.rows]
