"""One failure rate for all statistical tests together, and the comparisons that keep to it.

Were everything right, the whole suite would fail by chance once in a million runs. Each of its
comparisons gets an equal share (Bonferroni), so their number is bounded and counted.
"""

from __future__ import annotations

import math

from scipy import stats

FAILURE_RATE = 1e-6
COMPARISONS = 5_000
SHARE = FAILURE_RATE / COMPARISONS
FARTHEST = float(stats.norm.isf(SHARE / 2))  # standard errors that a mean may be off

_made = 0


class Unlikely(AssertionError):
    """A figure that chance does not explain."""


def _count() -> None:
    global _made
    _made += 1
    if _made > COMPARISONS:
        raise AssertionError(f"more than {COMPARISONS} comparisons: raise COMPARISONS")


def made() -> int:
    """The comparisons made so far in this process."""
    return _made


def frequency(count: float, n: int, probability: float, what: object = "") -> None:
    """Could ``count`` of ``n`` independent trials of this probability succeed? Exactly."""
    _count()
    assert count == round(count), f"{what}: {count} is not a count"
    probability = min(max(probability, 0.0), 1.0)  # sums of probabilities pass 1 by rounding
    if probability < 1e-15 or probability > 1 - 1e-15:
        if count != round(n * probability):
            raise Unlikely(f"{what}: {count:g} of {n:,}, where it is certain or impossible")
        return
    tail = min(stats.binom.cdf(count, n, probability), stats.binom.sf(count - 1, n, probability))
    if 2 * tail < SHARE:
        raise Unlikely(
            f"{what}: {count:,g} of {n:,}, expected {n * probability:,.1f} (tail {tail:.1e})"
        )


def mean(found: float, error: float, exact: float, what: object = "") -> None:
    """Is a mean of many draws within what its standard error allows of the exact one?"""
    _count()
    off = abs(found - exact)
    if math.isnan(off) or off > FARTHEST * error + 1e-12 * max(1.0, abs(exact)):
        raise Unlikely(f"{what}: {found:.6g} ± {error:.2g}, expected {exact:.6g}")
