"""The LSTM over time as machine code: the schedule of `rnntutor.fast.plain.lstm`, each step's element-wise
lines in one loop.

An array (H, b) that is contiguous is walked as one vector, whatever H and b are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntutor.fast.compiled.blas import add_matvec, address_of, multiply
from rnntutor.fast.compiled.columns import add_columns, add_rows, hold, padding, silence, to_columns, to_rows
from rnntutor.fast.compiled.drawing import draw, read_out
from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.plain.lstm import buffers

__all__ = ["add_rows", "backward", "buffers", "forward", "scale", "write"]


@njit(**OPTIONS)
def _activate(a, c_prev, c, tanh_c, h):
    """`LSTM.activate`; the gates take the place of the pre-activations."""
    n = c.size
    for j in range(n):
        i, f, o = sigmoid(a[j]), sigmoid(a[n + j]), sigmoid(a[3 * n + j])  # eq-lstm-gates
        g = tanh(a[2 * n + j])  # eq-lstm-candidate
        a[j], a[n + j], a[2 * n + j], a[3 * n + j] = i, f, g, o
        c_new = f * c_prev[j] + i * g  # eq-lstm-cell
        squashed = tanh(c_new)
        c[j], tanh_c[j] = c_new, squashed
        h[j] = o * squashed  # eq-lstm-hidden


@njit(**OPTIONS)
def _activate_backward(gates, c_prev, tanh_c, dh, dc_next, da, dc_prev):
    """`LSTM.activate_backward`."""
    n, one = dh.size, dh.dtype.type(1)
    for j in range(n):
        i, f, g, o = gates[j], gates[n + j], gates[2 * n + j], gates[3 * n + j]
        squashed = tanh_c[j]
        do = dh[j] * squashed  # eq-lstm-do
        dc = dc_next[j] + dh[j] * o * (one - squashed * squashed)  # eq-lstm-dc
        da[j] = dc * g * i * (one - i)  # eq-lstm-da
        da[n + j] = dc * c_prev[j] * f * (one - f)  # eq-lstm-da
        da[2 * n + j] = dc * i * (one - g * g)  # eq-lstm-da
        da[3 * n + j] = do * o * (one - o)  # eq-lstm-da
        dc_prev[j] = dc * f  # eq-lstm-dc-prev


def _build(sources):
    @njit(nogil=True, cache=True, **OPTIONS)
    def forward(address, W, rows, index, mask, lo, h, c, gates, tanh_c, hs):
        _ = sources
        for t in range(len(gates)):
            a = gates[t]
            to_columns(rows, index[t], lo, a)
            multiply(address, W, h[t], 1, a)  # eq-rnn-preactivation
            _activate(a.ravel(), c[t].ravel(), c[t + 1].ravel(), tanh_c[t].ravel(), h[t + 1].ravel())
            if mask.size:
                hold(mask[t], lo, h[t], h[t + 1])
                hold(mask[t], lo, c[t], c[t + 1])
            to_rows(h[t + 1], hs[t + 1], lo)

    @njit(nogil=True, cache=True, **OPTIONS)
    def backward(address, W, dhs, mask, lo, c, gates, tanh_c, dh, dc, das):
        _ = sources
        da, dh_prev, dc_prev = np.empty_like(gates[0]), np.empty_like(dh), np.empty_like(dc)
        for t in range(len(gates) - 1, -1, -1):
            add_columns(dhs[t], lo, dh)  # eq-dh
            _activate_backward(
                gates[t].ravel(), c[t].ravel(), tanh_c[t].ravel(), dh.ravel(), dc.ravel(), da.ravel(),
                dc_prev.ravel(),
            )  # fmt: skip
            if mask.size:
                silence(mask[t], lo, da)
                hold(mask[t], lo, dc, dc_prev)
            multiply(address, W, da, 0, dh_prev)  # eq-dh
            if mask.size:
                hold(mask[t], lo, dh, dh_prev)
            to_rows(da, das[t], lo)
            dh, dh_prev, dc, dc_prev = dh_prev, dh, dc_prev, dc
        return dh, dc

    @njit(nogil=True, cache=True, **OPTIONS)
    def write(address, W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn):
        _ = sources
        weights, a, tanh_c = np.empty(len(y_raw)), np.empty_like(table[0]), np.empty_like(c)
        for i in range(len(drawn)):
            symbol = draw(y_raw, temperature, uniforms[i], weights)
            if symbol < 0:
                return
            drawn[i] = symbol
            a[:] = table[symbol]
            add_matvec(address, W, h, a)  # eq-rnn-preactivation
            _activate(a, c, c, tanh_c, h)
            read_out(address, W_hy, b_y, h, y_raw)

    return forward, backward, write


_forward, _backward, _write = _build(SOURCES)


def scale(weights):
    """The weights as they are."""
    return weights


def forward(W, rows, index, mask, part, h, c, gates, tanh_c, hs):
    """As in `plain.lstm`, with nothing scaled."""
    _forward(address_of(W.dtype), W, rows, index, padding(mask), part.start, h, c, gates, tanh_c, hs)


def backward(W, dhs, mask, part, h, c, gates, tanh_c, dh, dc, das):
    """As in `plain.lstm`."""
    return _backward(address_of(W.dtype), W, dhs, padding(mask), part.start, c, gates, tanh_c, dh, dc, das)


def write(W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn):
    """Fill `drawn` with symbols, one by one, each read as a row of `table` (V, 4H).

    `W` is W_hh and `W_hy` the readout, both transposed; y_raw (V,), h and c (H,) are used up.
    """
    address = address_of(W.dtype, "gemv")
    _write(address, W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn)
