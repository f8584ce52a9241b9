"""How the last state depends on the earlier ones: Jacobians through time, from the
backward pass itself.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN
from rnntutor.nets.unroll import backward_steps, forward
from rnntutor.tree import map as tree_map

STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}  # the largest slope of f


def state_jacobians(cell, params, xs, state0=None):
    """The matrices dh_T / dh_{T−k} for every lag k.

    The backward pass multiplies a row by all the steps' Jacobians. Given H copies of
    the sequence and the H rows of the identity at t = T, it returns the product itself,
    one row from each copy.

    Parameters
    ----------
    cell : a cell, such as `RNN`
    params : Params
    xs : array (T, 1, D)
        One sequence.
    state0 : the cell's state, optional
        For a batch of one; zeros if left out.

    Returns
    -------
    array (T+1, H, H)
        Entry k, row i, column j: the derivative of component i of h_T by component j of
        h_{T−k}. Entry 0 is the identity.

    Raises
    ------
    TypeError, ValueError
        If `xs` is not one sequence, or an argument has the wrong kind or shape.
    """
    D, H = cell.check_params(params)
    xs = _check.array("xs", xs, ("T", 1, D))
    if state0 is not None:
        state0 = tree_map(lambda part: np.repeat(part, H, axis=0), state0)
    copies = forward(cell, params, np.repeat(xs, H, axis=1), state0)
    identity = np.eye(H, dtype=copies.hs.dtype)
    dstate_T = tree_map(np.zeros_like, copies.state_T)._replace(h=identity)
    no_losses = np.zeros_like(copies.hs[1:])
    steps = backward_steps(cell, params, copies, no_losses, dstate_T, weights=False)
    return np.stack(
        [identity] + [step.dstate_prev.h for step in steps]
    )  # eq-jacobian-product


def jacobian_bound(cell, params, lags):
    """The most that ‖dh_t / dh_{t−k}‖₂ can be, whatever the inputs: (γ ‖W_hh‖₂)^k, γ
    the largest slope of f.

    Parameters
    ----------
    cell : RNN
    params : Params
    lags : int or array of int
        k, at least 0.

    Returns
    -------
    float or array
        Of the shape of `lags`.

    Raises
    ------
    TypeError, ValueError
        If `cell` is no `RNN`, or an argument is of the wrong kind or out of bounds.
    """
    _check.instance("cell", cell, RNN)
    cell.check_params(params)
    lags = _check.array("lags", lags, None, kind="integer")
    if lags.size and lags.min() < 0:
        raise ValueError(f"lags: expected integers of at least 0, got {lags.min()}")
    factor = STEEPEST[cell.activation] * float(np.linalg.norm(params.W_hh, 2))
    return factor**lags  # eq-vanishing-bound


def memory_jacobian(params, cache, before):
    """The matrix dc_t / dc_{t−1} of an LSTM: the forget gate, and the path through
    h_{t−1} and the gates.

    Over several steps these do not multiply to the derivative: from step t − 2 on, h
    opens a path past the memory in between, by way of the output gate.

    Parameters
    ----------
    params : Params
        Of the LSTM.
    cache, before : LSTM.Cache
        Of steps t and t − 1, for a batch of one.

    Returns
    -------
    array (H, H)
        Row i, column j: the derivative of component i of c_t by component j of c_{t−1}.

    Raises
    ------
    TypeError, ValueError
        If `cache` or `before` is no cache of an LSTM for a batch of one, or `params` do
        not fit.
    """
    _, H = LSTM().check_params(params)
    for name, one in (("cache", cache), ("before", before)):
        _check.instance(name, one, LSTM.Cache)
        _check.array(f"{name}.c", one.c, (1, H))
    i, f, g, c_prev = (part[0] for part in (cache.i, cache.f, cache.g, cache.c_prev))
    W_hi, W_hf, W_hg, _ = np.split(params.W_hh, 4, axis=1)
    through_i = (g * i * (1 - i))[:, None] * W_hi.T
    through_f = (c_prev * f * (1 - f))[:, None] * W_hf.T
    through_g = (i * (1 - g**2))[:, None] * W_hg.T
    dh_prev = before.o[0] * (1 - before.tanh_c[0] ** 2)
    return (
        np.diag(f) + (through_i + through_f + through_g) * dh_prev
    )  # eq-lstm-jacobian
