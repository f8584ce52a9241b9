"""A cell over time, with a column for each sequence: which functions do it, and what each thread does.

Threads share the units of one step, not the sequences: a product with many columns makes better use of a
processor than two with half as many.  Each of P threads has H/P units with all their gates, and their columns
of the gradients by the weights.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from rnntutor import lstm, rnn
from rnntutor.fast.buffers import POOL
from rnntutor.fast.plain import lstm as plain_lstm
from rnntutor.fast.plain import rnn as plain_rnn
from rnntutor.nets.scatter import scatter_add
from rnntutor.threads import matmul, size, together

MODULES = {lstm.LSTM: (plain_lstm, lstm.State), rnn.RNN: (plain_rnn, rnn.State)}
WORTHWHILE = 5e6  # multiplications in time: with fewer, threads are not worth waking
UNITS = 16  # for a thread, at least


def compiles():
    """Whether Numba and SciPy, whose BLAS machine code calls, are installed."""
    return find_spec("numba") is not None and find_spec("scipy") is not None


class Schedule:
    """The functions for one cell, in machine code or in NumPy alone, and the buffers that they fill.

    The first of the buffers, one for each part of the cell's state, hold the states from t = 0 to T.

    Parameters
    ----------
    cell : LSTM or RNN
    compiled : bool
    T, B, H : int
        Steps, sequences, units.
    """

    def __init__(self, cell, compiled, T, B, H):
        self.code, self.State = MODULES[type(cell)]
        if compiled:
            self.code = import_module(self.code.__name__.replace("plain", "compiled"))
        self.cell = () if isinstance(cell, lstm.LSTM) else (cell.activation,)
        self.K, self.compiled, self.shape = cell.blocks, compiled, (T, B, H)
        self.P = _threads(H, T * B * H * self.K * H) if compiled else 1

    def scaled(self, weights):
        """Weights and biases (…, K·H) as the way forward takes them."""
        return self.code.scale(*self.cell, weights)

    def forward(self, W_hh, rows, index, mask, hs, state0):
        """Fill `hs` (T+1, B, H) from t = 1 on; return the buffers.

        The inputs' part of the pre-activations is in `rows` (N, K·H); `index` (T, B) says in which. `W_hh`
        and `rows` are scaled.
        """
        T, B, H = self.shape
        buffers = [POOL.take(shape, hs.dtype) for shape in self.code.buffers(T, H, B)]
        for buffer, initial in zip(buffers, state0, strict=False):
            buffer[0] = initial.T
        if self.compiled:
            self._in_turns(self.code.forward, W_hh, rows, index, mask, after=(*buffers, hs))
        else:
            self.code.forward(*self.cell, W_hh, rows, index, mask, *buffers, hs)
        return buffers

    def backward(self, W_hh, dhs, passed, read, dstate_T):
        """Derivatives by pre-activations (T·B, K·H), W_hh, what inputs select from, the initial state.

        `read` is what was read: vectors (T·B, D), which select from W_xh, or symbols (T·B,) and how many
        there are, which select from a table with a row for each.
        """
        T, B, H = self.shape
        KH, dtype = W_hh.shape[1], W_hh.dtype
        dstate = [np.array(final.T, dtype, order="C") for final in dstate_T]
        das, hs = POOL.take((T * B, KH), dtype), passed.hs[:-1].reshape(T * B, H)
        if not self.compiled:
            self.code.backward(
                *self.cell, W_hh, dhs, passed.mask, *passed.buffers, *dstate, das.reshape(T, B, KH)
            )
            dW_x = scatter_add(read[0], das, read[1]) if isinstance(read, tuple) else matmul(read.T, das)
            return das, matmul(hs.T, das), dW_x, self.State(*(d.T for d in dstate))
        da, dW_hh = np.empty((2, KH, B), dtype), np.empty((H, KH), dtype)
        if isinstance(read, tuple):
            (ids, n), xs = read, np.empty((0, 0), dtype)
            dW_x = np.zeros((n, KH), dtype)
        else:
            ids, xs = np.empty(0, np.intp), read
            dW_x = np.empty((xs.shape[1], KH), dtype)
        after = hs, ids, xs, *passed.buffers, *dstate, da, das, dW_hh, dW_x
        self._in_turns(self.code.backward, W_hh, dhs, passed.mask, after=after)
        return das, dW_hh, dW_x, self.State(*(d.T for d in dstate))

    def _in_turns(self, function, *arguments, after):
        """Call a compiled function for the units of each thread."""
        from rnntutor.fast.compiled.turns import board, dissolve

        H, news = self.shape[-1] // self.P, board(self.P)

        def one(me):
            try:
                function(*self.cell, *arguments, (me * H, (me + 1) * H, me), news, *after)
            except BaseException:
                dissolve(news)
                raise

        try:
            together(one, self.P)
        except BaseException:  # Ctrl-C, perhaps before the others had begun
            dissolve(news)
            raise

    def write(self, W, table, W_hy, b_y, y_raw, state, temperature, uniforms, drawn):
        """Fill `drawn` with a symbol for each of the uniform numbers, until an output is not finite.

        `W` and `table` are scaled, `W` and `W_hy` transposed; y_raw (V,) and the parts of the state, (H,),
        are used up.
        """
        self.code.write(*self.cell, W, table, W_hy, b_y, y_raw, *state, temperature, uniforms, drawn)

    def state(self, buffers, t):
        """A copy of the state at t."""
        parts = buffers[: len(self.State._fields)]
        return self.State(*(np.array(part[t].T, order="C") for part in parts))


def _threads(H, work):
    """How many share H units: each has as many, and enough of them."""
    if work < WORTHWHILE:
        return 1
    return max(P for P in range(1, size() + 1) if P == 1 or (H % P == 0 and H // P >= UNITS))
