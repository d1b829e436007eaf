"""Boxes of worlds: limits on parameters within which cases of interest gather.

x [N, D] are the worlds' parameters, y [N] says which are of interest (a policy fails there). A box
is two rows of limits, both ends within. Its **coverage** is the share of all cases of interest that
lie in it, its **density** (purity) the share of its worlds that are of interest, its **mass** the
share of all worlds that lie in it (Bryant and Lempert 2010, Technological Forecasting and Social
Change 77).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countermove.explore.objectives_values import BoolArray, FloatArray

SIGNIFICANT = 0.05  # quasi-p-value above which a limit is dropped


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """A box: ``low`` [D] and ``high`` [D]."""

    low: FloatArray
    high: FloatArray

    def holds(self, x: FloatArray) -> BoolArray:
        """[N]: which worlds lie in the box."""
        return np.asarray(((x >= self.low) & (x <= self.high)).all(axis=1), dtype=bool)

    def sides(self, around: Limits) -> BoolArray:
        """[2, D]: where it is narrower than the box around all worlds, below and above."""
        return np.array([self.low > around.low, self.high < around.high])


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a box fits the cases of interest.

    ``n`` worlds lie in it, ``k`` of them of interest. ``phi`` is the correlation between lying in
    the box and being of interest (Matthews 1975): 1 for a box of all cases and no other world, 0
    for one that tells nothing, such as the box of all worlds.
    """

    n: int
    k: int
    coverage: float
    density: float
    mass: float
    phi: float


def around(x: FloatArray) -> Limits:
    """The least box that holds all worlds."""
    return Limits(x.min(axis=0), x.max(axis=0))


def fit(box: Limits, x: FloatArray, y: BoolArray) -> Fit:
    """How well the box fits; no world inside gives a density of 0."""
    inside = box.holds(x)
    n, k = int(inside.sum()), int((inside & y).sum())
    total, cases = len(y), int(y.sum())
    spread = n * (total - n) * cases * (total - cases)
    phi = (total * k - n * cases) / spread**0.5 if spread else 0.0
    return Fit(n, k, k / max(cases, 1), k / max(n, 1), n / max(total, 1), phi)


def quasi_p(box: Limits, x: FloatArray, y: BoolArray) -> FloatArray:
    """[2, D]: quasi-p-values of the limits below and above; NaN where there is none.

    The chance that as many cases of interest fall among the box's worlds, drawn at the rate of the
    box without this limit (one-sided binomial test of Bryant and Lempert 2010). ``quasi``, because
    the limits were sought in the same data.
    """
    from scipy.stats import binom

    full, own = around(x), fit(box, x, y)
    found = np.full((2, x.shape[1]), np.nan)
    for side, at in zip(*np.nonzero(box.sides(full)), strict=True):
        wider = fit(_without(box, full, int(side), int(at)), x, y)
        found[side, at] = binom.sf(own.k - 1, own.n, wider.density)
    return found


def _without(box: Limits, full: Limits, side: int, at: int) -> Limits:
    low, high = box.low.copy(), box.high.copy()
    if side == 0:
        low[at] = full.low[at]
    else:
        high[at] = full.high[at]
    return Limits(low, high)


def choose(boxes: list[Limits], x: FloatArray, y: BoolArray, *, purity: float | None = None) -> int:
    """Which box of a trajectory to take, by its position.

    The one whose worlds go best with the cases of interest, by ``phi``, the first of them (it has
    the fewest limits): it weighs coverage and density, and reckons with how common cases are, which
    their harmonic mean does not. With ``purity``, the one that covers most among those at least so
    dense, or the densest where none is.
    """
    fits = [fit(box, x, y) for box in boxes]
    if purity is None:
        return int(np.argmax([f.phi for f in fits]))
    enough = [at for at, f in enumerate(fits) if f.density >= purity]
    if not enough:
        return int(np.argmax([f.density for f in fits]))
    return max(enough, key=lambda at: fits[at].coverage)


def pruned(box: Limits, x: FloatArray, y: BoolArray) -> Limits:
    """The box less its limits that could be chance: the least significant first, one at a time."""
    full = around(x)
    while True:
        p = quasi_p(box, x, y)
        if not (p > SIGNIFICANT).any():
            return box
        side, at = np.unravel_index(int(np.nanargmax(p)), p.shape)
        box = _without(box, full, int(side), int(at))
