"""One symbol to be remembered: over a lag of noise, or over one of a known run of
symbols.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.lab.long_lags.base import Task
from rnntutor.text.batches import one_hot


def first_symbol(rng, T, B, V, noise=2, dtype=np.float64):
    """Remember the first symbol over a lag of noise and say it at the end.

    At t = 1 each sequence shows one of V symbols, drawn evenly. The T − 1 inputs after
    it are noise, drawn evenly from `noise` other symbols. The answer counts at t = T
    alone, so the net has to carry it over a lag of T − 1 steps.

    Knowing nothing is worth a loss of ln V nats, and 1/V of the answers right: chance
    level. A loss that stays there means that the net has not learned to remember.

    Parameters
    ----------
    rng : numpy.random.Generator or seed
        The same seed gives the same batch.
    T, B, V : int
        Steps (at least 2), sequences, and symbols to tell apart (at least 2).
    noise : int
        How many noise symbols there are.
    dtype : dtype
        Of `xs`.

    Returns
    -------
    xs : array (T, B, D)
        One-hot, D = V + noise: entries 0 … V − 1 are the symbols, the others the noise.
    targets : int array (T, B)
        The first symbol in the last row; 0 elsewhere, where nothing is asked.
    mask : bool array (T, B)
        True in the last row only.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.
    """
    rng = _check.generator("rng", rng)
    T = _check.integer("T", T, minimum=2)
    B = _check.integer("B", B)
    V = _check.integer("V", V, minimum=2)
    noise = _check.integer("noise", noise)
    dtype = _check.dtype("dtype", dtype)
    ids = rng.integers(V, V + noise, (T, B))
    ids[0] = rng.integers(0, V, B)
    targets = np.zeros((T, B), np.int64)
    targets[-1] = ids[0]
    mask = np.zeros((T, B), bool)
    mask[-1] = True
    return Task(one_hot(ids, V + noise, dtype), targets, mask)


def noise_free_lag(lag=100, dtype=np.float64):
    """Two sequences that differ in their first symbol, and must end with it (1997,
    experiment 2a).

    The sequences are (y, a_1, …, a_{p−1}, y) and (x, a_1, …, a_{p−1}, x) for p = `lag`,
    and the net has to predict each next symbol. All but the last are told by the symbol
    before them. The last one is the first, p steps ago, and nothing in between says
    which.

    Published success: the largest absolute error of all outputs is below 0.25. There
    are no sequences but these two, so nothing is left to chance and nothing to be
    drawn.

    Parameters
    ----------
    lag : int
        p, at least 2.
    dtype : dtype
        Of `xs`.

    Returns
    -------
    xs : array (p, 2, p + 1)
        One-hot: entries 0 … p − 2 are a_1 … a_{p−1}, then x, then y.
    targets : int array (p, 2)
        The next symbol.
    mask : bool array (p, 2)
        True everywhere.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.

    Notes
    -----
    Hochreiter & Schmidhuber 1997, section 5.2, task 2a; they use a lag of 4, 10 and
    100.
    """
    lag = _check.integer("lag", lag, minimum=2)
    dtype = _check.dtype("dtype", dtype)
    between = np.repeat(np.arange(lag - 1)[:, None], 2, axis=1)
    ends = np.array([[lag, lag - 1]])  # y, x
    ids = np.concatenate([ends, between, ends])
    return Task(one_hot(ids[:-1], lag + 1, dtype), ids[1:], np.ones((lag, 2), bool))
