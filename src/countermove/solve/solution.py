"""What a solve gives: values and strategies with labels, measures, and how it was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest, SolveError, unknown
from countermove.game.game import Game
from countermove.game.numbers import Mover
from countermove.solve.backward import Backward, strategies_of
from countermove.solve.measures import MeasureResult
from countermove.solve.others import Others
from countermove.solve.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import xarray as xr

    from countermove.solve.forward import Forward

Floats = NDArray[np.float64]
_AXES = ("period", "state", "belief", "type", "column", "action")


_HUGE = 1 << 32  # bytes that a labelled array may take


def _refuse_huge(numbers: int) -> None:
    """Raise ``InvalidRequest`` where an array of so many numbers would fill the memory."""
    if 8 * numbers > _HUGE:
        raise InvalidRequest(
            f"the labelled array would take {8 * numbers / 2**30:.0f} GB; ask for one state at a "
            "time: solution.strategy(mover, period, beliefs=..., variable=level)"
        )


@dataclass(frozen=True)
class Solution:
    """The agent logit equilibrium of a game, by backward induction.

    ``status`` is ``solved``, or says what went wrong; ``residual`` is max |σ - softmax(λQ)| where
    it was recomputed; ``wall_time`` is in seconds. ``measures`` are exact, read at the start;
    ``payoffs`` are by player, before it knows its type, ``type_payoffs`` by player and type.
    ``record`` tells how the fixed points of movers with types, and of those who move at once, were
    found; ``others`` whether others were found beside them.
    """

    game: Game
    found: Backward
    status: str
    residual: float
    wall_time: float
    versions: Mapping[str, str]
    measures: Mapping[str, MeasureResult]
    payoffs: Mapping[str, float]
    type_payoffs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    others: Others | None = None
    serial: bool = False

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters' values that were solved."""
        return self.game.parameters

    @property
    def record(self) -> Record:
        """How the fixed points were found, and where none was."""
        return self.found.record

    @property
    def start_row(self) -> int:
        """The row of the start state and the priors among the values [S * B, C]."""
        beliefs = self.game.world.beliefs
        return self.game.start * beliefs.size + beliefs.start

    def period_at(self, t: int) -> int:
        """The period that is ``t`` periods after the start; 0 where one repeats itself."""
        return 0 if self.game.world.stationary else self.game.start_period + t

    def labels_of(self, periods: int | None) -> list[str]:
        """How people read the first so many periods, all by default.

        Raises ``InvalidRequest`` where the game goes on for ever and no number is given.
        """
        if not self.game.world.stationary:
            return self.period_labels[:periods]
        if periods is None:
            raise InvalidRequest("the game goes on for ever: say how many `periods` to go through")
        return [str(t + 1) for t in range(periods)]

    @cached_property
    def period_labels(self) -> list[str]:
        """How people read each period: its first day, or its number."""
        game = self.game
        numbers = range(game.start_period, game.periods)
        if game.scenario is None:
            return [str(t + 1) for t in numbers]
        return [game.scenario.calendar.label(t) for t in numbers]

    @cached_property
    def states(self) -> pd.MultiIndex:
        """The public states as an index of the variables' level names."""
        import pandas as pd

        game = self.game
        if game.structure is None:
            codes = [np.arange(game.n_states)]
        else:
            codes = list(game.structure.levels.T)
        # A variable may bear the name of an axis.
        names = [f"{n}_" if n in _AXES else n for n in game.variables]
        return pd.MultiIndex(levels=list(game.level_names), codes=codes, names=names)

    def _coordinates(self, **more: Any) -> Any:
        import xarray as xr

        states = xr.Coordinates.from_pandas_multiindex(self.states, "state")
        return states.assign(period=self.period_labels, **more)

    @cached_property
    def values(self) -> xr.DataArray:
        """Values (period, state, column) at the start of each period; NaN where none can be.

        With types: (period, state, belief, column), of the payoffs alone.
        """
        import xarray as xr

        game = self.game
        kept = self.found.values
        shape = (game.n_states, *self._points, kept.shape[2])
        _refuse_huge(kept[:-1].size)
        values = np.full((len(self.period_labels), *shape), np.nan)
        with game.world.lock:
            for t in range(len(values)):
                there = game.world.at(game.start_period + t).present
                values[t, there] = kept[t].reshape(shape)[there]
        columns = [column.name for column in game.columns[: kept.shape[2]]]
        # A measure may bear a player's name; the columns of measures come after the players'.
        names = [f"measure {c}" if c in columns[:i] else c for i, c in enumerate(columns)]
        return xr.DataArray(
            values,
            dims=("period", "state", *self._belief, "column"),
            coords=self._coordinates(column=names),
            name="value",
        )

    @cached_property
    def strategies(self) -> dict[str, xr.DataArray]:
        """σ (period, state, action) of each mover, by label; NaN where it does not come up.

        With types: (period, state, belief, action), and (period, state, belief, type, action) of
        movers that have types; ``belief`` numbers the joint points of ``game.world.beliefs``.
        """
        game = self.game
        length = len(self.period_labels)
        moves = [(k, head) for k, head in enumerate(game.world.steps) if head.movers]
        widths = sum(head.width for _, head in moves)
        _refuse_huge(length * game.n_states * game.world.beliefs.size * widths)
        shape = (length, game.n_states, game.world.beliefs.size)
        found = {k: np.full((*shape, head.width), np.nan) for k, head in moves}
        with game.world.lock:
            for t in range(length):
                period = game.start_period + t
                strategies = strategies_of(game.world, self.found, period, serial=self.serial)
                numbers = game.world.at(period)
                for k, _ in moves:
                    moving = numbers.steps[k].arrays.moving
                    found[k][t, moving] = strategies[k].reshape(*shape[1:], -1)[moving]
        return {
            mover.label: self._labelled(mover, found[k][..., first : first + width])
            for k, head in moves
            for mover, first, width in head.places
        }

    def strategy(
        self,
        mover: str,
        period: int,
        *,
        beliefs: Mapping[str, Mapping[str, float]] | None = None,
        **levels: str,
    ) -> xr.DataArray:
        """What a mover plays in one state (action), by type where it has any (type, action).

        ``mover`` is a label (``us``, ``us#2``), ``period`` counts from 0; variables left out stand
        at the start's level, ``beliefs`` at the priors (else at the grid's nearest point). NaN
        where the move does not come up. Raises ``UnknownName`` and ``InvalidRequest``.
        """
        game, world = self.game, self.game.world
        places = {
            m.label: (k, m, first) for k, h in enumerate(world.steps) for m, first, _ in h.places
        }
        if mover not in places:
            raise unknown("mover", mover, list(places))
        if not game.start_period <= period < game.periods:
            raise InvalidRequest(
                f"period {period} lies outside {game.start_period} to {game.periods - 1}"
            )
        k, found, first = places[mover]
        state, point = game.index(**levels), self._point(beliefs or {})
        with world.lock:
            sigma = strategies_of(world, self.found, period, serial=self.serial)[k][state]
            moves = state in world.at(period).steps[k].arrays.moving
        width = max(len(found.types), 1) * len(found.actions)
        row = sigma.reshape(world.beliefs.size, -1)[point, first : first + width]
        types = {"type": list(found.types)} if found.types else {}
        shape = (*(len(names) for names in types.values()), len(found.actions))
        import xarray as xr

        return xr.DataArray(
            np.where(moves, row, np.nan).reshape(shape),
            dims=(*types, "action"),
            coords={**types, "action": list(found.actions)},
            name=mover,
        )

    def _point(self, wanted: Mapping[str, Mapping[str, float]]) -> int:
        """The joint belief point nearest to some beliefs, by player and type."""
        beliefs = self.game.world.beliefs
        for player in wanted:
            if beliefs.axis(player) < 0:
                raise unknown("player with types", player, [a.player for a in beliefs.axes])
        points = []
        for axis in beliefs.axes:
            chances = wanted.get(axis.player)
            if chances is None:
                points.append(axis.prior)
                continue
            for name in chances:
                if name not in axis.types:
                    raise unknown(f"type of {axis.player}:", name, axis.types)
            left = max(0.0, 1.0 - sum(chances.values()))
            points.append(axis.index([chances.get(name, left) for name in axis.types]))
        return beliefs.join(points)

    def _labelled(self, mover: Mover, sigma: Floats) -> xr.DataArray:
        """A mover's strategy [T, S, B, K * A] with labels."""
        import xarray as xr

        types = {"type": list(mover.types)} if mover.types else {}
        lengths = [len(names) for names in types.values()]
        shape = (*sigma.shape[:2], *self._points, *lengths, len(mover.actions))
        return xr.DataArray(
            sigma.reshape(shape),
            dims=("period", "state", *self._belief, *types, "action"),
            coords=self._coordinates(**types, action=list(mover.actions)),
            name=mover.label,
        )

    @property
    def _points(self) -> tuple[int, ...]:
        beliefs = self.game.world.beliefs
        return (beliefs.size,) if beliefs.axes else ()

    @property
    def _belief(self) -> tuple[str, ...]:
        return ("belief",) if self.game.world.beliefs.axes else ()

    def forward(self, periods: int | None = None) -> Forward:
        """The exact distribution over states, and the frequency of each action, by period.

        ``periods`` is how many to look at: all by default; a game that goes on for ever needs it.
        """
        from countermove.solve.forward import forward

        return forward(self, periods)

    def refuse_unsolved(self) -> None:
        """Raise ``SolveError`` where the game was not solved: its numbers would mislead."""
        if self.status.startswith("not solved"):
            raise SolveError(
                f"{self.game.name} is {self.status}; a payoff, a cost or a rationality is too large"
            )

    def save(self, path: str | Path) -> None:
        """Write the solution to one netCDF file, from which ``load_solution`` reads it again."""
        from countermove.solve.storage import save

        save(self, path)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={m.value:.4g}" for name, m in list(self.measures.items())[:4])
        return f"Solution({self.game!r}, {self.status}, residual {self.residual:.1e}; {shown})"

    def _repr_html_(self) -> str:
        from countermove.solve.notebook import solution_view

        return solution_view(self)
