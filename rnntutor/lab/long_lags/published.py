"""The long-lag tasks as trials need them: training sequences, and when a net has
learned the task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnntutor.lab.long_lags.addition import adding
from rnntutor.lab.long_lags.lag import first_symbol, noise_free_lag
from rnntutor.lab.long_lags.order import temporal_order
from rnntutor.lab.long_lags.reber import reber_strings, reber_task
from rnntutor.model.losses import softmax


@dataclass(frozen=True)
class Problem:
    """A task with its published criterion of success.

    A problem comes with fixed `sets`, the first of which is trained on, and is solved
    when every sequence of all of them is right; or it draws fresh sequences for ever,
    and is solved when the last 2,000 are right and their mean error is below
    `mean_error`.
    """

    D: int
    V: int
    objective: str  # of the `Model`
    # (task, ys) -> error of each sequence (B,), and whether it is right (B,)
    score: Callable
    fresh: Callable | None = None  # (rng, B) -> Task
    sets: Callable | None = None  # rng -> tuple of Task
    mean_error: float = np.inf
    # the error that is left where all is learned but what needs the memory
    chance: float = np.inf


def letters_in_order(task, ys):
    """Share of the steps at which a letter that may not come next is ahead of one that
    may.
    """
    least = np.where(task.legal, ys, np.inf).min(axis=-1)
    most = np.where(task.legal, -np.inf, ys).max(axis=-1)
    wrong = ((least <= most) & task.mask).sum(axis=0)
    return wrong / task.mask.sum(axis=0), wrong == 0


def largest_error(bound):
    """A score: the largest absolute error of all probabilities is below `bound`."""

    def score(task, ys):
        errors = softmax(ys)
        true = task.targets[..., None]
        np.put_along_axis(errors, true, 1 - np.take_along_axis(errors, true, -1), -1)
        error = np.where(task.mask, errors.max(axis=-1), 0).max(axis=0)
        return error, error < bound

    return score


def absolute_error(bound):
    """A score: the predicted number is off by less than `bound`."""

    def score(task, ys):
        error = np.where(task.mask, (abs(ys - task.targets)).max(axis=-1), 0).max(
            axis=0
        )
        return error, error < bound

    return score


def _reber_sets(rng):
    train = reber_strings(rng)
    return reber_task(train), reber_task(reber_strings(rng, avoid=train))


PROBLEMS = {
    "embedded Reber": Problem(
        7, 7, "cross_entropy", letters_in_order, sets=_reber_sets
    ),
    "noise-free lag": Problem(
        D=101,
        V=101,
        objective="cross_entropy",
        score=largest_error(0.25),
        sets=lambda rng: (noise_free_lag(),),
        chance=1 / 2,
    ),
    "adding": Problem(
        D=2,
        V=1,
        objective="squared_error",
        score=absolute_error(0.04),
        fresh=adding,
        mean_error=0.01,
        chance=1 / 6,  # the mean of |X1 + X2| / 4
    ),
    "temporal order": Problem(
        D=8,
        V=4,
        objective="cross_entropy",
        score=largest_error(0.3),
        fresh=temporal_order,
        mean_error=0.1,
        chance=3 / 4,
    ),
    "first symbol": Problem(
        D=4,
        V=2,
        objective="cross_entropy",
        score=largest_error(0.3),
        fresh=lambda rng, B: first_symbol(rng, 101, B, 2),
        mean_error=0.1,
        chance=1 / 2,
    ),
}
