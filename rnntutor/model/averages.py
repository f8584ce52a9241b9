"""From the losses of single steps to the loss of a batch: what counts, and how much."""

from __future__ import annotations

import numpy as np

from rnntutor import _check

REDUCE = ("sequence", "token", "sum")


def weighted_sum(per_step, ys, targets, weights, out=None):
    """The loss of all steps, each times its weight, and the gradient (T, B, V). Nothing
    is checked.

    Parameters
    ----------
    per_step : callable
        See `rnntutor.model.losses.Loss`.
    ys : array (T, B, V)
    targets : array (T, B, ...)
    weights : array (T, B)
    out : array (T, B, V), optional
        Where the gradient goes; it may be `ys` itself.
    """
    (T, B, V), weights = ys.shape, weights.ravel()
    dys = np.empty(ys.shape, ys.dtype) if out is None else out
    ys, flat = ys.reshape(T * B, V), dys.reshape(T * B, V)
    targets = targets.reshape(T * B, *targets.shape[2:])
    losses = per_step(ys, targets, weights, flat)
    return (weights * losses).sum(), dys  # eq-loss


def averaged(per_step, check_targets, name, ys, targets, mask, reduce):
    """`weighted_sum` of arguments that are checked here."""
    ys = _check.array(name, ys, ("T", "B", "V"), finite=False)
    T, B, V = ys.shape
    weights = weights_of(mask, T, B, reduce, ys.real.dtype)
    if mask is not None:
        ys = np.where(weights[..., None] > 0, ys, 0)
    ys = _check.array(name, ys, (T, B, V))
    return weighted_sum(
        per_step, ys, check_targets(targets, (T, B), V, weights > 0), weights
    )


def weights_of(mask, T, B, reduce, dtype):
    """The weight of each step's loss, shape (T, B)."""
    _check.choice("reduce", reduce, REDUCE)
    if mask is None:
        mask = np.ones((T, B), bool)
    else:
        mask = _check.array("mask", mask, (T, B), kind="bool")
        lengths = mask.sum(axis=0)
        if not lengths.any() or (reduce == "sequence" and not lengths.all()):
            empty = (
                "all of it"
                if not lengths.any()
                else f"sequence {int(np.argmin(lengths))} of the batch"
            )
            raise ValueError(
                f"mask: expected steps to average over, got {empty} masked out"
            )
    among = {"sum": 1, "token": mask.sum(), "sequence": mask.sum(axis=0) * B}[reduce]
    return (mask / among).astype(dtype)
