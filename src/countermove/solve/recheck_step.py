"""One step once more, in plain NumPy, for the certificate: what actions come to, and columns.

Axis letters: S states, B joint belief points, R = S * B rows, C columns, N decision points (a state
and a belief), P profiles of actions, M movers, A actions of a mover, K its types, E branches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import StepArrays, StepNumbers, World
from countermove.solve.recheck_beliefs import Grid, Spread, grids_of, spread

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Facts:
    """What a recheck needs to know of a world, whatever the period."""

    n_states: int
    n_beliefs: int
    n_payoffs: int
    fixed: NDArray[np.int32]
    owner: NDArray[np.int32]
    grids: list[Grid] = field(default_factory=list)

    @classmethod
    def of(cls, world: World) -> Facts:
        """The facts of a world."""
        return cls(
            world.n_states,
            world.beliefs.size,
            world.n_payoffs,
            np.asarray(world.fixed),
            np.asarray(world.owner),
            grids_of(world.beliefs),
        )

    def siblings(self, column: int, axis: int) -> Indices:
        """The columns that differ from one only in the type of an axis, by type."""
        later = [
            len(grid.axis.types)
            for j, grid in enumerate(self.grids)
            if j > axis and self.fixed[column, j] >= 0
        ]
        stride = int(np.prod(later, dtype=np.int64))
        first = column - int(self.fixed[column, axis]) * stride
        return first + stride * np.arange(len(self.grids[axis].axis.types))


def actions_of(arrays: StepArrays) -> Indices:
    """Each mover's own action in each profile [P, M]."""
    counts = np.diff(arrays.first)
    if not len(counts):
        return np.zeros((1, 0), np.int64)
    return np.indices(tuple(counts)).reshape(len(counts), -1).T


def playable(arrays: StepArrays, states: Indices) -> NDArray[np.bool_]:
    """May all movers play their part of each profile? [N, P]"""
    profiles = actions_of(arrays)
    found = np.ones((len(states), len(profiles)), bool)
    for m in range(profiles.shape[1]):
        found &= arrays.legal[states][:, arrays.first[m] + profiles[:, m]] != 0
    return found


def branches(
    arrays: StepArrays, states: Indices, profile: int, n_profiles: int
) -> Iterator[tuple[Indices, Indices]]:
    """Which of the states [N] have an i-th branch after a profile, and the branch, for each i."""
    place = states * n_profiles + profile
    low, count = arrays.pointer[place], arrays.pointer[place + 1] - arrays.pointer[place]
    for i in range(int(count.max(initial=0))):
        here = np.flatnonzero(count > i)
        yield here, low[here] + i


def redrawn(facts: Facts, step: StepNumbers, following: Floats) -> list[Floats]:
    """Values [S, B, C] that a branch leads to: as they are, then after each way to draw types."""
    values = following.reshape(facts.n_states, facts.n_beliefs, -1)
    found = [values]
    for redraw in step.redraws:
        points = np.arange(facts.n_beliefs)
        for grid, point in zip(facts.grids, redraw.point, strict=True):
            if point >= 0:
                points = points + (point - grid.at) * grid.stride
        drawn = values[:, points]
        for axis, point in enumerate(redraw.point):
            if point < 0:
                continue
            odds = facts.grids[axis].axis.points[point]
            mixed = drawn.copy()
            for c in np.flatnonzero(facts.fixed[: drawn.shape[2], axis] >= 0):
                ends = redraw.stops[axis] and facts.owner[c] == axis
                family = facts.siblings(int(c), axis)
                mixed[:, :, c] = 0.0 if ends else drawn[:, :, family] @ odds
            drawn = mixed
        found.append(drawn)
    return found


def outcomes(facts: Facts, step: StepNumbers, states: Indices, after: list[Floats]) -> Floats:
    """What each profile of N states comes to at each belief after it [N, P, B, C]."""
    arrays, n_columns = step.arrays, after[0].shape[2]
    n_profiles = len(actions_of(arrays))
    worth = np.zeros((len(states), n_profiles, facts.n_beliefs, n_columns))
    for p in range(n_profiles):
        for here, branch in branches(arrays, states, p, n_profiles):
            successor = arrays.successor[branch].astype(np.int64)
            odds = arrays.odds[branch]
            way, state = successor // facts.n_states, successor % facts.n_states
            gained = np.zeros((len(here), facts.n_beliefs, n_columns))
            for number, values in enumerate(after):
                mine = way == number
                gained[mine] = values[state[mine]]
            for mark in step.absorbs:
                if mark.column < n_columns:
                    hit = (mark.hit[branch] != 0) & (mark.condition[states[here]] != 0)
                    gained[hit, :, mark.column] = 1.0
            worth[here, p] += odds[:, None, None] * gained
    for k, (profile, column) in enumerate(
        zip(arrays.charge_action, arrays.charge_column, strict=True)
    ):
        if column < n_columns:
            paid = arrays.charge[states, k][:, None] * arrays.charge_weight[k]
            worth[:, profile, :, column] += paid
    return worth * playable(arrays, states)[:, :, None, None]


@dataclass(frozen=True)
class Points:
    """Decision points of a step [N], with what its movers' actions tell there."""

    state: Indices
    belief: Indices
    spreads: list[Spread]

    def some(self, which: Indices) -> Points:
        """A part of the points."""
        parts = [
            Spread(
                x.sigma[which],
                x.believed[which],
                x.chance[which],
                x.shift[which],
                x.weight[which],
                x.grid,
            )
            for x in self.spreads
        ]
        return Points(self.state[which], self.belief[which], parts)


def points_of(
    facts: Facts, step: StepNumbers, strategy: Floats, state: Indices, belief: Indices
) -> Points:
    """The decision points of these states and beliefs [N] under a strategy [S, B * Z]."""
    arrays = step.arrays
    width = strategy.shape[1] // facts.n_beliefs
    by_point = strategy.reshape(facts.n_states, facts.n_beliefs, width)[state, belief]
    spreads = []
    for m, (mover, first, size) in enumerate(step.head.places):
        sigma = by_point[:, first : first + size].reshape(len(state), -1, len(mover.actions))
        axis = int(arrays.axis[m])
        grid = facts.grids[axis] if axis >= 0 else None
        spreads.append(spread(grid, belief, sigma, bound_at(arrays, state, m)))
    return Points(state, belief, spreads)


def bound_at(arrays: StepArrays, state: Indices, mover: int) -> NDArray[np.bool_]:
    """Where a policy tells the mover what to play [N]."""
    if not len(arrays.bound):
        return np.zeros(len(state), bool)
    return np.asarray(arrays.bound[state, mover] != 0)


@dataclass(frozen=True)
class Reached:
    """Where a profile leads from N points: the belief after, and how the movers come to it.

    ``corner`` tells which of its posterior's vertices each mover has come to.
    """

    profile: int
    actions: tuple[int, ...]
    corner: tuple[int, ...]
    belief: Indices  # [N]
    share: Floats  # [N], of the vertices among the posteriors


def reached(arrays: StepArrays, points: Points) -> Iterator[Reached]:
    """Every profile at every combination of the posteriors' vertices."""
    for p, actions in enumerate(actions_of(arrays)):
        sizes = [range(x.weight.shape[2]) for x in points.spreads]
        for corner in product(*sizes):
            belief, share = points.belief, np.ones(len(points.state))
            for x, a, v in zip(points.spreads, actions, corner, strict=True):
                belief = belief + x.shift[:, a, v]
                share = share * x.weight[:, a, v]
            if share.any():
                yield Reached(p, tuple(int(a) for a in actions), corner, belief, share)


class Group(NamedTuple):
    """Columns that are mixed alike: payoffs of a mover's type, or which types are taken as given.

    ``types`` is by mover, -1 for any.
    """

    own: bool
    types: tuple[int, ...]


def values_of_actions(
    step: StepNumbers, points: Points, worth: Floats, place: Indices
) -> list[Floats]:
    """What its actions come to, by mover, to each of its types [N, K, A].

    ``worth`` [., P, B, C] has the points' states in its rows ``place`` [N].
    """
    arrays = step.arrays
    found: list[Floats] = [np.zeros(x.sigma.shape) for x in points.spreads]
    for way in reached(arrays, points):
        for m, q in enumerate(found):
            odds = way.share
            for other, x in enumerate(points.spreads):
                if other != m:
                    odds = odds * x.chance[:, way.actions[other]]
            first = int(arrays.column[m])
            after: Floats = worth[place, way.profile, way.belief]
            q[:, :, way.actions[m]] += odds[:, None] * after[:, first : first + q.shape[1]]
    return found


def group_of(facts: Facts, step: StepNumbers, column: int) -> Group:
    """How a step's movers mix a column."""
    types = tuple(int(facts.fixed[column, j]) if j >= 0 else -1 for j in step.arrays.axis)
    return Group(column < facts.n_payoffs and max(types, default=-1) >= 0, types)


def groups(facts: Facts, step: StepNumbers, n_columns: int) -> dict[Group, Indices]:
    """The columns that a step's movers mix alike."""
    found: dict[Group, list[int]] = {}
    for c in range(n_columns):
        found.setdefault(group_of(facts, step, c), []).append(c)
    return {group: np.array(columns) for group, columns in found.items()}


def odds_of(points: Points, way: Reached, group: Group) -> Floats:
    """What a way weighs in the columns of a group [N].

    Columns that take a mover's type for granted follow what that type plays: its own payoff as it
    is read when it chooses, between the grid's points; others by the lottery among these points
    that the truth allows, with odds w v[θ] / b'[θ].
    """
    odds = way.share
    for x, a, v, k in zip(points.spreads, way.actions, way.corner, group.types, strict=True):
        if x.grid is None or k < 0:
            odds = odds * x.chance[:, a]
            continue
        plain = x.sigma[:, k, a]
        believed = x.believed[:, k]
        if group.own:
            odds = odds * plain
            continue
        after = x.grid.at[points.belief] + x.shift[:, a, v] // x.grid.stride
        truth = x.grid.axis.points[after, k]
        lottery = x.chance[:, a] * truth / np.where(believed > 0, believed, 1.0)
        odds = odds * np.where(believed > 0, lottery, plain)
    return np.asarray(odds)


def mixed(facts: Facts, step: StepNumbers, points: Points, worth: Floats, place: Indices) -> Floats:
    """Every column before the step [N, C], under the stated strategies."""
    n_columns = worth.shape[3]
    found = np.zeros((len(points.state), n_columns))
    alike = groups(facts, step, n_columns)
    for way in reached(step.arrays, points):
        values = worth[place, way.profile, way.belief]
        for group, columns in alike.items():
            found[:, columns] += odds_of(points, way, group)[:, None] * values[:, columns]
    return found
