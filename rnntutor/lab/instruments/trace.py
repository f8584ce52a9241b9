"""What the package finds at every step of a small net, by name, for one sequence."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.model.losses import cross_entropy
from rnntutor.nets.unroll import backward_steps
from rnntutor.tree import map as tree_map


def rounded(params, digits=6):
    """Parameters with so many decimals: what the page gets, and what all that stands in
    it is computed from.
    """
    return tree_map(lambda p: np.round(p, digits), params)


def thousandths(array):
    """Numbers with three decimals as lists of integers, which are shorter to write."""
    return np.rint(1000 * array).astype(int).tolist()


def by_name(params):
    """The arrays of a `ModelParams`."""
    return {**params.cell._asdict(), "W_hy": params.W_hy, "b_y": params.b_y}


def plain(params):
    """A `ModelParams` as lists, by name."""
    return {name: array.tolist() for name, array in by_name(params).items()}


def one_sequence(xs, targets, D):
    """`xs` (T, 1, D) and `targets` (T, 1), checked."""
    xs = _check.array("xs", xs, ("T", 1, D), kind="real")
    targets = _check.array("targets", targets, (len(xs), 1), kind="integer")
    return xs, targets


def traced(model, params, xs, targets):
    """Every quantity of a forward and a backward pass over one sequence, for the summed
    loss.

    Parameters
    ----------
    model : Model
    params : ModelParams
    xs : array (T, 1, D)
    targets : int array (T, 1)

    Returns
    -------
    dict of {int: dict of {str: array}}
        For t = 1 … T the names of the derivation; besides, "own" and "future", the two
        shares of dh.
    """
    ys_raw, unrolled = model.forward(params, xs)
    _, dys_raw = cross_entropy(ys_raw, targets, reduce="sum")
    own = dys_raw @ params.W_hy.T  # eq-dh
    steps, future = {}, np.zeros_like(own[0])
    for step in backward_steps(model.cell, params.cell, unrolled, own):
        t = step.t
        found = {
            **unrolled.tapes[t - 1].cache._asdict(),
            **unrolled.states[t]._asdict(),
            **step.grads._asdict(),
            "dy_raw": dys_raw[t - 1],
            "own": own[t - 1],
            "future": future,
        }
        steps[t] = {name: part[0] for name, part in found.items()}
        future = step.dstate_prev.h
    return steps
