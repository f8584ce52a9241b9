r"""The GRU cell in both forms: its equations, and beside them the adjoints.

They differ in where the reset gate acts: after the product with W_hn, as in PyTorch and
by default in Keras (`GRU`), or before it, as in the paper (`GRUResetBefore`).

Parameters come in three blocks of H columns, in the order z | r | n.  That is the order
of Keras; PyTorch has r | z | n, so blocks 1 and 2 change places on the way there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.affine import (
    BlockCell,
    Tape,
    affine_weights_backward,
    options_by_name,
)
from rnntutor.cells.registry import register

Array = np.ndarray

SIGMOID, TANH = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]


@options_by_name
@dataclass(frozen=True)
class GRUResetBefore(BlockCell):
    r"""Gated recurrent unit as in the paper (Cho et al. 2014, section 2.3): one state
    and two gates, of which the reset gate acts before the product with W_hn.

    .. math::
        z &= \sigma(x W_{xz} + h_{t-1} W_{hz} + b_z) \\
        r &= \sigma(x W_{xr} + h_{t-1} W_{hr} + b_r) \\
        n &= \tanh(x W_{xn} + b_n + (r \odot h_{t-1}) W_{hn}) \\
        h_t &= z \odot h_{t-1} + (1 - z) \odot n
    """

    blocks = 3

    class State(NamedTuple):
        """All that the GRU carries from one step to the next."""

        h: Array  # (B, H)

    class Cache(NamedTuple):
        """What `step` saves besides x and h_prev; each (B, H)."""

        z: Array  # update gate: 1 keeps the old state
        r: Array  # reset gate
        n: Array  # candidate
        s: Array  # what the reset gate multiplies

    class StepGrads(NamedTuple):
        """Total derivatives of the loss with respect to what one step computed, in the
        order in which they are found.
        """

        dh: Array  # (B, H)
        dz: Array  # (B, H)
        dn: Array  # (B, H)
        dr: Array  # (B, H)
        ds: Array  # (B, H), through the reset gate's product alone
        da: Array  # (B, 3H), blocks z | r | n

    def step(self, params, x, state):
        """One step of time: from x_t and the state at t − 1 to the state at t.

        Parameters
        ----------
        params : Params
        x : array (B, D)
        state : State

        Returns
        -------
        State, Tape
        """
        h_prev = state.h
        W_gates, W_n = _gates_and_candidate(params.W_hh)
        from_x, x_n = _gates_and_candidate(x @ params.W_xh + params.b_h)
        gates = SIGMOID.f(from_x + h_prev @ W_gates)  # eq-gru-gates
        z, r = np.split(gates, 2, axis=-1)
        s = h_prev
        n = TANH.f(x_n + (r * s) @ W_n)  # eq-gru-before
        h = z * h_prev + (1 - z) * n  # eq-gru-hidden
        return self.State(h), Tape(x, h_prev, self.Cache(z, r, n, s))

    def step_backward(self, params, tape, dstate):
        """The adjoint of `step`, line by line in reverse.

        Parameters
        ----------
        params : Params
        tape : Tape
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
        (x, h_prev, (z, r, n, s)), dh = tape, dstate.h
        W_gates, W_n = _gates_and_candidate(params.W_hh)
        dz, dn = dh * (h_prev - n), dh * (1 - z)  # eq-gru-dz
        da_n = dn * TANH.df(n)
        drs = da_n @ W_n.T
        dr, ds = drs * s, drs * r  # eq-gru-dr-before
        da_gates = np.concatenate([dz * SIGMOID.df(z), dr * SIGMOID.df(r)], axis=-1)
        da = np.concatenate([da_gates, da_n], axis=-1)  # eq-gru-da
        dx = da @ params.W_xh.T
        dh_prev = dh * z + da_gates @ W_gates.T + ds
        dW_hh = np.concatenate([h_prev.T @ da_gates, (r * s).T @ da_n], axis=1)
        dparams = affine_weights_backward(x, h_prev, da)._replace(W_hh=dW_hh)
        grads = self.StepGrads(dh, dz, dn, dr, ds, da)
        return dx, self.State(dh_prev), dparams, grads


@options_by_name
@dataclass(frozen=True)
class GRU(BlockCell):
    r"""Gated recurrent unit as in PyTorch and Keras: the reset gate acts after the
    product with W_hn, and a second bias, b_hh, is added to the recurrent products.

    .. math::
        z &= \sigma(x W_{xz} + b_z + h_{t-1} W_{hz} + b_{hz}) \\
        r &= \sigma(x W_{xr} + b_r + h_{t-1} W_{hr} + b_{hr}) \\
        n &= \tanh(x W_{xn} + b_n + r \odot (h_{t-1} W_{hn} + b_{hn})) \\
        h_t &= z \odot h_{t-1} + (1 - z) \odot n
    """

    blocks = 3
    State = GRUResetBefore.State
    Cache = GRUResetBefore.Cache
    StepGrads = GRUResetBefore.StepGrads

    class Params(NamedTuple):
        """Parameters, or their gradients: those of any cell, and a second bias."""

        W_xh: Array  # (D, 3H)
        W_hh: Array  # (H, 3H)
        b_h: Array  # (3H,), beside x W_xh
        b_hh: Array  # (3H,), beside h W_hh

    def init(self, rng, D, H, dtype=np.float64):
        """Draw parameters as `BlockCell.init` does; the second bias is zero, too."""
        params = super().init(rng, D, H, dtype)
        return self.Params(*params, b_hh=np.zeros_like(params.b_h))

    def check_params(self, params, name="params"):
        """Raise unless `params` are this cell's and fit together; return (D, H)."""
        _check.instance(name, params, self.Params)
        D, H = super().check_params(BlockCell.Params(*params[:3]), name)
        _check.array(f"{name}.b_hh", params.b_hh, (3 * H,), convert=False)
        return D, H

    def step(self, params, x, state):
        """One step of time, as `GRUResetBefore.step`."""
        h_prev = state.h
        from_x, x_n = _gates_and_candidate(x @ params.W_xh + params.b_h)
        from_h, s = _gates_and_candidate(h_prev @ params.W_hh + params.b_hh)
        gates = SIGMOID.f(from_x + from_h)  # eq-gru-gates
        z, r = np.split(gates, 2, axis=-1)
        n = TANH.f(x_n + r * s)  # eq-gru-after
        h = z * h_prev + (1 - z) * n  # eq-gru-hidden
        return self.State(h), Tape(x, h_prev, self.Cache(z, r, n, s))

    def step_backward(self, params, tape, dstate):
        """The adjoint of `step`, line by line in reverse; as
        `GRUResetBefore.step_backward`.
        """
        (x, h_prev, (z, r, n, s)), dh = tape, dstate.h
        dz, dn = dh * (h_prev - n), dh * (1 - z)  # eq-gru-dz
        da_n = dn * TANH.df(n)
        dr, ds = da_n * s, da_n * r  # eq-gru-dr
        da_gates = np.concatenate([dz * SIGMOID.df(z), dr * SIGMOID.df(r)], axis=-1)
        da = np.concatenate([da_gates, da_n], axis=-1)  # eq-gru-da
        dq = np.concatenate([da_gates, ds], axis=-1)  # of q = h_prev W_hh + b_hh
        dx = da @ params.W_xh.T
        dh_prev = dh * z + dq @ params.W_hh.T  # eq-gru-dh-prev
        dW_xh, _, db_h = affine_weights_backward(x, h_prev, da)
        dparams = self.Params(dW_xh, h_prev.T @ dq, db_h, dq.sum(axis=0))
        grads = self.StepGrads(dh, dz, dn, dr, ds, da)
        return dx, self.State(dh_prev), dparams, grads


def _gates_and_candidate(blocks):
    """The columns of the two gates, and those of the candidate."""
    H = blocks.shape[-1] // 3
    return blocks[..., : 2 * H], blocks[..., 2 * H :]


register("gru", GRU())
register("gru-reset-before", GRUResetBefore())
