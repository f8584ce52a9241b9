"""The functions f of h = f(a), each beside its derivative.

A derivative is written as a function of the *output* h, since that is what the forward
pass leaves behind: no pre-activation has to be stored for the way back.
All are holomorphic where they are smooth, so complex numbers pass through them and the
complex step can check them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnntutor import _check


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

    Computed from :math:`e^{-|x|}`, which cannot overflow and keeps its relative accuracy in
    the far left tail.

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
        raise ValueError(f"x: expected numbers, got NaN at {int(np.isnan(x).sum())} of {x.size} places")
    return _sigmoid(x)


def _sigmoid(x):
    right = x.real >= 0
    z = np.exp(np.where(right, -x, x))  # e^{-|x|} for real x; no abs(), which is not holomorphic
    return np.where(right, 1, z) / (1 + z)  # eq-sigmoid


def _relu(x):
    return np.where(x.real <= 0, 0, x)  # this way round a NaN stays a NaN and is noticed


ACTIVATIONS = {
    "sigmoid": Activation(f=_sigmoid, df=lambda h: h * (1 - h)),
    "tanh": Activation(f=np.tanh, df=lambda h: 1 - h * h),
    "relu": Activation(f=_relu, df=lambda h: (h.real > 0).astype(h.real.dtype)),
}
