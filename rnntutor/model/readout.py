"""The readout y_raw = h W_hy + b_y at every step, and its backward pass."""

from __future__ import annotations

from rnntutor._check import FORWARD, require_finite


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
