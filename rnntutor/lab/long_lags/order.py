"""Temporal order: which of two symbols came first is all that tells the classes
apart.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.lab.long_lags.base import Task
from rnntutor.text.batches import one_hot

SYMBOLS = "abcdXYEB"


def temporal_order(rng, B, dtype=np.float64):
    """Tell XX, XY, YX and YY apart, with noise before, between and after (1997,
    experiment 6a).

    A sequence starts with E and ends with B. In between come a, b, c and d, drawn
    evenly, but for two places: there comes X or Y, each with probability 1/2. The
    first is between 10 and 20 steps after E, the second between 50 and 60; the sequence
    has 100 to 110 steps. At B, and only there, the net has to say which of the four it
    was.

    Chance level is ln 4 nats and a quarter of the answers. Published success: the mean
    error of training is below 0.1, and the 2,000 most recent sequences are right, with
    every output's absolute error below 0.3.

    Parameters
    ----------
    rng : numpy.random.Generator or seed
        The same seed gives the same batch.
    B : int
        Sequences.
    dtype : dtype
        Of `xs`.

    Returns
    -------
    xs : array (110, B, 8)
        One-hot, in the order of `SYMBOLS`. Shorter sequences are followed by zeros,
        which no answer depends on.
    targets : int array (110, B)
        0 … 3 for XX, XY, YX, YY at each sequence's last step, 0 elsewhere.
    mask : bool array (110, B)
        True at each sequence's last step alone.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.

    Notes
    -----
    Hochreiter & Schmidhuber 1997, section 5.6, task 6a.
    """
    rng = _check.generator("rng", rng)
    B = _check.integer("B", B)
    dtype = _check.dtype("dtype", dtype)
    steps, each = 110, np.arange(B)
    last = rng.integers(99, 110, B)
    first, second = rng.integers(0, 2, (2, B))
    ids = rng.integers(0, 4, (steps, B))
    ids[0] = SYMBOLS.index("E")
    ids[rng.integers(10, 21, B), each] = SYMBOLS.index("X") + first
    ids[rng.integers(50, 61, B), each] = SYMBOLS.index("X") + second
    ids[last, each] = SYMBOLS.index("B")
    xs = one_hot(ids, len(SYMBOLS), dtype)
    xs[np.arange(steps)[:, None] > last] = 0
    targets, mask = np.zeros((steps, B), np.int64), np.zeros((steps, B), bool)
    targets[last, each] = 2 * first + second
    mask[last, each] = True
    return Task(xs, targets, mask)
