"""Running sums over blocks of paths, so that memory does not grow with their number.

Axis letters: N paths, T periods, K steps, C columns, S states, P profiles, B points and K types of
one belief axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.columns import Reading
from countermove.simulate.accounts import Accounts, accounts_of
from countermove.simulate.beliefs import BeliefPaths
from countermove.simulate.log import Log
from countermove.simulate.parts import Part, parts_of
from countermove.simulate.summaries import Estimate, Simulation
from countermove.solve.forward import fans_of
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    import xarray as xr

    from countermove.simulate.walk import Trace, Walked

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Tally:
    """What has been counted so far.

    ``numbers`` [C] are the paths that a column is about: all, or those that began with the types
    that it takes for granted. ``sums``, ``off`` and ``products`` are over these; the latter two of
    the distances from the exact values ``centre``, so that a large payoff that varies little keeps
    its standard error. ``played`` are by profile, ``by_type`` by a mover's true type and action.
    """

    solution: Solution
    length: int
    accounts: Accounts
    parts: list[Part]
    log: Log
    centre: Floats
    numbers: Floats
    sums: Floats
    off: Floats
    products: Floats
    masses: Floats
    played: list[Floats]  # [T, P] by step
    by_type: dict[str, Floats]  # [T, K, A] by mover
    beliefs: list[NDArray[np.int64]]  # [T, B, K] by axis
    kept: int = 0
    drawn: list[NDArray[np.uint8]] = field(default_factory=list)

    @classmethod
    def of(cls, solution: Solution, length: int, log: int) -> Tally:
        """Zeros for so many periods and logged paths."""
        world = solution.game.world
        n_columns = world.n_columns
        parts = parts_of(world.steps)
        return cls(
            solution,
            length,
            accounts_of(world),
            parts,
            Log(solution, parts, log),
            solution.found.first,
            np.zeros(n_columns),
            np.zeros(n_columns),
            np.zeros(n_columns),
            np.zeros((n_columns, n_columns)),
            np.zeros((length, world.n_states)),
            [np.zeros((length, len(head.actions))) for head in world.steps],
            {
                part.label: np.zeros((length, len(part.mover.types), len(part.names)))
                for part in parts
                if part.mover is not None and part.mover.types
            },
            [np.zeros((length, *axis.points.shape), np.int64) for axis in world.beliefs.axes],
        )

    @property
    def logged(self) -> int:
        """The paths logged so far."""
        return self.log.paths

    def add(self, walked: Walked, keep: NDArray[np.bool_]) -> None:
        """Add the paths of a block that are kept."""
        which = np.flatnonzero(keep)
        self.kept += len(which)
        self._earnings(walked, which)
        for t in range(self.length):
            self.masses[t] += np.bincount(walked.states[t, which], minlength=self.masses.shape[1])
            for k, counts in enumerate(self.played):
                chosen = walked.chosen[t, k, which]
                counts[t] += np.bincount(chosen[chosen >= 0], minlength=counts.shape[1])
        if walked.trace is not None:
            self._types(walked, walked.trace, which)
        self.log.add(walked, which)

    def _earnings(self, walked: Walked, which: NDArray[np.intp]) -> None:
        earned = walked.earned[which]
        if walked.trace is None:
            self.numbers += len(which)
            off = earned - self.centre
        else:
            earned, fits = self.accounts.by_column(earned, walked.trace.drawn[which])
            self.numbers += fits.sum(axis=0)
            off = (earned - self.centre) * fits
            earned = earned * fits
        self.sums += earned.sum(axis=0)
        self.off += off.sum(axis=0)
        # Not a matrix product: its sums depend on how it is spread over threads.
        np.fill_diagonal(self.products, self.products.diagonal() + (off * off).sum(axis=0))
        for reading in self.solution.game.readings.values():
            if reading.over is not None:
                i, j = reading.value, reading.over
                self.products[i, j] += (off[:, i] * off[:, j]).sum()
                self.products[j, i] = self.products[i, j]

    def _types(self, walked: Walked, trace: Trace, which: NDArray[np.intp]) -> None:
        world = self.solution.game.world
        self.drawn.append(trace.drawn[which])
        for j, counts in enumerate(self.beliefs):
            n_points, n_types = counts.shape[1:]
            stride = int(self.accounts.ledger.stride[j])
            for t in range(self.length):
                cell = trace.beliefs[t, which] // stride % n_points * n_types
                found = np.bincount(cell + trace.types[t, which, j], minlength=counts[t].size)
                counts[t] += found.reshape(n_points, n_types)
        for part in self.parts:
            if part.label not in self.by_type or part.mover is None:
                continue
            j, by_type = world.beliefs.axis(part.mover.player), self.by_type[part.label]
            for t in range(self.length):
                action = part.action(walked.chosen[t, part.step, which])
                cell = trace.held[t, part.step, which, j] * np.int64(len(part.names)) + action
                found = np.bincount(cell[action >= 0], minlength=by_type[t].size)
                by_type[t] += found.reshape(by_type[t].shape)

    def finish(self, paths: int, seed: int, given: dict[str, str]) -> Simulation:
        """Labelled results."""
        game, beliefs = self.solution.game, self.solution.game.world.beliefs
        labels = self.solution.labels_of(self.length)
        drawn = np.concatenate(self.drawn) if self.drawn else np.zeros((self.kept, 0), np.uint8)
        shares = {p.label: self._shares(p) for p in self.parts}
        movers = [p for p in self.parts if p.mover is not None]
        columns = self._payoffs()
        return Simulation(
            self.solution,
            paths,
            self.kept,
            seed,
            given,
            {n: self._estimate(r) for n, r in game.readings.items()},
            {player: self._pooled(own) for player, own in columns.items()},
            fans_of(self.solution, self.masses / self.kept),
            {p.label: _labelled(shares[p.label], labels, action=p.names) for p in movers},
            {p.label: _labelled(shares[p.label].sum(axis=1), labels) for p in movers},
            {
                p.label: _labelled(shares[p.label].sum(axis=1), labels)
                for p in self.parts
                if p.mover is None
            },
            self.log.table(),
            {
                (axis.player, name): self._mean(column)
                for axis in beliefs.axes
                for name, column in zip(axis.types, columns[axis.player], strict=True)
            },
            {
                p.label: _labelled(
                    self.by_type[p.label] / self.kept, labels, type=p.mover.types, action=p.names
                )
                for p in movers
                if p.mover is not None and p.label in self.by_type
            },
            {axis.player: drawn[:, j] for j, axis in enumerate(beliefs.axes)},
            {
                axis.player: BeliefPaths(
                    axis.player, axis.types, axis.points, counts, tuple(labels)
                )
                for axis, counts in zip(beliefs.axes, self.beliefs, strict=True)
            },
        )

    def _shares(self, part: Part) -> Floats:
        """How often each of a part's actions is played [T, A], by path."""
        played = self.played[part.step] / self.kept
        later = part.later
        by_part = played.reshape(self.length, -1, len(part.names), later)
        return np.asarray(by_part.sum(axis=(1, 3)))

    def _payoffs(self) -> dict[str, list[int]]:
        """Each player's own payoffs' columns, one a type."""
        found: dict[str, list[int]] = {player: [] for player in self.solution.game.players}
        for i, column in enumerate(
            self.solution.game.columns[: self.solution.game.world.n_payoffs]
        ):
            found[column.player].append(i)
        return found

    def _mean(self, column: int, scale: float = 1.0) -> Estimate:
        n = int(self.numbers[column])
        if not n:
            return Estimate(float("nan"), float("nan"), 0)
        mean = self.sums[column] / n
        off = self.off[column] / n
        variance = max(self.products[column, column] / n - off**2, 0.0)
        error = np.sqrt(variance / max(n - 1, 1))
        return Estimate(float(mean * scale), float(error * scale), n)

    def _pooled(self, columns: Sequence[int]) -> Estimate:
        """The mean over the paths of several columns, each path being of one's kind."""
        if len(columns) == 1:
            return self._mean(columns[0])
        which = list(columns)
        numbers, off = self.numbers[which], self.off[which]
        n = int(numbers.sum())
        if not n:
            return Estimate(float("nan"), float("nan"), 0)
        centre = numbers @ self.centre[which] / n
        apart = self.centre[which] - centre
        squares = self.products.diagonal()[which] + 2.0 * apart * off + numbers * apart**2
        variance = max(squares.sum() / n - ((off + numbers * apart).sum() / n) ** 2, 0.0)
        return Estimate(
            float(self.sums[which].sum() / n), float(np.sqrt(variance / max(n - 1, 1))), n
        )

    def _estimate(self, reading: Reading) -> Estimate:
        if reading.by_type:
            return self._pooled(reading.by_type)
        if reading.over is None:
            return self._mean(reading.value, 1.0 / self.length if reading.mean else 1.0)
        # A ratio of two means; its error by the delta method.
        i, j = reading.value, reading.over
        n = int(self.numbers[j])
        part, whole = self.sums[i] / max(n, 1), self.sums[j] / max(n, 1)
        if whole == 0:
            return Estimate(float("nan"), float("nan"), n)
        ratio = part / whole
        weights = np.array([1.0, -ratio])
        off = weights @ self.off[[i, j]] / n
        square = weights @ self.products[np.ix_([i, j], [i, j])] @ weights / n - off**2
        error = np.sqrt(max(square, 0.0) / max(n - 1, 1)) / whole
        return Estimate(float(ratio), float(error), n)


def _labelled(values: Floats, periods: list[str], **more: Sequence[Any]) -> xr.DataArray:
    import xarray as xr

    coords = {"period": periods, **{name: list(names) for name, names in more.items()}}
    return xr.DataArray(values, dims=tuple(coords), coords=coords)
