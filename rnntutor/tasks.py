"""Tasks made to order, which need a memory of a known length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.batches import one_hot


class Task(NamedTuple):
    """A batch of sequences: what is read, what is to be said, and when."""

    xs: np.ndarray  # (T, B, D)
    targets: np.ndarray  # (T, B)
    mask: np.ndarray  # (T, B)


def first_symbol(rng, T, B, V, noise=2, dtype=np.float64):
    """Remember the first symbol over a lag of noise and say it at the end.

    At t = 1 each sequence shows one of V symbols, drawn evenly. The T − 1 inputs after it are
    noise, drawn evenly from `noise` other symbols. The answer counts at t = T alone, so the net
    has to carry it over a lag of T − 1 steps.

    Knowing nothing is worth a loss of ln V nats, and 1/V of the answers right: chance level. A
    loss that stays there means that the net has not learned to remember.

    Parameters
    ----------
    rng : numpy.random.Generator
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
