"""Products of matrices within compiled code: the BLAS that SciPy exports, called by its
address.

The address comes in as an argument, since it is another one in each process: so what is
compiled can be kept on disk.
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


def address_of(dtype, routine):
    """Where the routine for this dtype lies in the memory of this process."""
    return get_cython_function_address(
        "scipy.linalg.cython_blas", PREFIX[np.dtype(dtype)] + routine
    )


def _by_reference(builder, value):
    """A pointer to the value: Fortran takes every argument so."""
    return builder.bitcast(cgutils.alloca_once_value(builder, value), POINTER)


def _call(builder, address, arguments):
    """Call the routine at an address with these pointers."""
    routine = ir.FunctionType(ir.VoidType(), [POINTER] * len(arguments)).as_pointer()
    builder.call(builder.inttoptr(address, routine), arguments)


@intrinsic
def _gemv(typing, address, m, n, a, x, one, y):
    """Y (n,) ← Aᵀ x + y for a column-major A (m, n)."""
    size, array = types.int32, types.voidptr
    signature = types.void(types.intp, size, size, array, array, one, array)

    def code(context, builder, signature, arguments):
        address, m, n, a, x, one, y = arguments
        transposed, m, n, one, step = (
            _by_reference(builder, value)
            for value in (CHAR(ord("T")), m, n, one, ir.IntType(32)(1))
        )
        _call(builder, address, [transposed, m, n, one, a, m, x, step, one, y, step])
        return context.get_dummy_value()

    return signature, code


@njit
def add_matvec(address, a, x, y):
    """Y (m,) ← A x + y, for contiguous A (m, n); `address` is that of gemv."""
    _gemv(
        address,
        np.int32(a.shape[1]),
        np.int32(a.shape[0]),
        a.ctypes,
        x.ctypes,
        y.dtype.type(1),
        y.ctypes,
    )
