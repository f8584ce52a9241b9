"""The RNN over time as machine code: each step one product and one loop over its
units.
"""

from __future__ import annotations

from numba import njit

from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh
from rnntutor.fast.compiled.kept import kept
from rnntutor.fast.compiled.parts import add, add_up, by_sequences, copy, padding, real
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.compiled.tiles import add_product, pack, quarter
from rnntutor.fast.plain.rnn import buffers

__all__ = ["add_up", "backward", "buffers", "forward", "lay", "scale"]

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
    @kept(nogil=True, **OPTIONS)
    def forward(lo, hi, activation, panels, rows, index, mask, hs):
        _ = sources
        apart = quarter(hs[0])
        for t in range(len(index)):
            a = hs[t + 1]
            for b in range(lo, hi):
                copy(rows[index[t, b]], a[b])
            add_product(hs[t], lo, hi, panels, apart, a)  # eq-rnn-preactivation
            for b in range(lo, hi):
                if real(mask, t, b):
                    _activate(activation, a[b])
                else:
                    copy(hs[t, b], a[b])

    @kept(nogil=True, **OPTIONS)
    def backward(lo, hi, activation, panels, dhs, mask, hs, dh, das):
        _ = sources
        apart = quarter(dh)
        for t in range(len(dhs) - 1, -1, -1):
            for b in range(lo, hi):
                add(dhs[t, b], dh[b])  # eq-dh
                if real(mask, t, b):
                    _activate_backward(activation, hs[t + 1, b], dh[b], das[t, b])
                    dh[b] = 0
                else:
                    das[t, b] = 0
            add_product(das[t], lo, hi, panels, apart, dh)  # eq-dh

    return forward, backward


_forward, _backward = _build(SOURCES)


def lay(part):
    """A part of the state, (B, H), as it lies in the buffers, or back: as it is."""
    return part


def scale(activation, weights):
    """The weights as they are."""
    return weights


def forward(activation, W_hh, rows, index, mask, hs):
    """As `plain.rnn.forward`, with nothing scaled."""
    panels, mask = pack(W_hh, quarter(W_hh)), padding(mask)
    by_sequences(
        _forward, hs, W_hh.size, KINDS[activation], panels, rows, index, mask, hs
    )


def backward(activation, W_hh, dhs, mask, hs, dh, das):
    """As `plain.rnn.backward`, `dh` (B, H)."""
    panels, mask = pack(W_hh.T, quarter(dh)), padding(mask)
    by_sequences(
        _backward, dhs, W_hh.size, KINDS[activation], panels, dhs, mask, hs, dh, das
    )
