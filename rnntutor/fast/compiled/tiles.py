"""The product of one step, with weights that stay where they are: packed once, used at
every step.

A general product of matrices copies the weights into an order of its own each time it
is called, and over time it is called with the same weights T times.  Here they are cut
into panels once: four vectors of columns side by side, one row of weights after the
other.  A tile of the result, ROWS sequences by four vectors, stays in the registers of
the processor while all rows of a panel go by.
"""

from __future__ import annotations

import re

import numpy as np
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils, config
from numba.extending import intrinsic, overload

from rnntutor.fast.buffers import empty
from rnntutor.fast.compiled.kept import kept


def _registers():
    """How many bytes a vector register holds, and how many of them there are: on this
    processor, or on the one that NUMBA_CPU_FEATURES tells Numba to compile for.
    """
    try:
        features = binding.get_host_cpu_features()
    except RuntimeError:  # LLVM does not know this system
        features = {}
    if config.CPU_FEATURES is not None:
        features = dict.fromkeys(re.findall(r"\+(\w+)", config.CPU_FEATURES), True)
    if features.get("avx512f"):
        return 64, 32
    if features.get("avx"):
        return 32, 16
    return 16, 16 if features.get("sse2") else 32


BYTES, REGISTERS = _registers()
VECTORS = 4  # of a panel
# of a tile: its sums, a row of weights and one number more have to fit
ROWS = 4 if REGISTERS == 32 else 2
INDEX = ir.IntType(64)
FUSED = ("contract",)  # a product and a sum may become one instruction


def lanes(array):
    """How many numbers of this kind fill a vector register, from compiled code."""
    raise NotImplementedError


@overload(lanes)
def _lanes(array):
    n = BYTES * 8 // array.dtype.bitwidth
    return lambda array: n


def _tile(rows):
    """Make the function that adds one tile of `rows` sequences."""

    @intrinsic
    def add_tile(typing, x, x_at, K, panels, panel_at, out, out_at, out_row, apart):
        """Out (rows, 4 vectors) ← itself + x (rows, K) · panel (K, 4 vectors).

        Arrays are given whole, with the place of their first number that takes part;
        rows of `x` are K apart, those of `out` `out_row`, its vectors `apart`.
        """
        n, size = BYTES * 8 // out.dtype.bitwidth, out.dtype.bitwidth // 8
        at = types.intp
        signature = types.void(x, at, at, panels, at, out, at, at, at)

        def code(context, builder, signature, arguments):
            x, x_at, K, panels, panel_at, out, out_at, out_row, apart = arguments
            x, panels, out = (
                cgutils.create_struct_proxy(kind)(context, builder, value).data
                for kind, value in zip(
                    (signature.args[i] for i in (0, 3, 5)),
                    (x, panels, out),
                    strict=True,
                )
            )
            vector = ir.VectorType(context.get_value_type(signature.args[5].dtype), n)
            nothing = ir.Constant(vector, ir.Undefined)
            first = ir.Constant(ir.VectorType(ir.IntType(32), n), [0] * n)

            def pointer(array, place):
                return builder.bitcast(builder.gep(array, [place]), vector.as_pointer())

            def steps(start, count, step):
                """`count` places, `step` apart."""
                return [
                    builder.add(start, builder.mul(INDEX(i), step))
                    for i in range(count)
                ]

            places = [
                pointer(out, place)
                for row in steps(out_at, rows, out_row)
                for place in steps(row, VECTORS, apart)
            ]
            sums = []
            for place in places:
                sums.append(cgutils.alloca_once(builder, vector))
                builder.store(builder.load(place, align=size), sums[-1])
            x_rows = [builder.gep(x, [place]) for place in steps(x_at, rows, K)]
            with cgutils.for_range(builder, K) as loop:
                start = builder.add(
                    panel_at, builder.mul(loop.index, INDEX(VECTORS * n))
                )
                starts = steps(start, VECTORS, INDEX(n))
                weights = [
                    builder.load(pointer(panels, place), align=size) for place in starts
                ]
                for r, row in enumerate(x_rows):
                    number = builder.load(builder.gep(row, [loop.index]))
                    number = builder.insert_element(nothing, number, ir.IntType(32)(0))
                    # in every lane
                    number = builder.shuffle_vector(number, nothing, first)
                    for v, weight in enumerate(weights):
                        total = sums[r * VECTORS + v]
                        product = builder.fmul(number, weight, flags=FUSED)
                        builder.store(
                            builder.fadd(builder.load(total), product, flags=FUSED),
                            total,
                        )
            for place, total in zip(places, sums, strict=True):
                builder.store(builder.load(total), place, align=size)
            return context.get_dummy_value()

        return signature, code

    return add_tile


_add_4, _add_3, _add_2, _add_1 = _tile(4), _tile(3), _tile(2), _tile(1)


@kept()
def quarter(W):
    """How far apart the four vectors of a panel are if they are to cover all columns of
    W.
    """
    n = lanes(W)
    return -(-W.shape[1] // (VECTORS * n)) * n


def pack(W, apart):
    """Panels (N, K, 4 n) of W (K, M): in panel p the columns v · apart + p n … of the
    vectors v = 0 … 3.

    A vector's columns end where the next one's begin, at the latest with W; beyond
    there is zero.
    """
    n = BYTES // W.itemsize
    panels = empty((-(-apart // n), len(W), VECTORS * n), W.dtype)
    _pack(W, apart, panels)
    return panels


@kept(nogil=True)
def _pack(W, apart, panels):
    """`pack`."""
    (K, M), n = W.shape, lanes(W)
    for p in range(len(panels)):
        for v in range(VECTORS):
            first, last = _span(v, p, apart, n, M)
            for k in range(K):
                for j in range(n):
                    panels[p, k, v * n + j] = W[k, first + j] if j < last - first else 0


@njit
def _span(v, p, apart, n, M):
    """The first column of vector v in panel p, and the one after its last."""
    first = v * apart + p * n
    return first, max(first, min(first + n, (v + 1) * apart, M))


@njit
def add_product(x, lo, hi, panels, apart, out):
    """Rows lo … hi − 1 of `out` (B, M) ← themselves + those of x (B, K) times W, as
    `pack` made it.

    All arrays are contiguous.
    """
    K, M, n = x.shape[1], out.shape[1], lanes(out)
    edge = np.zeros((ROWS, VECTORS * n), out.dtype)
    for p in range(len(panels)):
        whole = True  # all four vectors full
        for v in range(VECTORS):
            first, last = _span(v, p, apart, n, M)
            whole &= last - first == n
        for b in range(lo, hi, ROWS):
            rows = min(ROWS, hi - b)
            if whole:
                _add(rows, x, b * K, K, panels, p, out, b * M + p * n, M, apart)
                continue
            edge[:] = 0
            _add(rows, x, b * K, K, panels, p, edge, 0, VECTORS * n, n)
            for v in range(VECTORS):
                first, last = _span(v, p, apart, n, M)
                for r in range(rows):
                    for j in range(last - first):
                        out[b + r, first + j] += edge[r, v * n + j]


@njit
def _add(rows, x, x_at, K, panels, p, out, out_at, out_row, apart):
    """A tile of so many rows."""
    at = p * panels.shape[1] * panels.shape[2]
    if rows == 4:
        _add_4(x, x_at, K, panels, at, out, out_at, out_row, apart)
    elif rows == 3:
        _add_3(x, x_at, K, panels, at, out, out_at, out_row, apart)
    elif rows == 2:
        _add_2(x, x_at, K, panels, at, out, out_at, out_row, apart)
    else:
        _add_1(x, x_at, K, panels, at, out, out_at, out_row, apart)
