"""From rows, a sequence of the batch in each, to columns and back; and what padding asks for."""

from __future__ import annotations

import numpy as np
from numba import njit

NO_PADDING = np.empty((0, 0), bool)
BLOCK = 16  # numbers that are read side by side: a line of the cache


def padding(mask):
    """A mask as machine code takes it: an array, empty where there is none."""
    return NO_PADDING if mask is None else mask


@njit
def to_columns(rows, index, first, columns):
    """Columns (K, B) ← K numbers, from the one at `first` on, of the rows that `index` (B,) says."""
    K, B = columns.shape
    for start in range(0, K, BLOCK):
        for j in range(B):
            i = index[j]
            for k in range(start, min(start + BLOCK, K)):
                columns[k, j] = rows[i, first + k]


@njit
def add_columns(rows, first, columns):
    """Columns (K, B) ← themselves + K numbers, from the one at `first` on, of each of B rows."""
    K, B = columns.shape
    for start in range(0, K, BLOCK):
        for j in range(B):
            for k in range(start, min(start + BLOCK, K)):
                columns[k, j] += rows[j, first + k]


@njit
def to_rows(columns, rows, first):
    """K numbers, from the one at `first` on, of each of B rows ← columns (K, B)."""
    K, B = columns.shape
    for start in range(0, K, BLOCK):
        for j in range(B):
            for k in range(start, min(start + BLOCK, K)):
                rows[j, first + k] = columns[k, j]


@njit
def hold(mask, before, now):
    """Where a sequence is padding, what was before stands still; mask (B,), the others (K, B)."""
    K, B = now.shape
    for j in range(B):
        if not mask[j]:
            for k in range(K):
                now[k, j] = before[k, j]


@njit
def silence(mask, columns):
    """Where a sequence is padding, zero; mask (B,), columns (K, B)."""
    K, B = columns.shape
    for j in range(B):
        if not mask[j]:
            for k in range(K):
                columns[k, j] = 0


@njit
def add_rows(ids, values, lo, hi, sums):
    """In columns lo … hi − 1: row ids[i] of (n, K) ← itself + row i of `values` (M, K)."""
    for i in range(len(ids)):
        n = ids[i]
        for k in range(lo, hi):
            sums[n, k] += values[i, k]
