"""A layer of LSTM or RNN cells with the schedule of this folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor.fast import kernels
from rnntutor.fast.buffers import empty
from rnntutor.fast.passed import FastPass
from rnntutor.fast.schedule import MODULES, Schedule, compiles
from rnntutor.fast.threads import matmul
from rnntutor.nets import unroll
from rnntutor.nets.base import Layer, Net
from rnntutor.tree import map as tree_map


@dataclass(frozen=True)
class Fast(Layer):
    """A cell over time, faster: the same parameters, outputs and gradients as of the
    cell itself.

    Parameters
    ----------
    cell : LSTM or RNN
    compiled : bool, optional
        Whether to run the loop over time as machine code, which is made at its first
        use, in seconds, and kept on disk where Numba finds a place for it
        (NUMBA_CACHE_DIR names one). True wants the extra ``fast``; if left out, it is
        done where that is installed. It is no part of a model that is saved.

    Raises
    ------
    TypeError
        If `cell` is another one, or `compiled` no bool.
    ModuleNotFoundError
        If `compiled` is True and Numba or SciPy is missing, or does not go with this
        NumPy.

    Notes
    -----
    It computes in the dtype of the parameters, float32 or float64. Complex numbers,
    which gradient checks send through, take the way of `rnntutor.forward`.
    `rnntutor.threads` shares the sequences of a batch among threads, where there is
    machine code.
    """

    cell: Any
    compiled: bool | None = field(default=None, metadata={"saved": False})
    kernels = kernels  # readout, loss and update

    def __post_init__(self):
        if type(self.cell) not in MODULES:
            raise TypeError(
                f"cell: expected LSTM() or RNN(), got {_check.short(self.cell)}"
            )
        if self.compiled is not None:
            _check.instance("compiled", self.compiled, bool)
        if self.compiled and not compiles():
            raise ModuleNotFoundError(
                "compiled: expected Numba and SciPy to be installed (pip install"
                " 'rnntutor[fast]'), got True without them"
            )

    @property
    def machine_code(self):
        """Whether the loop over time is machine code."""
        return compiles() if self.compiled is None else self.compiled

    @property
    def _schedule(self):
        return Schedule(self.cell, self.machine_code)

    def run(self, params, xs, state0=None, mask=None, batched=True, rng=None):
        """Read a sequence; nothing is dropped inside a layer."""
        if params.W_hh.dtype.kind == "c" or xs.dtype.kind == "c":
            return unroll.run(self.cell, params, xs, state0, mask, batched)
        params = native(params)
        xs = np.ascontiguousarray(xs, params.W_hh.dtype)
        T, B, D = xs.shape
        schedule = self._schedule
        rows = matmul(xs.reshape(T * B, D), schedule.scaled(params.W_xh))
        rows += schedule.scaled(params.b_h)  # eq-rnn-preactivation
        index = np.arange(T * B).reshape(T, B)
        return self._over_time(schedule, params, rows, index, xs, mask, state0)

    def looks_up_products(self, E_x, ids):
        """If there are fewer symbols than steps that read one."""
        return len(E_x) <= ids.size and E_x.dtype.kind == "f"

    def forward_symbols(self, params, E_x, ids, state0=None, mask=None):
        """`forward` of the rows `ids` (T, B) of `E_x` (D, E): their products with W_xh
        are looked up.
        """
        params = native(params)
        schedule = self._schedule
        rows = E_x @ schedule.scaled(params.W_xh) + schedule.scaled(params.b_h)
        return self._over_time(
            schedule,
            params,
            rows,
            np.ascontiguousarray(ids, np.intp),
            None,
            mask,
            state0,
        )

    def _over_time(self, schedule, params, rows, index, xs, mask, state0):
        """All steps."""
        T, B = index.shape
        state0 = unroll.initial_state(self.cell, params, B, state0)
        W_hh = np.ascontiguousarray(schedule.scaled(params.W_hh))
        hs = empty((T + 1, B, len(W_hh)), W_hh.dtype)
        hs[0] = state0.h
        mask = None if mask is None else np.ascontiguousarray(mask)
        return FastPass(
            schedule,
            hs,
            xs,
            mask,
            schedule.forward(W_hh, rows, index, mask, hs, state0),
        )

    def backward(self, params, passed, douts, dstate_T=None, batched=True):
        """As for `Net.backward`."""
        return Net.backward(self, params, passed, douts, dstate_T, batched)

    def run_backward(self, params, passed, douts, dstate_T=None, batched=True):
        """The same, for parameters that were checked."""
        if isinstance(passed, unroll.Unrolled):
            return unroll.run_backward(
                self.cell, params, passed, douts, dstate_T, batched
            )
        params = native(params)
        T, B, D = passed.xs.shape
        das, dW_hh, dstate0 = self._back_over_time(params, passed, douts, dstate_T)
        dxs = matmul(das, params.W_xh.T)  # eq-dx
        flat = das.reshape(T * B, -1)
        dparams = self.cell.Params(
            matmul(passed.xs.reshape(T * B, D).T, flat), dW_hh, flat.sum(axis=0)
        )  # eq-rnn-grads
        return dxs, dstate0, dparams

    def backward_symbols(self, params, E_x, ids, passed, douts, dstate_T=None):
        """The adjoint of `forward_symbols`: dE_x, dstate0, dparams."""
        params = native(params)
        das, dW_hh, dstate0 = self._back_over_time(params, passed, douts, dstate_T)
        drows = passed.schedule.add_up(ids, das, len(E_x))
        return (
            drows @ params.W_xh.T,
            dstate0,
            self.cell.Params(E_x.T @ drows, dW_hh, drows.sum(axis=0)),
        )  # eq-rnn-grads

    def _back_over_time(self, params, passed, douts, dstate_T):
        """Derivatives with respect to all pre-activations, (T, B, K·H), to W_hh, and to
        the initial state.
        """
        T, B, H = passed.outputs.shape
        W_hh = np.ascontiguousarray(params.W_hh)
        dhs = np.ascontiguousarray(_check.array("dhs", douts, (T, B, H)), W_hh.dtype)
        dstate_T = unroll.final_cotangent(self.cell, params, B, dstate_T)
        das, dstate0 = passed.schedule.backward(W_hh, dhs, passed, dstate_T)
        dW_hh = matmul(
            passed.hs[:-1].reshape(T * B, H).T, das.reshape(T * B, -1)
        )  # eq-rnn-grads
        return das, dW_hh, dstate0


def native(tree):
    """The arrays of a tree in this machine's order of bytes: machine code and BLAS take
    no other.
    """
    return tree_map(
        lambda array: np.asarray(array, array.dtype.newbyteorder("=")), tree
    )


def as_fast(cell):
    """`Fast` around a cell that it can run faster, any other cell as it is."""
    return Fast(cell) if type(cell) in MODULES else cell
