"""What is publicly believed of a player along many paths, beside what is true.

Axis letters: T periods, B points of the player's belief grid, K types.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]
_QUANTILES = {"5%": 0.05, "25%": 0.25, "50%": 0.5, "75%": 0.75, "95%": 0.95}


@dataclass(frozen=True)
class BeliefPaths:
    """The public belief about one player's types at period ends, on the paths that were kept.

    ``counts`` [T, B, K] are paths, by the point of the grid where the belief stands and by the true
    type held then; ``points`` [B, K] are the types' probabilities at each point.
    """

    player: str
    types: tuple[str, ...]
    points: Floats
    counts: NDArray[np.int64]
    period_labels: tuple[str, ...]

    @cached_property
    def shares(self) -> xr.DataArray:
        """The share of paths (period, point, held) at each point, by the true type held."""
        import xarray as xr

        total = self.counts.sum(axis=(1, 2), keepdims=True)
        return xr.DataArray(
            self.counts / total,
            dims=("period", "point", "held"),
            coords={"period": list(self.period_labels), "held": list(self.types)},
        )

    @cached_property
    def summary(self) -> xr.DataArray:
        """The belief in each type (period, held, type, statistic): its mean and some quantiles.

        ``held`` is the true type at that time, or ``all``; NaN where no path holds it.
        """
        import xarray as xr

        by_held = np.concatenate([self.counts.sum(axis=2, keepdims=True), self.counts], axis=2)
        found = np.full((*by_held.shape[::2], len(self.types), 1 + len(_QUANTILES)), np.nan)
        for k in range(len(self.types)):
            order = np.argsort(self.points[:, k], kind="stable")
            belief, weights = self.points[order, k], by_held[:, order]
            running = weights.cumsum(axis=1)
            total = running[:, -1]
            some = total > 0
            sums = (weights * belief[:, None]).sum(axis=1)
            found[some, k, 0] = sums[some] / total[some]
            for q, share in enumerate(_QUANTILES.values(), start=1):
                # The least belief that no fewer than this share of paths lie at or below.
                at = (running >= share * total[:, None]).argmax(axis=1)
                found[some, k, q] = belief[at][some]
        return xr.DataArray(
            found,
            dims=("period", "held", "type", "statistic"),
            coords={
                "period": list(self.period_labels),
                "held": ["all", *self.types],
                "type": list(self.types),
                "statistic": ["mean", *_QUANTILES],
            },
        )

    def calibration(self, bins: int = 10) -> xr.Dataset:
        """Of the paths and periods at which the belief in a type lies in a bin, how many hold it?

        By (type, bin): ``belief`` is the mean belief, ``held`` the share that truly hold the type,
        both NaN where the bin is empty, and ``count`` the paths and periods. A bin reaches from
        ``low`` to below ``high``; the last includes 1. Raises ``InvalidRequest`` for no bins.
        """
        import xarray as xr

        if bins < 1:
            raise InvalidRequest(f"bins must be at least 1: {bins}")
        counts = self.counts.sum(axis=0)
        at_point = counts.sum(axis=1)
        shape = (len(self.types), bins)
        total, belief, held = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
        for k in range(len(self.types)):
            # A belief that is a bin's end but for rounding belongs above it.
            which = np.minimum((self.points[:, k] * bins + 1e-9).astype(int), bins - 1)
            np.add.at(total[k], which, at_point)
            np.add.at(belief[k], which, at_point * self.points[:, k])
            np.add.at(held[k], which, counts[:, k])
        with np.errstate(invalid="ignore"):
            belief, held = belief / total, held / total
        dims = ("type", "bin")
        ends = np.linspace(0.0, 1.0, bins + 1)
        return xr.Dataset(
            {"belief": (dims, belief), "held": (dims, held), "count": (dims, total)},
            coords={
                "type": list(self.types),
                "low": ("bin", ends[:-1]),
                "high": ("bin", ends[1:]),
            },
        )
