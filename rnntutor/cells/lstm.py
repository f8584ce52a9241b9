"""The LSTM cell: its equations, and beside them the adjoint.

Pre-activations come in four blocks of H columns, in the order i | f | g | o (that of
Keras and PyTorch, so that weights pass between the libraries unshuffled).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.affine import AffineCell, options_by_name
from rnntutor.cells.registry import register

Array = np.ndarray

SIGMOID, TANH = ACTIVATIONS["sigmoid"], ACTIVATIONS["tanh"]


@options_by_name
@dataclass(frozen=True, kw_only=True)
class LSTM(AffineCell):
    r"""Long short-term memory (Hochreiter & Schmidhuber 1997) with a forget gate (Gers
    et al. 2000).

    .. math::
        i, f, o &= \sigma(a_i), \sigma(a_f), \sigma(a_o), \qquad g = \tanh(a_g) \\
        c_t &= f \odot c_{t-1} + i \odot g \\
        h_t &= o \odot \tanh(c_t)

    Parameters
    ----------
    forget_bias : float
        First value of the forget gate's bias; 1 lets the memory live at the start of
        training. It is set by `init` and is nothing but a parameter from then on.

    Raises
    ------
    TypeError, ValueError
        If `forget_bias` is not a finite number.
    """

    forget_bias: float = 1.0
    blocks = 4

    class State(NamedTuple):
        """All that the LSTM carries from one step to the next."""

        h: Array  # (B, H), what the rest of the net sees
        c: Array  # (B, H), the memory

    class Cache(NamedTuple):
        """What `activate` saves for `activate_backward`; each (B, H)."""

        i: Array  # input gate
        f: Array  # forget gate
        g: Array  # candidate
        o: Array  # output gate
        c_prev: Array
        c: Array
        tanh_c: Array

    class StepGrads(NamedTuple):
        """Derivatives of the loss with respect to what one step computed, in the order
        in which they are found.
        """

        dh: Array  # (B, H), total, the book's δ_t
        do: Array  # (B, H)
        dtanh_c: Array  # (B, H)
        dc: Array  # (B, H), total: by way of h_t and of c_{t+1}
        di: Array  # (B, H)
        df: Array  # (B, H)
        dg: Array  # (B, H)
        da: Array  # (B, 4H), blocks i | f | g | o
        dc_prev: Array  # (B, H), what reaches c_{t-1} along the memory itself

    def __post_init__(self):
        _check.number("forget_bias", self.forget_bias)

    def init(self, rng, D, H, dtype=np.float64):
        """Draw parameters as `BlockCell.init` does, with the forget gate's bias at
        `forget_bias`.
        """
        params = super().init(rng, D, H, dtype)
        params.b_h[H : 2 * H] = self.forget_bias
        return params

    def activate(self, a, state_prev):
        """From pre-activations `a` (B, 4H) and the state before to the new state and
        the cache.
        """
        H = a.shape[-1] // 4
        a_i, a_f, a_g, a_o = (a[..., k * H : (k + 1) * H] for k in range(4))
        i, f, o = SIGMOID.f(a_i), SIGMOID.f(a_f), SIGMOID.f(a_o)  # eq-lstm-gates
        g = TANH.f(a_g)  # eq-lstm-candidate
        c = f * state_prev.c + i * g  # eq-lstm-cell
        tanh_c = np.tanh(c)
        h = o * tanh_c  # eq-lstm-hidden
        return self.State(h, c), self.Cache(i, f, g, o, state_prev.c, c, tanh_c)

    def activate_backward(self, cache, dstate):
        """Adjoint of `activate`, line by line in reverse."""
        i, f, g, o, c_prev, _, tanh_c = cache
        dh = dstate.h
        do = dh * tanh_c  # eq-lstm-do
        dtanh_c = dh * o  # eq-lstm-dtanh-c
        dc = dstate.c + dtanh_c * TANH.df(tanh_c)  # eq-lstm-dc
        di, df, dg = dc * g, dc * c_prev, dc * i  # eq-lstm-dgates
        dc_prev = dc * f  # eq-lstm-dc-prev
        da = np.concatenate(
            [
                di * SIGMOID.df(i),
                df * SIGMOID.df(f),
                dg * TANH.df(g),
                do * SIGMOID.df(o),
            ],
            axis=-1,
        )  # eq-lstm-da
        return self.StepGrads(dh, do, dtanh_c, dc, di, df, dg, da, dc_prev)

    def carry(self, grads, dh_prev):
        """What flows to the step before: through the gates to h, along the memory to
        c.
        """
        return self.State(dh_prev, grads.dc_prev)


register("lstm", LSTM())
