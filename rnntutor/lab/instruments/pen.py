"""A pen: the reader writes a digit, and a net says what it may be."""

from __future__ import annotations

import functools

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.lab.digits.datasets import as_points, pen_digits
from rnntutor.lab.instruments.packed import net, unpacked
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.model.losses import softmax
from rnntutor.model.model import Model

NET = "pen-net.js"


def pen(example=8):
    """A field to write a digit in, with mouse, finger or pen, or to choose an example;
    a small LSTM says at every moment what it may be.

    Parameters
    ----------
    example : int
        The digit that stands there at first: one of the test digits of `pen_digits`.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If `example` is no digit.
    """
    example = _check.integer("example", example, 0)
    _check.below("example", np.array([example]), 10)
    drawn = examples()
    ys = 100 * opinions(drawn[example])
    still = table(
        f"What a net says while a pen writes the digit {example}, in per cent",
        range(10),
        [(f"after {t} of 8 points", y) for t, y in enumerate(ys, start=1)],
        digits=0,
    )
    given = {"example": str(example), "drawn": [one.tolist() for one in drawn]}
    label = "A pen, and a net that reads what it writes"
    return Instrument("digit-pen", label, given, still, "pen.js", NET)


@functools.cache
def examples():
    """The first test digit of each kind."""
    test = pen_digits().test
    chosen = [np.flatnonzero(test.labels == k)[0] for k in range(10)]
    return [test.xs[:, i].astype(int) for i in chosen]


def opinions(*strokes):
    """Probabilities (8, 10) of the digits after each of the eight points of a drawing,
    as the page computes them.
    """
    params = unpacked(net(NET)["p"])
    model = Model(LSTM(), 2, len(params.cell.W_hh), 10)
    xs = as_points(strokes) / 50 - 1
    return softmax(model.forward(params, xs[:, None]).ys_raw[:, 0])
