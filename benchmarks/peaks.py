"""What this machine can do at best: bandwidth, random gathers, arithmetic, all on all cores."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import get_num_threads, njit, prange
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from benchmarks.timing import seconds
from countermove.solve.simd import LANES, gather_rows

_CHAINS = 16  # independent sums, enough to hide the latency of a fused multiply-add


@njit(parallel=True)
def _triad(a: Any, b: Any, c: Any, factor: float) -> None:
    for i in prange(a.shape[0]):
        a[i] = b[i] + factor * c[i]


def bandwidth(*, megabytes: int = 256, repeats: int = 5) -> float:
    """Bytes a second of ``a = b + x * c`` over three arrays, as STREAM counts them (24 a step)."""
    n = megabytes * (1 << 20) // 8
    a, b, c = np.zeros(n), np.ones(n), np.ones(n)
    return 24 * n / min(seconds(lambda: _triad(a, b, c, 3.0), repeats=repeats))


@njit(parallel=True)
def _gather(flat: Any, rows: Any, weights: Any, sums: Any) -> None:
    """Weighted sums of rows [N] of a table of eight columns, a share for each row of ``sums``."""
    share = rows.shape[0] // sums.shape[0]
    for k in prange(sums.shape[0]):
        gather_rows(sums[k], 0, weights, rows, k * share, (k + 1) * share, flat, LANES, 0)


def gathers(rows: NDArray[np.uint32], n_states: int, *, repeats: int = 5) -> float:
    """Rows of 64 bytes a second, read from a table [n_states, 8] in the order of ``rows``.

    Row numbers and weights are read too, as no gather can do without.
    """
    room = np.ones((n_states + 1) * LANES)
    skip = (-room.ctypes.data // room.itemsize) % LANES  # rows begin at cache lines
    flat, weights = room[skip : skip + n_states * LANES], np.ones(len(rows))
    sums = np.zeros((16 * get_num_threads(), LANES))
    return len(rows) / min(seconds(lambda: _gather(flat, rows, weights, sums), repeats=repeats))


@intrinsic
def _chains(context: Any, n: Any, out: Any) -> Any:
    """``_CHAINS`` running sums of vectors, each ``x <- x * f + f`` n times, written to ``out``."""
    signature = types.void(types.intp, out)

    def generate(ctx: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.DoubleType(), LANES)
        factor = ir.Constant(vector, [0.5] * LANES)
        data = ctx.make_array(sig.args[1])(ctx, builder, value=args[1]).data
        sums = [cgutils.alloca_once_value(builder, factor) for _ in range(_CHAINS)]
        with cgutils.for_range(builder, args[0]):
            for place in sums:
                product = builder.fmul(builder.load(place), factor, flags=("contract",))
                builder.store(builder.fadd(product, factor, flags=("contract",)), place)
        total = builder.load(sums[0])
        for place in sums[1:]:
            total = builder.fadd(total, builder.load(place))
        target = builder.bitcast(data, vector.as_pointer())
        builder.store(total, target, align=8)
        return ctx.get_dummy_value()

    return signature, generate


@njit(parallel=True)
def _multiply_add(n: int, out: Any) -> None:
    for k in prange(out.shape[0]):
        _chains(n, out[k])


def arithmetic(*, repeats: int = 5, n: int = 5_000_000) -> float:
    """Floating-point operations a second of fused multiply-adds in registers."""
    out = np.zeros((get_num_threads(), LANES))
    work = 2 * LANES * _CHAINS * n * len(out)
    return work / min(seconds(lambda: _multiply_add(n, out), repeats=repeats))
