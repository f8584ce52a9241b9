"""Trials: a net learns a task until it is solved, or for so long; or its weights are
guessed until it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import NonFiniteError
from rnntutor.lab.long_lags.courses import RECENT, FixedSets, Stream, evaluate
from rnntutor.lab.long_lags.published import Problem
from rnntutor.model.losses import REDUCE
from rnntutor.model.model import Model
from rnntutor.tree import map as tree_map

TEST = 2560  # so many fresh sequences are read afterwards


class Outcome(NamedTuple):
    """What came of a trial."""

    ended: str  # "solved", "limit", "no progress" or "diverged"
    # read until then; how many weights were drawn, where they were guessed
    sequences: int
    error: float  # mean over all sets, or over the last 2,000 sequences
    wrong: int | None  # of 2,560 fresh sequences; None where the sets are all there is
    # of the first 10 updates; the errors of the first 10 draws, where weights were
    # drawn
    first_losses: list
    params: Any  # at the end

    @property
    def solved(self):
        """Whether the published criterion was met."""
        return self.ended == "solved"


def learn(
    problem,
    cell,
    H,
    optimizer,
    rng,
    B=20,
    limit=100_000,
    every=20,
    reduce="token",
    start=None,
    give_up=None,
):
    """Train a net on a long-lag task until it is solved.

    Parameters
    ----------
    problem : Problem
        One of `published.PROBLEMS`.
    cell : a cell, such as `LSTM`, or a net of cells
    H : int
        Hidden size.
    optimizer : SGD or another
    rng : numpy.random.Generator or seed
        Draws the first parameters, then the sequences: the same seed gives the same
        trial.
    B : int
        Sequences in a batch; the whole training set if it has no more.
    limit : int
        Give up after so many sequences.
    every : int
        Updates between two looks at fixed sets.
    reduce : {"token", "sequence", "sum"}
        As for `Model.loss_and_grad`.
    start : callable, optional
        From the first parameters to those to start with, for example with other biases.
    give_up : int, optional
        After so many sequences, stop unless the error is below 0.9 of the problem's
        `chance`.

    Returns
    -------
    Outcome
        A net that does not stay finite has diverged, and its trial is over.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    problem, model = _model(problem, cell, H)
    _check.protocol(
        "optimizer", optimizer, ("init", "update"), "an optimizer such as SGD(lr=0.1)"
    )
    rng = _check.generator("rng", rng)
    B, every = _check.integer("B", B), _check.integer("every", every)
    limit = _check.integer("limit", limit, minimum=B)
    _check.choice("reduce", reduce, REDUCE)
    give_up = (
        limit + 1 if give_up is None else _check.integer("give_up", give_up, minimum=B)
    )
    params = model.init(rng)
    if start is not None:
        params = _check.function("start", start, "of the parameters")(params)
    state = optimizer.init(params)
    course = (
        FixedSets(problem, model, rng, every)
        if problem.sets
        else Stream(problem, model, rng)
    )
    losses, ended, updates = [], "limit", 0
    while ended == "limit" and (updates + 1) * B <= limit:
        task = course.batch(B)
        try:
            outcome = model.loss_and_grad(
                params, task.xs, task.targets, scored=task.mask, reduce=reduce
            )
            update = optimizer.update(params, outcome.grads, state)
        except NonFiniteError:
            ended = "diverged"
            break
        updates += 1
        losses += [float(outcome.loss)] if updates <= 10 else []
        if course.learned(
            updates, task, params, outcome.unrolled.outputs, update.params
        ):
            ended = "solved"
        elif updates * B >= give_up and not course.error < 0.9 * problem.chance:
            ended = "no progress"
        params, state = update.params, update.state
    wrong = (
        TEST
        if ended == "diverged" and problem.fresh
        else _wrong(problem, model, params, rng)
    )
    return Outcome(ended, updates * B, course.error, wrong, losses, params)


def guess(problem, cell, H, scale, rng, limit=1000):
    """Draw all weights at random until they solve a long-lag task; nothing is learned.

    The control of Hochreiter & Schmidhuber 1997 (section 1; 1996): a task that this
    solves soon proves nothing about a way of learning.

    Parameters
    ----------
    problem, cell, H
        As for `learn`.
    scale : float
        All weights and biases are drawn from U(−scale, scale).
    rng : numpy.random.Generator or seed
    limit : int
        Give up after so many draws.

    Returns
    -------
    Outcome
        Its `sequences` counts the draws. The criterion is that of `learn`, on 2,000
        fresh sequences if the task has no sets; `error` is that of the last draw, on
        the 10 sequences that are tried first unless it got them all right.
        `first_losses` are the same errors of the first 10 draws.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    problem, model = _model(problem, cell, H)
    scale = _check.number("scale", scale, above=0)
    rng = _check.generator("rng", rng)
    limit = _check.integer("limit", limit)
    like = model.init(rng)
    sets = problem.sets(rng) if problem.sets else (problem.fresh(rng, RECENT),)
    # most draws fail here already
    first = sets[0].pick(np.arange(min(10, sets[0].xs.shape[1])))
    ended, draws, first_errors = "limit", 0, []
    while ended == "limit" and draws < limit:
        draws += 1
        params = tree_map(lambda p: rng.uniform(-scale, scale, p.shape), like)
        errors, right = evaluate(problem, model, params, first)
        first_errors += [float(errors.mean())] if draws <= 10 else []
        if right.all():
            errors, right = evaluate(problem, model, params, *sets)
            if right.all() and errors.mean() < problem.mean_error:
                ended = "solved"
    return Outcome(
        ended,
        draws,
        float(errors.mean()),
        _wrong(problem, model, params, rng),
        first_errors,
        params,
    )


def _model(problem, cell, H):
    """The problem, checked, and the model that it asks for."""
    _check.instance("problem", problem, Problem)
    return problem, Model(cell, problem.D, H, problem.V, problem.objective)


def _wrong(problem, model, params, rng):
    """How many of so many fresh sequences are wrong; None where the sets are all there
    is.
    """
    if problem.sets:
        return None
    return int(np.sum(~evaluate(problem, model, params, problem.fresh(rng, TEST))[1]))
