"""A net that forecasts many steps by reading its own forecasts, and the gradient
through that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.model.losses import squared_error
from rnntutor.nets.base import as_net
from rnntutor.tree import map as tree_map


class FeedbackParams(NamedTuple):
    """Parameters, or their gradients."""

    encoder: Any  # the cell's, for reading what was measured
    decoder: Any  # the cell's, for reading its own forecasts
    W_hy: np.ndarray  # (H, S)
    b_y: np.ndarray  # (S,)


class Forecast(NamedTuple):
    """A forecast of K steps, and what its backward pass needs."""

    ys: np.ndarray  # (K, B, S)
    encoded: Any  # the pass over what was measured
    hs: list  # K hidden states, (B, H)
    tapes: list  # K − 1 tapes of the decoder's steps


@dataclass(frozen=True)
class Feedback:
    """An encoder that reads the past, and a decoder that goes on from its state: each
    forecast is the next step's input.

    Parameters
    ----------
    cell : a cell, such as `LSTM`, or `Fast` of one
    S : int
        How many series.
    C : int
        How many numbers are known of every step beforehand.
    H : int
        Hidden size.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """

    cell: Any
    S: int
    C: int
    H: int

    def __post_init__(self):
        object.__setattr__(self, "net", as_net("cell", self.cell))
        object.__setattr__(self, "one", getattr(self.net, "cell", self.cell))
        for name in ("S", "H"):
            _check.integer(name, getattr(self, name))
        _check.integer("C", self.C, minimum=0)

    def init(self, rng, dtype=np.float64):
        """Draw `FeedbackParams`: the cells' own way, W_hy from U(−1/√H, 1/√H)."""
        rng = _check.generator("rng", rng)
        D, bound = self.S + self.C, 1 / np.sqrt(self.H)
        encoder = self.net.init(rng, D, self.H, dtype)
        decoder = self.net.init(rng, D, self.H, dtype)
        W_hy = rng.uniform(-bound, bound, (self.H, self.S)).astype(dtype)
        return FeedbackParams(encoder, decoder, W_hy, np.zeros(self.S, dtype))

    def shared(self, params):
        """The parameters of a `Model` that forecasts one step, in both roles."""
        return FeedbackParams(params.cell, params.cell, params.W_hy, params.b_y)

    def forward(self, params, past, later):
        """Forecast K steps.

        Parameters
        ----------
        params : FeedbackParams
        past : array (T, B, S + C)
            As from `origins.inputs`: the values, and what is known of the next step.
        later : array (K − 1, B, C)
            What is known of the steps after the first one that is forecast.

        Returns
        -------
        Forecast

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        """
        _check.instance("params", params, FeedbackParams)
        encoded = self.net.forward(params.encoder, past)
        later = np.asarray(later)
        if later.ndim != 3 or later.shape[1:] != (past.shape[1], self.C):
            raise ValueError(
                f"later: expected shape (K − 1, {past.shape[1]}, {self.C}), got"
                f" {later.shape}"
            )
        state, tapes = encoded.state_T, []
        hs, ys = [state.h], [state.h @ params.W_hy + params.b_y]  # eq-feedback
        for known in later:
            x = np.concatenate([ys[-1], known], axis=1)  # eq-feedback
            state, tape = self.one.step(params.decoder, x, state)
            tapes.append(tape)
            hs.append(state.h)
            ys.append(state.h @ params.W_hy + params.b_y)  # eq-feedback
        return Forecast(np.stack(ys), encoded, hs, tapes)

    def backward(self, params, forecast, dys):
        """The adjoint of `forward`.

        Parameters
        ----------
        params : FeedbackParams
        forecast : Forecast
        dys : array (K, B, S)
            Immediate derivative by each forecast: through its own error.

        Returns
        -------
        FeedbackParams
            The gradient.

        Raises
        ------
        TypeError, ValueError
            If `dys` does not have the shape of the forecast.
        """
        dys = _check.array("dys", dys, forecast.ys.shape)
        decoder = tree_map(np.zeros_like, params.decoder)
        dW_hy, db_y = np.zeros_like(params.W_hy), np.zeros_like(params.b_y)
        dstate = tree_map(np.zeros_like, forecast.encoded.state_T)
        dx = None
        for k in range(len(dys) - 1, -1, -1):
            # its own error, and all that was computed from it
            dy = dys[k] if dx is None else dys[k] + dx[:, : self.S]  # eq-feedback-dy
            dW_hy = dW_hy + forecast.hs[k].T @ dy
            db_y = db_y + dy.sum(axis=0)
            dstate = dstate._replace(h=dstate.h + dy @ params.W_hy.T)
            if k:
                dx, dstate, dcell, _ = self.one.step_backward(
                    params.decoder, forecast.tapes[k - 1], dstate
                )
                decoder = tree_map(np.add, decoder, dcell)
        nothing = np.zeros_like(forecast.encoded.outputs)
        _, _, encoder = self.net.run_backward(
            params.encoder, forecast.encoded, nothing, dstate
        )
        return FeedbackParams(encoder, decoder, dW_hy, db_y)

    def loss_and_grad(self, params, past, later, targets):
        """Squared error of K steps (K, B, S), averaged over steps and sequences, and
        its gradient.
        """
        forecast = self.forward(params, past, later)
        loss, dys = squared_error(forecast.ys, targets)
        return loss, self.backward(params, forecast, dys)
