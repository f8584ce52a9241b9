"""A small trained LSTM that reads a line, forward and back."""

from __future__ import annotations

import html

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.lab.instruments.shown import Instrument, written
from rnntutor.lab.instruments.trace import plain
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


def lstm_stepper(text=None):
    """A small LSTM, to be walked letter by letter through a text and back through every
    adjoint; the text, the forget gate's bias and a fault are for the reader to choose.

    Parameters
    ----------
    text : str, optional
        Two to twenty of the letters that it knows; the line that it learned if left
        out.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If `text` is no str of such letters.
    """
    letters, params, line = small_lstm()
    text = line if text is None else text
    _check.instance("text", text, str)
    if not 2 <= len(text) <= 20 or set(text) - set(letters):
        raise ValueError(
            f"text: expected two to twenty of the letters {''.join(letters)!r}, got"
            f" {text!r}"
        )
    V, H = len(letters), len(params.cell.W_hh)
    ids = np.array([letters.index(letter) for letter in text])
    model = Model(LSTM(), V, H, V)
    ys = softmax(model.forward(params, one_hot(ids[:-1], V)[:, None]).ys_raw)[:, 0]
    rows = "".join(
        f'<tr><th scope="row">{t}</th><td>{_shown(text[t - 1])}</td>'
        f"<td>{_shown(letters[y.argmax()])}</td><td>{written(y.max())}</td></tr>"
        for t, y in enumerate(ys, start=1)
    )
    still = (
        "<table><caption>An LSTM reads a line and says what comes next</caption>"
        '<thead><tr><td></td><th scope="col">reads</th><th scope="col">says next</th>'
        f'<th scope="col">with</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    given = {
        "letters": letters,
        "p": plain(params),
        "text": text,
        "shift": 0,
        "fault": "none",
    }
    label = "An LSTM, stepped forward and backward"
    return Instrument("lstm-stepper", label, given, still, "lstm.js")


def _shown(letter):
    return html.escape("␣" if letter == " " else letter)
