"""The RNN cell: the only place where its equation h = f(a) stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.affine import AffineCell

Array = np.ndarray


class State(NamedTuple):
    """All that the RNN carries from one step to the next."""

    h: Array  # (B, H)


class Cache(NamedTuple):
    """What `RNN.activate` leaves behind for `RNN.activate_backward`."""

    h: Array  # (B, H)


class StepGrads(NamedTuple):
    """Total derivatives of the loss by what was computed in one step."""

    dh: Array  # (B, H), the book's δ_t
    da: Array  # (B, H)


@dataclass(frozen=True)
class RNN(AffineCell):
    r"""The simple recurrent cell (Elman 1990), with parameters given from outside.

    .. math:: a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h, \qquad h_t = f(a_t)

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "relu"}
        The function f.  The derivation of the book uses the sigmoid.

    Raises
    ------
    ValueError
        If `activation` is none of these.
    """

    activation: str = "sigmoid"
    blocks = 1

    def __post_init__(self):
        _check.choice("activation", self.activation, ACTIVATIONS)

    def zero_state(self, params, B):
        """The state h_0 = 0 for a batch of B, in the parameters' dtype."""
        H = params.W_hh.shape[0]
        return State(np.zeros((B, H), params.W_hh.dtype))

    def activate(self, a, state_prev):
        """From pre-activations `a` (B, H) to the new state and the cache."""
        h = ACTIVATIONS[self.activation].f(a)  # eq-rnn-cell
        return State(h), Cache(h)

    def activate_backward(self, cache, dstate):
        """Adjoint of `activate`: from the derivative by h to the one by a."""
        dh = dstate.h
        da = dh * ACTIVATIONS[self.activation].df(cache.h)  # eq-da
        return StepGrads(dh, da)

    def carry(self, grads, dh_prev):
        """What flows to the state of the step before: through h alone."""
        return State(dh_prev)
