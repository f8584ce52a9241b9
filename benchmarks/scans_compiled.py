"""A linear recurrence as machine code: the loop, and the tree in place."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=False)
def _loop(keep, add, states):
    T, lanes = add.shape
    for j in range(lanes):
        states[0, j] = add[0, j]
    for t in range(1, T):
        for j in range(lanes):
            states[t, j] = keep[t, j] * states[t - 1, j] + add[t, j]


@njit(cache=False)
def _tree(keep, states):
    """Up, neighbors become one step, at its later place; then down, the places that
    were left out. `states` holds u at first.
    """
    T, lanes = states.shape
    apart = 1
    while 2 * apart <= T:
        for t in range(2 * apart - 1, T, 2 * apart):
            for j in range(lanes):
                states[t, j] += keep[t, j] * states[t - apart, j]
                keep[t, j] *= keep[t - apart, j]
        apart *= 2
    while apart > 1:
        apart //= 2
        for t in range(3 * apart - 1, T, 2 * apart):
            for j in range(lanes):
                states[t, j] += keep[t, j] * states[t - apart, j]


def loop(keep, add):
    """The states (T, 1, lanes) from zero."""
    states = np.empty(add[:, 0].shape)
    _loop(keep[:, 0], add[:, 0], states)
    return states[:, None]


def tree(keep, add):
    """The same by a tree."""
    states = add[:, 0].copy()
    _tree(keep[:, 0].copy(), states)
    return states[:, None]
