"""What a net without a memory may be shown of clips: looks (L, N, D) made of their
frames (T, N, F).
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def frames(xs):
    """Each frame: L = T, D = F."""
    return _clips(xs)


def changes(xs):
    """Each frame but the last, and by how much the next one differs: L = T - 1,
    D = 2 F.
    """
    xs = _clips(xs)
    return np.concatenate([xs[:-1], np.diff(xs, axis=0)], axis=-1)


def mean(xs):
    """The mean of all frames: L = 1, D = F."""
    return _clips(xs).mean(axis=0, keepdims=True)


def side_by_side(xs):
    """All frames at once, in their order: L = 1, D = T · F."""
    T, N, F = _clips(xs).shape
    return xs.transpose(1, 0, 2).reshape(1, N, T * F)


def one_by_one(xs):
    """Sequences (L, N, D) cut into L · N sequences of one step, (1, L · N, D): a
    recurrent net that reads them is a net with one hidden layer.
    """
    return xs.reshape(1, -1, xs.shape[-1])


def _clips(xs):
    return _check.array("xs", xs, ("T", "N", "F"))
