"""A softmax that leaves out what a mask hides: the weights of attention."""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def attention_weights(scores, there=None):
    r"""Softmax over the places that are there, exactly 0 at the others.

    .. math:: \alpha_{t,s} = \frac{m_s\, e^{e_{t,s}}}{\sum_{j} m_j\, e^{e_{t,j}}}

    Parameters
    ----------
    scores : array (..., T, S)
    there : array, optional
        The mask :math:`m`, of a shape that fits beside the scores, such as (B, 1, S) or
        (T, S). Zero hides a place, whatever its score is. Nothing is hidden without it.

    Returns
    -------
    array (..., T, S)
        Each row sums to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is no array of this kind, or a row has no place to look at.
    """
    scores = _check.array("scores", scores, None)
    if scores.ndim < 2 or not scores.size:
        raise ValueError(f"scores: expected shape (..., T, S), got {scores.shape}")
    seen = np.True_ if there is None else np.asarray(there) != 0
    try:
        seen = np.broadcast_to(seen, scores.shape)
    except ValueError:
        raise ValueError(
            f"there: expected a shape that fits beside {scores.shape}, got {seen.shape}"
        ) from None
    if not seen.any(axis=-1).all():
        raise ValueError("there: expected a place to look at in each row, got none")
    largest = np.where(seen, scores.real, -np.inf).max(axis=-1, keepdims=True)
    # a hidden score may be larger than all others: it stays away from the exponential
    e = np.where(seen, np.exp(np.where(seen, scores - largest, 0)), 0)
    return e / e.sum(axis=-1, keepdims=True)  # eq-attention-weights


def attention_weights_backward(weights, dweights):
    """The adjoint of `attention_weights`: from the derivative with respect to the
    weights to that with respect to the scores.

    Parameters
    ----------
    weights : array (..., T, S)
        From `attention_weights`.
    dweights : array (..., T, S)

    Returns
    -------
    array (..., T, S)
        Exactly 0 where a place was hidden.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    weights = _check.array("weights", weights, None)
    dweights = _check.array("dweights", dweights, weights.shape)
    mean = (weights * dweights).sum(axis=-1, keepdims=True)
    return weights * (dweights - mean)  # eq-attention-dscores
