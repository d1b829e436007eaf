"""The recursion in NumPy, vectorised over states, in several formulations: the kernels' peers.

Each carries V [S, C] back through the periods and writes the values at every period's start; they
differ in how the expectation over successors is taken. Axis letters as in ``benchmarks.shape``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.shape import Arrays, Floats

SPARSE = "scipy.sparse CSR product"
VECTORISED = "gather + einsum, all states at once"

Expect = Callable[[Floats], Floats]  # V [S, C] -> expectations [S, A, C]


def solve(arrays: Arrays, steps: list[Expect]) -> Floats:
    """Values [T, S, C] at the start of each period, by backward induction."""
    shape = arrays.shape
    values = np.empty((shape.periods, shape.states, shape.columns))
    following = np.zeros((shape.states, shape.columns))
    for period in range(shape.periods - 1, -1, -1):
        v = arrays.keep * following
        v += arrays.add
        for player in range(shape.players - 1, -1, -1):
            q = steps[player](v)
            q[:, :, player] -= arrays.costs[player]
            v = _mixed(q, player, arrays.rationality[player])
        values[period] = following = v
    return values


def _mixed(q: Floats, player: int, rationality: float) -> Floats:
    """V [S, C] under the logit choice from q [S, A, C]."""
    weights = rationality * q[:, :, player]
    weights -= weights.max(axis=1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=1, keepdims=True)
    mixed: Floats = np.matmul(weights[:, None, :], q)[:, 0]
    return mixed


def gathered(arrays: Arrays, *, chunk: int) -> list[Expect]:
    """Gather successors' rows, then one einsum; ``chunk`` states at a time to stay in the cache."""
    return [
        _chunked(arrays, player, chunk, lambda odds, rows: np.einsum("sam,samc->sac", odds, rows))
        for player in range(arrays.shape.players)
    ]


def multiplied(arrays: Arrays, *, chunk: int) -> list[Expect]:
    """Gather successors' rows, then a small matrix product for each action."""
    return [
        _chunked(
            arrays, player, chunk, lambda odds, rows: np.matmul(odds[:, :, None, :], rows)[:, :, 0]
        )
        for player in range(arrays.shape.players)
    ]


def _chunked(
    arrays: Arrays, player: int, chunk: int, combine: Callable[[Floats, Floats], Floats]
) -> Expect:
    shape = arrays.shape
    successors, odds = arrays.successors[player].astype(np.intp), arrays.odds[player]
    q = np.empty((shape.states, shape.actions, shape.columns))

    def expect(v: Floats) -> Floats:
        for low in range(0, shape.states, chunk):
            part = slice(low, low + chunk)
            q[part] = combine(odds[part], v.take(successors[part], axis=0))
        return q

    return expect


def summed(arrays: Arrays, *, chunk: int) -> list[Expect]:
    """One successor after another: multiply its gathered rows and add."""
    return [_one_by_one(arrays, player, chunk) for player in range(arrays.shape.players)]


def _one_by_one(arrays: Arrays, player: int, chunk: int) -> Expect:
    shape = arrays.shape
    successors = np.moveaxis(arrays.successors[player], 2, 0).astype(np.intp).copy()
    odds = np.moveaxis(arrays.odds[player], 2, 0)[..., None].copy()
    q = np.empty((shape.states, shape.actions, shape.columns))
    rows = np.empty((min(chunk, shape.states), *q.shape[1:]))

    def expect(v: Floats) -> Floats:
        for low in range(0, shape.states, chunk):
            part = slice(low, min(low + chunk, shape.states))
            room = rows[: part.stop - low]
            np.multiply(v.take(successors[0, part], axis=0), odds[0, part], out=q[part])
            for m in range(1, shape.successors):
                v.take(successors[m, part], axis=0, out=room, mode="clip")
                room *= odds[m, part]
                q[part] += room
        return q

    return expect


def sparse(arrays: Arrays) -> list[Expect]:
    """A product with a sparse matrix [S * A, S] (scipy's compiled CSR loop) at each step."""
    return [_product(arrays, player) for player in range(arrays.shape.players)]


def _product(arrays: Arrays, player: int) -> Expect:
    from scipy.sparse import csr_array

    shape = arrays.shape
    rows = shape.states * shape.actions
    pointer = np.arange(rows + 1) * shape.successors
    matrix = csr_array(
        (arrays.odds[player].reshape(-1), arrays.successors[player].reshape(-1), pointer),
        shape=(rows, shape.states),
    )
    size = (shape.states, shape.actions, shape.columns)
    return lambda v: (matrix @ v).reshape(size)


def formulations(arrays: Arrays) -> dict[str, list[Expect]]:
    """All of them, by name; chunks of 1,000 states keep 1.3 MB of rows near the processor."""
    return {
        VECTORISED: gathered(arrays, chunk=arrays.shape.states),
        "gather + einsum, 1,000 states at a time": gathered(arrays, chunk=1_000),
        "gather + matmul, 1,000 states at a time": multiplied(arrays, chunk=1_000),
        "successor by successor, 1,000 states at a time": summed(arrays, chunk=1_000),
        SPARSE: sparse(arrays),
    }
