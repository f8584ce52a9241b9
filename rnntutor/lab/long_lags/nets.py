"""The nets that chapter 10 compares: a cell each, and how it starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntutor import _check
from rnntutor.cells.gru import GRU
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN
from rnntutor.lab.long_lags.ladder import identity
from rnntutor.lab.long_lags.spectral import orthogonal

ONE_STEP, GUARDED = "RNN, one step back", "LSTM, guarded"
# An RNN is tanh with the usual W_hh, tanh with an orthogonal one, or ReLU with the
# identity (Le et al. 2015). A number is what the bias of the gate that keeps the memory
# starts at (the LSTM's forget gate, the GRU's update gate), and that of the LSTM's
# input gate; "lag" stands for `bias_for` the task's lag. The guarded LSTM begins with
# its memory kept and shut, as that of 1997 did, which had no forget gate. The two
# before it have one of its biases each, to show which of them it takes.
NETS = {
    "RNN": ["tanh", "usual"],
    "RNN, orthogonal": ["tanh", "orthogonal"],
    "RNN, identity": ["relu", "identity"],
    ONE_STEP: ["tanh", "usual"],
    "GRU": ["GRU", 0.0],
    "GRU, bias for the lag": ["GRU", "lag"],
    "LSTM, forget bias 0": ["LSTM", 0.0, 0.0],
    "LSTM, forget bias 1": ["LSTM", 1.0, 0.0],
    "LSTM, bias for the lag": ["LSTM", "lag", 0.0],
    "LSTM, forget bias 10": ["LSTM", 10.0, 0.0],
    "LSTM, lag, input shut": ["LSTM", "lag", -3.0],
    GUARDED: ["LSTM", 10.0, -3.0],
}


@dataclass(frozen=True)
class OneStepBack(RNN):
    """An RNN that takes h at t − 1 for an input, as Elman's nets did: no gradient goes
    on to it.
    """

    def carry(self, grads, dh_prev):
        """Nothing flows to the state of the step before."""
        return super().carry(grads, np.zeros_like(dh_prev))


def bias_for(lag):
    """The bias b with which a gate leaves half of a memory after `lag` steps.

    From σ(b)^lag = ½ follows b ≈ ln(lag / ln 2), the longer the lag the more exactly.

    >>> round(bias_for(100), 2)
    4.97
    """
    return float(np.log(_check.number("lag", lag, above=0) / np.log(2)))


def build(name, lag, guard=None):
    """A net of `NETS`.

    Parameters
    ----------
    name : str
    lag : float
        Of the task, in steps.
    guard : (float, float), optional
        Other biases for the guarded LSTM: of its forget and of its input gates.

    Returns
    -------
    cell
    start : callable
        (first parameters, generator) -> the parameters to start with.

    Raises
    ------
    ValueError
        If there is no such net.
    """
    kind, *how = NETS[_check.choice("name", name, tuple(NETS))]
    how = [bias_for(lag) if value == "lag" else value for value in how]
    if kind == "LSTM":
        forget, into = guard if guard and name == GUARDED else how
        return LSTM(forget_bias=forget), _first_block(into)
    if kind == "GRU":
        return GRU(), _first_block(*how)
    draw = {"usual": None, "orthogonal": orthogonal, "identity": identity}[how[0]]
    return (OneStepBack if name == ONE_STEP else RNN)(kind), _recurrent(draw)


def _first_block(value):
    """The first gate's biases (i of an LSTM, z of a GRU) are these."""

    def start(params, rng):
        b_h = params.cell.b_h.copy()
        b_h[: len(params.cell.W_hh)] = value
        return params._replace(cell=params.cell._replace(b_h=b_h))

    return start


def _recurrent(draw):
    """W_hh is drawn so; with None it stays as it is."""

    def start(params, rng):
        if draw is None:
            return params
        W_hh = draw(rng, len(params.cell.W_hh))
        return params._replace(cell=params.cell._replace(W_hh=W_hh))

    return start
