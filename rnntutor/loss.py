"""What a net is judged by, with the gradient by its outputs: softmax and cross-entropy; squared error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.threads import parts, share

REDUCE = ("sequence", "token", "sum")


def softmax(y_raw):
    """Probabilities from output pre-activations: y_k = exp(y_raw_k) / Σ_j exp(y_raw_j), over the last axis.

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
    """`_shift`, for an argument that is still to be checked."""
    y_raw = _check.array("y_raw", y_raw, None, finite=False)
    if y_raw.ndim == 0 or y_raw.shape[-1] == 0:
        raise ValueError(f"y_raw: expected shape (..., V) with V at least 1, got {y_raw.shape}")
    return _shift(y_raw)


def _shift(y_raw, out=None):
    """Take the row's largest entry off: softmax does not change, and exp cannot overflow."""
    largest = y_raw.real.max(axis=-1, keepdims=True)  # .real: a complex maximum is not what is meant
    if not np.isfinite(largest).all():
        raise ValueError(
            f"y_raw: expected rows with a finite largest entry, got a row with largest "
            f"{largest[~np.isfinite(largest)][0]}"
        )
    with np.errstate(over="ignore"):  # what lies too far below becomes −inf, and its exp 0, as it should
        return np.subtract(y_raw, largest, out=out)


def cross_entropy(ys_raw, targets, mask=None, reduce="sequence"):
    """Cross-entropy between the true labels and softmax(ys_raw), and its gradient.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        Output pre-activations.
    targets : int array (T, B)
        The true label at each step, 0 … V − 1.
    mask : bool array (T, B), optional
        False marks padding, which does not count; its ys_raw and targets may hold anything.
    reduce : {"sequence", "token", "sum"}
        "sequence": mean over the steps of each sequence, then over sequences.
        "token": mean over all steps that count (what perplexity is made of).
        "sum": the plain sum.
        Without a mask the first two are the same.

    Returns
    -------
    loss : float
        In nats. (Complex if `ys_raw` is.)
    dys_raw : array (T, B, V)
        Derivative of the loss by `ys_raw`.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, a target is out of range, a number that
        counts is not finite, or the mask leaves nothing to average.
    """
    ys_raw, weights = _counting("ys_raw", ys_raw, mask, reduce)
    T, B, V = ys_raw.shape
    targets = _check.array("targets", targets, (T, B), kind="integer")
    targets = check_labels(np.where(weights > 0, targets, 0), T, B, V)

    steps = T * B
    ys_raw, targets, weights = ys_raw.reshape(steps, V), targets.reshape(steps), weights.reshape(steps)
    ce, dys_raw = np.empty(steps, ys_raw.dtype), np.empty((steps, V), ys_raw.dtype)

    def judge(part):
        _cross_entropy(ys_raw[part], targets[part], weights[part], ce[part], dys_raw[part])

    share(judge, parts(steps, work=steps * V))
    loss = (weights * ce).sum()  # eq-loss
    return loss, dys_raw.reshape(T, B, V)


def _cross_entropy(ys_raw, targets, weights, ce, dys_raw):
    """Fill `ce` (N,) and `dys_raw` (N, V); the exponentials turn into the gradient where they stand."""
    at_target = np.arange(len(targets)), targets
    z = _shift(ys_raw, out=dys_raw)
    z_target = z[at_target]
    e = np.exp(z, out=dys_raw)
    A = e.sum(axis=1)
    np.subtract(np.log(A), z_target, out=ce)  # eq-cross-entropy
    e *= (weights / A)[:, None]
    e[at_target] -= weights  # eq-dy-raw


def squared_error(ys, targets, mask=None, reduce="sequence"):
    """Squared error (y − ȳ)², summed over the V outputs, and its gradient.

    For numbers instead of labels: what the net says is compared with what it should have said.

    Parameters
    ----------
    ys : array (T, B, V)
        The outputs as they are; nothing is squashed.
    targets : array (T, B, V)
        Real numbers.
    mask : bool array (T, B), optional
        As for `cross_entropy`.
    reduce : {"sequence", "token", "sum"}
        As for `cross_entropy`.

    Returns
    -------
    loss : float
        (Complex if `ys` is.)
    dys : array (T, B, V)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, a number that counts is not finite, or the
        mask leaves nothing to average.
    """
    ys, weights = _counting("ys", ys, mask, reduce)
    targets = _check.array("targets", targets, ys.shape, kind="real", finite=False)
    targets = check_values(np.where(weights[..., None] > 0, targets, 0), *ys.shape)
    error = ys - targets.astype(ys.real.dtype)
    loss = (weights[..., None] * error**2).sum()
    return loss, 2 * weights[..., None] * error


def check_labels(targets, T, B, V):
    """Raise unless `targets` is an int array (T, B) from 0 to V − 1."""
    targets = _check.array("targets", targets, (T, B), kind="integer")
    _check.below("targets", targets, V)
    return targets


def check_values(targets, T, B, V):
    """Raise unless `targets` is a real, finite array (T, B, V)."""
    return _check.array("targets", targets, (T, B, V), kind="real")


class Loss(NamedTuple):
    """A loss by its name, and what its targets have to be."""

    function: Callable  # (outputs, targets, mask, reduce) -> loss, gradient by the outputs
    check_targets: Callable  # (targets, T, B, V) -> targets


LOSSES = {
    "cross_entropy": Loss(cross_entropy, check_labels),
    "squared_error": Loss(squared_error, check_values),
}


def _counting(name, ys, mask, reduce):
    """The outputs, zero where nothing counts, and how much each step counts, (T, B)."""
    ys = _check.array(name, ys, ("T", "B", "V"), finite=False)
    T, B, V = ys.shape
    weights = _weights(mask, T, B, _check.choice("reduce", reduce, REDUCE)).astype(ys.real.dtype)
    if mask is not None:
        ys = np.where(weights[..., None] > 0, ys, 0)
    return _check.array(name, ys, (T, B, V)), weights


def _weights(mask, T, B, reduce):
    """How much each step's cross-entropy counts, shape (T, B)."""
    if mask is None:
        mask = np.ones((T, B), bool)
    else:
        mask = _check.array("mask", mask, (T, B), kind="bool")
        lengths = mask.sum(axis=0)
        if not lengths.any() or (reduce == "sequence" and not lengths.all()):
            empty = "all of it" if not lengths.any() else f"sequence {int(np.argmin(lengths))} of the batch"
            raise ValueError(f"mask: expected steps to average over, got {empty} masked out")
    if reduce == "sum":
        return mask.astype(float)
    if reduce == "token":
        return mask / mask.sum()
    return mask / (mask.sum(axis=0) * B)


def perplexity(nats):
    """Perplexity of a mean cross-entropy per token: exp(nats).

    Raises
    ------
    TypeError, ValueError
        If `nats` is not a number from 0 to 709; e^710 is no float any more.
    """
    return float(np.exp(_check.number("nats", nats, minimum=0, maximum=709)))  # eq-perplexity


def bits(nats):
    """A cross-entropy in bits instead of nats: nats / ln 2.

    Raises
    ------
    TypeError, ValueError
        If `nats` is not a finite number of at least 0.
    """
    return _check.number("nats", nats, minimum=0) / float(np.log(2))
