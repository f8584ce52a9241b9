"""Drawing a symbol, as `rnntutor.text.sampling` does it, and products with one
vector.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from rnntutor.fast.compiled.blas import add_matvec


@njit
def draw(y_raw, temperature, u, weights):
    """The symbol that u from [0, 1) stands for; −1 if y_raw (V,) is not finite. Fills
    `weights` (V,).
    """
    largest = y_raw[0]
    for y in y_raw:
        if not math.isfinite(y):
            return -1
        largest = max(largest, y)
    total = 0.0
    for k in range(len(y_raw)):
        below = np.float64(y_raw[k]) - np.float64(largest)
        if temperature == 0:
            total += 1.0 if below == 0 else 0.0
        else:
            total += math.exp(below / temperature)  # eq-temperature
        weights[k] = total
    return min(np.searchsorted(weights, u * total, side="right"), len(y_raw) - 1)


@njit
def read_out(address, W, b, h, y_raw):
    """y_raw (V,) ← W h + b with W (V, H), W_hy transposed."""
    y_raw[:] = b
    add_matvec(address, W, h, y_raw)  # eq-readout
