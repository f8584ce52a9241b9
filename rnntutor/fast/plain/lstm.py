"""The LSTM over time with a column for each sequence, in place.

With σ(a) = ½ + ½ tanh(½ a) one call of tanh serves all four gates; the ½ inside is in the weights already
(`scale`).
"""

from __future__ import annotations

import numpy as np

from rnntutor.fast.plain.columns import hold
from rnntutor.fast.plain.drawing import symbols

__all__ = ["backward", "buffers", "forward", "scale", "write"]


def scale(weights):
    """Half of the columns i, f and o of (…, 4H), all of g: what the pre-activations are made with."""
    H = weights.shape[-1] // 4
    out = weights * 0.5
    out[..., 2 * H : 3 * H] = weights[..., 2 * H : 3 * H]
    return out


def activate(a, c_prev, c, tanh_c, h):
    """`LSTM.activate`; the gates take the place of the scaled pre-activations. All but `a` are (H, b)."""
    H = len(h)
    np.tanh(a, out=a)  # eq-lstm-candidate
    for sigmoids in (a[: 2 * H], a[3 * H :]):
        sigmoids *= 0.5
        sigmoids += 0.5  # eq-lstm-gates
    i, f, g, o = a.reshape(4, H, -1)
    np.multiply(f, c_prev, out=c)
    c += np.multiply(i, g, out=h)  # eq-lstm-cell
    np.tanh(c, out=tanh_c)
    np.multiply(o, tanh_c, out=h)  # eq-lstm-hidden


def buffers(T, H, b):
    """Shapes of what a pass forward fills and one backward reads: h and c, the gates, tanh c."""
    return [(T + 1, H, b), (T + 1, H, b), (T, 4 * H, b), (T, H, b)]


def forward(W_hh, rows, index, mask, h, c, gates, tanh_c, hs):
    """Fill the buffers from t = 1 on, and `hs` (T+1, B, H).

    The inputs' part of the pre-activations is in `rows` (N, 4H); `index` (T, B) says in which. `W_hh` and
    `rows` are scaled.
    """
    W = np.ascontiguousarray(W_hh.T)
    for t in range(len(gates)):
        a = np.dot(W, h[t], out=gates[t])
        a += rows[index[t]].T  # eq-rnn-preactivation
        activate(a, c[t], c[t + 1], tanh_c[t], h[t + 1])
        if mask is not None:
            hold(mask[t], h[t], h[t + 1])
            hold(mask[t], c[t], c[t + 1])
        hs[t + 1] = h[t + 1].T


def backward(W_hh, dhs, mask, h, c, gates, tanh_c, dh, dc, das):
    """Fill `das` (T, B, 4H); turn `dh` and `dc`, (H, B), from those at the end into those at t = 0."""
    da = np.empty_like(gates[0])
    work, before_h, before_c = (np.empty_like(dh) for _ in range(3))
    da_i, da_f, da_g, da_o = da.reshape(4, len(dh), -1)
    for t in range(len(gates) - 1, -1, -1):
        i, f, g, o = gates[t].reshape(4, len(dh), -1)
        dh += dhs[t].T  # eq-dh
        if mask is not None:
            np.copyto(before_h, dh)
            np.copyto(before_c, dc)
        np.multiply(dh, tanh_c[t], out=da_o)  # eq-lstm-do
        np.multiply(tanh_c[t], tanh_c[t], out=work)
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


def write(W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn):
    """Fill `drawn` with symbols, one by one, each read as a row of `table` (V, 4H), scaled.

    `W` is W_hh, scaled, and `W_hy` the readout, both transposed; y_raw (V,), h and c (H,) are used up.
    """
    tanh_c = np.empty_like(c)
    for symbol in symbols(y_raw, temperature, uniforms, drawn):
        a = np.dot(W, h)
        a += table[symbol]  # eq-rnn-preactivation
        activate(a[:, None], c[:, None], c[:, None], tanh_c[:, None], h[:, None])
        np.dot(W_hy, h, out=y_raw)
        y_raw += b_y  # eq-readout
