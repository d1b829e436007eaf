"""A move in one state at one belief, and room to solve it, as one record for the compiled loops.

Numba passes the record as one pointer: as a tuple of arrays it would cost a minute of compiling.

Axis letters: M movers, A actions of one mover, K possible types, R carriers (the actions of all
movers side by side: each carries a posterior), N unknowns.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.experimental import structref

from countermove.solve.simd import LANES

_NUMBERS, _TABLE, _CUBE = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1]
_COUNTS, _COUNT_TABLE = types.int64[::1], types.int64[:, ::1]
_INDICES, _INDEX_TABLE = types.int32[::1], types.int32[:, ::1]

_FIELDS = (
    # The move. Values come as one flat array: profile p at joint belief point b has mover m's type
    # k at q[p * place[1] + (place[0] + b) * place[2] + column[m] + types[m, k]], where b is summed
    # over the movers whose choice tells of their type, point times point_stride. Only legal actions
    # and possible types are listed.
    ("size", _COUNTS),  # [3]: movers, unknowns, carriers
    ("place", _COUNTS),  # [3]: joint point of all other beliefs; numbers a profile, and a point
    ("n_actions", _COUNTS),  # [M]
    ("n_types", _COUNTS),  # [M], 0 where a policy binds
    ("learns", _COUNTS),  # [M], 1 where the choice tells of the type
    ("offset", _COUNTS),  # [M], the first unknown
    ("carrier", _COUNTS),  # [M], the first carrier
    ("owner", _COUNTS),  # [R], the mover
    ("action", _COUNT_TABLE),  # [M, A]
    ("profile_step", _COUNTS),  # [M]
    ("types", _COUNT_TABLE),  # [M, K]
    ("belief", _TABLE),  # [M, K]
    ("point", _COUNTS),  # [M], on the mover's own axis
    ("axis_start", _COUNTS),  # [M], where that axis begins among all points
    ("n_points", _COUNTS),  # [M]
    ("point_stride", _COUNTS),  # [M]
    ("column", _COUNTS),  # [M]
    ("rationality", _NUMBERS),  # [M]
    ("mixture", _TABLE),  # [M, A], what a policy plays
    # The belief grids, as in countermove.game.beliefs.Cells.
    ("cells_points", _TABLE),
    ("cells_support", _INDICES),
    ("cells_corner", _INDICES),
    ("cells_n_types", _INDICES),
    ("cells_types", _INDEX_TABLE),
    ("cells_first", _INDICES),
    ("cells_vertex", _INDEX_TABLE),
    ("cells_neighbour", _INDEX_TABLE),
    ("cells_inverse", _CUBE),
    # The equations at z.
    ("z", _NUMBERS),  # [N]
    ("residual", _NUMBERS),  # [N]
    ("logit", _NUMBERS),  # [N]
    ("sigma", _NUMBERS),  # [N], softmax of z
    ("chosen", _NUMBERS),  # [N], softmax of the values
    ("value", _NUMBERS),  # [N]
    ("jacobian", _TABLE),  # [N, N]
    ("rate", _NUMBERS),  # [N], derivative of the residual by the path's parameter
    ("slope_sigma", _TABLE),  # [N, R]
    ("slope_weight", _CUBE),  # [N, R, K]
    ("average", _NUMBERS),  # [R]
    ("posterior", _TABLE),  # [R, K]
    ("cell", _COUNTS),  # [R]
    ("vertex", _COUNT_TABLE),  # [R, K]
    ("weight", _TABLE),  # [R, K]
    ("weight_rate", _CUBE),  # [R, K, K] of a vertex's weight by a type's z
    ("origin", _NUMBERS),  # [N], where a path of kind START begins
    ("level", _NUMBERS),  # [1], the largest exponent
    ("kind", _COUNTS),  # [1], of path: RATIONALITY or START
    ("profile", _COUNTS),  # [M]
    ("corner", _COUNTS),  # [M]
    # What is found: log probabilities by mover, type and action; posteriors as vertex and weight.
    ("log_sigma", _CUBE),  # [M, K, A]
    # Newton's method and the path.
    ("matrix", _TABLE),  # [N + 1, N + 1]
    ("pivot", _COUNTS),  # [N + 1]
    ("step", _NUMBERS),  # [N + 1]
    ("here", _NUMBERS),  # [N + 1]
    ("there", _NUMBERS),  # [N + 1]
    ("guess", _NUMBERS),  # [N + 1]
    ("tangent", _NUMBERS),  # [N + 1]
    ("turned", _NUMBERS),  # [N + 1]
    ("row", _NUMBERS),  # [N + 1]
    ("aim", _COUNTS),  # [3], what makes the system square: an equation, its carrier and vertex
    ("before", _TABLE),  # [R, K]
    ("saved", _NUMBERS),  # [N]
    ("kept", _COUNTS),  # [R]
    # One mover of two types, by itself; padded to whole vectors.
    ("exponent", _NUMBERS),  # [2 A]
    ("pair", _NUMBERS),  # [2 A], values of the first type, then of the second
    ("slope", _NUMBERS),  # [2 A]
    ("share", _NUMBERS),  # [A]
)


@structref.register
class StageType(types.StructRef):  # type: ignore[misc]
    """Numba's type of a stage."""


class Stage(structref.StructRefProxy):  # type: ignore[misc]
    """A stage as Python holds it, to be handed on."""


structref.define_boxing(StageType, Stage)
_STAGE = StageType(_FIELDS)


@njit(cache=True, nogil=True)
def make_stage(cells: Any, n_movers: int, n_actions: int, n_types: int) -> Any:
    """A stage of at most so many movers, actions a mover, and types a mover.

    ``cells`` are the belief grids of all axes, or of the only one. Made once a task: nothing is
    allocated when it is solved.
    """
    r = n_movers * n_actions
    n = r * n_types
    s = structref.new(_STAGE)
    s.size = np.zeros(3, np.int64)
    s.place = np.zeros(3, np.int64)
    s.n_actions = np.zeros(n_movers, np.int64)
    s.n_types = np.zeros(n_movers, np.int64)
    s.learns = np.zeros(n_movers, np.int64)
    s.offset = np.zeros(n_movers, np.int64)
    s.carrier = np.zeros(n_movers, np.int64)
    s.owner = np.zeros(r, np.int64)
    s.action = np.zeros((n_movers, n_actions), np.int64)
    s.profile_step = np.zeros(n_movers, np.int64)
    s.types = np.zeros((n_movers, n_types), np.int64)
    s.belief = np.zeros((n_movers, n_types))
    s.point = np.zeros(n_movers, np.int64)
    s.axis_start = np.zeros(n_movers, np.int64)
    s.n_points = np.zeros(n_movers, np.int64)
    s.point_stride = np.zeros(n_movers, np.int64)
    s.column = np.zeros(n_movers, np.int64)
    s.rationality = np.zeros(n_movers)
    s.mixture = np.zeros((n_movers, n_actions))
    s.z = np.zeros(n)
    s.residual = np.zeros(n)
    s.logit = np.zeros(n)
    s.sigma = np.zeros(n)
    s.chosen = np.zeros(n)
    s.value = np.zeros(n)
    s.jacobian = np.zeros((n, n))
    s.rate = np.zeros(n)
    s.slope_sigma = np.zeros((n, r))
    s.slope_weight = np.zeros((n, r, n_types))
    s.average = np.zeros(r)
    s.posterior = np.zeros((r, n_types))
    s.cell = np.zeros(r, np.int64)
    s.vertex = np.zeros((r, n_types), np.int64)
    s.weight = np.zeros((r, n_types))
    s.weight_rate = np.zeros((r, n_types, n_types))
    s.origin = np.zeros(n)
    s.level = np.zeros(1)
    s.kind = np.zeros(1, np.int64)
    s.profile = np.zeros(n_movers, np.int64)
    s.corner = np.zeros(n_movers, np.int64)
    s.log_sigma = np.zeros((n_movers, n_types, n_actions))
    s.matrix = np.zeros((n + 1, n + 1))
    s.pivot = np.zeros(n + 1, np.int64)
    s.step = np.zeros(n + 1)
    s.here = np.zeros(n + 1)
    s.there = np.zeros(n + 1)
    s.guess = np.zeros(n + 1)
    s.tangent = np.zeros(n + 1)
    s.turned = np.zeros(n + 1)
    s.row = np.zeros(n + 1)
    s.aim = np.zeros(3, np.int64)
    s.before = np.zeros((r, n_types))
    s.saved = np.zeros(n)
    s.kept = np.zeros(r, np.int64)
    wide = (2 * n_actions // LANES + 1) * LANES
    s.exponent = np.zeros(wide)
    s.pair = np.zeros(wide)
    s.slope = np.zeros(wide)
    s.share = np.zeros(wide)
    s.cells_points = cells.points
    s.cells_support = cells.support
    s.cells_corner = cells.corner
    s.cells_n_types = cells.n_types
    s.cells_types = cells.types
    s.cells_first = cells.first
    s.cells_vertex = cells.vertex
    s.cells_neighbour = cells.neighbour
    s.cells_inverse = cells.inverse
    return s


@njit(cache=True, nogil=True)
def arrange(s: Any) -> None:
    """Number the unknowns and carriers of a stage whose movers are filled in."""
    unknown, carrier = 0, 0
    for m in range(s.size[0]):
        s.offset[m] = unknown
        s.carrier[m] = carrier
        for _ in range(s.n_actions[m]):
            s.owner[carrier] = m
            carrier += 1
        unknown += s.n_actions[m] * s.n_types[m]
    s.size[1] = unknown
    s.size[2] = carrier


@njit(cache=True, nogil=True)
def set_cells(s: Any) -> None:
    """Every carrier in a cell at the belief before the move."""
    for m in range(s.size[0]):
        corner = s.cells_corner[s.axis_start[m] + s.point[m]] if s.learns[m] else 0
        for a in range(s.n_actions[m]):
            s.cell[s.carrier[m] + a] = corner


@njit(cache=True, nogil=True)
def set_out(s: Any) -> None:
    """Every action equally likely, and every carrier in a cell at the belief before the move."""
    set_cells(s)
    for m in range(s.size[0]):
        n = s.n_actions[m]
        for i in range(s.offset[m], s.offset[m] + n * s.n_types[m]):
            s.z[i] = -math.log(n)
