"""The record of the net that reads from a pen in the page belongs to the code as it
is.
"""

import sys

import numpy as np
import pytest
from recorded import content_of

from rnntutor.cells.lstm import LSTM
from rnntutor.lab.digits import pen_digits
from rnntutor.lab.instruments.packed import net, unpacked
from rnntutor.lab.instruments.pen import NET
from rnntutor.model.model import Model


def test_training_begins_as_on_record(script):
    defined = script("pen_reader")
    found = content_of("pen-reader")
    settings = {k: v for k, v in found["settings"].items() if k != "units"}
    assert settings == defined["SETTINGS"]["points"] | defined["CHANGED"]
    digits, _ = sys.modules["pen_digits_sequences"].points()
    _, _, history = defined["train"](
        "every point", digits, found["seed"], settings, stop=5
    )
    assert history.losses == pytest.approx(found["first_losses"][:5], rel=1e-3)


def test_in_the_page_it_reads_as_many_right(note):
    params = unpacked(net(NET)["p"])
    test = pen_digits().test
    model = Model(LSTM(), 2, len(params.cell.W_hh), 10)
    said = model.forward(params, test.xs / 50 - 1).ys_raw[-1].argmax(axis=-1)
    right = 100 * np.mean(said == test.labels)
    note(f"pen in the page: {right:.2f} % of the test digits read right")
    assert abs(right - content_of("pen-reader")["accuracy"]) < 0.2
