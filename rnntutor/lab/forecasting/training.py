"""Training of forecasters of all kinds by one loop: batches drawn at random, and the
parameters kept that were best on the part held out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.fast import Fast
from rnntutor.lab.forecasting.origins import before, inputs
from rnntutor.model.losses import pinball
from rnntutor.model.model import Model
from rnntutor.model.readout import readout_backward
from rnntutor.model.records import ModelParams
from rnntutor.train.optimizers import Adam
from rnntutor.train.schedules import linear_decay


class Learned(NamedTuple):
    """What came of a training."""

    params: Any  # those with the best score
    score: float  # theirs
    losses: list  # of every update
    scores: list  # (updates, score) of every look


def learn(loss_and_grad, params, optimizer, updates, score=None, every=100):
    """Descend on a loss.

    Parameters
    ----------
    loss_and_grad : callable
        From parameters to a loss and its gradient, on a batch that it draws itself.
    params : tree
        To start from; they are not changed.
    optimizer : SGD, RMSProp or Adam
    updates : int
    score : callable, optional
        From parameters to a number, less being better, on the part held out. The best
        parameters are kept; without it, the last.
    every : int
        Updates between two looks.

    Returns
    -------
    Learned

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind.
    NonFiniteError
        If the training diverges.
    """
    _check.function("loss_and_grad", loss_and_grad, "of the parameters")
    updates, every = _check.integer("updates", updates), _check.integer("every", every)
    state, losses, scores = optimizer.init(params), [], []
    best = (float("inf"), params)
    for n in range(1, updates + 1):
        loss, grads = loss_and_grad(params)
        update = optimizer.update(params, grads, state)
        params, state = update.params, update.state
        losses.append(float(loss))
        if score is not None and (n % every == 0 or n == updates):
            found = float(score(params))
            scores.append((n, found))
            if found < best[0]:
                best = found, params
    if score is None:
        best = float("nan"), params
    return Learned(best[1], best[0], losses, scores)


def quantile_loss_and_grad(model, params, xs, targets, levels, scored=None):
    """The pinball loss of a `Model` whose V outputs are quantiles of one number, and
    its gradient.

    Parameters
    ----------
    model : Model
        With a readout at every step.
    params : ModelParams
    xs : array (T, B, D)
    targets : array (T, B, 1)
    levels : array (V,)
    scored : bool array (T, B), optional
        Which steps count.

    Returns
    -------
    loss, ModelParams

    Raises
    ------
    TypeError, ValueError
        As for `pinball`.
    """
    ys, passed = model.forward(params, xs)
    targets = np.broadcast_to(targets, ys.shape)
    loss, dys = pinball(ys, targets, levels, scored)
    dhs, dW_hy, db_y = readout_backward(params, passed.outputs, dys)
    _, _, dcell = model.net.run_backward(params.cell, passed, dhs)
    return loss, ModelParams(dcell, dW_hy, db_y)


def one_step(z, known, origins, rng, *, T, H, lr, updates, warm=0, B=32):
    """Train an LSTM to forecast the next step, from pieces that are cut out at random.

    Parameters
    ----------
    z : array (N, S)
        The series, scaled.
    known : array (N + 1, C)
    origins : int array
        Where a piece may end: the last of its targets is the value at the origin.
    rng : numpy.random.Generator or seed
    T : int
        Steps in a piece, and those that the net reads before it forecasts.
    H : int
        Hidden size.
    lr : float
        Adam's rate, which falls to nothing.
    updates : int
    warm : int
        So many steps of a piece do not count.
    B : int
        Pieces in a batch.

    Returns
    -------
    callable
        From a scaled series, what is known, and origins to forecasts (1, B, S).

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or an origin out of bounds.
    """
    S, C = z.shape[1], known.shape[1]
    rng, T = _check.generator("rng", rng), _check.integer("T", T)
    warm = _check.integer("warm", warm, minimum=0)
    cell = Fast(LSTM(), compiled=False)  # the same numbers on every machine
    model = Model(cell, S + C, H, S, "squared_error")
    scored = np.tile(np.arange(T)[:, None] >= warm, (1, B))

    def on_a_batch(params):
        ends = rng.choice(origins, B)
        targets = before(z[1:], ends, T)
        xs = inputs(z, known, ends, T)
        outcome = model.loss_and_grad(params, xs, targets, scored=scored)
        return outcome.loss, outcome.grads

    optimizer = Adam(linear_decay(lr, updates), clip=1.0)
    params = learn(on_a_batch, model.init(rng), optimizer, updates).params

    def forecast(z, known, origins):
        return model.forward(params, inputs(z, known, origins, T)).ys_raw[-1:]

    return forecast
