"""What a solve gives: values and strategies with labels, measures, and how it was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import SolveError
from countermove.game.game import Game
from countermove.solve.backward import Backward, strategies_of
from countermove.solve.measures import MeasureResult

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import xarray as xr

    from countermove.solve.forward import Forward

Floats = NDArray[np.float64]
_AXES = ("period", "state", "column", "action")


@dataclass(frozen=True)
class Solution:
    """The agent logit equilibrium of a game, by backward induction.

    ``status`` is ``solved``, or says what went wrong; ``residual`` is max |σ - softmax(λQ)| where
    it was recomputed; ``wall_time`` is in seconds. ``measures`` are exact, read at the start.
    """

    game: Game
    found: Backward
    status: str
    residual: float
    wall_time: float
    versions: Mapping[str, str]
    measures: Mapping[str, MeasureResult]
    payoffs: Mapping[str, float]
    serial: bool = False

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters' values that were solved."""
        return self.game.parameters

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
        """Values (period, state, column) at the start of each period; NaN where none can be."""
        import xarray as xr

        game = self.game
        values = np.full((len(self.period_labels), game.n_states, len(game.columns)), np.nan)
        with game.world.lock:
            for t in range(len(values)):
                there = game.world.at(game.start_period + t).present
                values[t, there] = self.found.values[t, there]
        columns = [column.name for column in game.columns]
        # A measure may bear a player's name; the columns of measures come after the players'.
        names = [f"measure {c}" if c in columns[:i] else c for i, c in enumerate(columns)]
        return xr.DataArray(
            values,
            dims=("period", "state", "column"),
            coords=self._coordinates(column=names),
            name="value",
        )

    @cached_property
    def strategies(self) -> dict[str, xr.DataArray]:
        """σ (period, state, action) of each move, by label; NaN where it does not come up."""
        import xarray as xr

        game = self.game
        length = len(self.period_labels)
        moves = [(k, step) for k, step in enumerate(game.world.steps) if step.kind == "move"]
        found = {
            k: np.full((length, game.n_states, len(step.actions)), np.nan) for k, step in moves
        }
        with game.world.lock:
            for t in range(length):
                period = game.start_period + t
                strategies = strategies_of(game.world, self.found, period, serial=self.serial)
                numbers = game.world.at(period)
                for k, _ in moves:
                    moving = numbers.steps[k].arrays.moving
                    found[k][t, moving] = strategies[k][moving]
        return {
            step.label: xr.DataArray(
                found[k],
                dims=("period", "state", "action"),
                coords=self._coordinates(action=list(step.actions)),
                name=step.label,
            )
            for k, step in moves
        }

    def forward(self) -> Forward:
        """The exact distribution over states, and the frequency of each action, by period."""
        from countermove.solve.forward import forward

        return forward(self)

    def refuse_unsolved(self) -> None:
        """Raise ``SolveError`` where the game was not solved: its numbers would mislead."""
        if self.status != "solved":
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
        from html import escape

        rows = "".join(
            f"<tr><th scope='row'>{escape(m.name)}</th><td>{m.value:.4g}</td>"
            f"<td>{escape(m.said_unit)}</td>"
            f"<td>{escape(m.times)}</td><td><code>{escape(m.text)}</code></td></tr>"
            for m in self.measures.values()
        )
        head = escape(f"{self.game!r}: {self.status}, residual {self.residual:.1e}")
        return (
            f"<p>{head}</p><table><thead><tr><th>measure</th><th>value</th><th>unit</th>"
            f"<th>mean time</th><th>definition</th></tr></thead><tbody>{rows}</tbody></table>"
        )
