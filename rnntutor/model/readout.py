"""What a net says at each step, y_raw = h W_hy + b_y, and the way back from the loss to h."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor._check import FORWARD, require_finite
from rnntutor.fast.buffers import empty
from rnntutor.fast.threads import blocks, matmul, parts, share


def read_out(hs, W_hy, b_y):
    """Output pre-activations (T, B, V) of all steps."""
    ys_raw = matmul(hs, W_hy)
    ys_raw += b_y  # eq-readout
    require_finite("ys_raw", ys_raw, FORWARD)
    return ys_raw


def read_out_backward(hs, W_hy, dys_raw):
    """The adjoint of `read_out`: dhs, dW_hy, db_y."""
    H, V = W_hy.shape
    dhs = matmul(dys_raw, W_hy.T)  # eq-dh
    dW_hy = matmul(hs.reshape(-1, H).T, dys_raw.reshape(-1, V))  # eq-readout-grads
    return dhs, dW_hy, dys_raw.sum(axis=(0, 1))  # eq-readout-grads


def judged(hs, W_hy, b_y, judge, targets, weights):
    """There and back: `read_out`, the loss, `read_out_backward`, with the gradient in place of the outputs.

    Each thread does it with a part of the steps, but for dW_hy, which is a sum over all; and what goes over
    every number with so few at a time that they stay in the cache.

    Parameters
    ----------
    hs : array (T, B, H)
    W_hy, b_y : array (H, V), (V,)
    judge : callable
        See `rnntutor.model.losses.Loss`.
    targets : array (T, B, ...)
    weights : array (T, B)

    Returns
    -------
    loss, dhs, dW_hy, db_y

    Raises
    ------
    NonFiniteError
        If an output, its derivative or the loss is not finite; it names which.
    """
    (T, B, H), V, N = hs.shape, len(b_y), hs.shape[0] * hs.shape[1]
    hs, targets, weights = hs.reshape(N, H), targets.reshape(N, *targets.shape[2:]), weights.ravel()
    ys = empty((N, V), np.result_type(hs, W_hy))
    dhs, losses = empty((N, H), ys.dtype), np.empty(N, ys.dtype)

    def work(part):
        np.matmul(hs[part], W_hy, out=ys[part])
        db_y, finite = np.zeros(V, ys.dtype), True
        for some in blocks(part, V):
            y = ys[some]
            y += b_y  # eq-readout
            if not _check.all_finite(y):
                return "ys_raw", None
            losses[some] = judge(y, targets[some], weights[some], y)
            finite = finite and _check.all_finite(y)
            db_y += y.sum(axis=0)  # eq-readout-grads
        np.matmul(ys[part], W_hy.T, out=dhs[part])  # eq-dh
        return None if finite else "dys_raw", db_y

    troubles, db_ys = zip(*share(work, parts(N, N * V)), strict=True)
    if "ys_raw" in troubles:
        read_out(hs.reshape(T, B, H), W_hy, b_y)  # raises, since it is not finite
    if "dys_raw" in troubles:
        require_finite("dys_raw", ys.reshape(T, B, V), FORWARD)
    loss = (weights * losses).sum()  # eq-loss
    require_finite("loss", loss, FORWARD)
    return loss, dhs.reshape(T, B, H), matmul(hs.T, ys), sum(db_ys)  # eq-readout-grads
