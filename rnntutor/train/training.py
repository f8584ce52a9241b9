"""The training loop: batches in, parameters and a history out, and nothing lost on the
way.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.nets.base import causal
from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.loop import Loop
from rnntutor.train.state import History, Position, Progress
from rnntutor.train.truncated import Truncation
from rnntutor.tree import leaves


class Fitted(NamedTuple):
    """What `fit` returns."""

    params: Any  # after the last update
    # at the lowest validation loss; the last ones where nothing was validated
    best: Any
    history: History
    # why: "epochs", "updates", "time", "patience" or "interrupted"; "error" in
    # error.fitted
    stopped: str
    # how many updates the checkpoint's file holds; None without a checkpoint
    kept: int | None = None


def fit(
    model,
    params,
    batches,
    optimizer,
    epochs=1,
    updates=None,
    seconds=None,
    carry_state=False,
    renew=None,
    truncation=None,
    reduce="token",
    validate=None,
    every=100,
    patience=None,
    log=None,
    digits=4,
    watch=None,
    rng=None,
    progress=True,
    checkpoint=None,
):
    """Train a model.

    Ctrl-C ends the training after the last whole update and returns what was learned.
    With a checkpoint a training outlives its process, too.

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
        Stop after so many updates, even within an epoch.
    seconds : float, optional
        Stop after so much time.
    carry_state : bool
        Start each batch from the final state of the one before, as contiguous text
        wants it. Every epoch starts from zero.
    renew : int, optional
        With `carry_state`: each row of the batch starts from zero again every so many
        batches, one row after the other.  Where rows are long, a net otherwise comes to
        rely on what its state has piled up over thousands of steps, and does badly on a
        text that it reads from the start.
    truncation : Truncation, optional
        Cut each batch into windows and update after each.
    reduce : {"sequence", "token"}
        How the loss of a batch is averaged.
    validate : callable, optional
        From parameters to a validation loss.
    every : int
        Updates between validations; one more is made at the end.
    patience : int, optional
        Stop when so many validations in a row brought no new minimum.
    log : callable, optional
        Called with a line of text after every validation, for example ``print``.
    digits : int
        Decimals of the loss in that line.
    watch : callable, optional
        Called with the number of updates and the parameters after every validation, for
        example to keep stages of the training.
    rng : numpy.random.Generator, optional
        Draws what is dropped; a net with dropout wants it.
    progress : bool
        Show a progress bar (only where the output is a terminal).
    checkpoint : Checkpoint, optional
        The file that keeps the training; one that is there already can be gone on from.
        `epochs` and `updates` count from the very beginning.

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
    Whatever is raised once training has begun carries the attribute ``fitted``: a
    `Fitted` with the parameters before the step that failed, and the history.

    A training that goes on from a checkpoint in the middle of an epoch walks through
    that epoch's batches again and passes over those that were used.  If they are drawn
    at random, then by `rng` (which is set to where it was), or they would be others.
    """
    _check.protocol("model", model, ("check_params", "loss_and_grad"), "a Model")
    model.check_params(params)
    _dropout(model, rng)
    _check.protocol(
        "optimizer", optimizer, ("init", "update"), "an optimizer such as SGD(lr=0.1)"
    )
    epochs, every = _check.integer("epochs", epochs), _check.integer("every", every)
    updates = math.inf if updates is None else _check.integer("updates", updates)
    seconds = (
        math.inf if seconds is None else _check.number("seconds", seconds, above=0)
    )
    if patience is not None and validate is None:
        raise ValueError(
            f"patience: expected None without validate, got {_check.short(patience)}"
        )
    patience = math.inf if patience is None else _check.integer("patience", patience)
    if carry_state:
        causal("model", model, "to carry its state")
    if renew is not None:
        renew = _check.integer("renew", renew)
        if not carry_state:
            raise ValueError(f"renew: expected None without carry_state, got {renew}")
    _check.choice("reduce", reduce, ("sequence", "token"))
    if truncation is not None:
        _check.instance("truncation", truncation, Truncation)
        causal("model", model, "to be read window by window")
    digits = _check.integer("digits", digits, minimum=0)
    for name, hook in (("validate", validate), ("log", log), ("watch", watch)):
        if hook is not None:
            _check.function(name, hook, "or None")
    if not hasattr(batches, "__iter__"):
        raise TypeError(
            "batches: expected an iterable of (xs, targets), got"
            f" {_check.short(batches)}"
        )
    if iter(batches) is batches and epochs > 1:
        raise TypeError(
            "batches: expected what can be walked through anew each epoch, got an"
            " iterator"
        )
    if checkpoint is not None:
        _check.instance("checkpoint", checkpoint, Checkpoint)

    drawn = None if rng is None else rng.bit_generator.state
    now = Progress(params, optimizer.init(params), Position(), drawn, drawn, None, 0, 0)
    history = History([], [], [], [], [])
    if checkpoint is not None:
        checkpoint = checkpoint.of_training(
            params, bool(carry_state), renew, truncation, reduce, rng
        )
        now, history = checkpoint.begin(now, history, _some_state(model, params))
    loop = Loop(
        model,
        batches,
        optimizer,
        now,
        history,
        epochs,
        updates,
        seconds,
        carry_state,
        renew,
        truncation,
        reduce,
        validate,
        every,
        patience,
        log,
        digits,
        watch,
        rng,
        checkpoint,
        progress,
    )
    try:
        stopped = loop.train()
        if stopped != "interrupted":
            loop.close()
    except KeyboardInterrupt:
        stopped = "interrupted"
    except Exception as error:
        error.fitted = _fitted(loop, "error")
        advice = (
            "; if they diverge, go on from them with a smaller learning rate or a clip"
        )
        error.add_note(
            f"After {loop.now.updates} updates. The parameters reached by then are in"
            f" error.fitted.params{advice * isinstance(error, FloatingPointError)}."
        )
        raise
    finally:
        loop.bar.close()
    return _fitted(loop, stopped)


def _fitted(loop, stopped):
    """What the loop has reached."""
    now = loop.now
    best = now.params if now.best is None else now.best
    kept = None if loop.checkpoint is None else loop.saved[0]
    return Fitted(now.params, best, now.cut(loop.history), stopped, kept)


def _dropout(model, rng):
    """A generator if something is to be dropped: left out, the net would silently train
    without.
    """
    if rng is not None:
        _check.generator("rng", rng)
    elif model.net.dropout:
        raise ValueError(
            "rng: expected a numpy.random.Generator for a net with dropout, got None"
        )


def _some_state(model, params):
    """A state of the model, for its types: that after one step of zeros."""
    D, _ = model.net.check_params(params.cell)
    xs = (
        np.zeros((1, 1), int)
        if model.net.reads_symbols
        else np.zeros((1, 1, D), leaves(params)[0][1].dtype)
    )
    return model.net.forward(params.cell, xs).state_T
