"""The inputs of a net: contiguous batches of a text, padded sequences, one-hot
vectors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check


class ContiguousBatches:
    """Batches of contiguous text, to iterate over as often as wanted.

    The ids are laid out as B rows, each a contiguous piece of the text, and the rows
    are cut in time into chunks of T. Column b of a chunk continues column b of the
    chunk before, so the state of a recurrent net can be carried from chunk to
    chunk. Targets are the inputs shifted by one: the symbol that comes next.

    N ids make K = ⌊(N − 1) / (B T)⌋ chunks. Row b holds the ids from b K T to (b + 1) K
    T − 1. What does not fill a whole chunk is left out: fewer than B T ids at the very
    end of the text.

    Parameters
    ----------
    ids : int array (N,)
        At least B T + 1 symbols.
    B, T : int
        Rows and steps.

    Attributes
    ----------
    B, T : int
    unused : int
        How many ids at the end of the text are neither input nor target.

    Raises
    ------
    TypeError, ValueError
        If `ids` are not integers of shape (N,) or too few, or B or T is below 1.
    """

    def __init__(self, ids, B, T):
        ids = _check.array("ids", ids, ("N",), kind="integer")
        self.B = _check.integer("B", B)
        self.T = _check.integer("T", T)
        self._chunks = (len(ids) - 1) // (self.B * self.T)
        if self._chunks == 0:
            raise ValueError(
                f"ids: expected at least B*T + 1 = {self.B * self.T + 1} symbols to"
                f" fill one batch of B = {self.B} rows and T = {self.T} steps, got"
                f" {len(ids)}"
            )
        used = self._chunks * self.B * self.T
        self.unused = len(ids) - used - 1
        self._inputs = ids[:used].reshape(self.B, -1).T.astype(np.int64)
        self._targets = ids[1 : used + 1].reshape(self.B, -1).T.astype(np.int64)

    def __len__(self):
        """K, the number of batches in an epoch."""
        return self._chunks

    def __iter__(self):
        """Yield (inputs, targets), int arrays (T, B), the caller's own to change."""
        for start in range(0, self._chunks * self.T, self.T):
            chunk = slice(start, start + self.T)
            yield self._inputs[chunk].copy(), self._targets[chunk].copy()

    def __repr__(self):
        return (
            f"ContiguousBatches({len(self)} batches of T = {self.T} steps by B ="
            f" {self.B} rows)"
        )


def contiguous_batches(ids, B, T):
    """Return the `ContiguousBatches` of a text: B rows, cut in time into chunks of T.

    Parameters
    ----------
    ids : int array (N,)
        At least B T + 1 symbols.
    B, T : int
        Rows and steps.

    Returns
    -------
    ContiguousBatches
        Has a length, and yields (inputs, targets), int arrays (T, B).

    Raises
    ------
    TypeError, ValueError
        If `ids` are not integers of shape (N,) or too few, or B or T is below 1.
    """
    return ContiguousBatches(ids, B, T)


def one_hot(ids, V, dtype=np.float64):
    """Vectors with 1 at the place of each id and 0 elsewhere.

    Parameters
    ----------
    ids : int array (...)
        Of any shape, each 0 … V − 1.
    V : int
    dtype : dtype
        Of the result: float32, float64 or complex.

    Returns
    -------
    array (..., V)

    Raises
    ------
    TypeError, ValueError
        If `ids` are not integers, out of range or empty, or V is below 1.
    """
    ids = _check.array("ids", ids, None, kind="integer")
    V = _check.integer("V", V)
    dtype = _check.dtype("dtype", dtype)
    if ids.size == 0:
        raise ValueError(f"ids: expected at least one integer, got shape {ids.shape}")
    _check.below("ids", ids, V)
    out = np.zeros((*ids.shape, V), dtype)
    np.put_along_axis(out, ids.astype(np.intp)[..., None], 1, axis=-1)
    return out


class Padded(NamedTuple):
    """Padded sequences, and where they end."""

    xs: np.ndarray  # (T, B, D), 0 after the end of a sequence
    mask: np.ndarray  # bool (T, B), False there


def pad(sequences):
    """Lay sequences of different lengths side by side in an array as long as the
    longest.

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
    return side_by_side(check_sequences("sequences", sequences))


def check_sequences(name, sequences):
    """Return a list of arrays (T_i, D) that all have the same D."""
    if not isinstance(sequences, (list, tuple)):
        raise TypeError(
            f"{name}: expected a list of arrays (T_i, D), got {_check.short(sequences)}"
        )
    if not sequences:
        raise ValueError(f"{name}: expected at least one array, got none")
    arrays = [_check.array(f"{name}[0]", sequences[0], ("T_i", "D"))]
    D = arrays[0].shape[1]
    arrays += [
        _check.array(f"{name}[{i}]", one, ("T_i", D))
        for i, one in enumerate(sequences[1:], 1)
    ]
    return arrays


def side_by_side(arrays):
    """`pad` for arrays that were checked."""
    lengths = np.array([len(one) for one in arrays])
    D = arrays[0].shape[1]
    xs = np.zeros((lengths.max(), len(arrays), D), np.result_type(*arrays))
    for b, one in enumerate(arrays):
        xs[: len(one), b] = one
    return Padded(xs, np.arange(len(xs))[:, None] < lengths)
