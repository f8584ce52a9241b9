"""The RNN over time as machine code: the schedule of `rnntutor.fast.plain.rnn`."""

from __future__ import annotations

import numpy as np
from numba import njit

from rnntutor.fast.compiled.blas import add_matvec, address_of, multiply
from rnntutor.fast.compiled.columns import add_columns, add_rows, hold, padding, silence, to_columns, to_rows
from rnntutor.fast.compiled.drawing import draw, read_out
from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.plain.rnn import buffers

__all__ = ["add_rows", "backward", "buffers", "forward", "scale", "write"]

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
    def forward(address, activation, W, rows, index, mask, lo, h, hs):
        _ = sources
        for t in range(len(index)):
            a = h[t + 1]
            to_columns(rows, index[t], lo, a)
            multiply(address, W, h[t], 1, a)  # eq-rnn-preactivation
            _activate(activation, a.ravel())
            if mask.size:
                hold(mask[t], lo, h[t], h[t + 1])
            to_rows(h[t + 1], hs[t + 1], lo)

    @njit(nogil=True, cache=True, **OPTIONS)
    def backward(address, activation, W, dhs, mask, lo, h, dh, das):
        _ = sources
        da, dh_prev = np.empty_like(dh), np.empty_like(dh)
        for t in range(len(dhs) - 1, -1, -1):
            add_columns(dhs[t], lo, dh)  # eq-dh
            _activate_backward(activation, h[t + 1].ravel(), dh.ravel(), da.ravel())
            if mask.size:
                silence(mask[t], lo, da)
            multiply(address, W, da, 0, dh_prev)  # eq-dh
            if mask.size:
                hold(mask[t], lo, dh, dh_prev)
            to_rows(da, das[t], lo)
            dh, dh_prev = dh_prev, dh
        return dh

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


def forward(activation, W, rows, index, mask, part, h, hs):
    """As in `plain.rnn`, with nothing scaled."""
    _forward(address_of(W.dtype), KINDS[activation], W, rows, index, padding(mask), part.start, h, hs)


def backward(activation, W, dhs, mask, part, h, dh, das):
    """As in `plain.rnn`."""
    return (_backward(address_of(W.dtype), KINDS[activation], W, dhs, padding(mask), part.start, h, dh, das),)


def write(activation, W, table, W_hy, b_y, y_raw, h, temperature, uniforms, drawn):
    """Fill `drawn` with symbols, one by one, each read as a row of `table` (V, H).

    `W` is W_hh and `W_hy` the readout, both transposed; y_raw (V,) and h (H,) are used up.
    """
    address, kind = address_of(W.dtype, "gemv"), KINDS[activation]
    _write(address, kind, W, table, W_hy, b_y, y_raw, h, temperature, uniforms, drawn)
