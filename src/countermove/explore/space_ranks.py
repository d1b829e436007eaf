"""Rank correlations between uncertain parameters, by a Gaussian copula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from countermove.errors import InvalidRequest
from countermove.explore.space_draws import Floats


class Correlation(Protocol):
    """A stated rank correlation, -1 to 1, between two parameters."""

    @property
    def first(self) -> str:
        """The one parameter."""

    @property
    def second(self) -> str:
        """The other parameter."""

    @property
    def value(self) -> float:
        """Spearman's rank correlation."""


def mixing(names: Sequence[str], correlations: Sequence[Correlation]) -> Floats | None:
    """The lower triangular ``(D, D)`` matrix that correlates normal draws; None where none is.

    A Gaussian copula has Spearman's rank correlation r where its normals correlate by
    2 sin(pi r / 6) (Kruskal 1958). Raises ``InvalidRequest`` where no joint distribution has all
    the correlations stated.
    """
    place = {name: at for at, name in enumerate(names)}
    matrix = np.eye(len(names))
    for stated in correlations:
        for name in (stated.first, stated.second):
            if name not in place:
                raise InvalidRequest(
                    f"the correlation of {stated.first!r} and {stated.second!r} is between "
                    f"uncertain parameters, and {name!r} is none; give it a range, or drop the "
                    "correlation"
                )
        first, second = place[stated.first], place[stated.second]
        matrix[first, second] = matrix[second, first] = 2 * np.sin(np.pi * stated.value / 6)
    if not correlations:
        return None
    _check_possible(matrix, correlations)
    return _root(matrix)


def _check_possible(matrix: Floats, correlations: Sequence[Correlation]) -> None:
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least < -_rounding(matrix):
        stated = "; ".join(f"{c.first} and {c.second}: {c.value:g}" for c in correlations)
        raise InvalidRequest(
            f"no joint draw has all these rank correlations at once ({stated}); bring them "
            "closer to 0, or drop one"
        )


def _root(matrix: Floats) -> Floats:
    """The Cholesky factor; of a singular matrix, too, where a draw is another's mirror image."""
    size = len(matrix)
    root = np.zeros((size, size))
    for at in range(size):
        left = matrix[at, at] - root[at, :at] @ root[at, :at]
        if left <= _rounding(matrix):
            continue
        root[at, at] = np.sqrt(left)
        below = matrix[at + 1 :, at] - root[at + 1 :, :at] @ root[at, :at]
        root[at + 1 :, at] = below / root[at, at]
    return root


def _rounding(matrix: Floats) -> float:
    return len(matrix) * float(np.finfo(np.float64).eps) * 4


def correlated(points: Floats, root: Floats | None) -> Floats:
    """Points of the unit cube with the copula's ranks, ``(W, D)`` to ``(W, D)``.

    A coordinate keeps its points up to the first correlation that names it as the later one.
    """
    if root is None:
        return points
    from scipy.special import ndtr, ndtri

    mixed = [at for at in range(len(root)) if root[at, :at].any()]
    inner = np.clip(points, 2.0**-53, 1 - 2.0**-53)
    normals = ndtri(inner)
    moved = points.copy()
    moved[:, mixed] = ndtr(normals @ root[mixed].T)
    return moved
