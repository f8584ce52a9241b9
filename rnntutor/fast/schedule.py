"""A cell over time, for b of the B sequences of a batch; every buffer has a column for each of them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from rnntutor import lstm, rnn
from rnntutor.fast.buffers import POOL
from rnntutor.fast.plain import lstm as plain_lstm
from rnntutor.fast.plain import rnn as plain_rnn

MODULES = {lstm.LSTM: (plain_lstm, lstm.State), rnn.RNN: (plain_rnn, rnn.State)}


def compiles():
    """Whether Numba and SciPy, whose BLAS machine code calls, are installed."""
    return find_spec("numba") is not None and find_spec("scipy") is not None


class Schedule:
    """The functions that run a cell over time, in machine code or in NumPy alone.

    The first of the buffers, one for each part of the cell's state, hold the states from t = 0 to T.
    """

    def __init__(self, cell, compiled):
        self.code, self.State = MODULES[type(cell)]
        if compiled:
            self.code = import_module(self.code.__name__.replace("plain", "compiled"))
        self.cell = () if isinstance(cell, lstm.LSTM) else (cell.activation,)

    def scaled(self, weights):
        """Weights and biases as the way forward takes them; the last axis is K·H long."""
        return self.code.scale(*self.cell, weights)

    def forward(self, W, rows, index, mask, part, hs, state0):
        """Fill the rows `part` of `hs` (T+1, B, H) from t = 1 on; return the buffers.

        `W` is W_hh transposed, (K·H, H). The inputs' part of the pre-activations is in `rows` (N, K·H);
        `index` (T, B) says in which. Both are scaled.
        """
        shapes = self.code.buffers(len(index), hs.shape[-1], part.stop - part.start)
        buffers = [POOL.take(shape, hs.dtype) for shape in shapes]
        for buffer, initial in zip(buffers, state0, strict=False):
            buffer[0] = initial[part].T
        self.code.forward(*self.cell, W, rows, index, mask, part, *buffers, hs)
        return buffers

    def backward(self, W, dhs, mask, part, buffers, dstate_T, das):
        """Fill the rows `part` of `das` (T, B, K·H); return the derivative by the initial state, parts (b,
        H).

        `W` is W_hh, (H, K·H).
        """
        dstate = [np.array(final[part].T, W.dtype, order="C") for final in dstate_T]
        return [d.T for d in self.code.backward(*self.cell, W, dhs, mask, part, *buffers, *dstate, das)]

    def write(self, W, table, W_hy, b_y, y_raw, state, temperature, uniforms, drawn):
        """Fill `drawn` with a symbol for each of the uniform numbers, until an output is not finite.

        `W` and `table` are scaled, `W` and `W_hy` transposed; y_raw (V,) and the parts of the state, (H,),
        are used up.
        """
        self.code.write(*self.cell, W, table, W_hy, b_y, y_raw, *state, temperature, uniforms, drawn)

    def add_rows(self, ids, values, n):
        """Add up the rows of `values` (M, K) that belong to the same of n symbols, `ids` (...): (n, K)."""
        return self.code.add_rows(ids, values, n)

    def state(self, buffers, t):
        """The state at t, parts (b, H)."""
        return self.State(*(buffer[t].T for buffer in buffers[: len(self.State._fields)]))
