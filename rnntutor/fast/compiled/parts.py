"""What a compiled function works on: the sequences of one thread, their steps but for
the padding.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntutor.fast.compiled.kept import kept
from rnntutor.fast.compiled.tiles import ROWS
from rnntutor.fast.threads import MOVES, PRODUCTS, parts, share

NO_PADDING = np.empty((0, 0), bool)


def by_sequences(function, hs, weights, *arguments):
    """Call a compiled function for the sequences lo … hi − 1 of each thread, the two
    its first arguments.

    There are B of them in `hs`, (T, B, H) or (T+1, B, H), each step of which costs as
    many products as there are `weights`. A thread has as many sequences as a tile has
    rows, at least: with fewer a step takes it no less time.
    """
    T, B, _ = hs.shape
    cut = parts(B, T * B * weights / PRODUCTS, least=ROWS)
    share(lambda part: function(part.start, part.stop, *arguments), cut)


def add_up(ids, values, n):
    """`rnntutor.nets.embedded.scatter_add` of values (N, M), each thread with columns
    of its own.
    """
    sums = np.zeros((n, values.shape[1]), values.dtype)
    cut = parts(values.shape[1], values.size / MOVES)
    share(lambda part: _add_up(ids, values, part.start, part.stop, sums), cut)
    return sums


def padding(mask):
    """A mask (T, B) as machine code takes it: empty where there is none."""
    return NO_PADDING if mask is None else mask


@njit
def copy(row, to):
    """Copy numbers, as a loop: a vector at a time."""
    for k in range(len(to)):
        to[k] = row[k]


@njit
def add(row, to):
    """Add numbers, as a loop."""
    for k in range(len(to)):
        to[k] += row[k]


@njit
def real(mask, t, b):
    """Whether a step of a sequence is no padding."""
    return mask.size == 0 or mask[t, b]


@kept(nogil=True)
def _add_up(ids, values, lo, hi, sums):
    """`add_up`, in columns lo … hi − 1."""
    for i in range(len(ids)):
        add(values[i, lo:hi], sums[ids[i], lo:hi])
