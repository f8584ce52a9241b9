"""Products of matrices within compiled code: the BLAS that SciPy exports, called by its address.

The address comes in as an argument, since it is another one in each process: so what is compiled can be
kept on disk.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import get_cython_function_address, intrinsic

CHAR = ir.IntType(8)
POINTER = CHAR.as_pointer()
PREFIX = {np.dtype(np.float32): "s", np.dtype(np.float64): "d"}


def address_of(dtype, routine="gemm"):
    """Where the routine for this dtype lies in the memory of this process."""
    return get_cython_function_address("scipy.linalg.cython_blas", PREFIX[np.dtype(dtype)] + routine)


def _by_reference(builder, value):
    """A pointer to the value: Fortran takes every argument so."""
    return builder.bitcast(cgutils.alloca_once_value(builder, value), POINTER)


def _call(builder, address, arguments):
    """Call the routine at an address with these pointers."""
    routine = ir.FunctionType(ir.VoidType(), [POINTER] * len(arguments)).as_pointer()
    builder.call(builder.inttoptr(address, routine), arguments)


@intrinsic
def _gemm(typing, address, turned, m, n, k, a, lda, b, ldb, beta, c, ldc):
    """Column-major C (m, n) ← A B + beta C; B transposed if `turned` is ord("T"), not if it is ord("N")."""
    size, array = types.int32, types.voidptr
    signature = types.void(
        types.intp, types.int8, size, size, size, array, size, array, size, beta, array, size
    )

    def code(context, builder, signature, arguments):
        address, turned, m, n, k, a, lda, b, ldb, beta, c, ldc = arguments
        alpha, plain = beta.type(1.0), CHAR(ord("N"))
        plain, turned, alpha, m, n, k, lda, ldb, beta, ldc = (
            _by_reference(builder, value)
            for value in (plain, turned, alpha, m, n, k, lda, ldb, beta, ldc)
        )
        _call(builder, address, [plain, turned, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc])
        return context.get_dummy_value()

    return signature, code


@njit
def multiply(address, a, b, beta, c):
    """C ← A B + beta C, for contiguous arrays (m, k), (k, n), (m, n).

    What is row-major here is the transpose to a routine that is column-major: it is asked for Cᵀ = Bᵀ Aᵀ +
    beta Cᵀ.
    """
    m, k, n = np.int32(a.shape[0]), np.int32(a.shape[1]), np.int32(b.shape[1])
    beta = c.dtype.type(beta)
    _gemm(address, np.int8(ord("N")), n, m, k, b.ctypes, n, a.ctypes, k, beta, c.ctypes, n)


@njit
def multiply_columns(address, a, b, c, lo, hi):
    """Columns lo … hi − 1 of C (m, N) ← Aᵀ times those of B, for contiguous A (k, m) and B (k, N)."""
    k, m, N, n = np.int32(a.shape[0]), np.int32(a.shape[1]), np.int32(b.shape[1]), np.int32(hi - lo)
    zero = c.dtype.type(0)
    b, c = b.ravel()[lo:], c.ravel()[lo:]
    _gemm(address, np.int8(ord("T")), n, m, k, b.ctypes, N, a.ctypes, m, zero, c.ctypes, N)


@intrinsic
def _gemv(typing, address, m, n, a, x, one, y):
    """Y (n,) ← Aᵀ x + y for a column-major A (m, n)."""
    size, array = types.int32, types.voidptr
    signature = types.void(types.intp, size, size, array, array, one, array)

    def code(context, builder, signature, arguments):
        address, m, n, a, x, one, y = arguments
        transposed, m, n, one, step = (
            _by_reference(builder, value) for value in (CHAR(ord("T")), m, n, one, ir.IntType(32)(1))
        )
        _call(builder, address, [transposed, m, n, one, a, m, x, step, one, y, step])
        return context.get_dummy_value()

    return signature, code


@njit
def add_matvec(address, a, x, y):
    """Y (m,) ← A x + y, for contiguous A (m, n); `address` is that of gemv."""
    _gemv(address, np.int32(a.shape[1]), np.int32(a.shape[0]), a.ctypes, x.ctypes, y.dtype.type(1), y.ctypes)
