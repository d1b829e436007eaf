"""What many paths come to: estimates with standard errors, fans, frequencies, and a log of moves.

Axis letters: N paths, T periods, K steps, C columns, S states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.columns import Reading
from countermove.solve.forward import fans_of
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    import xarray as xr

    from countermove.simulate.paths import Walked


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
    (period, action), ``moves`` and ``happenings`` (period) are frequencies, as in ``Forward``.
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
        from html import escape

        exact = self.solution.measures
        rows = "".join(
            f"<tr><th scope='row'>{escape(n)}</th><td>{e.mean:.4g}</td>"
            f"<td>{e.standard_error:.2g}</td><td>{escape(exact[n].said_unit)}</td></tr>"
            for n, e in self.measures.items()
        )
        return (
            f"<p>{self.kept:,} paths, seed {self.seed}</p><table><thead><tr><th>measure</th>"
            f"<th>mean</th><th>standard error</th><th>unit</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def states_of(solution: Solution) -> pa.Table:
    """The table of states: number, then a column of level names for each variable."""
    import pyarrow as pa

    game = solution.game
    columns: dict[str, Any] = {"state": pa.array(np.arange(game.n_states, dtype=np.uint32))}
    for i, (name, levels) in enumerate(zip(game.variables, game.level_names, strict=True)):
        codes = np.arange(game.n_states) if game.structure is None else game.structure.levels[:, i]
        column = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), list(levels))
        columns[f"{name}_" if name == "state" else name] = column
    return pa.table(columns)


@dataclass(slots=True)
class Tally:
    """Running sums over blocks of paths, so that memory does not grow with their number.

    ``off`` and ``products`` are of the distances from the exact values ``centre``, so that a large
    payoff that varies little keeps its standard error.
    """

    solution: Solution
    log: int
    kept: int = 0
    logged: int = 0
    centre: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    sums: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    off: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    products: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    masses: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    counts: list[NDArray[np.float64]] = field(default_factory=list)
    rows: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, solution: Solution, log: int) -> Tally:
        """Zeros."""
        game = solution.game
        length, n_columns = game.periods - game.start_period, game.world.n_columns
        steps = game.world.steps
        return cls(
            solution,
            log,
            centre=solution.found.values[0, game.start],
            sums=np.zeros(n_columns),
            off=np.zeros(n_columns),
            products=np.zeros((n_columns, n_columns)),
            masses=np.zeros((length, game.n_states)),
            counts=[np.zeros((length, len(step.actions))) for step in steps],
        )

    def add(self, walked: Walked, keep: NDArray[np.bool_]) -> None:
        """Add the paths of a block that are kept."""
        which = np.flatnonzero(keep)
        self.kept += len(which)
        earned = walked.earned[which]
        self.sums += earned.sum(axis=0)
        off = earned - self.centre
        self.off += off.sum(axis=0)
        # Not a matrix product: its sums depend on how it is spread over threads.
        np.fill_diagonal(self.products, self.products.diagonal() + (off * off).sum(axis=0))
        for reading in self.solution.game.readings.values():
            if reading.over is not None:
                i, j = reading.value, reading.over
                self.products[i, j] += (off[:, i] * off[:, j]).sum()
                self.products[j, i] = self.products[i, j]
        for t in range(len(self.masses)):
            self.masses[t] += np.bincount(walked.states[t, which], minlength=self.masses.shape[1])
            for k, counts in enumerate(self.counts):
                chosen = walked.chosen[t, k, which]
                counts[t] += np.bincount(chosen[chosen >= 0], minlength=counts.shape[1])
        self._log(walked, which[: max(self.log - self.logged, 0)])

    def _log(self, walked: Walked, which: NDArray[np.intp]) -> None:
        if not len(which):
            return
        self.logged += len(which)
        period, step, path = np.nonzero(walked.chosen[:, :, which] >= 0)
        self.rows.append(
            {
                "path": (walked.first + which[path]).astype(np.int64),
                "period": period.astype(np.int32),
                "step": step.astype(np.int16),
                "action": walked.chosen[period, step, which[path]],
                "state": walked.before[period, step, which[path]],
            }
        )

    def finish(self, paths: int, seed: int, given: dict[str, str]) -> Simulation:
        """Labelled results."""
        import xarray as xr

        solution = self.solution
        steps = solution.game.world.steps
        coords = {"period": solution.period_labels}
        shares = [counts / self.kept for counts in self.counts]
        moves = [(s, x) for s, x in zip(steps, shares, strict=True) if s.kind == "move"]
        events = [(s, x) for s, x in zip(steps, shares, strict=True) if s.kind == "event"]

        def by_period(values: NDArray[np.float64]) -> xr.DataArray:
            return xr.DataArray(values, dims=("period",), coords=coords)

        return Simulation(
            solution,
            paths,
            self.kept,
            seed,
            given,
            {n: self._estimate(r) for n, r in solution.game.readings.items()},
            {p: self._mean(i) for i, p in enumerate(solution.game.players)},
            fans_of(solution, self.masses / self.kept),
            {
                s.label: xr.DataArray(
                    x, dims=("period", "action"), coords={**coords, "action": list(s.actions)}
                )
                for s, x in moves
            },
            {s.label: by_period(x.sum(axis=1)) for s, x in moves},
            {s.label: by_period(x.sum(axis=1)) for s, x in events},
            self._table(),
        )

    def _mean(self, column: int, scale: float = 1.0) -> Estimate:
        mean = self.sums[column] / self.kept
        off = self.off[column] / self.kept
        variance = max(self.products[column, column] / self.kept - off**2, 0.0)
        error = np.sqrt(variance / max(self.kept - 1, 1))
        return Estimate(float(mean * scale), float(error * scale), self.kept)

    def _estimate(self, reading: Reading) -> Estimate:
        game = self.solution.game
        if reading.over is None:
            return self._mean(
                reading.value, 1.0 / (game.periods - game.start_period) if reading.mean else 1.0
            )
        # A ratio of two means; its error by the delta method.
        i, j = reading.value, reading.over
        part, whole = self.sums[i] / self.kept, self.sums[j] / self.kept
        if whole == 0:
            return Estimate(float("nan"), float("nan"), self.kept)
        ratio = part / whole
        weights = np.array([1.0, -ratio])
        off = weights @ self.off[[i, j]] / self.kept
        square = weights @ self.products[np.ix_([i, j], [i, j])] @ weights / self.kept - off**2
        error = np.sqrt(max(square, 0.0) / max(self.kept - 1, 1)) / whole
        return Estimate(float(ratio), float(error), self.kept)

    def _table(self) -> pa.Table:
        import pyarrow as pa

        game = self.solution.game
        steps = game.world.steps
        empty = {name: np.empty(0, np.int32) for name in _LOGGED}
        rows = {
            name: np.concatenate([r[name] for r in self.rows]) if self.rows else empty[name]
            for name in _LOGGED
        }
        order = np.lexsort((rows["step"], rows["period"], rows["path"]))
        rows = {name: values[order] for name, values in rows.items()}
        # Names are numbered by step and action, so that the table holds each but once.
        starts = np.cumsum([0, *(len(s.actions) for s in steps)])
        actions, number = np.unique([a for s in steps for a in s.actions], return_inverse=True)
        who = [s.name if s.kind == "move" else None for s in steps]
        players = sorted({w for w in who if w is not None})
        player = np.array([-1 if w is None else players.index(w) for w in who])[rows["step"]]
        action = number[starts[rows["step"]] + rows["action"]]
        labels = self.solution.period_labels
        named = pa.DictionaryArray.from_arrays
        return pa.table(
            {
                "path": pa.array(rows["path"].astype(np.int64)),
                "period": pa.array((rows["period"] + game.start_period).astype(np.int32)),
                "date": named(pa.array(rows["period"].astype(np.int32)), labels),
                "step": named(pa.array(rows["step"].astype(np.int32)), [s.label for s in steps]),
                "player": named(pa.array(player.astype(np.int32), mask=player < 0), players),
                "action": named(pa.array(action.astype(np.int32)), actions.tolist()),
                "state": pa.array(rows["state"].astype(np.uint32)),
            }
        )


_LOGGED = ("path", "period", "step", "action", "state")
