"""The affine half of a recurrent cell: a = x W_xh + h W_hh + b_h, its adjoint, and the
step around it.

The RNN and the LSTM differ only in how they compute the state from the pre-activations
`a`.  What they share stands here once.  The GRU shares the parameters alone.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check

Array = np.ndarray


class Params(NamedTuple):
    """Parameters of a cell, or their gradients.  K is 1 for the RNN, 4 for the LSTM, 3
    for the GRU.
    """

    W_xh: Array  # (D, K·H)
    W_hh: Array  # (H, K·H)
    b_h: Array  # (K·H,)


class Tape(NamedTuple):
    """Values saved by `step` for `step_backward`."""

    x: Array  # (B, D)
    h_prev: Array  # (B, H)
    cache: Any  # what the cell itself saves


def options_by_name(cls):
    """Decorate a cell whose options are given by name: say so where they are not."""
    init = cls.__init__

    @wraps(init)
    def __init__(self, *args, **options):
        if args:
            named = ", ".join(f"{name}=…" for name in cls.__dataclass_fields__)
            raise TypeError(
                f"{cls.__name__}: expected {cls.__name__}({named}), got"
                f" {_check.short(args[0])} without a name (sizes are given to init)"
            )
        init(self, **options)

    cls.__init__ = __init__
    return cls


class BlockCell:
    """Base of the cells whose parameters are `Params`: K blocks of H columns side by
    side.

    A subclass sets `blocks` (K) and gives its `State`, a NamedTuple of arrays (B, H)
    whose first is h, and `step` and `step_backward`.
    """

    blocks: int
    State: type
    Params = Params

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
        bound = 1 / np.sqrt(H)
        KH = self.blocks * H
        return Params(
            W_xh=rng.uniform(-bound, bound, (D, KH)).astype(dtype),
            W_hh=rng.uniform(-bound, bound, (H, KH)).astype(dtype),
            b_h=np.zeros(KH, dtype),
        )

    def zero_state(self, params, B):
        """The state at t = 0 for a batch of B: zeros, in the parameters' dtype."""
        H = params.W_hh.shape[0]
        return self.State(
            *(np.zeros((B, H), params.W_hh.dtype) for _ in self.State._fields)
        )

    def check_params(self, params, name="params"):
        """Raise unless `params` are `Params` whose shapes agree; return (D, H)."""
        _check.instance(name, params, Params)
        W_xh = _check.array(f"{name}.W_xh", params.W_xh, ("D", "K·H"), convert=False)
        D, KH = W_xh.shape
        if KH % self.blocks:
            raise ValueError(
                f"{name}.W_xh: expected a multiple of {self.blocks} columns, got {KH}"
            )
        H = KH // self.blocks
        _check.array(f"{name}.W_hh", params.W_hh, (H, KH), convert=False)
        _check.array(f"{name}.b_h", params.b_h, (KH,), convert=False)
        return D, H


class AffineCell(BlockCell):
    """Base of the cells whose pre-activations are affine in (x, h).

    A subclass sets `blocks` (K) and gives `State`, `activate`, `activate_backward` and
    `carry`; the step and its adjoint follow from them.
    """

    def step(self, params, x, state):
        """One step of time: from x_t and the state at t − 1 to the state at t.

        Parameters
        ----------
        params : Params
        x : array (B, D)
        state : the cell's state, whose `h` is (B, H)

        Returns
        -------
        state, Tape
            The new state, and what `step_backward` needs.
        """
        state_new, cache = self.activate(affine(params, x, state.h), state)
        return state_new, Tape(x, state.h, cache)

    def step_backward(self, params, tape, dstate):
        """The adjoint of `step`.

        Parameters
        ----------
        params : Params
        tape : Tape
            From `step`.
        dstate : the cell's state
            Total derivative of the loss with respect to the state at t.

        Returns
        -------
        dx : array (B, D)
        dstate_prev : the cell's state
            What reaches the state at t − 1 through this step.
        dparams : Params
            Immediate derivative with respect to the parameters: those of this step
            alone.
        grads : StepGrads
            Every adjoint on the way, by name.
        """
        dx, dstate_prev, grads = self.state_backward(params, tape, dstate)
        return (
            dx,
            dstate_prev,
            affine_weights_backward(tape.x, tape.h_prev, grads.da),
            grads,
        )

    def state_backward(self, params, tape, dstate):
        """`step_backward` without the parameters: they can wait for one product over
        all t.
        """
        grads = self.activate_backward(tape.cache, dstate)
        dx, dh_prev = affine_inputs_backward(params, grads.da)
        return dx, self.carry(grads, dh_prev), grads


def affine(params, x, h):
    """Pre-activations, shape (B, K·H): the inputs' part, the recurrent part, the
    bias.
    """
    return x @ params.W_xh + h @ params.W_hh + params.b_h  # eq-rnn-preactivation


def affine_inputs_backward(params, da):
    """Adjoint of `affine` with respect to x and h: each product is differentiated, so
    each matrix appears transposed.
    """
    dx = da @ params.W_xh.T  # eq-dx
    dh_prev = da @ params.W_hh.T  # eq-dh
    return dx, dh_prev


def affine_weights_backward(x, h_prev, da):
    """Adjoint of `affine` with respect to the parameters, summed over every axis but
    the last (B, or T and B).
    """
    D, H, KH = x.shape[-1], h_prev.shape[-1], da.shape[-1]
    da = da.reshape(-1, KH)
    return Params(
        W_xh=x.reshape(-1, D).T @ da,  # eq-rnn-grads
        W_hh=h_prev.reshape(-1, H).T @ da,  # eq-rnn-grads
        b_h=da.sum(axis=0),  # eq-rnn-grads
    )
