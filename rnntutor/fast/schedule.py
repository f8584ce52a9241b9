"""A cell over time, with a column for each sequence: which functions do it, and what each thread does.

Threads share the units of one step, not the sequences: a product with many columns makes better use of a
processor than two with half as many.  Each of P threads has H/P units with all their gates.  So that these
are neighbours, columns of weights come in the order of threads, gates, units: in place of K blocks of H
columns P blocks of K blocks of H/P.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from rnntutor import lstm, rnn
from rnntutor.fast.buffers import POOL
from rnntutor.threads import share, size

MODULES = {lstm.LSTM: ("lstm", lstm.State), rnn.RNN: ("rnn", rnn.State)}
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
        module, self.State = MODULES[type(cell)]
        self.code = import_module(f"rnntutor.fast.{'compiled' if compiled else 'plain'}.{module}")
        self.cell = () if isinstance(cell, lstm.LSTM) else (cell.activation,)
        self.K, self.compiled, self.shape = cell.blocks, compiled, (T, B, H)
        self.P = _threads(H, T * B * H * self.K * H) if compiled else 1

    def scaled(self, weights):
        """Weights (…, K·H) as the way forward takes them, in the threads' order."""
        return self.ordered(self.code.scale(*self.cell, weights))

    def ordered(self, weights):
        """Columns of threads, gates, units."""
        return self._exchange(weights, self.K, self.P)

    def restored(self, weights):
        """Columns of gates and units, as everywhere else."""
        return self._exchange(weights, self.P, self.K)

    def _exchange(self, weights, outer, inner):
        if self.P == 1 or self.K == 1:
            return weights
        return weights.reshape(*weights.shape[:-1], outer, inner, -1).swapaxes(-3, -2).reshape(weights.shape)

    def forward(self, W, rows, index, mask, hs, state0):
        """Fill `hs` (T+1, B, H) from t = 1 on; return the buffers.

        `W` is W_hh transposed, (K·H, H). The inputs' part of the pre-activations is in `rows` (N, K·H);
        `index` (T, B) says in which. Both are scaled.
        """
        T, B, H = self.shape
        buffers = [POOL.take(shape, hs.dtype) for shape in self.code.buffers(T, H, B)]
        for buffer, initial in zip(buffers, state0, strict=False):
            buffer[0] = initial.T
        if self.compiled:
            self._in_turns(self.code.forward, W, rows, index, mask, after=(*buffers, hs))
        else:
            self.code.forward(*self.cell, W, rows, index, mask, *buffers, hs)
        return buffers

    def backward(self, W, dhs, mask, buffers, dstate_T, das):
        """Fill `das` (T, B, K·H); return the derivative by the initial state.

        `W` is W_hh, (H, K·H), ordered.
        """
        _, B, _ = self.shape
        dstate = [np.array(final.T, order="C") for final in dstate_T]
        if self.compiled:
            da = np.empty((2, W.shape[1], B), W.dtype)
            self._in_turns(self.code.backward, W, dhs, mask, after=(*buffers, *dstate, da, das))
        else:
            dstate = self.code.backward(*self.cell, W, dhs, mask, *buffers, *dstate, das)
        return self.State(*(d.T for d in dstate))

    def _in_turns(self, function, *arguments, after):
        """Call a compiled function for the units of each thread."""
        from rnntutor.fast.compiled.turns import board

        H, news = self.shape[-1] // self.P, board(self.P)
        share(
            lambda me: function(*self.cell, *arguments, (me, slice(me * H, (me + 1) * H)), news, *after),
            range(self.P),
        )

    def write(self, W, table, W_hy, b_y, y_raw, state, temperature, uniforms, drawn):
        """Draw a symbol for each of the uniform numbers; return how many were drawn.

        `W` and `table` are scaled, `W` and `W_hy` transposed; y_raw (V,) and the parts of the state, (H,),
        are overwritten.
        """
        return self.code.write(*self.cell, W, table, W_hy, b_y, y_raw, *state, temperature, uniforms, drawn)

    def add_rows(self, ids, values, n):
        """Add up the rows of `values` (M, K) that belong to the same of n symbols: (n, K)."""
        return self.code.add_rows(ids, values, n)

    def state(self, buffers, t):
        """A copy of the state at t."""
        parts = buffers[: len(self.State._fields)]
        return self.State(*(np.array(part[t].T, order="C") for part in parts))


def _threads(H, work):
    """How many share H units: each has as many, and enough of them."""
    if work < WORTHWHILE:
        return 1
    return max(P for P in range(1, size() + 1) if P == 1 or (H % P == 0 and H // P >= UNITS))
