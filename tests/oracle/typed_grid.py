"""Belief points about a player's types, and how what lies between them is read."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

SLACK = 1e-9


@dataclass(frozen=True)
class Grid:
    """The belief points about one player's types, and how values between them are read."""

    player: str
    points: tuple[tuple[float, ...], ...]
    cells: tuple[tuple[int, ...], ...]  # the vertices of each simplex, for three types and more

    @classmethod
    def of(cls, axis):
        """The grid of a game's belief axis; of its cells only the vertices are taken."""
        c = axis.cells
        cells = [
            tuple(int(v) for v in c.vertex[m, : c.n_types[g]])
            for g in range(len(c.n_types))
            for m in range(c.first[g], c.first[g + 1])
        ]
        points = tuple(tuple(float(x) for x in p) for p in axis.points)
        return cls(axis.player, points, tuple(cells))

    def find(self, belief):
        """The number of a point that must be there."""
        away = [max(abs(x - y) for x, y in zip(p, belief, strict=True)) for p in self.points]
        assert min(away) < 1e-12, f"{belief} is no point of {self.player}'s grid"
        return away.index(min(away))

    def spread(self, belief):
        """The vertices and weights, all positive, that stand for a belief."""
        support = tuple(k for k, x in enumerate(belief) if x > 0)
        if belief in self.points:
            return [(self.points.index(belief), 1.0)]
        if len(support) == 2:
            return self._on_line(belief, *support)
        best, found = -math.inf, None
        for cell in self._inside(support):
            corners = np.array([[self.points[v][k] for v in cell] for k in support])
            weights = np.linalg.solve(corners, np.array([belief[k] for k in support]))
            if weights.min() > best:
                best, found = weights.min(), list(zip(cell, weights.tolist(), strict=True))
        assert best > -SLACK, f"no cell holds {belief}"
        return [(v, w) for v, w in found if w > 0]

    def _on_line(self, belief, one, other):
        line = sorted(
            (p[one], v)
            for v, p in enumerate(self.points)
            if all(x == 0 for k, x in enumerate(p) if k not in (one, other))
        )
        x = belief[one]
        for (low, v), (high, w) in itertools.pairwise(line):
            if low <= x <= high:
                share = (x - low) / (high - low)
                return [(i, p) for i, p in ((v, 1 - share), (w, share)) if p > 0]
        raise AssertionError(f"no segment holds {belief}")

    def _inside(self, support):
        """The cells of as many vertices as possible types, none of which needs another type."""
        for cell in self.cells:
            others = set(range(len(self.points[0]))) - set(support)
            if len(cell) == len(support) and all(
                self.points[v][k] == 0 for v in cell for k in others
            ):
                yield cell
