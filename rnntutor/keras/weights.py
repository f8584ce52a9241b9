"""Parameters as the list of arrays that Keras keeps, and back.

Both walk from the input upwards, and within a cell from W_xh to W_hh to b_h, whose
blocks stand in the same order: the list is the tree's leaves. One thing is put
together: a GRU's two biases are the rows of one array.
"""

from __future__ import annotations

import numpy as np

from rnntutor.cells.gru import GRU


def to_weights(params):
    """The weights of the Keras model, in its order, for parameters of this package."""
    if isinstance(params, GRU.Params):
        return [params.W_xh, params.W_hh, np.stack([params.b_h, params.b_hh])]
    if isinstance(params, tuple):
        return [weight for branch in params for weight in to_weights(branch)]
    return [params]


def from_weights(weights, like):
    """The inverse of `to_weights`: a tree like `like`, whose arrays serve as a pattern
    alone.

    Raises
    ------
    ValueError
        If there are too few or too many weights.
    """
    if len(weights) != len(to_weights(like)):
        raise ValueError(
            f"keras_model: expected {len(to_weights(like))} weights, got {len(weights)}"
        )
    return _take(iter(weights), like)


def _take(weights, like):
    if isinstance(like, GRU.Params):
        W_xh, W_hh, (b_h, b_hh) = (next(weights) for _ in range(3))
        return GRU.Params(W_xh, W_hh, b_h, b_hh)
    if isinstance(like, tuple):
        branches = [_take(weights, branch) for branch in like]
        return type(like)(*branches) if hasattr(like, "_fields") else tuple(branches)
    return next(weights)
