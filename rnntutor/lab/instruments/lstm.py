"""A small trained LSTM that reads a line, forward and back."""

from __future__ import annotations

import html

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.lab.instruments.shown import Instrument, table
from rnntutor.lab.instruments.trace import by_name, thousandths, traced
from rnntutor.lab.records import record
from rnntutor.model.losses import softmax
from rnntutor.model.model import Model, ModelParams
from rnntutor.text.batches import one_hot


def small_lstm():
    """The LSTM of the record "small-lstm": its letters, its parameters, and the line
    that it knows by heart.
    """
    found = record("small-lstm")
    arrays = {name: np.array(block) for name, block in found["params"].items()}
    W_hy, b_y = arrays.pop("W_hy"), arrays.pop("b_y")
    params = ModelParams(LSTM.Params(**arrays), W_hy, b_y)
    return found["letters"], params, found["line"]


WAYS = ("both", "forward", "backward")


def lstm_stepper(text=None, way="both"):
    """A small LSTM, to be walked letter by letter through a text and back through every
    adjoint; the text, the forget gate's bias and a fault are for the reader to choose.

    Parameters
    ----------
    text : str, optional
        Two to twenty of the letters that it knows; the line that it learned if left
        out.
    way : {"both", "forward", "backward"}
        Forward alone, without adjoints and faults; or backward alone, from where the
        text has been read.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If `text` is no str of such letters, or there is no such `way`.
    """
    letters, params, line = small_lstm()
    text = line if text is None else text
    _check.instance("text", text, str)
    if not 2 <= len(text) <= 20 or set(text) - set(letters):
        raise ValueError(
            f"text: expected two to twenty of the letters {''.join(letters)!r}, got"
            f" {text!r}"
        )
    _check.choice("way", way, WAYS)
    V, H = len(letters), len(params.cell.W_hh)
    ids = np.array([letters.index(letter) for letter in text])
    model, xs = Model(LSTM(), V, H, V), one_hot(ids[:-1], V)[:, None]
    still = (
        _back(text, traced(model, params, xs, ids[1:, None]))
        if way == "backward"
        else _ahead(text, letters, softmax(model.forward(params, xs).ys_raw)[:, 0])
    )
    given = {
        "letters": letters,
        "p": {name: thousandths(part) for name, part in by_name(params).items()},
        "text": text,
        "way": way,
        "shift": 0,
        "fault": "none",
    }
    words = {"both": "forward and backward", "forward": "forward"}
    label = f"An LSTM, stepped {words.get(way, 'backward')}"
    return Instrument("lstm-stepper", label, given, still, "lstm.js")


def _ahead(text, letters, ys):
    """A table of what the net says after each letter."""
    rows = [
        (t, (_shown(text[t - 1]), _shown(letters[y.argmax()]), y.max()))
        for t, y in enumerate(ys, start=1)
    ]
    heads = ("reads", "says next", "with")
    return table("An LSTM reads a line and says what comes next", heads, rows)


def _back(text, steps):
    """A table of the lengths of what comes back, the last step first."""
    names = {"dh": "<i>δ</i>", "do": "<i>do</i>", "dc": "<i>dc</i>", "da": "<i>da</i>"}
    rows = [
        (t, [_shown(text[t - 1]), *(np.linalg.norm(step[name]) for name in names)])
        for t, step in sorted(steps.items(), reverse=True)
    ]
    caption = "Back through the line: the lengths of what comes back at each step"
    return table(caption, ("reads", *names.values()), rows, digits=3)


def _shown(letter):
    return html.escape("␣" if letter == " " else letter)
