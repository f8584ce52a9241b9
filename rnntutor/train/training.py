"""Training: batches in, parameters and a history out, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from rnntutor import _check
from rnntutor.train.loop import Loop
from rnntutor.train.options import Options
from rnntutor.train.state import History, Progress
from rnntutor.tree import leaves


def fit(
    model,
    params,
    batches,
    optimizer,
    *,
    epochs=1,
    updates=None,
    seconds=None,
    rng=None,
    carry_state=False,
    renew=None,
    truncation=None,
    reduce="token",
    validation=None,
    checkpoint=None,
    progress=True,
):
    """Train a model.

    Ctrl-C ends the training after the last whole update and returns its results. With
    a checkpoint a training outlives its process.

    Parameters
    ----------
    model : Model
    params : ModelParams
        Where to start.  They are not changed.
    batches : iterable of (xs, targets) or (xs, targets, options)
        Walked through once per epoch; xs (T, B, D), targets (T, B).  `options` is a
        dict of further arguments of `Model.loss_and_grad`: mask, scored.
    optimizer : SGD, RMSProp or Adam
    epochs : int
    updates : int, optional
        Stop after this number of updates, even within an epoch.
    seconds : float, optional
        Stop after this time.
    rng : numpy.random.Generator or seed, optional
        Draws the dropout masks; a net with dropout needs it.
    carry_state : bool
        Start each batch from the final state of the one before, as contiguous text
        needs it. Every epoch starts from zero.
    renew : int, optional
        With `carry_state`: each row of the batch starts from zero again after this
        number of batches, one row after the other.  Where rows are long, a net
        otherwise comes to rely on what its state has accumulated over thousands of
        steps, and does badly on a text that it reads from the start.
    truncation : Truncation, optional
        Cut each batch into windows and update after each.
    reduce : {"sequence", "token"}
        How the loss of a batch is averaged, see `cross_entropy`.
    validation : Validation, optional
        When to measure the validation loss, and when to stop early.
    checkpoint : Checkpoint, optional
        The file that keeps the training, and from which it can be resumed. `epochs` and
        `updates` count from the very beginning.
    progress : bool
        Show a progress bar (only where the output is a terminal).

    Returns
    -------
    Fitted

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    CheckpointError
        If the checkpoint is damaged, or of another training.
    NonFiniteError
        As soon as the loss, a gradient, an updated parameter or the validation loss is
        not finite: it names the tensor.

    Notes
    -----
    Every exception raised once training has begun carries the attribute ``fitted``: a
    `Fitted` with the parameters before the step that failed, and the history.

    A training that is resumed in the middle of an epoch walks through that epoch's
    batches again and skips those that were used.  If they are drawn at random, `rng`
    has to draw them (it is set to its state at the time), or they would be others.
    """
    _check.protocol("model", model, ("check_params", "loss_and_grad"), "a Model")
    model.check_params(params)
    if isinstance(batches, np.ndarray) or not hasattr(batches, "__iter__"):
        raise TypeError(
            "batches: expected an iterable of (xs, targets), got"
            f" {_check.short(batches)}"
        )
    _check.protocol(
        "optimizer", optimizer, ("init", "update"), "an optimizer such as SGD(lr=0.1)"
    )
    options = Options(
        epochs=epochs,
        updates=updates,
        seconds=seconds,
        rng=rng,
        carry_state=bool(carry_state),
        renew=renew,
        truncation=truncation,
        reduce=reduce,
        validation=validation,
        checkpoint=checkpoint,
        progress=progress,
    )
    options.check_model(model)
    if options.epochs > 1 and isinstance(batches, Iterator):
        raise TypeError(
            "batches: expected an iterable that can be walked through again in each"
            f" epoch, got {_check.short(batches)}"
        )
    now = Progress.start(params, optimizer.init(params), options.rng)
    history = History([], [], [], [], [])
    if checkpoint is not None:
        checkpoint = checkpoint.of_training(params, options)
        state = partial(_some_state, model, params)
        now, history = checkpoint.begin(now, history, state)
        options = replace(options, checkpoint=checkpoint)
    loop = Loop(model, batches, optimizer, options, now, history)
    try:
        loop.train()
    except Exception as error:
        error.fitted = loop.fitted()
        advice = (
            "; if they diverge, go on from them with a smaller learning rate or a clip"
        )
        error.add_note(
            f"After {loop.now.updates} updates. The parameters reached by then are in"
            f" error.fitted.params{advice * isinstance(error, FloatingPointError)}."
        )
        raise
    return loop.fitted()


def _some_state(model, params):
    """A state of the model, for its types: that after one step of zeros."""
    D, _ = model.net.check_params(params.cell)
    xs = (
        np.zeros((1, 1), int)
        if model.net.reads_symbols
        else np.zeros((1, 1, D), leaves(params)[0][1].dtype)
    )
    return model.net.forward(params.cell, xs).state_T
