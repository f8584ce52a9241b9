"""Several threads for one training step: each takes a part of it, with BLAS of one
thread.

A BLAS with threads of its own leaves them waiting, awake, after each product, where
they slow down whatever else runs.  So inside `threads` BLAS works alone, and work is
cut here: the sequences of a fast cell, the rows or columns of a product, the steps of a
loss.
"""

from __future__ import annotations

import contextvars
import os
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.fast.buffers import empty

# So many numbers to work on, at least: with fewer it takes longer to wake a thread than
# to do without.
WORTHWHILE = 1e5
PRODUCTS = 100  # so many of a product of matrices take as long as one number worked on
MOVES = 4  # so many numbers that are added or read
# numbers, two megabytes of float32: with fewer at a time Python takes longer than they
# do
CACHED = 2**19


class Team(NamedTuple):
    """The threads at work: `size` of them, the one that asks included."""

    size: int
    others: ThreadPoolExecutor | None


_ALONE = Team(1, None)
_TEAM = contextvars.ContextVar("team", default=_ALONE)


@contextmanager
def threads(n=None):
    """Within this block BLAS has one thread, and compiled `Fast` nets share a batch
    among n.

    Results depend on n as they do on any order of summation: by rounding.

    Parameters
    ----------
    n : int, optional
        As many as there are cores if left out.

    Raises
    ------
    TypeError, ValueError
        If `n` is no integer of at least 1.
    """
    n = cores() if n is None else _check.integer("n", n)
    with _blas_alone(), ThreadPoolExecutor(max(1, n - 1)) as others:
        before = _TEAM.set(Team(n, others) if n > 1 else _ALONE)
        try:
            yield
        finally:
            _TEAM.reset(before)


def cores():
    """How many cores this process may use."""
    return (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


def size():
    """How many threads there are."""
    return _TEAM.get().size


def parts(n, work=np.inf, least=1):
    """Cut 0 … n − 1 into a slice for each thread, or fewer of at least `least`; one for
    little work.
    """
    if work < WORTHWHILE:
        return [slice(0, n)]
    count = max(1, min(size(), n // least))
    bounds = [n * i // count for i in range(count + 1)]
    return [slice(lo, hi) for lo, hi in pairwise(bounds)]


def blocks(part, width):
    """Cut a slice of rows of so many numbers into slices whose numbers stay in the
    cache.
    """
    rows = max(1, CACHED // width)
    return [
        slice(lo, min(lo + rows, part.stop))
        for lo in range(part.start, part.stop, rows)
    ]


def share(task, items):
    """Call a function with each of the items, one in each thread; return the results in
    order.
    """
    items, others = list(items), _TEAM.get().others
    if len(items) == 1 or others is None:
        return [task(item) for item in items]
    # each in a copy of this context, so that what NumPy is to ignore here it ignores
    # there
    later = [
        others.submit(contextvars.copy_context().run, _alone, task, item)
        for item in items[1:]
    ]
    try:
        first = contextvars.copy_context().run(_alone, task, items[0])
    finally:
        # even if this one failed: they write to arrays that somebody else may be given
        # then
        wait(later)
    return [first, *(one.result() for one in later)]


def matmul(a, b):
    """The product of (…, K) and (K, N), all leading axes in one; the threads share its
    longer axis.
    """
    rows = a.reshape(-1, a.shape[-1])
    (M, K), N = rows.shape, b.shape[1]
    product = empty((M, N), np.result_type(a, b))
    cut = parts(max(M, N), M * K * N / PRODUCTS)
    if M >= N:
        share(lambda part: np.matmul(rows[part], b, out=product[part]), cut)
    else:
        share(lambda part: np.matmul(rows, b[:, part], out=product[:, part]), cut)
    return product.reshape(*a.shape[:-1], N)


def _alone(task, item):
    """Run a part: what it calls is not to be cut again."""
    _TEAM.set(_ALONE)
    return task(item)


@contextmanager
def _blas_alone():
    from threadpoolctl import threadpool_limits  # not in every browser's Python

    with suppress(ImportError):
        import scipy.linalg.cython_blas  # noqa: F401  a BLAS of its own, out of reach until it is loaded
    with threadpool_limits(1, "blas"):
        yield
