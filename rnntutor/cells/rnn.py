"""The RNN cell: its equation h = f(a), and the adjoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.affine import AffineCell
from rnntutor.cells.registry import register

Array = np.ndarray


@dataclass(frozen=True)
class RNN(AffineCell):
    r"""The simple recurrent cell (Elman 1990), with parameters given from outside.

    .. math:: a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h, \qquad h_t = f(a_t)

    Parameters
    ----------
    activation : {"tanh", "sigmoid", "relu"}
        The function f.  The derivation of the book uses the sigmoid.

    Raises
    ------
    ValueError
        If `activation` is none of these.
    """

    activation: str = "tanh"
    blocks = 1

    class State(NamedTuple):
        """All that the RNN carries from one step to the next."""

        h: Array  # (B, H)

    class Cache(NamedTuple):
        """What `activate` saves for `activate_backward`."""

        h: Array  # (B, H)

    class StepGrads(NamedTuple):
        """Total derivatives of the loss with respect to what one step computed."""

        dh: Array  # (B, H), the book's δ_t
        da: Array  # (B, H)

    def __post_init__(self):
        _check.choice("activation", self.activation, ACTIVATIONS)

    def activate(self, a, state_prev):
        """From pre-activations `a` (B, H) to the new state and the cache."""
        h = ACTIVATIONS[self.activation].f(a)  # eq-rnn-cell
        return self.State(h), self.Cache(h)

    def activate_backward(self, cache, dstate):
        """Adjoint of `activate`: from the derivative with respect to h to that with
        respect to a.
        """
        dh = dstate.h
        da = dh * ACTIVATIONS[self.activation].df(cache.h)  # eq-da
        return self.StepGrads(dh, da)

    def carry(self, grads, dh_prev):
        """What flows to the state of the step before: through h alone."""
        return self.State(dh_prev)


register("rnn", RNN("tanh"), RNN("sigmoid"), RNN("relu"))
