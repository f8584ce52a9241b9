"""All states of an RNN at once, by Newton's method over time (Lim et al. 2024)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import ACTIVATIONS
from rnntutor.cells.maps import MATRICES
from rnntutor.cells.rnn import RNN
from rnntutor.nets import scan, unroll


class Iterates(NamedTuple):
    """What Newton's method went through."""

    guesses: np.ndarray  # (n+1, T, B, H): h_1 … h_T, from the first guess to the last
    converged: bool  # whether the last step moved nothing by more than `tol`

    @property
    def hs(self):
        """The last guess, (T, B, H)."""
        return self.guesses[-1]


def newton(cell, params, xs, state0=None, tol=1e-12, limit=None):
    """The states of an RNN over a sequence, found all together.

    The steps h_t = f(x_t W_xh + h_{t-1} W_hh + b_h) are T equations for h_1 … h_T.
    About a guess, each is replaced by its tangent, h_t = h_{t-1} J_tᵀ + u_t; that is a
    linear recurrence, whose states, found by a tree, are the next guess.  The first
    guess is zero.

    Parameters
    ----------
    cell : RNN
    params : Params
    xs : array (T, B, D)
    state0 : RNN.State, optional
        Zeros if left out.
    tol : float
        It ends when no state moves by more than this.
    limit : int, optional
        The most iterations; T if left out, after which the states are exact.

    Returns
    -------
    Iterates

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape.
    """
    _check.instance("cell", cell, RNN)
    D, H = cell.check_params(params)
    xs, _ = unroll.check_inputs(xs, None, D)
    T, B, _ = xs.shape
    tol = _check.number("tol", tol, minimum=0)
    limit = T if limit is None else _check.integer("limit", limit)
    h_0 = unroll.initial_state(cell, params, B, state0).h
    f, df = ACTIVATIONS[cell.activation]
    from_x = xs @ params.W_xh + params.b_h
    guesses = [np.zeros((T, B, H), np.result_type(from_x, h_0))]
    for _ in range(limit):
        before = np.concatenate([h_0[None], guesses[-1][:-1]])
        value = f(from_x + before @ params.W_hh)
        keep = params.W_hh * df(value)[..., None, :]  # eq-newton
        u = value - MATRICES.apply(keep, before)  # eq-newton
        guesses.append(scan.tree(MATRICES, keep, u, h_0))
        if np.max(np.abs(guesses[-1] - guesses[-2])) <= tol:
            return Iterates(np.stack(guesses), True)
    return Iterates(np.stack(guesses), False)
