"""How much of a gradient is left so many steps back: an RNN, or an LSTM beside it."""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.lab.instruments.trace import rounded, thousandths
from rnntutor.lab.long_lags.spectral import orthogonal, scale_to_radius
from rnntutor.nets.unroll import backward_steps, forward

D, H = 3, 12


def gradient_lags(
    radius=1.0, activation="tanh", start="gaussian", forget=1.0, lags=40, seed=0
):
    """What is left of a gradient over the lag, in a random RNN and in a random LSTM
    beside it; the spectral radius, the function, the kind of matrix and the forget
    gate's bias are for the reader to choose.

    Parameters
    ----------
    radius : float
        Of W_hh of the RNN, from 0.1 to 2.5.
    activation : {"tanh", "sigmoid", "relu"}
    start : {"gaussian", "orthogonal", "identity"}
        The kind of matrix that W_hh is a multiple of.
    forget : float or None
        Bias of the LSTM's forget gate, from −2 to 6; None for an RNN alone.
    lags : int
    seed : int
        For the matrices and the inputs, rounded to three decimals.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    lags, seed = _check.integer("lags", lags, 4), _check.integer("seed", seed, 0)
    xs, rnn, lstm, starts = drawn(lags, seed)
    _check.choice("start", start, starts)
    rnn = rnn._replace(W_hh=_check.number("radius", radius, above=0) * starts[start])
    lengths = {"RNN": lengths_by_lag(RNN(activation), rnn, xs, "dh")}
    if forget is not None:
        guarded = with_forget_bias(lstm, _check.number("forget", forget))
        lengths["LSTM"] = lengths_by_lag(LSTM(), guarded, xs, "dc")
    at = [round(k * lags / 4) for k in range(5)]
    still = table(
        "What is left of a gradient after so many steps back",
        at,
        [
            (name, [f"{found[lag]:.2g}" for lag in at])
            for name, found in lengths.items()
        ],
    )
    given = {
        "xs": thousandths(xs[:, 0]),
        "rnn": {"W_xh": thousandths(rnn.W_xh), "b_h": thousandths(rnn.b_h)},
        "starts": {name: thousandths(W) for name, W in starts.items()},
        "radius": radius,
        "activation": activation,
        "start": start,
    }
    if forget is not None:
        lstm = {"W_xh": thousandths(lstm.W_xh), "W_hh": thousandths(lstm.W_hh)}
        given |= {"lstm": lstm, "forget": forget}
    label = "What is left of a gradient over the lag"
    return Instrument("gradient-lags", label, given, still, "lags.js")


def drawn(lags, seed):
    """Inputs, parameters of both cells, and the matrices of spectral radius 1."""
    rng = np.random.default_rng(seed)
    rnn, lstm = RNN().init(rng, D, H), LSTM().init(rng, D, H)
    starts = {
        "gaussian": scale_to_radius(rng.normal(size=(H, H)), 1.0),
        "orthogonal": orthogonal(rng, H),
        "identity": np.eye(H),
    }
    xs = rng.normal(size=(lags + 1, 1, D))
    starts = {name: rounded(W, 3) for name, W in starts.items()}
    return *rounded((xs, rnn, lstm), 3), starts


def with_forget_bias(params, bias):
    """The LSTM's parameters, all biases zero but the forget gate's."""
    return params._replace(b_h=np.repeat([0.0, bias, 0.0, 0.0], H))


def lengths_by_lag(cell, params, xs, part):
    """The length of one adjoint at the lags 0, 1, …, when a loss at the last step alone
    sends back a row of length 1.
    """
    unrolled = forward(cell, params, xs)
    dhs = np.zeros_like(unrolled.hs[1:])
    dhs[-1] = 1 / np.sqrt(H)
    steps = backward_steps(cell, params, unrolled, dhs, weights=False)
    return [float(np.linalg.norm(getattr(step.grads, part))) for step in steps]
