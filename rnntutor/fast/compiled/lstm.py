"""The LSTM over time as machine code: the schedule of `rnntutor.fast.plain.lstm`, each step's element-wise
lines in one loop.

An array (H, b) that is contiguous is walked as one vector, whatever H and b are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntutor.fast.compiled.blas import add_matvec, address_of, multiply, multiply_columns
from rnntutor.fast.compiled.columns import add_columns, add_rows, hold, padding, silence, to_columns, to_rows
from rnntutor.fast.compiled.drawing import draw, read_out
from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.compiled.turns import done, wait
from rnntutor.fast.plain.lstm import buffers

__all__ = ["backward", "buffers", "forward", "scale", "write"]


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
def _activate_backward(gates, c_prev, tanh_c, dh, dc_next, da_i, da_f, da_g, da_o, dc_prev):
    """`LSTM.activate_backward`."""
    n, one = dh.size, dh.dtype.type(1)
    for j in range(n):
        i, f, g, o = gates[j], gates[n + j], gates[2 * n + j], gates[3 * n + j]
        squashed = tanh_c[j]
        do = dh[j] * squashed  # eq-lstm-do
        dc = dc_next[j] + dh[j] * o * (one - squashed * squashed)  # eq-lstm-dc
        da_i[j] = dc * g * i * (one - i)  # eq-lstm-da
        da_f[j] = dc * c_prev[j] * f * (one - f)  # eq-lstm-da
        da_g[j] = dc * i * (one - g * g)  # eq-lstm-da
        da_o[j] = do * o * (one - o)  # eq-lstm-da
        dc_prev[j] = dc * f  # eq-lstm-dc-prev


def _build(sources):
    @njit(nogil=True, cache=True, **OPTIONS)
    def forward(address, W_hh, rows, index, mask, lo, hi, me, board, h, c, gates, tanh_c, hs):
        _ = sources
        H, n = len(W_hh), hi - lo
        W = np.empty((4 * n, H), W_hh.dtype)  # of these units, transposed: the four gates one after the other
        for k in range(4):
            to_columns(W_hh, np.arange(H), k * H + lo, W[k * n : (k + 1) * n])
        for t in range(len(gates)):
            a = gates[t][4 * lo : 4 * hi]
            for k in range(4):
                to_columns(rows, index[t], k * H + lo, a[k * n : (k + 1) * n])
            wait(board, t)  # until all of h_t is there
            multiply(address, W, h[t], 1, a)  # eq-rnn-preactivation
            h_new, c_new = h[t + 1][lo:hi], c[t + 1][lo:hi]
            _activate(a.ravel(), c[t][lo:hi].ravel(), c_new.ravel(), tanh_c[t][lo:hi].ravel(), h_new.ravel())
            if mask.size:
                hold(mask[t], h[t][lo:hi], h_new)
                hold(mask[t], c[t][lo:hi], c_new)
            done(board, me, t + 1)
            to_rows(h_new, hs[t + 1], lo)

    @njit(nogil=True, cache=True, **OPTIONS)
    def backward(
        address, W_hh, dhs, mask, lo, hi, me, board, hs, ids, xs, c, gates, tanh_c, dh, dc, da, das, dW_hh,
        dW_xh,
    ):  # fmt: skip
        _ = sources
        T, B, H = dhs.shape
        dh_t, dc_t = dh[lo:hi].copy(), dc[lo:hi].copy()
        dh_prev, dc_prev = np.empty_like(dh_t), np.empty_like(dc_t)
        for t in range(T - 1, -1, -1):
            add_columns(dhs[t], lo, dh_t)  # eq-dh
            da_t = da[t % 2]  # by turns: the other may still be read when this is written
            da_i, da_f, da_g, da_o = (
                da_t[lo:hi], da_t[H + lo : H + hi], da_t[2 * H + lo : 2 * H + hi],
                da_t[3 * H + lo : 3 * H + hi],
            )  # fmt: skip
            _activate_backward(
                gates[t][4 * lo : 4 * hi].ravel(), c[t][lo:hi].ravel(), tanh_c[t][lo:hi].ravel(),
                dh_t.ravel(), dc_t.ravel(), da_i.ravel(), da_f.ravel(), da_g.ravel(), da_o.ravel(),
                dc_prev.ravel(),
            )  # fmt: skip
            if mask.size:
                for k in range(4):
                    silence(mask[t], da_t[k * H + lo : k * H + hi])
                hold(mask[t], dc_t, dc_prev)
            done(board, me, T - t)
            for k in range(4):
                to_rows(da_t[k * H + lo : k * H + hi], das[t * B : (t + 1) * B], k * H + lo)
            wait(board, T - t)  # until all of da_t is there
            multiply(address, W_hh[lo:hi], da_t, 0, dh_prev)  # eq-dh
            if mask.size:
                hold(mask[t], dh_t, dh_prev)
            dh_t, dh_prev, dc_t, dc_prev = dh_prev, dh_t, dc_prev, dc_t
        dh[lo:hi], dc[lo:hi] = dh_t, dc_t
        for k in range(4):
            first, last = k * H + lo, k * H + hi
            multiply_columns(address, hs, das, dW_hh, first, last)  # eq-rnn-grads
            if ids.size:
                add_rows(ids, das, first, last, dW_xh)
            else:
                multiply_columns(address, xs, das, dW_xh, first, last)  # eq-rnn-grads

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


def forward(W_hh, rows, index, mask, part, board, h, c, gates, tanh_c, hs):
    """The units of a part of `plain.lstm.forward`, with nothing scaled; see `rnntutor.fast.schedule`."""
    address = address_of(W_hh.dtype)
    _forward(address, W_hh, rows, index, padding(mask), *part, board, h, c, gates, tanh_c, hs)


def backward(W_hh, dhs, mask, part, board, hs, ids, xs, h, c, gates, tanh_c, *adjoints):
    """The units of a part of `plain.lstm.backward`, and their columns of the weights' gradients."""
    address = address_of(W_hh.dtype)
    _backward(address, W_hh, dhs, padding(mask), *part, board, hs, ids, xs, c, gates, tanh_c, *adjoints)


def write(W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn):
    """Fill `drawn` with symbols, one by one, each read as a row of `table` (V, 4H).

    `W` is W_hh and `W_hy` the readout, both transposed; y_raw (V,), h and c (H,) are used up.
    """
    address = address_of(W.dtype, "gemv")
    _write(address, W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn)
