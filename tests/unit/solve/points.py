"""Moves to be solved by themselves, and what they should come to, by NumPy alone.

Axis letters: N games, A actions, B belief points, K types, M movers.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numba import njit

from countermove.game.beliefs import Cells
from countermove.solve.fixed_point import set_stage, solve_point
from countermove.solve.routes import solve_stage
from countermove.solve.solutions import solutions
from countermove.solve.stage import arrange, make_stage


@njit(cache=True)
def _solve(w, lam, x, s, routes, log_sigma):
    for i in range(w.shape[0]):
        for b in range(w.shape[2]):
            routes[i, b], _ = solve_point(w[i], lam[i], 0, b, x[i, b], s)
            for k in range(w.shape[3]):
                for a in range(w.shape[1]):
                    log_sigma[i, b, k, a] = s.log_sigma[0, k, a]


def solve(w: np.ndarray, lam: np.ndarray, cells: Cells, x: np.ndarray | None = None):
    """Each game at each point: routes [N, B], log sigma [N, B, K, A], log odds [N, B, A, K - 1]."""
    n, a, b, k = w.shape
    x = np.zeros((n, b, a, k - 1)) if x is None else x.copy()
    routes, log_sigma = np.zeros((n, b), np.int64), np.zeros((n, b, k, a))
    _solve(w, np.asarray(lam, np.float64), x, make_stage(cells, 1, a, k), routes, log_sigma)
    return routes, log_sigma, x


def log_softmax(values: np.ndarray) -> np.ndarray:
    values = values - values.max(axis=-1, keepdims=True)
    return values - np.log(np.exp(values).sum(axis=-1, keepdims=True))


def posterior(belief: np.ndarray, log_sigma: np.ndarray) -> np.ndarray:
    """Bayes' rule: [A, K] from log sigma [K, A]."""
    with np.errstate(divide="ignore"):
        return np.exp(log_softmax(np.log(belief) + log_sigma.T))


def reading(cells: Cells, belief: np.ndarray) -> np.ndarray:
    """How much each point counts where values are read at a belief [B]: by trying all cells."""
    out = np.zeros(len(cells.points))
    if cells.points.shape[1] == 2:
        p = cells.points[:, 1]
        return np.array([np.interp(belief[1], p, row) for row in np.eye(len(p))])
    best = -np.inf
    for m in range(cells.first[0], cells.first[1]):
        weights = np.linalg.solve(cells.points[cells.vertex[m]].T, belief)
        if weights.min() > best:
            best = weights.min()
            out[:] = 0.0
            out[cells.vertex[m]] = weights
    return out


def off(w: np.ndarray, lam: float, cells: Cells, b: int, log_sigma: np.ndarray) -> float:
    """max |σ - softmax(λ w)| at a point, with w [A, B, K] read at the beliefs that σ brings."""
    after = posterior(cells.points[b], log_sigma)
    read = np.array([reading(cells, after[a]) @ w[a] for a in range(len(w))])
    return float(np.abs(np.exp(log_sigma) - np.exp(log_softmax(lam * read.T))).max())


@njit(cache=True)
def _solve_joint(q, n_actions, kinds, learns, belief, point, start, n_points, stride, lam, s):
    movers = len(n_actions)
    s.size[0] = movers
    profiles, columns = 1, 0
    for m in range(movers):
        s.n_actions[m], s.learns[m], s.point[m] = n_actions[m], learns[m], point[m]
        s.axis_start[m], s.n_points[m], s.point_stride[m] = start[m], n_points[m], stride[m]
        s.rationality[m], s.column[m], s.n_types[m] = lam[m], columns, kinds[m]
        columns += kinds[m]
        for a in range(n_actions[m]):
            s.action[m, a] = a
        for k in range(kinds[m]):
            s.types[m, k], s.belief[m, k] = k, belief[m, k]
    for m in range(movers - 1, -1, -1):
        s.profile_step[m] = profiles
        profiles *= n_actions[m]
    s.place[0], s.place[1], s.place[2] = 0, len(q) // profiles, columns
    arrange(s)
    for i in range(s.size[1]):
        s.z[i] = 0.0
    route, _ = solve_stage(q, s, True)
    return route, s.z[: s.size[1]].copy()


def solve_joint(q, n_actions, kinds, lam, cells=(), belief=None, point=None):
    """Movers at once: the route, and each mover's log sigma [K, A].

    ``q`` [P, B..., C] has a column for each mover's type; typed movers' axes in their order.
    """
    from countermove.game import grids
    from countermove.game.beliefs import Axis, Beliefs

    movers = len(n_actions)
    axes = grids.axes(Beliefs(tuple(Axis(str(i), (), c, 0) for i, c in enumerate(cells))))
    typed = [m for m in range(movers) if kinds[m] > 1]
    start, n_points, stride = np.zeros((3, movers), np.int64)
    for j, m in enumerate(typed):
        start[m], stride[m] = axes.start[j], axes.stride[j]
        n_points[m] = axes.start[j + 1] - axes.start[j]
    if belief is None:
        belief = np.ones((movers, 1))
    point = np.zeros(movers, np.int64) if point is None else np.asarray(point, np.int64)
    route, z = _solve_joint(
        np.ascontiguousarray(q, np.float64).reshape(-1),
        np.asarray(n_actions, np.int64),
        np.asarray(kinds, np.int64),
        np.array([int(k > 1) for k in kinds]),
        belief,
        point,
        start,
        n_points,
        stride,
        np.asarray(lam, np.float64),
        make_stage(axes.cells, movers, max(n_actions), max(kinds)),
    )
    found, at = [], 0
    for n, k in zip(n_actions, kinds, strict=True):
        found.append(z[at : at + n * k].reshape(k, n))
        at += n * k
    return route, found


def off_joint(q, n_actions, kinds, lam, cells, belief, found) -> float:
    """max |σ - softmax(λQ)| of all movers, from what every profile comes to at the posteriors."""
    movers = len(n_actions)
    typed = [m for m in range(movers) if kinds[m] > 1]
    sigma = [np.exp(log_sigma) for log_sigma in found]
    average = [belief[m, : kinds[m]] @ sigma[m] for m in range(movers)]
    value = [np.zeros((kinds[m], n_actions[m])) for m in range(movers)]
    first = np.concatenate([[0], np.cumsum(kinds)])
    for number, profile in enumerate(product(*map(range, n_actions))):
        read = q[number]
        for j, m in enumerate(typed):
            after = posterior(belief[m, : kinds[m]], found[m])[profile[m]]
            read = np.tensordot(reading(cells[j], after), read, axes=(0, 0))
        for m in range(movers):
            others = np.prod([average[j][profile[j]] for j in range(movers) if j != m])
            value[m][:, profile[m]] += others * read[first[m] : first[m + 1]]
    return max(
        float(np.abs(sigma[m] - np.exp(log_softmax(lam[m] * value[m]))).max())
        for m in range(movers)
    )


@njit(cache=True)
def _find_all(w, lam, b, s, starts, found):
    set_stage(w, lam, 0, b, s)
    return solutions(w.reshape(-1), s, starts, found)


def find_all(w, lam, cells, b, starts=20):
    """The solutions of one point, σ [I, K, A], that of the path first; and the path's route."""
    n_actions, _, n_types = w.shape
    found = np.zeros((12, n_actions * n_types))
    count, route = _find_all(w, lam, b, make_stage(cells, 1, n_actions, n_types), starts, found)
    return found[:count].reshape(count, n_types, n_actions), route
