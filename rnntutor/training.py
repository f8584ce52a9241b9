"""The training loop: batches in, parameters and a history out, and nothing lost on the way."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from tqdm import tqdm

from rnntutor import _check
from rnntutor.errors import require_finite
from rnntutor.nets.layer import causal
from rnntutor.truncated import Truncation, window_gradients

_VALIDATION = "The model does not say anything about the validation data any more: lower the learning rate."


class History(NamedTuple):
    """What happened, update by update."""

    losses: list  # nats, of each update's own batch, before the update
    norms: list  # global norm of each gradient, before clipping
    lrs: list
    valid_updates: list  # after how many updates the validation loss was measured
    valid_losses: list

    @property
    def updates(self):
        """How many updates were made."""
        return len(self.losses)


class Fitted(NamedTuple):
    """What `fit` returns."""

    params: Any  # after the last update
    best: Any  # at the lowest validation loss; the last ones where nothing was validated
    history: History
    stopped: str  # why: "epochs", "updates", "patience" or "interrupted"; "error" in error.fitted


class _Stop(Exception):
    """No error: it ends the loops from within."""


def fit(
    model,
    params,
    batches,
    optimiser,
    epochs=1,
    updates=None,
    carry_state=False,
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
):
    """Train a model.

    Ctrl-C ends the training after the last whole update and returns what was learned.

    Parameters
    ----------
    model : Model
    params : ModelParams
        Where to start.  They are not changed.
    batches : iterable of (xs, targets) or (xs, targets, options)
        Walked through once per epoch; xs (T, B, D), targets (T, B).  `options` is a dict of
        further arguments of `Model.loss_and_grad`: mask, scored.
    optimiser : SGD
    epochs : int
    updates : int, optional
        Stop after so many updates, even within an epoch.
    carry_state : bool
        Start each batch from the final state of the one before, as contiguous text wants it.
        Every epoch starts from zero.
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
        Called with the number of updates and the parameters after every validation, for example
        to keep stages of the training.
    rng : numpy.random.Generator, optional
        Draws what is dropped; a net with dropout wants it.
    progress : bool
        Show a progress bar (only where the output is a terminal).

    Returns
    -------
    Fitted

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    NonFiniteError
        As soon as the loss, a gradient, an updated parameter or the validation loss is not
        finite: it names the tensor.

    Notes
    -----
    Whatever is raised once training has begun carries the attribute ``fitted``: a `Fitted` with
    the parameters before the step that failed, and the history.
    """
    _check.protocol("model", model, ("check_params", "loss_and_grad"), "a Model")
    model.check_params(params)
    _dropout(model, rng)
    _check.protocol("optimiser", optimiser, ("init", "update"), "an optimiser such as SGD(lr=0.1)")
    epochs, every = _check.integer("epochs", epochs), _check.integer("every", every)
    updates = math.inf if updates is None else _check.integer("updates", updates)
    if patience is not None and validate is None:
        raise ValueError(f"patience: expected None without validate, got {_check.short(patience)}")
    patience = math.inf if patience is None else _check.integer("patience", patience)
    if carry_state:
        causal("model", model, "to carry its state")
    _check.choice("reduce", reduce, ("sequence", "token"))
    if truncation is not None:
        _check.instance("truncation", truncation, Truncation)
    digits = _check.integer("digits", digits, minimum=0)
    for name, hook in (("validate", validate), ("log", log), ("watch", watch)):
        if hook is not None:
            _check.function(name, hook, "or None")
    if not hasattr(batches, "__iter__"):
        raise TypeError(f"batches: expected an iterable of (xs, targets), got {_check.short(batches)}")
    if iter(batches) is batches and epochs > 1:
        raise TypeError("batches: expected what can be walked through anew each epoch, got an iterator")

    history = History([], [], [], [], [])
    best, best_loss, waited = params, math.inf, 0
    current = (params, optimiser.init(params))  # replaced as a whole: an interrupt sees old or new

    def newest():
        return current[0]

    def measure():
        nonlocal best, best_loss, waited
        loss = float(_check.array("validate", validate(newest()), (), kind="real", finite=False))
        require_finite("validation loss", loss, _VALIDATION)
        history.valid_updates.append(history.updates)
        history.valid_losses.append(loss)
        if loss < best_loss:
            best, best_loss, waited = newest(), loss, 0
        else:
            waited += 1
        if log is not None:
            log(f"update {history.updates:6d}   validation loss {loss:.{digits}f}")
        if watch is not None:
            watch(history.updates, newest())
        if waited >= patience:
            raise _Stop("patience")

    def result(stopped):
        _even(history.losses, history.norms, history.lrs)
        _even(history.valid_updates, history.valid_losses)
        return Fitted(newest(), best if history.valid_losses else newest(), history, stopped)

    def train():
        nonlocal current
        for _ in range(epochs):
            state = outcome = None
            for batch in batches:
                for outcome in _windows(model, newest, batch, state, truncation, reduce, rng):
                    update = optimiser.update(current[0], outcome.grads, current[1])
                    current = (update.params, update.state)
                    history.losses.append(float(outcome.loss))
                    history.norms.append(update.norm)
                    history.lrs.append(update.lr)
                    bar.update()
                    bar.set_postfix(loss=f"{history.losses[-1]:.3f}", refresh=False)
                    if validate is not None and history.updates % every == 0:
                        measure()
                    if history.updates >= updates:
                        raise _Stop("updates")
                state = outcome.state_T if carry_state else None
            if outcome is None:
                raise ValueError("batches: expected at least one batch in an epoch, got none")

    total = _total(batches, epochs, updates, truncation)
    bar = tqdm(total=total, unit="update", disable=None if progress else True)
    stopped = "epochs"
    try:
        try:
            train()
        except _Stop as stop:
            stopped = str(stop)
        if validate is not None and history.valid_updates[-1:] != [history.updates]:
            measure()
    except _Stop:
        pass  # out of patience, but it was the last measurement anyway
    except KeyboardInterrupt:
        stopped = "interrupted"
    except Exception as error:
        error.fitted = result("error")
        error.add_note(
            f"After {history.updates} updates. The parameters reached by then are in error.fitted.params; "
            "if they diverge, go on from them with a smaller learning rate or a clip."
        )
        raise
    finally:
        bar.close()
    return result(stopped)


def _even(*columns):
    """Cut columns to one length: an interrupt may have fallen between two appends."""
    rows = min(len(column) for column in columns)
    for column in columns:
        del column[rows:]


def _dropout(model, rng):
    """A generator if something is to be dropped: left out, the net would silently train without."""
    if rng is not None:
        _check.generator("rng", rng)
    elif model.net.dropout:
        raise ValueError("rng: expected a numpy.random.Generator for a net with dropout, got None")


def _windows(model, params, batch, state, truncation, reduce, rng):
    """Loss and gradient of a batch, whole or window by window; `params` gives the current ones."""
    if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
        expected = "(xs, targets) or (xs, targets, options)"
        raise TypeError(f"batches: expected {expected}, got {_check.short(batch)}")
    xs, targets, options = (*batch, {})[:3]
    if truncation is None:
        yield model.loss_and_grad(params(), xs, targets, state, reduce=reduce, rng=rng, **options)
        return
    if options:
        raise ValueError(f"batches: expected no options with a truncation, got {sorted(options)}")
    walk = window_gradients(model, params(), xs, targets, truncation, state, reduce, rng)
    item = next(walk)
    while True:
        yield item[1]
        try:
            item = walk.send(params())
        except StopIteration:
            return


def _total(batches, epochs, updates, truncation):
    """How many updates there will be, for the progress bar; None if that is not known."""
    if hasattr(batches, "__len__") and truncation is None:
        return min(epochs * len(batches), updates)
    return None if updates == math.inf else updates
