"""The LSTM over time with a column for each sequence, in place.

With σ(a) = ½ + ½ tanh(½ a) one call of tanh serves all four gates; the ½ inside is in
the weights already (`scale`).
"""

from __future__ import annotations

import numpy as np

from rnntutor.fast.plain.columns import hold
from rnntutor.nets.embedded import scatter_add as add_up

__all__ = ["add_up", "backward", "buffers", "forward", "lay", "scale"]


def scale(weights):
    """Half of the columns i, f and o of (…, 4H), all of g: what the pre-activations are
    made with.
    """
    H = weights.shape[-1] // 4
    out = weights * 0.5
    out[..., 2 * H : 3 * H] = weights[..., 2 * H : 3 * H]
    return out


def activate(a, c_prev, c, h):
    """`LSTM.activate`; the gates take the place of the scaled pre-activations. All but
    `a` are (H, b).
    """
    H = len(h)
    np.tanh(a, out=a)  # eq-lstm-candidate
    for sigmoids in (a[: 2 * H], a[3 * H :]):
        sigmoids *= 0.5
        sigmoids += 0.5  # eq-lstm-gates
    i, f, g, o = a.reshape(4, H, -1)
    np.multiply(f, c_prev, out=c)
    c += np.multiply(i, g, out=h)  # eq-lstm-cell
    np.tanh(c, out=h)
    h *= o  # eq-lstm-hidden


def lay(part):
    """A part of the state, (B, H), as it lies in the buffers, or back."""
    return part.T


def buffers(T, B, H):
    """Shapes of what a pass forward fills and one backward reads: c and the gates."""
    return [(T + 1, H, B), (T, 4 * H, B)]


def forward(W_hh, rows, index, mask, hs, c, gates):
    """Fill the buffers from t = 1 on, and `hs` (T+1, B, H).

    The inputs' part of the pre-activations is in `rows` (N, 4H); `index` (T, B) says in
    which. `W_hh` and `rows` are scaled.
    """
    W, h = np.ascontiguousarray(W_hh.T), np.array(hs[0].T, order="C")
    h_new = np.empty_like(h)
    for t in range(len(gates)):
        a = np.dot(W, h, out=gates[t])
        a += rows[index[t]].T  # eq-rnn-preactivation
        activate(a, c[t], c[t + 1], h_new)
        if mask is not None:
            hold(mask[t], h, h_new)
            hold(mask[t], c[t], c[t + 1])
        h, h_new = h_new, h
        hs[t + 1] = h.T


def backward(W_hh, dhs, mask, hs, c, gates, dh, dc, das):
    """Fill `das` (T, B, 4H); turn `dh` and `dc`, (H, B), from those at the end into
    those at t = 0.
    """
    da = np.empty_like(gates[0])
    work, tanh_c, before_h, before_c = (np.empty_like(dh) for _ in range(4))
    da_i, da_f, da_g, da_o = da.reshape(4, len(dh), -1)
    for t in range(len(gates) - 1, -1, -1):
        i, f, g, o = gates[t].reshape(4, len(dh), -1)
        dh += dhs[t].T  # eq-dh
        if mask is not None:
            np.copyto(before_h, dh)
            np.copyto(before_c, dc)
        np.tanh(c[t + 1], out=tanh_c)
        np.multiply(dh, tanh_c, out=da_o)  # eq-lstm-do
        np.multiply(tanh_c, tanh_c, out=work)
        np.subtract(1, work, out=work)
        work *= dh
        work *= o
        dc += work  # eq-lstm-dc
        np.multiply(dc, g, out=da_i)  # eq-lstm-dgates
        np.multiply(dc, c[t], out=da_f)
        np.multiply(dc, i, out=da_g)
        for d, gate in ((da_i, i), (da_f, f), (da_o, o)):  # eq-lstm-da
            d *= gate
            d *= np.subtract(1, gate, out=work)
        np.multiply(g, g, out=work)
        da_g *= np.subtract(1, work, out=work)
        dc *= f  # eq-lstm-dc-prev
        if mask is not None:
            da[:, ~mask[t]] = 0
            hold(mask[t], before_c, dc)
        np.dot(W_hh, da, out=dh)  # eq-dh
        if mask is not None:
            hold(mask[t], before_h, dh)
        das[t] = da.T
