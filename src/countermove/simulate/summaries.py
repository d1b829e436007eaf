"""What many paths come to: estimates with standard errors, fans, frequencies and a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.simulate.beliefs import BeliefPaths
from countermove.simulate.log import states_of
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``n`` paths with its standard error; NaN where there is nothing to average."""

    mean: float
    standard_error: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.4g} ± {self.standard_error:.2g}"


@dataclass(frozen=True)
class Simulation:
    """Sampled paths, summarised.

    ``paths`` were walked and ``kept`` matched ``given`` (all, where nothing is given). ``measures``
    estimates each measure and ``payoffs`` each player's; ``fans`` (period, level), ``actions``
    (period, action) and ``moves`` (period) by mover, and ``happenings`` (period) are frequencies,
    as in ``Forward``.

    Where players have types: ``type_payoffs`` by player and type, and measures that are given a
    type, are over the paths that began with it (``n`` of the estimate); ``by_type`` (period, type,
    action) are a mover's frequencies by the true type held at the move; ``types`` are by player the
    types' numbers drawn at the start [kept]; ``beliefs`` are by player what is publicly believed.
    Payoffs are what paths truly come to. The exact payoffs of a player with types are read between
    points of the belief grid as its types read them when they choose, and may differ from these by
    what a finer grid would change; all else that is exact has the estimates' own expectation.
    """

    solution: Solution
    paths: int
    kept: int
    seed: int
    given: Mapping[str, str]
    measures: Mapping[str, Estimate]
    payoffs: Mapping[str, Estimate]
    fans: Mapping[str, xr.DataArray]
    actions: Mapping[str, xr.DataArray]
    moves: Mapping[str, xr.DataArray]
    happenings: Mapping[str, xr.DataArray]
    log: pa.Table = field(repr=False)
    type_payoffs: Mapping[tuple[str, str], Estimate] = field(default_factory=dict)
    by_type: Mapping[str, xr.DataArray] = field(default_factory=dict)
    types: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    beliefs: Mapping[str, BeliefPaths] = field(default_factory=dict)

    def log_table(self) -> pl.DataFrame:
        """The paths that were kept move by move, as a table (needs polars)."""
        import polars as pl

        frame = pl.from_arrow(self.log)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def states_table(self) -> pl.DataFrame:
        """Every state's number and level names (needs polars)."""
        import polars as pl

        frame = pl.from_arrow(states_of(self.solution))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def write_log(self, path: str | Path) -> Path:
        """Write the log as Parquet, and beside it the table of states; returns the latter's path.

        ``paths.parquet`` has a row a move or happening; its ``state`` is a row of
        ``paths.states.parquet``.
        """
        import pyarrow.parquet as pq

        target = Path(path)
        states = target.with_suffix(".states.parquet")
        pq.write_table(self.log, target, compression="zstd")
        pq.write_table(states_of(self.solution), states, compression="zstd")
        return states

    def __repr__(self) -> str:
        kept = "" if self.kept == self.paths else f", {self.kept:,} kept"
        shown = ", ".join(f"{n}={e}" for n, e in list(self.measures.items())[:3])
        return f"Simulation({self.paths:,} paths{kept}, seed {self.seed}; {shown})"

    def _repr_html_(self) -> str:
        from countermove.simulate.notebook import simulation_view

        return simulation_view(self)
