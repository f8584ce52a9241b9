"""The readout y_raw = h W_hy + b_y at every step, the loss, and the backward pass."""

from __future__ import annotations

from rnntutor import _check
from rnntutor._check import FORWARD, require_finite
from rnntutor.model.averages import weighted_sum
from rnntutor.model.records import ModelParams


def read_out(hs, W_hy, b_y):
    """Output pre-activations (T, B, V) of all steps, from hs (T, B, H)."""
    T, B, H = hs.shape
    ys_raw = (hs.reshape(T * B, H) @ W_hy + b_y).reshape(T, B, -1)  # eq-readout
    require_finite("ys_raw", ys_raw, FORWARD)
    return ys_raw


def read_out_backward(hs, W_hy, dys_raw):
    """The adjoint of `read_out`: dhs, dW_hy, db_y."""
    (T, B, H), V = hs.shape, W_hy.shape[1]
    flat = dys_raw.reshape(T * B, V)
    dhs = (flat @ W_hy.T).reshape(T, B, H)  # eq-dh
    dW_hy = hs.reshape(T * B, H).T @ flat  # eq-readout-grads
    return dhs, dW_hy, flat.sum(axis=0)  # eq-readout-grads


def readout_loss_and_grad(hs, W_hy, b_y, per_step, targets, weights):
    """Readout, loss and readout backward: the loss, dhs, dW_hy and db_y.

    Parameters
    ----------
    hs : array (T, B, H)
    W_hy, b_y : array (H, V), (V,)
    per_step : callable
        See `rnntutor.model.losses.Loss`.
    targets : array (T, B, ...)
    weights : array (T, B)

    Raises
    ------
    NonFiniteError
        If an output, its derivative or the loss is not finite; it names which.
    """
    ys_raw = read_out(hs, W_hy, b_y)  # eq-readout
    # the gradient takes the place of the outputs, which nobody needs any more
    given = per_step, ys_raw, targets, weights
    loss, dys_raw = weighted_sum(*given, out=ys_raw)  # eq-loss
    require_finite("dys_raw", dys_raw, FORWARD)
    require_finite("loss", loss, FORWARD)
    return loss, *read_out_backward(hs, W_hy, dys_raw)  # eq-dh


def readout_backward(params, hs, dys_raw):
    """`read_out_backward` for arguments that are checked here.

    Parameters
    ----------
    params : ModelParams
    hs : array (T, B, width)
        h_1 … h_T.
    dys_raw : array (T, B, V)

    Returns
    -------
    dhs : array (T, B, width)
        Immediate derivative with respect to h_1 … h_T: through each step's own output.
    dW_hy : array (width, V)
    db_y : array (V,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    _check.instance("params", params, ModelParams)
    H, V = _check.array("params.W_hy", params.W_hy, ("H", "V"), convert=False).shape
    hs = _check.array("hs", hs, ("T", "B", H))
    dys_raw = _check.array("dys_raw", dys_raw, (*hs.shape[:2], V))
    return read_out_backward(hs, params.W_hy, dys_raw)
