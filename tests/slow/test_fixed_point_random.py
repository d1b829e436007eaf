"""White noise for values, 100,000 points: the hardest case for the fixed point of a typed move.

Each point's residual is judged by NumPy alone; the shares of the routes and the time a point are
printed (pytest -s).
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from countermove.game import grids
from countermove.solve.record import ROUTES, UNSOLVED
from unit.solve.points import log_softmax, solve

pytestmark = pytest.mark.slow

_CLOSE = 1e-7


def games(seed: int, n: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    w = np.random.default_rng(seed).random((n, 5, 21, 2))
    return w, spread / (w.max(axis=(1, 2, 3)) - w.min(axis=(1, 2, 3)))


def all_off(w: np.ndarray, lam: np.ndarray, p: np.ndarray, log_sigma: np.ndarray) -> np.ndarray:
    """max |σ - softmax(λ w)| at each interior point [N, B - 2]; as ``points.off``, all at once."""
    inner = log_sigma[:, 1:-1]  # [N, B, K, A]
    odds = np.log(p[1:-1] / (1 - p[1:-1]))[:, None] + inner[:, :, 1] - inner[:, :, 0]
    after = np.exp(-np.logaddexp(0.0, -odds))  # [N, B, A]
    low = np.clip(np.searchsorted(p, after, side="right") - 1, 0, len(p) - 2)
    share = (after - p[low]) / (p[low + 1] - p[low])
    n, a = np.arange(len(w))[:, None, None], np.arange(w.shape[1])
    read = (1 - share[..., None]) * w[n, a, low] + share[..., None] * w[n, a, low + 1]
    wanted = np.exp(log_softmax(lam[:, None, None, None] * read.transpose(0, 1, 3, 2)))
    return np.abs(np.exp(inner) - wanted).max(axis=(2, 3))


@pytest.mark.parametrize(
    ("spread", "points", "unsolved"),
    [(4.0, 10_000, 0), (10.0, 100_000, 1), (20.0, 5_000, 5), (50.0, 1_000, 20)],
)
def test_white_noise(spread: float, points: int, unsolved: int) -> None:
    cells = grids.cells(2, 21)
    w, lam = games(5, -(-points // 19), spread)
    solve(w[:1], lam[:1], cells)
    began = perf_counter()
    routes, log_sigma, _ = solve(w, lam, cells)
    took = (perf_counter() - began) / (len(w) * 19)
    counts = np.bincount(routes[:, 1:-1].ravel(), minlength=len(ROUTES))
    shares = ", ".join(f"{r} {c}" for r, c in zip(ROUTES, counts, strict=True) if c)
    print(f"\nλ × spread {spread:g}: {shares}; {1e6 * took:.1f} µs a point")
    assert counts[UNSOLVED] <= unsolved
    found = routes[:, 1:-1] < UNSOLVED
    assert all_off(w, lam, cells.points[:, 1], log_sigma)[found].max() < _CLOSE
