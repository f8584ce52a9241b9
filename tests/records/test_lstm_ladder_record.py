"""The record of `benchmarks/lstm_ladder.py` is that of the present code, and says what
chapter 8 says.
"""

import json
import sys

import numpy as np
import pytest
from recorded import content_of

NAME = "lstm-ladder"


@pytest.fixture
def script(script):
    """What the script defines."""
    return script("lstm_ladder")


def solved(content):
    """How many of five nets learned each lag at the best rate, by the net's name."""
    return {
        name: (np.array(right) > 0.9).sum(axis=-1).max(axis=-1)
        for name, right in content["right"].items()
    }


def test_the_trainings_begin_as_the_record_says(script):
    content = content_of(NAME)
    assert content["settings"] == script["SETTINGS"]
    lag, lr = content["settings"]["lags"][0], content["settings"]["lr"][0]
    for name, net in script["nets"](lag).items():
        losses, right = script["train"](*net, lag, lr, seed=0, updates=5)
        np.testing.assert_allclose(losses, content["first_losses"][name][0], rtol=1e-9)
        assert 0 <= right <= 1


def test_the_cells_have_the_same_number_of_parameters_but_the_last(script):
    rng = np.random.default_rng(0)
    sizes = [
        sum(array.size for array in cell.init(rng, 4, H))
        for cell, H, _ in script["nets"](10).values()
    ]
    assert sizes[:-1] == [336] * 5 and sizes[-1] > 336


def test_the_command_writes_the_record(script, tmp_path, monkeypatch):
    """With a training that is none."""
    record = content_of(NAME)
    monkeypatch.setattr(script["results"], "RESULTS", tmp_path)
    monkeypatch.setitem(
        script["main"].__globals__, "train", lambda *_: ([1.0] * 9, 0.5)
    )
    monkeypatch.setattr(sys, "argv", ["lstm_ladder.py"])
    script["main"]()
    content = json.loads((tmp_path / f"{NAME}.json").read_text(encoding="utf-8"))
    assert set(content) == set(record) and content["settings"] == record["settings"]
    for name, right in record["right"].items():
        assert np.shape(content["right"][name]) == np.shape(right) == (5, 3, 5)
        assert np.shape(content["first_losses"][name]) == (5, 5)
