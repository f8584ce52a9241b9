"""The defaults of a language model and its training, for `LanguageModel` and for the
command ``rnntutor train``.

They suit a text of about a megabyte.
"""

from __future__ import annotations

import numpy as np

from rnntutor.cells.lstm import LSTM
from rnntutor.fast import Fast
from rnntutor.nets import Embedded
from rnntutor.train.optimizers import Adam
from rnntutor.train.schedules import linear_decay

CELL = Fast(LSTM())
H = 256  # hidden units
DTYPE = np.float32
SEED = 1
B, T = 32, 64  # rows of a batch, and steps that a gradient reaches back
EPOCHS = 10
LR, CLIP = 0.01, 1.0
# batches, after which the state of a row starts from zero again: the net is to do well
# from the start of a text, too
RENEW = 32
LENGTH = 500  # symbols of a sample
_FEW = 200  # the largest vocabulary that is read as one-hot vectors
_BATCHES = 20  # at least, in an epoch


def with_lookup(cell, V, H):
    """The cell or net, within an `Embedded` if the vocabulary is large."""
    return Embedded(cell, min(H, 128)) if V > _FEW else cell


def optimizer(updates, lr=LR):
    """Adam, with a learning rate that falls to a hundredth over these updates."""
    return Adam(linear_decay(lr, updates), clip=CLIP)


def rows(symbols, B=B, T=T):
    """Rows of a batch: B, or fewer where the text is short."""
    return max(1, min(B, symbols // (_BATCHES * T)))


def validate_every(batches):
    """Updates between validations, from the number of batches in an epoch."""
    return min(250, max(batches // 2, 10))
