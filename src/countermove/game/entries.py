"""The entries of all tables in one flat vector, under one draw of the parameters.

What time does not enter is evaluated once; the rest for many periods at a time, as an expression
costs more to walk through than its numbers to compute. Axis letters: B periods of a block, R rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from countermove.game.domains import Floats
from countermove.game.tables import Tables

_BLOCK = 1 << 18  # entries evaluated at a time: bounds the memory that the periods of a block take


class Entries:
    """``flat`` holds every table's entries in the period last moved to.

    The entries from ``first_timed`` on are those that time enters. Periods count from
    ``start_period`` to ``periods - 1``.
    """

    def __init__(
        self,
        tables: Tables,
        n_flat: int,
        parameters: Mapping[str, float],
        *,
        start_period: int,
        periods: int,
    ) -> None:
        self._parameters = parameters
        self._timed = [t for t in tables.tables if t.timed]
        size = sum(t.length for t in self._timed)
        self.first_timed = n_flat - size
        self._start, self._periods = start_period, periods
        self._length = max(1, min(periods - start_period, _BLOCK // max(size, 1)))
        self._number = -1
        self._block = np.empty((0, size))
        self.flat = np.zeros(n_flat)
        for table in tables.tables:
            if not table.timed:
                values = table.drawn(parameters)
                self.flat[table.offset : table.offset + table.length] = values.reshape(-1)

    def move(self, period: int) -> None:
        """Bring the entries that time enters to a period."""
        if not self._timed:
            return
        number, place = divmod(period - self._start, self._length)
        if number != self._number:
            self._evaluate(self._start + number * self._length)
            self._number = number
        self.flat[self.first_timed :] = self._block[place]

    def blocks(self) -> Iterator[Floats]:
        """What ``move`` would bring, of all periods, in blocks [B, entries that time enters]."""
        if not self._timed:
            return
        for period in range(self._start, self._periods, self._length):
            self.move(period)
            yield self._block

    def _evaluate(self, first: int) -> None:
        """The block [B, entries that time enters] whose first period is given."""
        last = min(first + self._length, self._periods)
        periods = np.arange(first, last, dtype=np.float64)
        block: Floats = np.empty((len(periods), len(self.flat) - self.first_timed))
        for table in self._timed:
            at = table.offset - self.first_timed
            values = table.values(self._parameters, periods[:, None])
            block[:, at : at + table.length] = values.reshape(len(periods), -1)
        self._block = block
