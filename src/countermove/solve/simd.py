"""Vector instructions that Numba does not have, eight numbers wide.

LLVM splits the eight lanes into what the processor has. Numba's own vectoriser leaves these loops
scalar, which costs a factor of two to three.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 8

_GROUP = 4  # rows added without a test between them: actions have few successors

_LOWEST = -708.0  # the exponential of less is not a normal number
_ROUND = 1.5 * 2.0**52  # once added, the nearest integer stands in the lowest bits
# ln 2 in two parts; multiples of the first, with its zeros at the end, are exact.
_LN2_HIGH, _LN2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
_TERMS = 13  # of the series at |r| <= ln(2) / 2: what is left out is below 1e-17


@intrinsic
def gather_rows(
    context: Any,
    out: Any,
    at: Any,
    weights: Any,
    rows: Any,
    low: Any,
    high: Any,
    values: Any,
    stride: Any,
    offset: Any,
) -> Any:
    """``out[at : at + 8] = Σ_e weights[e] · values[rows[e] * stride + offset :][:8]``.

    The sum is over low <= e < high; all arrays are flat, contiguous and float64, ``rows`` uint32.
    """
    index = types.intp
    signature = types.void(out, index, weights, rows, index, index, values, index, index)

    def generate(ctx: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointers = [
            ctx.make_array(sig.args[i])(ctx, builder, value=args[i]).data for i in (0, 2, 3, 6)
        ]
        out_p, weights_p, rows_p, values_p = pointers
        _, at_, _, _, low_, high_, _, stride_, offset_ = args
        vector = ir.VectorType(ir.DoubleType(), LANES)
        undefined = ir.Constant(vector, ir.Undefined)
        zero = ir.Constant(ir.IntType(32), 0)
        spread = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        total = cgutils.alloca_once(builder, vector)
        builder.store(ir.Constant(vector, [0.0] * LANES), total)

        def add(e: Any) -> None:
            row = builder.zext(builder.load(builder.gep(rows_p, [e])), e.type)
            place = builder.add(builder.mul(row, stride_), offset_)
            source = builder.bitcast(builder.gep(values_p, [place]), vector.as_pointer())
            weight = builder.insert_element(
                undefined, builder.load(builder.gep(weights_p, [e])), zero
            )
            weight = builder.shuffle_vector(weight, undefined, spread)
            term = builder.fmul(weight, builder.load(source, align=8), flags=("contract",))
            builder.store(builder.fadd(term, builder.load(total), flags=("contract",)), total)

        count, group = builder.sub(high_, low_), low_.type(_GROUP)
        whole = builder.udiv(count, group)
        with cgutils.for_range(builder, whole, intp=low_.type) as loop:
            first = builder.add(low_, builder.mul(loop.index, group))
            for i in range(_GROUP):
                add(builder.add(first, low_.type(i)))
        done = builder.add(low_, builder.mul(whole, group))
        with cgutils.for_range(builder, builder.urem(count, group), intp=low_.type) as loop:
            add(builder.add(done, loop.index))
        target = builder.bitcast(builder.gep(out_p, [at_]), vector.as_pointer())
        builder.store(builder.load(total), target, align=8)
        return ctx.get_dummy_value()

    return signature, generate


@intrinsic
def exp_in_place(context: Any, values: Any, at: Any) -> Any:
    """``values[at : at + 8] = exp(values[at : at + 8])``, for numbers that are not positive.

    Exact to two units in the last place; zero below -708; NaN stays NaN.
    """
    signature = types.void(values, types.intp)

    def generate(ctx: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.DoubleType(), LANES)
        bits = ir.VectorType(ir.IntType(64), LANES)

        def every(value: float) -> Any:
            return ir.Constant(vector, [value] * LANES)

        def fma(a: Any, b: Any, c: Any) -> Any:
            return builder.fadd(builder.fmul(a, b, flags=("contract",)), c, flags=("contract",))

        data = ctx.make_array(sig.args[0])(ctx, builder, value=args[0]).data
        place = builder.bitcast(builder.gep(data, [args[1]]), vector.as_pointer())
        x = builder.load(place, align=8)
        # x = k ln 2 + r, so that exp(x) = 2^k exp(r).
        rounded = fma(x, every(1.0 / math.log(2.0)), every(_ROUND))
        k = builder.fsub(rounded, every(_ROUND))
        r = fma(k, every(-_LN2_LOW), fma(k, every(-_LN2_HIGH), x))
        series = every(1.0 / math.factorial(_TERMS))
        for n in range(_TERMS - 1, -1, -1):
            series = fma(series, r, every(1.0 / math.factorial(n)))
        shift = ir.Constant(bits, [52] * LANES)
        power = builder.bitcast(
            builder.add(
                builder.shl(builder.bitcast(rounded, bits), shift),
                ir.Constant(bits, [1023 << 52] * LANES),
            ),
            vector,
        )
        tiny = builder.fcmp_ordered("<", x, every(_LOWEST))
        found = builder.select(tiny, every(0.0), builder.fmul(series, power))
        builder.store(found, place, align=8)
        return ctx.get_dummy_value()

    return signature, generate
