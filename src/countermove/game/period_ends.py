"""What columns earn and keep at the ends of periods, under one draw of the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.axes import weights_of
from countermove.game.domains import Floats
from countermove.game.lookups import looked_up
from countermove.game.structure import Flow

if TYPE_CHECKING:
    from countermove.game.world import ScenarioWorld

Bytes = NDArray[np.uint8]


class PeriodEnds:
    """What columns earn and keep at the ends of periods."""

    def __init__(self, world: ScenarioWorld) -> None:
        structure = world.structure
        self.world = world
        self.discount = np.ones(world.n_columns)
        for i, column in enumerate(structure.columns):
            if column.kind == "payoff":
                player = structure.scenario.player(column.player)
                self.discount[i] = world.scalar(player.discount)
        # The payoff of one given the type of another stands among the measures, but ends as others.
        self.ending = [
            i
            for i, column in enumerate(structure.columns)
            if column.kind == "payoff" and i >= world.n_payoffs
        ]
        plain = [f for f in structure.flows if not f.types]
        self.typed = [f for f in structure.flows if f.types]
        self.each = [f for f in plain if f.at == "each"]
        self.late = [f for f in plain if f.at != "each"]
        self.moving = [f for f in plain if f.elapsed or f.lookup.table.timed]
        shape = (world.n_states, world.n_columns)
        self.add, self.keep = np.zeros(shape), np.zeros(shape)
        self.typed_column = np.array([f.column for f in self.typed], np.int32)
        self.typed_value = np.zeros((world.n_states, len(self.typed)))
        self.typed_weight = weights_of([f.types for f in self.typed], world.beliefs)
        self.period: int | None = None
        self.last = False

    def at(self, period: int, over: Bytes) -> tuple[Floats, Floats, Floats]:
        """``add`` and ``keep``, each [S, C], and ``typed_value`` [S, F]."""
        last = period == self.world.periods - 1 and not self.world.stationary
        if self.period is None:
            self._fill(range(self.world.n_columns), period, over, last)
        elif period != self.period:
            columns = {f.column for f in self.moving}
            if last != self.last or (over.size and self._over_is_timed()):
                columns |= {f.column for f in self.late} | set(self.ending)
            self._fill(sorted(columns), period, over, last)
        if self.typed and period != self.period:
            self._fill_typed(over, last)
        self.period, self.last = period, last
        return self.add, self.keep, self.typed_value

    def _over_is_timed(self) -> bool:
        ends = self.world.structure.ends
        return ends is not None and ends.table.timed

    def _fill(self, columns: Any, period: int, over: Bytes, last: bool) -> None:
        for column in columns:
            self.add[:, column] = 0.0
            self.keep[:, column] = self.discount[column]
            if column in self.ending and over.size:
                self.keep[over != 0, column] = 0.0
        for flow in self.each:
            if flow.column in columns:
                self._each(flow, period)
        for flow in self.late:
            if flow.column in columns:
                self.add[:, flow.column] += self._late(flow, over, last)

    def _fill_typed(self, over: Bytes, last: bool) -> None:
        for i, flow in enumerate(self.typed):
            if flow.at == "each":
                self.typed_value[:, i] = looked_up(self.world.flat, flow.lookup)
            else:
                self.typed_value[:, i] = self._late(flow, over, last)

    def _late(self, flow: Flow, over: Bytes, last: bool) -> Any:
        """What a flow of the last period, or of the close, comes to [S]."""
        if last:
            return looked_up(self.world.flat, flow.lookup)
        if flow.at == "close" and over.size:
            return np.where(over != 0, looked_up(self.world.flat, flow.lookup), 0.0)
        return 0.0

    def _each(self, flow: Flow, period: int) -> None:
        value = looked_up(self.world.flat, flow.lookup)
        scale = period - self.world.start_period + 1.0 if flow.elapsed else 1.0
        self.add[:, flow.column] += value * scale
        if flow.keep:
            self.keep[:, flow.column] = 1.0 - value
