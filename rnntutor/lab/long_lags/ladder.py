"""How long a lag an RNN learns: one task, one budget, and nets that differ in how they
start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import NonFiniteError
from rnntutor.cells.rnn import RNN
from rnntutor.gradients.jacobians import state_jacobians
from rnntutor.lab.long_lags.lag import first_symbol
from rnntutor.lab.long_lags.spectral import orthogonal
from rnntutor.model.model import Model
from rnntutor.train.optimizers import SGD, Adam
from rnntutor.train.training import fit

H, B, UPDATES = 16, 32, 200
RATES = (0.01, 0.03, 0.3)
SEEDS = range(5)


def with_momentum(lr):
    """The optimizer of most nets of the ladder."""
    return SGD(lr, momentum=0.9, clip=1.0)


def with_adam(lr):
    """Adam, with the same clipping."""
    return Adam(lr, clip=1.0)


class Start(NamedTuple):
    """A cell, how its W_hh is drawn: (generator, H) -> array, None for the cell's own
    way; and by what it is trained: rate -> optimizer.
    """

    cell: object
    draw_W_hh: Callable | None = None
    optimizer: Callable = with_momentum

    def model(self, rng):
        """The net for the task `first_symbol` with two symbols, and its parameters."""
        model = Model(self.cell, D=4, H=H, V=2)
        params = model.init(rng)
        if self.draw_W_hh is not None:
            W_hh = self.draw_W_hh(rng, H)
            params = params._replace(cell=params.cell._replace(W_hh=W_hh))
        return model, params


def identity(rng, H):
    """The identity; nothing is drawn."""
    return np.eye(H)


STARTS = {
    "sigmoid": Start(RNN("sigmoid")),
    "tanh": Start(RNN("tanh")),
    "tanh, Adam": Start(RNN("tanh"), optimizer=with_adam),
    "tanh, orthogonal": Start(RNN("tanh"), orthogonal),
    "ReLU, identity": Start(RNN("relu"), identity),
}


def batches(rng, lag, updates=UPDATES):
    """Batches of the task, drawn one after the other, as `fit` takes them."""
    for _ in range(updates):
        xs, targets, last = first_symbol(rng, T=lag + 1, B=B, V=2)
        yield xs, targets, {"scored": last}


def accuracy(model, params, lag):
    """The share of right answers on 500 sequences, always the same."""
    xs, targets, _ = first_symbol(np.random.default_rng(99), T=lag + 1, B=500, V=2)
    return np.mean(model.forward(params, xs).ys_raw[-1].argmax(axis=-1) == targets[-1])


def trained_accuracy(start, lag, lr, seed):
    """Train a net on a lag, with the optimizer of its start, and test it.

    Parameters
    ----------
    start : Start
    lag : int
        Steps between question and answer.
    lr : float
    seed : int
        Of the first parameters and the batches.

    Returns
    -------
    float
        The share of right answers; guessing gives ½, and so does a net that overflows.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind.
    """
    _check.instance("start", start, Start)
    rng = np.random.default_rng(_check.integer("seed", seed, minimum=0))
    lag = _check.integer("lag", lag)
    model, params = start.model(rng)
    optimizer = start.optimizer(lr)
    try:
        fitted = fit(model, params, batches(rng, lag), optimizer, progress=False)
    except NonFiniteError:
        return 0.5
    return accuracy(model, fitted.params, lag)


def norms_at_start(start, lags, seeds=range(10)):
    """The norm of dh_T / dh_{T−k} before training, for each lag k of `lags`.

    Returns
    -------
    array (len(lags),)
        Medians over nets with these seeds.
    """
    lags = np.asarray(lags)
    norms = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        params = start.model(rng)[1]
        xs = first_symbol(rng, T=lags.max() + 1, B=1, V=2).xs
        jacobians = state_jacobians(start.cell, params.cell, xs)[lags]
        norms.append(np.linalg.norm(jacobians, 2, axis=(1, 2)))
    return np.median(norms, axis=0)
