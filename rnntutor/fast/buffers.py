"""Memory that is used again: fresh pages from the system cost more than what is computed in them."""

from __future__ import annotations

import collections
import threading

import numpy as np


class Pool:
    """Arrays that were given back, to be taken again by whoever wants the same shape and dtype.

    Parameters
    ----------
    most : int
        How many are kept; the oldest go first.
    """

    def __init__(self, most):
        self._free = collections.deque(maxlen=most)
        self._lock = threading.RLock()  # Python may collect a pass at any instant

    def take(self, shape, dtype):
        """An array, its content arbitrary."""
        with self._lock:
            for i, array in enumerate(self._free):
                if array.shape == shape and array.dtype == dtype:
                    del self._free[i]
                    return array
        return np.empty(shape, dtype)

    def give(self, arrays):
        """Give back arrays to which no reference is left."""
        with self._lock:
            self._free.extend(arrays)


POOL = Pool(most=48)
