"""The error for numbers that went wrong on the way, as opposed to arguments that came in wrong."""

from __future__ import annotations

import numpy as np

from rnntutor import _check


class NonFiniteError(FloatingPointError):
    """A computed tensor holds NaN or infinity.

    Attributes
    ----------
    tensor : str
        Its name, as in the book: ``hs``, ``ys_raw``, ``loss``, ``grads.cell.W_hh``, …
    """

    def __init__(self, tensor, found, advice):
        self.tensor = tensor
        super().__init__(f"{tensor}: {found}. {advice}")


FORWARD = "The parameters have grown too large, or the inputs are: check their scale."
BACKWARD = "The gradient exploded on its way back through time: try a shorter sequence or smaller weights."


def require_finite(tensor, value, advice):
    """Raise `NonFiniteError`, naming the tensor, unless all of `value` is finite."""
    if not _check.all_finite(value):
        raise NonFiniteError(tensor, _check.non_finite(np.asarray(value)), advice)
