"""Public beliefs about private types: a grid of points for each typed player, and its cells.

For two types the points lie on a line, for more on a regular grid of the simplex with Freudenthal's
triangulation [Lovejoy 1991]. Distributions that a scenario names are points of the grid. Axis
letters: B points, K types, M cells, J axes (typed players), G supports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]


class Cells(NamedTuple):
    """A belief grid as the compiled loops take it.

    Each point with two or more possible types lies in the grid of its support, the set of types
    that are possible there: a support is closed under Bayes' rule. Support g has ``n_types[g]``
    types, ``types[g, :n_types[g]]``, and the cells ``first[g] : first[g + 1]``; cell m's vertices
    are the points ``vertex[m, :n_types[g]]``. ``inverse[m] @ b`` (with b over the support's types)
    gives the vertices' weights; across the facet opposite vertex i lies cell ``neighbour[m, i]``,
    -1 at the border. ``support`` [B] is a point's support, -1 where one type is certain;
    ``corner`` [B] is a cell with the point as a vertex.
    """

    points: Floats  # [B, K]
    support: Indices  # [B]
    corner: Indices  # [B]
    n_types: Indices  # [G]
    types: Indices  # [G, K]
    first: Indices  # [G + 1]
    vertex: Indices  # [M, K]
    neighbour: Indices  # [M, K]
    inverse: Floats  # [M, K, K]


@dataclass(frozen=True, slots=True)
class Axis:
    """The public belief about one player's types; ``prior`` is the point where it starts.

    ``still`` tells that nothing is ever learnt of the player, so that its points are merely those
    distributions that the scenario names.
    """

    player: str
    types: tuple[str, ...]
    cells: Cells
    prior: int
    still: bool = False

    @property
    def points(self) -> Floats:
        """The probabilities of the types at each point [B, K]."""
        return self.cells.points

    def index(self, distribution: Sequence[float]) -> int:
        """The point nearest to a distribution by type."""
        away = np.abs(self.points - np.asarray(distribution, np.float64)).max(axis=1)
        return int(away.argmin())


@dataclass(frozen=True, slots=True)
class Beliefs:
    """All axes together; a joint point's number has the last axis fastest."""

    axes: tuple[Axis, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of points of each axis."""
        return tuple(len(axis.points) for axis in self.axes)

    @property
    def size(self) -> int:
        """The number of joint points; 1 without axes."""
        return int(np.prod(self.sizes, dtype=np.int64))

    @property
    def start(self) -> int:
        """The joint point of the priors."""
        return self.join([axis.prior for axis in self.axes])

    def join(self, points: Sequence[int]) -> int:
        """The joint point of one point an axis."""
        return int(np.ravel_multi_index(tuple(points), self.sizes)) if self.axes else 0

    def split(self, joint: int) -> tuple[int, ...]:
        """One point an axis."""
        return tuple(int(i) for i in np.unravel_index(joint, self.sizes)) if self.axes else ()

    def axis(self, player: str) -> int:
        """The number of a player's axis; -1 where it has no types."""
        return next((j for j, axis in enumerate(self.axes) if axis.player == player), -1)

    def probabilities(self, axis: int) -> Floats:
        """The probability of each of an axis's types at each joint point [B, K]."""
        shape = [1] * len(self.axes)
        shape[axis] = -1
        which = np.broadcast_to(np.arange(self.sizes[axis]).reshape(shape), self.sizes).reshape(-1)
        return np.asarray(self.axes[axis].points[which])
