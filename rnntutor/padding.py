"""Sequences of different lengths in one array."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check


class Padded(NamedTuple):
    """Sequences side by side, and where they end."""

    xs: np.ndarray  # (T, B, D), 0 behind the end of a sequence
    mask: np.ndarray  # bool (T, B), False there


def pad(sequences):
    """Lay sequences of different lengths side by side in an array as long as the longest.

    Parameters
    ----------
    sequences : list of arrays (T_i, D)

    Returns
    -------
    Padded
        xs (T, B, D) and mask (T, B).

    Raises
    ------
    TypeError, ValueError
        If `sequences` is no list, is empty, or its arrays have different D.
    """
    if not isinstance(sequences, (list, tuple)):
        raise TypeError(f"sequences: expected a list of arrays (T_i, D), got {_check.short(sequences)}")
    if not sequences:
        raise ValueError("sequences: expected at least one array, got none")
    arrays = [_check.array("sequences[0]", sequences[0], ("T_i", "D"))]
    D = arrays[0].shape[1]
    arrays += [_check.array(f"sequences[{i}]", one, ("T_i", D)) for i, one in enumerate(sequences[1:], 1)]
    lengths = np.array([len(one) for one in arrays])
    xs = np.zeros((lengths.max(), len(arrays), D), np.result_type(*arrays))
    for b, one in enumerate(arrays):
        xs[: len(one), b] = one
    return Padded(xs, np.arange(len(xs))[:, None] < lengths)
