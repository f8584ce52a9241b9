"""Sampling as machine code: `rnntutor.text.sampling`, many symbols in one call."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from rnntutor._check import FORWARD, require_finite
from rnntutor.cells.lstm import LSTM
from rnntutor.fast.compiled import lstm, rnn
from rnntutor.fast.compiled.blas import add_matvec, address_of
from rnntutor.fast.compiled.functions import OPTIONS
from rnntutor.fast.compiled.kept import kept
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.net import native
from rnntutor.nets.embedded import Embedded

# Symbols drawn in one go, as machine code cannot be interrupted: a fifth of a second if
# each takes a millisecond.
PIECE = 200
GATED = -1  # the LSTM, beside the kinds of RNN


def pieces(model, params, y_raw, state, n, rng, temperature):
    """Draw n symbols, each fed back as the next input.

    Parameters
    ----------
    model : Model
        Its net is `Fast`, or `Embedded` around one.
    params : ModelParams
    y_raw : array (V,)
        The outputs to draw the first symbol from.
    state : the cell's state, B = 1
        That of the same step.
    n : int
    rng : numpy.random.Generator
    temperature : float

    Yields
    ------
    int array (at most `PIECE`,)

    Raises
    ------
    NonFiniteError
        If the hidden state or the outputs overflow.
    """
    params = native(params)
    net, inner, rows = model.net, params.cell, None
    if isinstance(net, Embedded):
        net, inner, rows = net.inner, inner.net, inner.E_x
    table = (inner.W_xh if rows is None else rows @ inner.W_xh) + inner.b_h
    W, W_hy = (np.ascontiguousarray(part.T) for part in (inner.W_hh, params.W_hy))
    b_y, y_raw = np.ascontiguousarray(params.b_y), np.array(y_raw, W.dtype)
    h, c = (np.array(part[0], W.dtype) for part in (state[0], state[-1]))
    kind = GATED if isinstance(net.cell, LSTM) else rnn.KINDS[net.cell.activation]
    address = address_of(W.dtype, "gemv")
    for start in range(0, n, PIECE):
        uniforms = rng.random(min(PIECE, n - start))
        drawn = np.empty(len(uniforms), np.int64)
        if not _loop(
            *(address, kind, W, table, W_hy, b_y, y_raw, h, c),
            *(float(temperature), uniforms, drawn),
        ):
            require_finite("hs", h, FORWARD)
            require_finite("ys_raw", y_raw, FORWARD)
        yield drawn


def _build(sources):
    @kept(nogil=True, **OPTIONS)
    def loop(
        address, kind, W, table, W_hy, b_y, y_raw, h, c, temperature, uniforms, drawn
    ):
        """Fill `drawn`; False as soon as y_raw (V,) is not finite.

        The rows of `table` are what the symbols give the pre-activations; `W` and
        `W_hy` are transposed. y_raw, h and c (H,) follow; an RNN has no use for c.
        """
        _ = sources
        weights, a, c_prev = np.empty(len(y_raw)), np.empty_like(table[0]), c.copy()
        for k in range(len(drawn)):
            drawn[k] = _draw(y_raw, temperature, uniforms[k], weights)
            if drawn[k] < 0:
                return False
            a[:] = table[drawn[k]]
            add_matvec(address, W, h, a)  # eq-rnn-preactivation
            if kind == GATED:
                i, f, g, o = lstm.split(a)
                c_prev[:] = c
                lstm._activate(i, f, g, o, c_prev, c, h)
            else:
                rnn._activate(kind, a)
                h[:] = a
            y_raw[:] = b_y
            add_matvec(address, W_hy, h, y_raw)  # eq-readout
        return True

    return loop


@njit
def _draw(y_raw, temperature, u, weights):
    """The symbol that u from [0, 1) stands for; −1 if y_raw (V,) is not finite. Fills
    `weights` (V,).
    """
    largest = y_raw[0]
    for y in y_raw:
        if not math.isfinite(y):
            return -1
        largest = max(largest, y)
    total = 0.0
    for k in range(len(y_raw)):
        below = np.float64(y_raw[k]) - np.float64(largest)
        if temperature == 0:
            total += 1.0 if below == 0 else 0.0
        else:
            total += math.exp(below / temperature)  # eq-temperature
        weights[k] = total
    return min(np.searchsorted(weights, u * total, side="right"), len(y_raw) - 1)


_loop = _build(SOURCES)
