"""Classifiers that know no time, for a net to be compared with: nearest neighbors, a
linear map.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check

# queries at a time: their distances to all training rows are held in memory
_CHUNK = 500


def nearest_neighbors(rows, labels, queries, k=1):
    """Label each query as most of the k nearest rows are labeled (Cover & Hart 1967).

    Distances are Euclidean. All rows that are as near as the k-th one have a vote, and
    of labels with equally many votes the smallest wins: so nothing hangs on the order
    of the rows.

    Parameters
    ----------
    rows : array (N, D)
    labels : int array (N,)
        0 … V − 1.
    queries : array (M, D)
    k : int
        From 1 to N.

    Returns
    -------
    int array (M,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, or `k` is more than N.
    """
    rows, labels, queries = _checked(rows, labels, queries)
    k = _check.integer("k", k)
    if k > len(rows):
        raise ValueError(f"k: expected at most the {len(rows)} rows, got {k}")
    ballots = np.eye(labels.max() + 1)[labels]
    squares = (rows**2).sum(axis=1)
    answers = []
    for start in range(0, len(queries), _CHUNK):
        chunk = queries[start : start + _CHUNK]
        # |x|² is the same for all rows and left out
        distances = squares - 2 * chunk @ rows.T
        reach = np.partition(distances, k - 1, axis=1)[:, [k - 1]]
        votes = (distances <= reach) @ ballots
        answers.append(votes.argmax(axis=1))
    return np.concatenate(answers)


def least_squares(rows, labels, queries):
    """Label each query by a linear map with bias, fitted to one-hot labels by least
    squares.

    The map is the best that a linear readout of the raw numbers can be in squared
    error.

    Parameters
    ----------
    rows : array (N, D)
    labels : int array (N,)
        0 … V − 1.
    queries : array (M, D)

    Returns
    -------
    int array (M,)
        The label whose output is largest.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    rows, labels, queries = _checked(rows, labels, queries)
    wanted = np.eye(labels.max() + 1)[labels]
    weights = np.linalg.lstsq(_with_one(rows), wanted, rcond=None)[0]
    return (_with_one(queries) @ weights).argmax(axis=1)


def _with_one(rows):
    return np.column_stack([rows, np.ones(len(rows))])


def _checked(rows, labels, queries):
    rows = _check.array("rows", rows, ("N", "D"), kind="real")
    labels = _check.array("labels", labels, (len(rows),), kind="integer")
    if labels.min() < 0:
        raise ValueError(f"labels: expected integers of at least 0, got {labels.min()}")
    return (
        rows,
        labels,
        _check.array("queries", queries, ("M", rows.shape[1]), kind="real"),
    )
