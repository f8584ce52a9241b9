"""The nearest of many sequences by dynamic time warping, as machine code."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=False)
def nearest(query, likely, rows, band):
    """The index of the nearest row (n, D) of `rows` to a query (n, D). The likely one
    is measured first, and each other one is left as soon as it is farther than that.
    """
    n, D = query.shape
    best, found = np.inf, -1
    before, now = np.empty(n + 1), np.empty(n + 1)
    for at in range(-1, len(rows)):
        if at == likely:
            continue
        row = likely if at < 0 else at
        before[:] = np.inf
        before[0] = 0.0
        for i in range(1, n + 1):
            now[:] = np.inf
            least = np.inf
            for j in range(max(1, i - band), min(n, i + band) + 1):
                came = min(before[j - 1], before[j], now[j - 1])
                for d in range(D):
                    came += (query[i - 1, d] - rows[row, j - 1, d]) ** 2
                now[j] = came
                least = min(least, came)
            before, now = now, before
            if least >= best:
                break
        else:
            if before[n] < best:
                best, found = before[n], row
    return found
