"""The GRU cell: the only place where its equations stand.

Parameters come in three blocks of H columns, in the order z | r | n.  That is the order
of Keras; PyTorch has r | z | n, so blocks 1 and 2 change places on the way there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells import affine
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.affine import BlockCell, Tape, affine_weights_backward

Array = np.ndarray

SIGMOID, TANH = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]


class Params(NamedTuple):
    """Parameters of ``GRU("after")``, or their gradients: those of any cell, and a
    second bias.
    """

    W_xh: Array  # (D, 3H)
    W_hh: Array  # (H, 3H)
    b_h: Array  # (3H,), beside x W_xh
    b_hh: Array  # (3H,), beside h W_hh


class State(NamedTuple):
    """All that the GRU carries from one step to the next."""

    h: Array  # (B, H)


class Cache(NamedTuple):
    """What a step leaves behind besides x and h_prev; each (B, H)."""

    z: Array  # update gate: 1 keeps the old state
    r: Array  # reset gate
    n: Array  # candidate
    # what the reset gate multiplies: h_prev W_hn + b_hn (after) or h_prev (before)
    s: Array


class StepGrads(NamedTuple):
    """Total derivatives of the loss by what was computed in one step, in the order they
    are found in.
    """

    dh: Array  # (B, H)
    dz: Array  # (B, H)
    dn: Array  # (B, H)
    dr: Array  # (B, H)
    ds: Array  # (B, H), through the reset gate's product alone
    da: Array  # (B, 3H), blocks z | r | n


@dataclass(frozen=True)
class GRU(BlockCell):
    r"""Gated recurrent unit (Cho et al. 2014, section 2.3), one state and two gates.

    .. math::
        z &= \sigma(x W_{xz} + h_{t-1} W_{hz} + b_z) \\
        r &= \sigma(x W_{xr} + h_{t-1} W_{hr} + b_r) \\
        n &= \tanh(x W_{xn} + b_n + (r \odot h_{t-1}) W_{hn}) & &\text{before} \\
        n &= \tanh(x W_{xn} + b_n + r \odot (h_{t-1} W_{hn} + b_{hn}))
            & &\text{after} \\
        h_t &= z \odot h_{t-1} + (1 - z) \odot n

    Parameters
    ----------
    reset : {"after", "before"}
        Whether the reset gate acts after the product with W_hn, as in PyTorch and in
        Keras with ``reset_after=True``, or before it, as in the paper.  "after" has a
        second bias, b_hh: a recurrent one, whose part b_hn the reset gate multiplies.

    Raises
    ------
    ValueError
        If `reset` is neither.
    """

    reset: str = "after"
    blocks = 3

    def __post_init__(self):
        _check.choice("reset", self.reset, ("after", "before"))

    def init(self, rng, D, H, dtype=np.float64):
        """Draw parameters as `BlockCell.init` does; a second bias is zero, too."""
        params = super().init(rng, D, H, dtype)
        return (
            params
            if self.reset == "before"
            else Params(*params, b_hh=np.zeros_like(params.b_h))
        )

    def check_params(self, params, name="params"):
        """Raise unless `params` are of this form and their shapes agree; return (D,
        H).
        """
        if self.reset == "before":
            return super().check_params(params, name)
        _check.instance(name, params, Params)
        D, H = super().check_params(affine.Params(*params[:3]), name)
        _check.array(f"{name}.b_hh", params.b_hh, (3 * H,), convert=False)
        return D, H

    def zero_state(self, params, B):
        """The state h_0 = 0 for a batch of B, in the parameters' dtype."""
        H = params.W_hh.shape[0]
        return State(np.zeros((B, H), params.W_hh.dtype))

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
        h_prev, H = state.h, state.h.shape[-1]
        W_gates, W_n = params.W_hh[:, : 2 * H], params.W_hh[:, 2 * H :]
        from_x = x @ params.W_xh + params.b_h
        from_h = h_prev @ W_gates
        if self.reset == "after":
            from_h = from_h + params.b_hh[: 2 * H]
        gates = SIGMOID.f(from_x[..., : 2 * H] + from_h)  # eq-gru-gates
        z, r = gates[..., :H], gates[..., H:]
        if self.reset == "after":
            s = h_prev @ W_n + params.b_hh[2 * H :]
            n = TANH.f(from_x[..., 2 * H :] + r * s)  # eq-gru-after
        else:
            s = h_prev
            n = TANH.f(from_x[..., 2 * H :] + (r * s) @ W_n)  # eq-gru-before
        h = z * h_prev + (1 - z) * n  # eq-gru-hidden
        return State(h), Tape(x, h_prev, Cache(z, r, n, s))

    def step_backward(self, params, tape, dstate):
        """The adjoint of `step`, line by line in reverse.

        Parameters
        ----------
        params : Params
        tape : Tape
            From `step`.
        dstate : State
            Total derivative of the loss by the state at t.

        Returns
        -------
        dx : array (B, D)
        dstate_prev : State
        dparams : Params
            Immediate derivative by the parameters: by the copy used in this step alone.
        grads : StepGrads
        """
        (x, h_prev, (z, r, n, s)), dh, H = tape, dstate.h, dstate.h.shape[-1]
        W_gates, W_n = params.W_hh[:, : 2 * H], params.W_hh[:, 2 * H :]
        dz, dn = dh * (h_prev - n), dh * (1 - z)
        da_n = dn * TANH.df(n)
        d_rs = da_n if self.reset == "after" else da_n @ W_n.T
        dr, ds = d_rs * s, d_rs * r
        da_gates = np.concatenate([dz * SIGMOID.df(z), dr * SIGMOID.df(r)], axis=-1)
        da = np.concatenate([da_gates, da_n], axis=-1)
        dh_prev = dh * z + da_gates @ W_gates.T
        dparams = affine_weights_backward(x, h_prev, da)
        if self.reset == "after":
            dh_prev = dh_prev + ds @ W_n.T
            dq = np.concatenate([da_gates, ds], axis=-1)  # by h_prev W_hh + b_hh
            dparams = Params(dparams.W_xh, h_prev.T @ dq, dparams.b_h, dq.sum(axis=0))
        else:
            dh_prev = dh_prev + ds
            dW_n = (r * h_prev).T @ da_n
            dparams = dparams._replace(
                W_hh=np.concatenate([h_prev.T @ da_gates, dW_n], axis=1)
            )
        return (
            da @ params.W_xh.T,
            State(dh_prev),
            dparams,
            StepGrads(dh, dz, dn, dr, ds, da),
        )
