"""Dynamic time warping: how far apart two sequences are once one of them may be slower
here and faster there.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def warping_distances(query, sequences, band=None):
    r"""How far one sequence is from each of many by dynamic time warping (Sakoe & Chiba
    1978).

    .. math:: \Delta_{i,j} = \lVert x_i - x'_j \rVert^2
        + \min(\Delta_{i-1,j-1}, \Delta_{i-1,j}, \Delta_{i,j-1})

    Two sequences are laid side by side, both in their order, each step of one beside
    one or more steps of the other; both begin and end together. What counts is the sum
    of the squared distances of all that stands side by side, where it is smallest.

    Parameters
    ----------
    query : array (T, D)
    sequences : array (S, N, D)
        N of them, time first.
    band : int, optional
        By how many steps what stands side by side may be apart, at least the difference
        of T and S. No bound if left out. With 0 nothing is warped, and what comes out
        are squared Euclidean distances.

    Returns
    -------
    array (N,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, or the band is too narrow for both
        ends to meet.
    """
    query = _check.array("query", query, ("T", "D"), kind="real")
    sequences = _check.array(
        "sequences", sequences, ("S", "N", query.shape[1]), kind="real"
    )
    T, (S, N, _) = len(query), sequences.shape
    band = max(T, S) if band is None else _check.integer("band", band, minimum=0)
    if band < abs(T - S):
        raise ValueError(
            f"band: expected at least {abs(T - S)} for {T} and {S} steps, got {band}"
        )
    before = np.full((S + 1, N), np.inf)  # Δ for i − 1 steps of the query, and j others
    before[0] = 0
    for i in range(1, T + 1):
        now = np.full((S + 1, N), np.inf)
        for j in range(max(1, i - band), min(S, i + band) + 1):
            came = np.minimum(np.minimum(before[j - 1], before[j]), now[j - 1])
            apart = ((sequences[j - 1] - query[i - 1]) ** 2).sum(axis=1)
            now[j] = apart + came  # eq-warping
        before = now
    return before[S]
