"""Memory that is used again: fresh pages from the system cost more than what is
computed in them.

An array from `empty` is like one from `numpy.empty`. When neither it nor a view of it
is left, its memory is kept for the next array of the same size, if it is worth it and
not more than there should be.
"""

from __future__ import annotations

import collections
import math
import threading

import numpy as np

LINE = 64  # bytes: an array begins where a line of the cache does
WORTHWHILE = 2**17  # bytes: with fewer the system has to be asked for nothing


class Pool:
    """Pieces of memory that are free.

    Parameters
    ----------
    most : int
        How many bytes are kept; the pieces that lie there longest go first.
    """

    def __init__(self, most):
        self._free, self._size, self._most = collections.deque(), 0, most
        self._lock = threading.Lock()

    def take(self, size):
        """So many bytes: the piece of that size that was given last, since a cache may
        hold it still.
        """
        piece = self._undisturbed(self._find, size)
        if piece is not None:
            return piece
        memory = np.empty(size + LINE, np.uint8)
        start = -memory.ctypes.data % LINE
        return memory[start : start + size]

    def give(self, piece):
        """Take a piece back."""
        self._undisturbed(self._keep, piece)

    def _undisturbed(self, do, what):
        """Do it unless another thread is at it, or this one: Python may collect an
        array at any instant.
        """
        if not self._lock.acquire(blocking=False):
            return None  # a piece is not found, or not kept: that is no harm
        try:
            return do(what)
        finally:
            self._lock.release()

    def _find(self, size):
        """`take` out of what is free, if there is any of that size."""
        for i in reversed(range(len(self._free))):
            piece = self._free[i]
            if len(piece) == size:
                del self._free[i]
                self._size -= size
                return piece
        return None

    def _keep(self, piece):
        """`give`, and let the oldest go."""
        self._free.append(piece)
        self._size += len(piece)
        while self._size > self._most:
            self._size -= len(self._free.popleft())


POOL = Pool(most=2**28)


class _Lease:
    """What an array's memory belongs to while the array is there."""

    def __init__(self, piece, shape, dtype):
        self.piece, self.pool = piece, POOL
        self.__array_interface__ = {
            "version": 3,
            "shape": shape,
            "typestr": dtype.str,
            "data": (piece.ctypes.data, False),
        }

    def __del__(self):
        self.pool.give(self.piece)


def empty(shape, dtype):
    """An array, its content arbitrary.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
        Of numbers.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if size < WORTHWHILE:
        return np.empty(shape, dtype)
    return np.asarray(_Lease(POOL.take(size), shape, dtype))
