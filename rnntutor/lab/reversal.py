"""Strings to be written backwards, by a net that reads one and a net that writes the
other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.text.minibatches import Minibatches

END = 0  # begins what is written and ends it
ALPHABET = (".", *"abcdefghijklmnopqrstuvwxyz")
V = len(ALPHABET)


class Pairs(NamedTuple):
    """Strings, and the same backwards, side by side."""

    sources: np.ndarray  # (S, N), ids of `ALPHABET`
    source_mask: np.ndarray  # (S, N), False behind the last letter
    inputs: np.ndarray  # (S + 1, N), the end symbol, then the answer
    targets: np.ndarray  # (S + 1, N), the answer, then the end symbol
    mask: np.ndarray  # (S + 1, N), False behind the end symbol

    @property
    def lengths(self):
        """How many letters each has, (N,)."""
        return self.source_mask.sum(axis=0)

    def take(self, chosen):
        """Some of them as a batch for `fit`, as long as the longest."""
        S = int(self.lengths[chosen].max())
        xs = self.sources[:S, chosen], self.inputs[: S + 1, chosen]
        masks = {
            "mask": self.mask[: S + 1, chosen],
            "source_mask": self.source_mask[:S, chosen],
        }
        return xs, self.targets[: S + 1, chosen], masks

    def batches(self, B, rng):
        """Minibatches for an `EncoderDecoder`, in another order each epoch."""
        return Minibatches(len(self.lengths), B, rng, self.take)


def reversals(lengths, rng):
    """Draw strings of these lengths, letters with equal probability.

    Parameters
    ----------
    lengths : int array (N,)
        Each at least 1.
    rng : numpy.random.Generator or seed

    Returns
    -------
    Pairs

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """
    lengths = _check.array("lengths", lengths, ("N",), kind="integer")
    if lengths.min() < 1:
        raise ValueError(f"lengths: expected at least 1, got {lengths.min()}")
    rng, S = _check.generator("rng", rng), int(lengths.max())
    s = np.arange(S + 1)[:, None]
    there = s[:-1] < lengths
    sources = np.where(there, rng.integers(1, V, (S, len(lengths))), END)
    back = np.where(there, lengths - 1 - s[:-1], 0)
    answers = np.where(there, np.take_along_axis(sources, back, axis=0), END)
    ends = np.full((1, len(lengths)), END)
    inputs, targets = np.vstack([ends, answers]), np.vstack([answers, ends])
    return Pairs(sources, there, inputs, targets, s <= lengths)


def right(answers, pairs):
    """Which answers are the strings backwards, without a mistake and with their end.

    Parameters
    ----------
    answers : int array (L, N)
        From `greedy_search`, with `END` from the first one on.
    pairs : Pairs

    Returns
    -------
    bool array (N,)
    """
    short = max(0, len(pairs.targets) - len(answers))
    answers = np.pad(answers, ((0, short), (0, 0)), constant_values=END)
    length = len(pairs.targets)
    tail = (answers[length:] == END).all(axis=0)
    # what ran on to the end of its time has not ended
    return (answers[:length] == pairs.targets).all(axis=0) & tail


def string(symbols):
    """The text of ids, up to the end symbol."""
    ends = np.flatnonzero(symbols == END)
    return "".join(ALPHABET[s] for s in symbols[: ends[0] if len(ends) else None])
