"""rnntutor: the equations of the recurrent net as a small NumPy package, and a book
that derives them.

From the inside out: a cell (`RNN`, `LSTM`, `GRU`), its unrolling over time (`forward`,
`backward`), nets of several cells (`Stacked`), the model with its readout and loss
(`Model`), an optimizer (`SGD`, `Adam`), the training loop (`fit`), and for text one
object with a line for each wish (`LanguageModel`).

What these names do not cover is in the sub-packages, which are imported when they are
first named: `rt.cells`, `rt.nets`, `rt.model`, `rt.losses`, `rt.train`, `rt.text`,
`rt.gradients`, `rt.tree`, `rt.fast`, `rt.keras`, `rt.figures` and `rt.lab`.
"""

import importlib

from rnntutor._check import NonFiniteError
from rnntutor.cells import GRU, LSTM, RNN, sigmoid
from rnntutor.fast import Fast
from rnntutor.fast.threads import threads
from rnntutor.gradients import compare, complex_step
from rnntutor.gradients.cell_check import check_cell
from rnntutor.model import Model
from rnntutor.model.losses import cross_entropy, softmax
from rnntutor.nets import (
    Bidirectional,
    Embedded,
    Stacked,
    backward,
    backward_steps,
    forward,
)
from rnntutor.text import (
    LanguageModel,
    NGram,
    Vocabulary,
    one_hot,
    read_text,
    sample,
    shakespeare,
)
from rnntutor.train import SGD, Adam, Checkpoint, RMSProp, Truncation, Validation, fit

__version__ = "0.1.0"

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "SGD",
    "Adam",
    "Bidirectional",
    "Checkpoint",
    "Embedded",
    "Fast",
    "LanguageModel",
    "Model",
    "NGram",
    "NonFiniteError",
    "RMSProp",
    "Stacked",
    "Truncation",
    "Validation",
    "Vocabulary",
    "backward",
    "backward_steps",
    "check_cell",
    "compare",
    "complex_step",
    "cross_entropy",
    "fit",
    "forward",
    "one_hot",
    "read_text",
    "sample",
    "shakespeare",
    "sigmoid",
    "softmax",
    "threads",
]

_ROOMS = {
    name: f"rnntutor.{name}"
    for name in (
        "cells",
        "cli",
        "fast",
        "figures",
        "gradients",
        "keras",
        "lab",
        "model",
        "nets",
        "text",
        "train",
        "tree",
    )
} | {"losses": "rnntutor.model.losses"}


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(_ROOMS[name])
    raise AttributeError(f"module 'rnntutor' has no attribute {name!r}")


def __dir__():
    return sorted([*__all__, *_ROOMS, "__version__"])
