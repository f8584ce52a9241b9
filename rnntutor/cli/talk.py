"""The messages of ``rnntutor train``: at the start, at the end, and after errors."""

from __future__ import annotations

import contextlib
import math

import numpy as np

from rnntutor.cli.output import say
from rnntutor.cli.use import UNITS, any_prompt, continued, in_words
from rnntutor.train.checkpoint import CheckpointError
from rnntutor.train.checkpoint.shield import shielded
from rnntutor.tree import size


def announce(arguments, path, text, model, per_epoch, done):
    """Print what is about to happen; `done` is the number of earlier updates."""
    names = ", ".join(file.name for file in arguments.files)
    V, unit = len(model.vocabulary), UNITS[arguments.level]
    say(f"{names}: {len(text):,} characters, a vocabulary of {V:,} {unit}s")
    layers = f"{arguments.layers} layers of " if arguments.layers > 1 else ""
    say(
        f"{arguments.cell.upper()}, {layers}{arguments.hidden} units,"
        f" {size(model.params):,} parameters; {arguments.epochs} x {per_epoch} ="
        f" {arguments.epochs * per_epoch:,} updates"
    )
    say(f"The model goes to {path}. Ctrl-C stops; {_again(arguments)} goes on.")
    if done:
        say(f"Going on after update {done:,}.")


@contextlib.contextmanager
def explained(arguments, path):
    """Add advice to the errors of a training."""
    try:
        yield
    except CheckpointError as error:
        error.add_note(
            f"{path} is of another training. The same options on the same text go on"
            " with it; --restart begins anew, -o names another file."
        )
        raise
    except Exception as error:
        fitted = getattr(error, "fitted", None)
        if fitted is not None:
            error.__notes__ = [_what_now(error, arguments, path, fitted)]
        raise


def conclude(arguments, path, model, valid):
    """Print how it ended, and a sample; return the exit code."""
    done = model.history.updates
    if model.stopped in ("interrupted", "time"):
        with shielded():  # against a key that is held down
            say(
                f"Stopped {_reached(path, done, model.kept)}; {_again(arguments)}"
                " goes on."
            )
    else:
        say(f"Done after {done:,} updates, and in {path}.")
    if model.stopped == "interrupted":
        return 130
    try:
        nats = model.evaluate(valid)
        say(
            f"On the {100 * arguments.valid:.3g} % kept back:"
            f" {in_words(nats, model.vocabulary)}."
        )
        if nats > math.log(len(model.vocabulary)):
            say(f"That is worse than to guess by chance. {_slower(arguments)}")
        say("It writes:\n")
        rng = np.random.default_rng(arguments.seed)
        say(
            "".join(
                continued(model, any_prompt(model.vocabulary), 300, rng, 0.8)
            ).strip()
        )
    except FloatingPointError as error:
        error.add_note(_slower(arguments))
        raise
    say(f"\nMore: rnntutor sample {path}")
    return 0


def _again(arguments):
    """The command that continues the training."""
    return "the same command" + " without --restart" * arguments.restart


def _reached(path, done, kept):
    """How far a training came, and how much of that is in the file."""
    held = "All of it is" if kept == done else f"The first {kept:,} of these are"
    return f"after update {done:,}. {held if kept else 'Nothing of it is'} in {path}"


def _what_now(error, arguments, path, fitted):
    """What is left after an error, and what helps."""
    reached = f"That was {_reached(path, fitted.history.updates, fitted.kept)}"
    if isinstance(error, FloatingPointError):
        return f"{reached}. {_slower(arguments)}"
    if isinstance(error, MemoryError):
        return f"{reached}. A smaller --batch, --steps or --hidden takes less memory."
    return f"{reached}; once this is mended, {_again(arguments)} goes on."


def _slower(arguments):
    """Advice for a learning rate that is too large."""
    return f"Try a smaller --rate, such as {arguments.rate / 10:g}, with --restart."
