"""What the cells share whose state is linear in the state before: s_t = λ_t s_{t-1} +
u_t, where λ_t and u_t are made from x_t alone.

There is no W_hh.  So λ and u can be had for all steps at once, and the states by a scan
(`rnntutor.nets.Scanned`); step by step such a cell is one like any other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.maps import NUMBERS

Array = np.ndarray


class LinearTape(NamedTuple):
    """Values saved by `step` for `step_backward`."""

    x: Array  # (B, D)
    state_prev: Array  # packed
    keep: Array  # λ
    cache: Any  # what the cell itself saves


class LinearCell:
    """Base of the cells whose state is linear in the state before.

    A subclass sets `blocks` (K), gives its `StepGrads`, whose first is dh, and two
    methods, for x of shape (B, D) or (T, B, D):

    - ``gates(params, x)`` returns λ, u and a cache;
    - ``gates_backward(params, x, cache, dkeep, dadd)`` returns dx, the parameters'
      gradient, and the named adjoints after dh.

    λ and u have the shapes that `maps` asks for.
    """

    blocks: int
    maps = NUMBERS  # how λ acts on a state

    class Params(NamedTuple):
        """Parameters, or their gradients: those of a cell without W_hh."""

        W_xh: Array  # (D, K·H)
        b_h: Array  # (K·H,)

    class State(NamedTuple):
        """All that the cell carries from one step to the next."""

        h: Array  # (B, H)

    def init(self, rng, D, H, dtype=np.float64):
        """Draw parameters: weights from U(−1/√H, 1/√H), biases zero.

        Parameters
        ----------
        rng : numpy.random.Generator
        D, H : int
            Input and hidden size.
        dtype : dtype
            float32, float64 or complex.

        Returns
        -------
        Params

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong kind, or a size is below 1.
        """
        rng = _check.generator("rng", rng)
        D, H = _check.integer("D", D), _check.integer("H", H)
        dtype = _check.dtype("dtype", dtype)
        bound, KH = 1 / np.sqrt(H), self.blocks * H
        W_xh = rng.uniform(-bound, bound, (D, KH)).astype(dtype)
        return self._params(W_xh, np.zeros(KH, dtype), rng, H)

    def _params(self, W_xh, b_h, rng, H):
        """The parameters, with those that only this cell has."""
        return self.Params(W_xh, b_h)

    def zero_state(self, params, B):
        """The state at t = 0 for a batch of B: zeros, in the parameters' dtype."""
        shape, dtype = (B, len(params.b_h) // self.blocks), params.b_h.dtype
        return self.State(*(np.zeros(shape, dtype) for _ in self.State._fields))

    def check_params(self, params, name="params"):
        """Raise unless `params` are this cell's and their shapes agree; return (D,
        H).
        """
        _check.instance(name, params, self.Params)
        W_xh = _check.array(f"{name}.W_xh", params.W_xh, ("D", "K·H"), convert=False)
        D, KH = W_xh.shape
        if KH % self.blocks:
            raise ValueError(
                f"{name}.W_xh: expected a multiple of {self.blocks} columns, got {KH}"
            )
        _check.array(f"{name}.b_h", params.b_h, (KH,), convert=False)
        H = KH // self.blocks
        for field in self.Params._fields[2:]:
            value = getattr(params, field)
            _check.array(f"{name}.{field}", value, (H,), convert=False)
        return D, H

    def pack(self, state):
        """A state as the one array that `maps` takes."""
        return state.h if len(state) == 1 else np.stack(state, axis=-3)

    def unpack(self, packed):
        """The inverse of `pack`."""
        if len(self.State._fields) == 1:
            return self.State(packed)
        return self.State(packed[..., 0, :, :], packed[..., 1, :, :])

    def step(self, params, x, state):
        """One step of time: from x_t and the state at t − 1 to the state at t.

        Parameters
        ----------
        params : Params
        x : array (B, D)
        state : State

        Returns
        -------
        State, LinearTape
        """
        factor, addend, cache = self.gates(params, x)
        state_prev = self.pack(state)
        new = self.maps.apply(factor, state_prev) + addend  # eq-linear-step
        return self.unpack(new), LinearTape(x, state_prev, factor, cache)

    def step_backward(self, params, tape, dstate):
        """The adjoint of `step`.

        Parameters
        ----------
        params : Params
        tape : LinearTape
            From `step`.
        dstate : State
            Total derivative of the loss with respect to the state at t.

        Returns
        -------
        dx : array (B, D)
        dstate_prev : State
        dparams : Params
            Immediate derivative with respect to the parameters: those of this step
            alone.
        grads : StepGrads
        """
        x, state_prev, keep, cache = tape
        dadd = self.pack(dstate)
        dkeep = self.maps.by_keep(dadd, state_prev)  # eq-linear-dgates
        dx, dparams, named = self.gates_backward(params, x, cache, dkeep, dadd)
        dstate_prev = self.maps.apply(self.maps.transpose(keep), dadd)
        grads = self.StepGrads(dstate.h, *named)
        return dx, self.unpack(dstate_prev), dparams, grads


def affine_backward(params, x, da):
    """Adjoint of a = x W_xh + b_h: dx, and the gradients of W_xh and b_h, summed over
    every axis but the last.
    """
    D, KH = x.shape[-1], da.shape[-1]
    rows = da.reshape(-1, KH)
    return da @ params.W_xh.T, x.reshape(-1, D).T @ rows, rows.sum(axis=0)
