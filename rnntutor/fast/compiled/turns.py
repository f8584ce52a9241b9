"""Threads that work on different units of one step, and wait for each other between steps.

Each thread writes down how many steps it has done, eight numbers apart from the others, so that no two write
to one line of the cache.  A thread goes on when all have done as many.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

APART = 8


def board(n):
    """A place for each of n threads to write to."""
    return np.zeros(n * APART, np.int64)


@intrinsic
def _write(typing, array, at, value):
    """Store a number, and before it, for all to see, whatever was stored earlier."""
    signature = types.void(array, types.intp, types.int64)

    def code(context, builder, signature, arguments):
        place = _place(context, builder, signature, arguments)
        builder.store_atomic(arguments[2], place, "release", 8)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _read(typing, array, at):
    """Load a number, and after it whatever was stored before it."""
    signature = types.int64(array, types.intp)

    def code(context, builder, signature, arguments):
        return builder.load_atomic(_place(context, builder, signature, arguments), "acquire", 8)

    return signature, code


def _place(context, builder, signature, arguments):
    """Pointer to a number of an array."""
    array = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0])
    pointer = builder.bitcast(array.data, ir.IntType(64).as_pointer())
    return builder.gep(pointer, [arguments[1]])


@njit
def done(board, me, steps):
    """Say that this thread has done so many steps."""
    _write(board, me * APART, steps)


@njit
def wait(board, steps):
    """Wait until every thread has done so many steps."""
    for k in range(0, len(board), APART):
        while _read(board, k) < steps:
            pass
