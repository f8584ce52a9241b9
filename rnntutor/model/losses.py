"""Loss functions and their gradients with respect to the outputs: cross-entropy,
squared error, the pinball loss of quantiles.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.model.averages import REDUCE as REDUCE
from rnntutor.model.averages import averaged
from rnntutor.model.targets import check_labels, check_values

__all__ = [
    "bits",
    "cross_entropy",
    "log_softmax",
    "perplexity",
    "pinball",
    "softmax",
    "squared_error",
]


def softmax(y_raw):
    """Probabilities from output pre-activations: y_k = exp(y_raw_k) / Σ_j exp(y_raw_j),
    over the last axis.

    Parameters
    ----------
    y_raw : array (..., V)

    Returns
    -------
    array (..., V)
        Each row sums to 1.

    Raises
    ------
    TypeError, ValueError
        If `y_raw` is no array of numbers, or a row holds NaN or +inf, or only −inf.
    """
    e = np.exp(_shifted(y_raw))
    return e / e.sum(axis=-1, keepdims=True)  # eq-softmax


def log_softmax(y_raw):
    """Logarithm of `softmax`, accurate where the probability itself would underflow.

    Parameters, returns and errors as for `softmax`.
    """
    z = _shifted(y_raw)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))  # eq-softmax


def _shifted(y_raw):
    """`_shift` of an argument that is checked here."""
    y_raw = _check.array("y_raw", y_raw, None, finite=False)
    if y_raw.ndim == 0 or y_raw.shape[-1] == 0:
        raise ValueError(
            f"y_raw: expected shape (..., V) with V at least 1, got {y_raw.shape}"
        )
    return _shift(y_raw)


def _shift(y_raw, out=None):
    """Take the row's largest entry off: softmax does not change, and exp cannot
    overflow.
    """
    # .real: a complex maximum is not what is meant
    largest = y_raw.real.max(axis=-1, keepdims=True)
    if not np.isfinite(largest).all():
        raise ValueError(
            f"y_raw: expected rows with a finite largest entry, got a row with largest "
            f"{largest[~np.isfinite(largest)][0]}"
        )
    # what lies too far below becomes −inf, and its exp 0, as it should
    with np.errstate(over="ignore"):
        return np.subtract(y_raw, largest, out=out)


def cross_entropy(ys_raw, targets, mask=None, reduce="token"):
    """Cross-entropy between the true labels and softmax(ys_raw), and its gradient.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        Output pre-activations.
    targets : int array (T, B)
        The true label at each step, 0 … V − 1.
    mask : bool array (T, B), optional
        False marks padding, which does not count; its ys_raw and targets may hold
        anything.
    reduce : {"token", "sequence", "sum"}
        "token": mean over all steps that count (what perplexity is made of).
        "sequence": mean over the steps of each sequence, then over sequences.
        "sum": the plain sum.
        Without a mask the first two are the same.

    Returns
    -------
    loss : float
        In nats. (Complex if `ys_raw` is.)
    dys_raw : array (T, B, V)
        Derivative of the loss with respect to `ys_raw`.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, a target is out of range, a number
        that counts is not finite, or the mask leaves nothing to average.
    """
    return averaged(
        _cross_entropy, check_labels, "ys_raw", ys_raw, targets, mask, reduce
    )


def _cross_entropy(ys_raw, targets, weights, out):
    """Return the loss of each step (N,); overwrite `out` (N, V) with the gradient."""
    at_target = np.arange(len(targets)), targets
    z = _shift(ys_raw, out=out)
    z_target = z[at_target]
    e = np.exp(z, out=out)
    A = e.sum(axis=1)
    e *= (weights / A)[:, None]
    e[at_target] -= weights  # eq-dy-raw
    return np.log(A) - z_target  # eq-cross-entropy


def squared_error(ys, targets, mask=None, reduce="token"):
    """Squared error (y − ȳ)², summed over the V outputs, and its gradient: the loss for
    targets that are numbers instead of labels.

    Parameters
    ----------
    ys : array (T, B, V)
        The outputs as they are, without a softmax.
    targets : array (T, B, V)
        Real numbers.
    mask, reduce
        As for `cross_entropy`.

    Returns
    -------
    loss : float
        (Complex if `ys` is.)
    dys : array (T, B, V)

    Raises
    ------
    TypeError, ValueError
        As for `cross_entropy`.
    """
    return averaged(_squared_error, check_values, "ys", ys, targets, mask, reduce)


def _squared_error(ys, targets, weights, out):
    """Return the loss of each step (N,); overwrite `out` (N, V) with the gradient."""
    error = np.subtract(ys, targets.astype(ys.real.dtype), out=out)
    losses = (error * error).sum(axis=1)  # eq-squared-error
    error *= 2 * weights[:, None]  # eq-squared-error
    return losses


def pinball(ys, targets, levels, mask=None, reduce="token"):
    """Pinball loss of quantiles, summed over the V outputs, and its gradient (Koenker &
    Bassett 1978).

    An output y with level q costs q (ȳ − y) where the target ȳ is above it, and
    (1 − q)(y − ȳ) where it is not. On average that is least where a share q of the
    targets lies below y.

    Parameters
    ----------
    ys : array (T, B, V)
    targets : array (T, B, V)
        Real numbers; the same one V times, where the outputs are quantiles of one.
    levels : sequence of float (V,)
        Of each output, between 0 and 1.
    mask, reduce
        As for `cross_entropy`.

    Returns
    -------
    loss : float
        (Complex if `ys` is.)
    dys : array (T, B, V)
        Where a target is hit exactly, the slope from above.

    Raises
    ------
    TypeError, ValueError
        As for `cross_entropy`, or if a level is not between 0 and 1.
    """
    ys = _check.array("ys", ys, ("T", "B", "V"), finite=False)
    levels = _check.array("levels", levels, ys.shape[2:], kind="real")
    if levels.min() <= 0 or levels.max() >= 1:
        outside = levels[(levels <= 0) | (levels >= 1)][0]
        raise ValueError(f"levels: expected numbers between 0 and 1, got {outside:g}")
    per_step = partial(_pinball, levels=levels.astype(ys.real.dtype))
    return averaged(per_step, check_values, "ys", ys, targets, mask, reduce)


def _pinball(ys, targets, weights, out, levels):
    """Return the loss of each step (N,); overwrite `out` (N, V) with the gradient."""
    error = targets.astype(ys.real.dtype) - ys
    slopes = np.where(error.real > 0, levels, levels - 1)
    np.multiply(-slopes, weights[:, None], out=out)  # eq-pinball
    return (slopes * error).sum(axis=1)  # eq-pinball


class Loss(NamedTuple):
    """A loss as a model uses it."""

    check_targets: Callable  # (targets, shape, V, counts, final) -> targets
    # (outputs, targets, weights, out) of N steps -> losses; out <- gradient.  `out` may
    # be the array of the outputs itself: read before you write
    per_step: Callable


LOSSES = {
    "cross_entropy": Loss(check_labels, _cross_entropy),
    "squared_error": Loss(check_values, _squared_error),
}


def perplexity(nats):
    """Perplexity of a mean cross-entropy per token: exp(nats).

    Raises
    ------
    TypeError, ValueError
        If `nats` is not a number from 0 to 709; e^710 is no float any more.
    """
    return float(
        np.exp(_check.number("nats", nats, minimum=0, maximum=709))
    )  # eq-perplexity


def bits(nats):
    """A cross-entropy in bits instead of nats: nats / ln 2.

    Raises
    ------
    TypeError, ValueError
        If `nats` is not a finite number of at least 0.
    """
    return _check.number("nats", nats, minimum=0) / float(np.log(2))
