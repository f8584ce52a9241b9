"""Shuffled minibatches of examples, for example of sequences and their labels."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.text.batches import check_sequences, side_by_side


class Minibatches:
    """Shuffled batches of examples, to iterate over as often as wanted, each time in
    another order.

    Parameters
    ----------
    n, B : int
        The number of examples, and of those in a batch. Examples that do not fill a
        batch are left out, others each time.
    rng : numpy.random.Generator or seed
        Draws the order. A training that may be resumed from a checkpoint needs one
        generator for this and for `fit`.
    take : callable
        From an int array (B,), the examples' numbers, to a batch as `fit` takes it; see
        `of` for sequences and their labels.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these, or `B` is larger than `n`.
    """

    def __init__(self, n, B, rng, take):
        self.n, self.B = _check.integer("n", n), _check.integer("B", B)
        if self.B > self.n:
            raise ValueError(
                f"B: expected at most {self.n}, the number of examples, got {B}"
            )
        self.rng = _check.generator("rng", rng)
        self.take = _check.function("take", take, "of the examples' numbers")

    @classmethod
    def of(cls, xs, targets, B, rng):
        """Minibatches (xs, targets) of sequences and their labels.

        Parameters
        ----------
        xs : array (T, N, D), or list of N arrays (T_i, D)
            The sequences of a list are padded batch by batch, and the batch has a mask.
        targets : int array (N,) or (T, N)
            A label for each sequence, for a readout at the end, or, in an array, for
            each step.
        B, rng
            As for the class.

        Returns
        -------
        Minibatches

        Raises
        ------
        TypeError, ValueError
            If an argument is none of these, or `xs` and `targets` differ in N.
        """
        if isinstance(xs, np.ndarray):
            T, N, _ = _check.array("xs", xs, ("T", "N", "D")).shape
            shape = (N,) if np.ndim(targets) == 1 else (T, N)
            targets = _check.array("targets", targets, shape, kind="integer")
            return cls(N, B, rng, lambda i: (xs[:, i], targets[..., i]))
        arrays = check_sequences("xs", xs)
        labels = _check.array("targets", targets, (len(arrays),), kind="integer")

        def take(chosen):
            padded = side_by_side([arrays[i] for i in chosen])
            return padded.xs, labels[chosen], {"mask": padded.mask}

        return cls(len(arrays), B, rng, take)

    def __len__(self):
        """The number of batches in an epoch."""
        return self.n // self.B

    def __iter__(self):
        order = self.rng.permutation(self.n)
        for i in range(len(self)):
            yield self.take(order[i * self.B : (i + 1) * self.B])

    def __repr__(self):
        return f"Minibatches({len(self)} batches of B = {self.B} examples)"
