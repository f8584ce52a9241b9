"""Counting: which n-grams a text has, and how often each occurs or after how many
different symbols.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Counts(NamedTuple):
    """The n-grams of one order that occur. A context is the (n − 1)-gram before the
    last symbol.
    """

    # (n-grams,) ascending: number of the context, times V, plus the symbol
    codes: np.ndarray
    # (n-grams,) number of the context: its place in the codes of the order below
    context: np.ndarray
    # (n-grams,) how often the n-gram occurs, or its continuation count
    count: np.ndarray
    # (contexts,) the sum of these over the symbols that follow the context
    total: np.ndarray
    kinds: np.ndarray  # (contexts,) how many different ones do


def count(ids, order, V, continuation=False):
    """The n-grams of the orders 1 … `order`.

    Parameters
    ----------
    ids : int array (N,)
        Each 0 … V − 1; at least `order` of them.
    order, V : int
    continuation : bool
        Below the highest order, do not count how often an n-gram occurs but after how
        many different symbols: its continuation count (Kneser & Ney 1995). The
        beginning of the text is one of them, so that no n-gram of the text has the
        count 0.

    Returns
    -------
    list of Counts
        One for each order, from 1 up.
    """
    codes, counts = [], []
    # place[i]: number of the (n-1)-gram that starts at i
    place = np.zeros(len(ids) + 1, np.int64)
    for n in range(1, order + 1):
        found, first, whole, counted = np.unique(
            place[:-1] * V + ids[n - 1 :],
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        # each n-gram is one more symbol before the (n-1)-gram that it ends in
        if continuation and n > 1:
            ends_in = np.append(place[first + 1], place[0])
            counts[-1] = np.bincount(ends_in.astype(np.intp))  # eq-continuation
        codes.append(found)
        counts.append(counted)
        place = whole.astype(np.int64)  # NumPy counts in the machine's own integers
    contexts = [1, *map(len, codes)]
    return [_counts(*one, V) for one in zip(codes, counts, contexts[:-1], strict=True)]


def _counts(codes, counted, contexts, V):
    """`Counts` with the sums over what follows each of the contexts."""
    # bincount takes the machine's own integers, which may be narrower than a code
    context = (codes // V).astype(np.intp)
    total, kinds = (
        np.bincount(context, counted, contexts),
        np.bincount(context, minlength=contexts),
    )
    return Counts(codes, context, counted, total, kinds)
