"""``rnntutor train``: from a text file to a model file."""

from __future__ import annotations

import contextlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from tqdm import tqdm

from rnntutor.adam import Adam
from rnntutor.checkpoint import CheckpointError
from rnntutor.checkpoint.container import MAGIC, read
from rnntutor.checkpoint.run import Checkpoint
from rnntutor.command.use import UNITS, any_prompt, continued, in_words
from rnntutor.fast import Fast
from rnntutor.gru import GRU
from rnntutor.language import LanguageModel
from rnntutor.lstm import LSTM
from rnntutor.nets import Embedded, Stacked
from rnntutor.rnn import RNN
from rnntutor.schedules import linear_decay
from rnntutor.text import read_text
from rnntutor.threads import threads
from rnntutor.tree import size
from rnntutor.vocabulary import Vocabulary

CELLS = {"lstm": Fast(LSTM()), "gru": GRU(), "rnn": Fast(RNN("tanh"))}
SMALLEST = 1000  # symbols, below which nothing is learned that is worth the name
FEW = 200  # symbols that are still read as one-hot vectors
SAVE = {"every": 50, "seconds": 5.0}  # updates, or time, between two writings: what comes first
RENEW = 32  # batches, after which a row's state begins at zero again: the net is to do well from the start
UPDATES = 20  # at least in an epoch: a short text is read at fewer places at a time


def train(arguments):
    """Train, or go on; return the exit code."""
    if arguments.dropout and arguments.layers == 1:
        raise ValueError(
            "--dropout: there is nothing to drop between layers where there is one; add --layers 2"
        )
    text = "\n".join(read_text(file, arguments.encoding) for file in arguments.files)
    path = arguments.output or Path(arguments.files[0].with_suffix(".rnn").name)
    if path in arguments.files:
        raise ValueError(f"{path} is the text itself; name another file for the model with -o")
    model, parts, B = _prepare(arguments, text)
    per_epoch = (len(model.vocabulary.encode(parts[0])) - 1) // (B * arguments.steps)
    if arguments.restart:
        _remove(path)
    total, done = arguments.epochs * per_epoch, _done(path)
    _announce(arguments, path, text, model, per_epoch, total, done)

    # epochs and rate are left out: a net may learn for longer than was planned, or more slowly
    settings = {name: getattr(arguments, name) for name in ("seed", "valid")}
    with _explained(path), _threads(arguments.threads):
        model.fit(
            *parts, Adam(linear_decay(arguments.rate, total), clip=1.0), B, arguments.steps,
            epochs=arguments.epochs, seconds=arguments.minutes and 60 * arguments.minutes,
            every=min(250, max(per_epoch // 2, 10)), log=tqdm.write, digits=3,
            rng=np.random.default_rng([arguments.seed, 1]),
            checkpoint=Checkpoint(path, **SAVE, resume=True, about={"command": settings}), renew=RENEW,
        )  # fmt: skip
    return _conclude(arguments, path, model, parts[1])


def _threads(n):
    """As many threads as asked for; as many as there are cores, where they can be had."""
    if n is None and find_spec("threadpoolctl") is None:
        return contextlib.nullcontext()
    return threads(n)


def _prepare(arguments, text):
    """An untrained model, the text in two parts, and how many places of it are read at a time."""
    words = arguments.level == "word"
    vocabulary = Vocabulary.from_text(text, arguments.level, size=arguments.words if words else None)
    cut = round(len(text) * (1 - arguments.valid))
    parts = text[:cut], text[cut:]
    N = len(vocabulary.encode(parts[0]))
    if N < SMALLEST or N <= 2 * arguments.steps or len(vocabulary.encode(parts[1])) < 2:
        raise ValueError(
            f"the text is too short: {N:,} {UNITS[arguments.level]}s to learn from, expected at least "
            f"{max(SMALLEST, 2 * arguments.steps + 1):,}; a megabyte is better"
        )
    cell = CELLS[arguments.cell]
    if arguments.layers > 1:
        cell = Stacked((cell,) * arguments.layers, arguments.dropout)
    if len(vocabulary) > FEW:
        cell = Embedded(cell, min(arguments.hidden, 128))
    rng = np.random.default_rng(arguments.seed)
    model = LanguageModel(vocabulary, rng, arguments.hidden, cell, np.float32)
    return model, parts, max(1, min(arguments.batch, N // (UPDATES * arguments.steps)))


def _done(path):
    """How many updates the file has behind it; None if there is no file."""
    return read(path).entries.get("updates") if path.exists() else None


def _remove(path):
    """Remove a model, and nothing that is none."""
    if path.exists():
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path} is no model of rnntutor's, and is left alone; name another with -o")
        path.unlink()


def _announce(arguments, path, text, model, per_epoch, total, done):
    names = ", ".join(file.name for file in arguments.files)
    V, unit = len(model.vocabulary), UNITS[arguments.level]
    print(f"{names}: {len(text):,} characters, a vocabulary of {V:,} {unit}s")
    layers = f"{arguments.layers} layers of " if arguments.layers > 1 else ""
    print(
        f"{arguments.cell.upper()}, {layers}{arguments.hidden} units, {size(model.params):,} parameters; "
        f"{arguments.epochs} × {per_epoch} = {total:,} updates"
    )
    print(f"The model goes to {path}. Ctrl-C stops; the same command goes on.")
    if done:
        print(f"Going on after update {done:,}.")


@contextlib.contextmanager
def _explained(path):
    """Say what to do where the file does not go with the command."""
    try:
        yield
    except CheckpointError as error:
        error.add_note(
            f"{path} is of another training. The same options on the same text go on with it; "
            "--restart begins anew, -o names another file."
        )
        raise


def _conclude(arguments, path, model, valid):
    """Say how it ended, and give a taste."""
    done = model.history.updates
    if model.stopped in ("interrupted", "time"):
        print(f"Stopped after update {done:,}. All of it is in {path}; the same command goes on.")
    else:
        print(f"Done after {done:,} updates, and in {path}.")
    if model.stopped == "interrupted":
        return 130
    judged = in_words(model.evaluate(valid), model.vocabulary)
    print(f"On the {100 * arguments.valid:.0f} % kept back: {judged}.")
    print("It writes:\n")
    print(
        continued(
            model, any_prompt(model.vocabulary), 300, np.random.default_rng(arguments.seed), 0.8
        ).strip()
    )
    print(f"\nMore: rnntutor sample {path}")
    return 0
