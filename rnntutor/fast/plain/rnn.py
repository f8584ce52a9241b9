"""The RNN over time with a column for each sequence, in place."""

from __future__ import annotations

import numpy as np

from rnntutor.fast.plain.columns import hold
from rnntutor.nets.embedded import scatter_add as add_up

__all__ = ["add_up", "backward", "buffers", "forward", "lay", "scale"]


def _activate(activation, a):
    """f(a) in the place of a; the sigmoid's pre-activation has been halved already."""
    if activation == "relu":
        np.maximum(a, 0, out=a)  # eq-rnn-cell
        return
    np.tanh(a, out=a)  # eq-rnn-cell
    if activation == "sigmoid":
        a *= 0.5
        a += 0.5


def _slope(activation, h, out):
    """The derivative of f, from h = f(a); `out` lends its memory."""
    if activation == "relu":
        return h > 0
    if activation == "tanh":
        return np.subtract(1, np.multiply(h, h, out=out), out=out)
    np.subtract(1, h, out=out)
    return np.multiply(h, out, out=out)


def scale(activation, weights):
    """Half of the weights for the sigmoid, σ(a) = ½ + ½ tanh(½ a); all of them for the
    others.
    """
    return weights * (0.5 if activation == "sigmoid" else 1)


def lay(part):
    """A part of the state, (B, H), as it lies in the buffers, or back."""
    return part.T


def buffers(T, B, H):
    """Nothing but the outputs is kept."""
    return []


def forward(activation, W_hh, rows, index, mask, hs):
    """Fill `hs` (T+1, B, H) from t = 1 on.

    The inputs' part of the pre-activations is in `rows` (N, H); `index` (T, B) says in
    which. `W_hh` and `rows` are scaled.
    """
    W, h = np.ascontiguousarray(W_hh.T), np.array(hs[0].T, order="C")
    a = np.empty_like(h)
    for t in range(len(index)):
        np.dot(W, h, out=a)
        a += rows[index[t]].T  # eq-rnn-preactivation
        _activate(activation, a)
        if mask is not None:
            hold(mask[t], h, a)
        h, a = a, h
        hs[t + 1] = h.T


def backward(activation, W_hh, dhs, mask, hs, dh, das):
    """Fill `das` (T, B, H); turn `dh` (H, B) from that at the end into that at t =
    0.
    """
    da, before = np.empty_like(dh), np.empty_like(dh)
    for t in range(len(dhs) - 1, -1, -1):
        dh += dhs[t].T  # eq-dh
        h = np.ascontiguousarray(hs[t + 1].T)
        np.multiply(dh, _slope(activation, h, da), out=da)  # eq-da
        if mask is not None:
            da[:, ~mask[t]] = 0
            np.copyto(before, dh)
        np.dot(W_hh, da, out=dh)  # eq-dh
        if mask is not None:
            hold(mask[t], before, dh)
        das[t] = da.T
