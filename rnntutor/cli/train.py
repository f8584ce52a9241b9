"""``rnntutor train``: from a text file to a model file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnntutor.cells import CELLS
from rnntutor.cli.output import say
from rnntutor.cli.talk import announce, conclude, explained
from rnntutor.cli.use import UNITS
from rnntutor.fast import as_fast
from rnntutor.fast.threads import threads
from rnntutor.nets import Stacked
from rnntutor.text import defaults
from rnntutor.text.files import read_text
from rnntutor.text.language_model import LanguageModel
from rnntutor.text.vocabulary import Vocabulary
from rnntutor.train.checkpoint.container import MAGIC, as_target, read
from rnntutor.train.checkpoint.run import Checkpoint

SMALLEST = 1000  # symbols, below which nothing is learned that is worth the name
# updates, or time, between two writings: what comes first
SAVE = {"every": 50, "seconds": 5.0}


def train(arguments):
    """Train, or go on; return the exit code."""
    _check_options(arguments)
    text = "\n".join(read_text(file, arguments.encoding) for file in arguments.files)
    path = _output(arguments)
    model, parts, B = _prepare(arguments, text)
    per_epoch = (len(model.vocabulary.encode(parts[0])) - 1) // (B * arguments.steps)
    done = None if arguments.restart else _done(path)
    anew = arguments.restart or done == 0  # nothing was learned that could be lost
    total = arguments.epochs * per_epoch
    announce(arguments, path, text, model, per_epoch, done)

    # epochs and rate are left out: a net may learn for longer than was planned, or more
    # slowly
    about = {"command": {name: getattr(arguments, name) for name in ("seed", "valid")}}
    with explained(arguments, path), threads(arguments.threads):
        model.fit(
            *parts,
            optimizer=defaults.optimizer(total, arguments.rate),
            B=B,
            T=arguments.steps,
            epochs=arguments.epochs,
            seconds=arguments.minutes and 60 * arguments.minutes,
            log=say,
            rng=np.random.default_rng([arguments.seed, 1]),
            checkpoint=Checkpoint(
                path, **SAVE, resume=not anew, restart=anew, about=about
            ),
        )
    return conclude(arguments, path, model, parts[1])


def _check_options(arguments):
    """Raise where options do not go together."""
    if arguments.dropout and arguments.layers == 1:
        raise ValueError(
            "--dropout: there is nothing to drop between layers where there is one; add"
            " --layers 2"
        )


def _output(arguments):
    """The file for the model: not one of the texts, and if it is there, a model."""
    first = arguments.files[0]
    if arguments.output is None and not first.is_file():
        raise ValueError(
            f"{first} is no file to name the model after; name one with -o"
        )
    path = as_target("path", arguments.output or Path(first.with_suffix(".rnn").name))
    if path in arguments.files:
        raise ValueError(
            f"{path} is the text itself; name another file for the model with -o"
        )
    if arguments.restart and path.exists():
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(
                    f"{path} is not a model of rnntutor, and is left alone; name"
                    " another with -o"
                )
    return path


def _prepare(arguments, text):
    """An untrained model, the text in two parts, and the rows of a batch."""
    words = arguments.level == "word"
    vocabulary = Vocabulary.from_text(
        text, arguments.level, size=arguments.words if words else None
    )
    cut = round(len(text) * (1 - arguments.valid))
    parts = text[:cut], text[cut:]
    N, kept_back = (len(vocabulary.encode(part)) for part in parts)
    least = max(SMALLEST, 2 * arguments.steps + 1)
    if N < least:
        raise ValueError(
            f"the text is too short: {N:,} {UNITS[arguments.level]}s to learn from,"
            f" expected at least {least:,}; a megabyte is better"
        )
    if kept_back < 2:
        raise ValueError(
            f"--valid {arguments.valid:g}: too little is kept back to validate on:"
            f" {kept_back} {UNITS[arguments.level]}{'s' * (kept_back != 1)}, expected"
            " at least 2"
        )
    cell = as_fast(CELLS[arguments.cell][0])
    if arguments.layers > 1:
        cell = Stacked((cell,) * arguments.layers, arguments.dropout)
    cell = defaults.with_lookup(cell, len(vocabulary), arguments.hidden)
    model = LanguageModel(vocabulary, arguments.seed, H=arguments.hidden, cell=cell)
    return model, parts, defaults.rows(N, arguments.batch, arguments.steps)


def _done(path):
    """The number of updates of the training in the file; None without a file."""
    return read(path).entries.get("updates") if path.exists() else None
