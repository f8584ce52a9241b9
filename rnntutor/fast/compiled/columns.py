"""From rows, a sequence of the batch in each, to columns and back; and what padding asks for."""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntutor.threads import parts, share

NO_PADDING = np.empty((0, 0), bool)
BLOCK = 16  # numbers that are read side by side: a line of the cache


def padding(mask):
    """A mask as machine code takes it: an array, empty where there is none."""
    return NO_PADDING if mask is None else mask


@njit
def to_columns(rows, index, lo, columns):
    """Columns (K, b) ← the rows of (N, K) that index[lo] … index[lo + b − 1] say."""
    K, b = columns.shape
    for start in range(0, K, BLOCK):
        for j in range(b):
            i = index[lo + j]
            for k in range(start, min(start + BLOCK, K)):
                columns[k, j] = rows[i, k]


@njit
def add_columns(rows, lo, columns):
    """Columns (K, b) ← themselves + rows lo … lo + b − 1 of (B, K)."""
    K, b = columns.shape
    for start in range(0, K, BLOCK):
        for j in range(b):
            for k in range(start, min(start + BLOCK, K)):
                columns[k, j] += rows[lo + j, k]


@njit
def to_rows(columns, rows, lo):
    """Rows lo … lo + b − 1 of (B, K) ← columns (K, b)."""
    K, b = columns.shape
    for start in range(0, K, BLOCK):
        for j in range(b):
            for k in range(start, min(start + BLOCK, K)):
                rows[lo + j, k] = columns[k, j]


@njit
def hold(mask, lo, before, now):
    """Where a sequence is padding, what was before stands still; mask (B,), the others (H, b)."""
    H, b = now.shape
    for j in range(b):
        if not mask[lo + j]:
            for k in range(H):
                now[k, j] = before[k, j]


@njit
def silence(mask, lo, columns):
    """Where a sequence is padding, zero; mask (B,), columns (K, b)."""
    K, b = columns.shape
    for j in range(b):
        if not mask[lo + j]:
            for k in range(K):
                columns[k, j] = 0


@njit(nogil=True)
def _add_rows(ids, values, lo, hi, sums):
    for i in range(len(ids)):
        n = ids[i]
        for k in range(lo, hi):
            sums[n, k] += values[i, k]


def add_rows(ids, values, n):
    """`rnntutor.nets.scatter.scatter_add`, for values (M, K)."""
    ids = ids.reshape(-1)
    sums = np.zeros((n, values.shape[1]), values.dtype)
    share(lambda part: _add_rows(ids, values, part.start, part.stop, sums), parts(values.shape[1]))
    return sums
