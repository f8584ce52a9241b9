"""A cell over time: which functions do it, as machine code or in NumPy, and the buffers
that they fill.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

import numpy as np

from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN
from rnntutor.fast.buffers import empty
from rnntutor.fast.plain import lstm as plain_lstm
from rnntutor.fast.plain import rnn as plain_rnn

MODULES = {LSTM: plain_lstm, RNN: plain_rnn}  # the cells that can be run faster


@cache
def compiles():
    """Whether Numba and SciPy, whose BLAS machine code calls, are installed and go with
    this NumPy.
    """
    try:
        for name in ("numba", "scipy.linalg.cython_blas"):
            import_module(name)
    except ImportError:
        return False
    return True


class Schedule:
    """The functions for one cell.

    Parameters
    ----------
    cell : LSTM or RNN
    compiled : bool
        Whether as machine code.
    """

    def __init__(self, cell, compiled):
        self.code, self.State = MODULES[type(cell)], cell.State
        if compiled:
            self.code = import_module(self.code.__name__.replace("plain", "compiled"))
        self.cell = () if isinstance(cell, LSTM) else (cell.activation,)

    def scaled(self, weights):
        """Weights and biases (…, K·H) as the forward pass takes them."""
        return self.code.scale(*self.cell, weights)

    def forward(self, W_hh, rows, index, mask, hs, state0):
        """Fill `hs` (T+1, B, H) from t = 1 on; return the buffers, first those of the
        state beside h.

        The inputs' part of the pre-activations is in `rows` (N, K·H); `index` (T, B)
        says in which. `W_hh` and `rows` are scaled.
        """
        buffers = [
            empty(shape, hs.dtype)
            for shape in self.code.buffers(len(hs) - 1, *hs.shape[1:])
        ]
        for buffer, initial in zip(buffers, state0[1:], strict=False):
            buffer[0] = self.code.lay(initial)
        self.code.forward(*self.cell, W_hh, rows, index, mask, hs, *buffers)
        return buffers

    def backward(self, W_hh, dhs, passed, dstate_T):
        """Derivatives with respect to the pre-activations, (T, B, K·H), and to the
        initial state.
        """
        T, B, _ = dhs.shape
        lay = self.code.lay
        dstate = [np.array(lay(final), W_hh.dtype, order="C") for final in dstate_T]
        das = empty((T, B, W_hh.shape[1]), W_hh.dtype)
        self.code.backward(
            *self.cell, W_hh, dhs, passed.mask, passed.hs, *passed.buffers, *dstate, das
        )
        return das, self.State(*map(lay, dstate))

    def add_up(self, ids, values, n):
        """`scatter_add`."""
        return self.code.add_up(
            np.asarray(ids, np.intp).ravel(), values.reshape(ids.size, -1), n
        )

    def state(self, passed, t):
        """A copy of the state at t."""
        others = (
            self.code.lay(buffer[t])
            for buffer in passed.buffers[: len(self.State._fields) - 1]
        )
        return self.State(
            *(np.array(part, order="C") for part in (passed.hs[t], *others))
        )
