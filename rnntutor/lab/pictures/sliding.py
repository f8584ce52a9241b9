"""A strip of digits seen through a narrow window that moves over it from left to right:
a sequence of frames, one for each place.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnntutor import _check
from rnntutor.lab.pictures.strips import COLUMNS, ROWS, Strips
from rnntutor.text.minibatches import Minibatches

WIDE = 8  # columns of a window, as many as a digit has


def windows(images, stride=2):
    """What is seen at each place of strips.

    Parameters
    ----------
    images : array (N, 256)
        8 × 32 pixels, row by row.
    stride : int
        By how many columns the window moves on.

    Returns
    -------
    array (S, N, 64)
        8 × 8 pixels, row by row, of S places: 13 with a stride of 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """
    images = _check.array("images", images, ("N", ROWS * COLUMNS))
    stride = _check.integer("stride", stride)
    seen = sliding_window_view(images.reshape(-1, ROWS, COLUMNS), WIDE, axis=2)
    seen = np.moveaxis(seen[:, :, ::stride], 2, 0)  # (S, N, ROWS, WIDE)
    return seen.reshape(*seen.shape[:2], ROWS * WIDE)


def window_batches(strips, B, rng, stride=2):
    """Minibatches of strips for an `EncoderDecoder` that reads windows.

    Parameters
    ----------
    strips : Strips
    B : int
    rng : numpy.random.Generator or seed
    stride : int
        As for `windows`.

    Returns
    -------
    Minibatches

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """
    _check.instance("strips", strips, Strips)
    seen = windows(strips.images, stride)

    def take(i):
        T = int(strips.mask[:, i].sum(axis=0).max())
        inputs, targets, mask = (part[:T, i] for part in strips[1:])
        return (seen[:, i], inputs), targets, {"mask": mask}

    return Minibatches(len(strips.images), B, rng, take)
