"""One vector instruction that Numba does not have: a weighted sum of gathered rows, eight wide."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 8


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
    It stays in a register; LLVM
    splits the eight lanes into what the processor has. Numba's own vectoriser leaves this loop
    scalar, which costs a factor of two to three.
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
        with cgutils.for_range(builder, builder.sub(high_, low_), intp=low_.type) as loop:
            e = builder.add(low_, loop.index)
            row = builder.zext(builder.load(builder.gep(rows_p, [e])), low_.type)
            place = builder.add(builder.mul(row, stride_), offset_)
            source = builder.bitcast(builder.gep(values_p, [place]), vector.as_pointer())
            weight = builder.insert_element(
                undefined, builder.load(builder.gep(weights_p, [e])), zero
            )
            weight = builder.shuffle_vector(weight, undefined, spread)
            term = builder.fmul(weight, builder.load(source, align=8), flags=("contract",))
            builder.store(builder.fadd(term, builder.load(total), flags=("contract",)), total)
        target = builder.bitcast(builder.gep(out_p, [at_]), vector.as_pointer())
        builder.store(builder.load(total), target, align=8)
        return ctx.get_dummy_value()

    return signature, generate
