"""The functions f of h = f(a), each beside its derivative.

A derivative is written as a function of the *output* h, which the forward pass stores
anyway: the pre-activation need not be kept for the backward pass.
All are holomorphic where they are smooth, so complex numbers pass through them and the
complex step can check them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnntutor import _check

# Where e^{-x} is about to overflow.
LOWEST = {
    np.dtype(kind): -np.floor(np.log(np.finfo(kind).max))
    for kind in (np.float32, np.float64)
}


class Activation(NamedTuple):
    """A function and its derivative.

    Attributes
    ----------
    f : callable
        ``h = f(a)``, element by element.
    df : callable
        The derivative dh/da written from the output: ``df(h)``.
    """

    f: Callable
    df: Callable


def sigmoid(x):
    r"""Logistic sigmoid, :math:`\sigma(x) = 1 / (1 + e^{-x})`.

    Where :math:`e^{-x}` would overflow, the result is no normal number any more, and 0
    is returned; up to there its relative accuracy is that of the exponential.

    Parameters
    ----------
    x : array
        Any shape, float32, float64 or complex.

    Returns
    -------
    array
        The shape and dtype of `x`; real values lie in [0, 1].

    Raises
    ------
    TypeError, ValueError
        If `x` is not an array of numbers, or holds NaN.
    """
    x = _check.array("x", x, None, finite=False)
    if np.isnan(x).any():
        raise ValueError(
            f"x: expected numbers, got NaN at {int(np.isnan(x).sum())} of {x.size}"
            " places"
        )
    return _sigmoid(x)


def _sigmoid(x):
    # The maximum compares complex numbers by their real parts first, so that imaginary
    # parts survive.
    low = LOWEST[x.real.dtype]
    return (x.real > low) / (1 + np.exp(-np.maximum(x, low)))  # eq-sigmoid


def _relu(x):
    # this way round a NaN stays a NaN and is noticed
    return np.where(x.real <= 0, 0, x)


ACTIVATIONS = {
    "sigmoid": Activation(f=_sigmoid, df=lambda h: h * (1 - h)),
    "tanh": Activation(f=np.tanh, df=lambda h: 1 - h * h),
    "relu": Activation(f=_relu, df=lambda h: (h.real > 0).astype(h.real.dtype)),
}
