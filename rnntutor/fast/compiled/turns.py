"""Threads that work on different units of one step, and wait for each other between steps.

Each thread writes down how many steps it has done, eight numbers apart from the others, so that no two write
to one line of the cache.  A thread goes on when all have done as many.  It looks again and again, since the
others are never long; where it did so in vain for a while they have no core to run on, and it lends its own.
"""

from __future__ import annotations

import ctypes
import sys

import numpy as np
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

APART = 8
PATIENCE = 2000  # looks

_system = ctypes.windll.kernel32.SwitchToThread if sys.platform == "win32" else ctypes.CDLL(None).sched_yield
binding.add_symbol("rnntutor_give_way", ctypes.cast(_system, ctypes.c_void_p).value)


def board(n):
    """A place for each of n threads to write to."""
    return np.zeros(n * APART, np.int64)


def dissolve(board):
    """Let nobody wait any more: somebody will not come. What is computed from then on is worth nothing."""
    board[:] = np.iinfo(np.int64).max


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


@intrinsic
def _give_way(typing):
    """Let another thread have this core."""
    signature = types.int32()

    def code(context, builder, signature, arguments):
        function = ir.FunctionType(ir.IntType(32), [])
        return builder.call(cgutils.get_or_insert_function(builder.module, function, "rnntutor_give_way"), [])

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
        looks = 0
        while _read(board, k) < steps:
            looks += 1
            if looks > PATIENCE:
                _give_way()
