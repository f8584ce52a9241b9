"""The RNN over time as machine code: the schedule of `rnntutor.fast.plain.rnn`."""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntutor.fast.compiled.blas import add_matvec, address_of, multiply, multiply_columns
from rnntutor.fast.compiled.columns import add_columns, add_rows, hold, padding, silence, to_columns, to_rows
from rnntutor.fast.compiled.drawing import draw, read_out
from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.compiled.turns import done, wait
from rnntutor.fast.plain.rnn import buffers

__all__ = ["backward", "buffers", "forward", "scale", "write"]

KINDS = {"sigmoid": 0, "tanh": 1, "relu": 2}


@njit(**OPTIONS)
def _activate(activation, h):
    """`RNN.activate`; h takes the place of the pre-activation."""
    if activation == 0:
        for j in range(h.size):
            h[j] = sigmoid(h[j])  # eq-rnn-cell
    elif activation == 1:
        for j in range(h.size):
            h[j] = tanh(h[j])  # eq-rnn-cell
    else:
        zero = h.dtype.type(0)
        for j in range(h.size):
            h[j] = zero if h[j] <= zero else h[j]  # eq-rnn-cell


@njit(**OPTIONS)
def _activate_backward(activation, h, dh, da):
    """`RNN.activate_backward`."""
    zero, one = h.dtype.type(0), h.dtype.type(1)
    if activation == 0:
        for j in range(h.size):
            da[j] = dh[j] * (h[j] * (one - h[j]))  # eq-da
    elif activation == 1:
        for j in range(h.size):
            da[j] = dh[j] * (one - h[j] * h[j])  # eq-da
    else:
        for j in range(h.size):
            da[j] = dh[j] if h[j] > zero else zero * dh[j]  # eq-da


def _build(sources):
    @njit(nogil=True, cache=True, **OPTIONS)
    def forward(address, activation, W_hh, rows, index, mask, lo, hi, me, board, h, hs):
        _ = sources
        W = np.empty((hi - lo, len(W_hh)), W_hh.dtype)  # of these units, transposed
        to_columns(W_hh, np.arange(len(W_hh)), lo, W)
        for t in range(len(index)):
            a = h[t + 1][lo:hi]
            to_columns(rows, index[t], lo, a)
            wait(board, t)  # until all of h_t is there
            multiply(address, W, h[t], 1, a)  # eq-rnn-preactivation
            _activate(activation, a.ravel())
            if mask.size:
                hold(mask[t], h[t][lo:hi], a)
            done(board, me, t + 1)
            to_rows(a, hs[t + 1], lo)

    @njit(nogil=True, cache=True, **OPTIONS)
    def backward(
        address, activation, W_hh, dhs, mask, lo, hi, me, board, hs, ids, xs, h, dh, da, das, dW_hh, dW_xh
    ):  # fmt: skip
        _ = sources
        T, B, _ = dhs.shape
        dh_t = dh[lo:hi].copy()
        dh_prev = np.empty_like(dh_t)
        for t in range(T - 1, -1, -1):
            add_columns(dhs[t], lo, dh_t)  # eq-dh
            da_t = da[t % 2]  # by turns: the other may still be read when this is written
            mine = da_t[lo:hi]
            _activate_backward(activation, h[t + 1][lo:hi].ravel(), dh_t.ravel(), mine.ravel())
            if mask.size:
                silence(mask[t], mine)
            done(board, me, T - t)
            to_rows(mine, das[t * B : (t + 1) * B], lo)
            wait(board, T - t)  # until all of da_t is there
            multiply(address, W_hh[lo:hi], da_t, 0, dh_prev)  # eq-dh
            if mask.size:
                hold(mask[t], dh_t, dh_prev)
            dh_t, dh_prev = dh_prev, dh_t
        dh[lo:hi] = dh_t
        multiply_columns(address, hs, das, dW_hh, lo, hi)  # eq-rnn-grads
        if ids.size:
            add_rows(ids, das, lo, hi, dW_xh)
        else:
            multiply_columns(address, xs, das, dW_xh, lo, hi)  # eq-rnn-grads

    @njit(nogil=True, cache=True, **OPTIONS)
    def write(address, activation, W, table, W_hy, b_y, y_raw, h, temperature, uniforms, drawn):
        _ = sources
        weights, a = np.empty(len(y_raw)), np.empty_like(h)
        for i in range(len(drawn)):
            symbol = draw(y_raw, temperature, uniforms[i], weights)
            if symbol < 0:
                return
            drawn[i] = symbol
            a[:] = table[symbol]
            add_matvec(address, W, h, a)  # eq-rnn-preactivation
            _activate(activation, a)
            h[:] = a
            read_out(address, W_hy, b_y, h, y_raw)

    return forward, backward, write


_forward, _backward, _write = _build(SOURCES)


def scale(activation, weights):
    """The weights as they are."""
    return weights


def forward(activation, W_hh, rows, index, mask, part, board, h, hs):
    """The units of a part of `plain.rnn.forward`, with nothing scaled; see `rnntutor.fast.schedule`."""
    address, kind = address_of(W_hh.dtype), KINDS[activation]
    _forward(address, kind, W_hh, rows, index, padding(mask), *part, board, h, hs)


def backward(activation, W_hh, dhs, mask, part, board, hs, ids, xs, h, *adjoints):
    """The units of a part of `plain.rnn.backward`, and their columns of the weights' gradients."""
    address, kind = address_of(W_hh.dtype), KINDS[activation]
    _backward(address, kind, W_hh, dhs, padding(mask), *part, board, hs, ids, xs, h, *adjoints)


def write(activation, W, table, W_hy, b_y, y_raw, h, temperature, uniforms, drawn):
    """Fill `drawn` with symbols, one by one, each read as a row of `table` (V, H).

    `W` is W_hh and `W_hy` the readout, both transposed; y_raw (V,) and h (H,) are used up.
    """
    address, kind = address_of(W.dtype, "gemv"), KINDS[activation]
    _write(address, kind, W, table, W_hy, b_y, y_raw, h, temperature, uniforms, drawn)
