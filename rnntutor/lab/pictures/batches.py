"""Batches of examples, all of them once per epoch, in an order drawn anew."""

from __future__ import annotations

from rnntutor import _check


class Epochs:
    """Batches to iterate over as often as wanted, each time in another order.

    Parameters
    ----------
    n, B : int
        How many examples there are, and how many a batch has. What does not fill one is
        left out, other examples each time.
    rng : numpy.random.Generator
    take : callable
        From an int array (B,), the examples' numbers, to a batch as `fit` wants it.

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

    def __len__(self):
        """How many batches there are in an epoch."""
        return self.n // self.B

    def __iter__(self):
        order = self.rng.permutation(self.n)
        for i in range(len(self)):
            yield self.take(order[i * self.B : (i + 1) * self.B])
