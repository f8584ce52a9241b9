"""The adding problem: remember two real numbers and say what they add up to."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.lab.long_lags.base import Task


def adding(rng, B, T=100, dtype=np.float64):
    """Add the two numbers that are marked, in the formulation of 1997.

    Every input is a pair: a number, drawn evenly from [−1, 1], and a mark. The mark is
    1 at two places, −1 at the first and the last, and 0 elsewhere. After the last pair
    the answer is asked for, 0.5 + (X1 + X2) / 4, where X1 and X2 are the two numbers
    with the mark 1.

    The sequences have T to 1.1 T steps. X1 is among the first 10 pairs, X2 among
    the first T/2 − 1 of those that are left. Where this hits the very first pair, its
    mark stays −1 and its number counts as 0.

    To answer 0.5 always is worth a mean squared error of 1/24, and a little less for
    the pairs that count as 0. Published success: the mean error of training is below
    0.01, and the 2,000 most recent sequences are right, with an absolute error below
    0.04.

    Not to be mixed up with the formulation of Le, Jaitly & Hinton 2015: numbers from
    [0, 1], target X1 + X2, baseline 1/6.

    Parameters
    ----------
    rng : numpy.random.Generator or seed
        The same seed gives the same batch.
    B : int
        Sequences.
    T : int
        The shortest length, at least 20.
    dtype : dtype
        Of `xs` and `targets`.

    Returns
    -------
    xs : array (1.1 T, B, 2)
        Shorter sequences are followed by zeros, which no answer depends on.
    targets : array (1.1 T, B, 1)
        The answer at each sequence's last step, 0 elsewhere.
    mask : bool array (1.1 T, B)
        True at each sequence's last step alone.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.

    Notes
    -----
    Hochreiter & Schmidhuber 1997, section 5.4.
    """
    rng = _check.generator("rng", rng)
    B = _check.integer("B", B)
    T = _check.integer("T", T, minimum=20)
    dtype = _check.dtype("dtype", dtype)
    steps, each = T + T // 10, np.arange(B)
    last = rng.integers(T - 1, steps, B)
    first_mark = rng.integers(0, 10, B)
    second_mark = rng.integers(0, T // 2 - 1, B)  # among those that are left
    second_mark += second_mark >= first_mark
    numbers = rng.uniform(-1, 1, (steps, B))
    numbers[np.arange(steps)[:, None] > last] = 0
    marks = np.zeros((steps, B))
    marks[first_mark, each] = marks[second_mark, each] = 1
    marks[0] = marks[last, each] = -1
    targets = np.zeros((steps, B, 1))
    targets[last, each, 0] = 0.5 + (numbers * (marks == 1)).sum(axis=0) / 4  # eq-adding
    mask = np.zeros((steps, B), bool)
    mask[last, each] = True
    return Task(
        np.stack([numbers, marks], axis=-1).astype(dtype), targets.astype(dtype), mask
    )
