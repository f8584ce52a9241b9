"""The record of `benchmarks/lstm_ladder.py` is that of the present code, and says what
the chapters 8 and 9 say.
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


def test_the_cells_have_the_same_number_of_parameters_but_one(script):
    rng = np.random.default_rng(0)
    sizes = {
        name: sum(array.size for array in cell.init(rng, 4, H))
        for name, (cell, H, _) in script["nets"](10).items()
    }
    assert sizes.pop("the same, 16 units") == 4 * 336
    assert set(sizes.values()) == {336}


def test_no_start_but_the_biases_for_the_lag_knows_the_lag(script):
    """The others have the same first parameters at each lag."""

    def first(lag):
        nets, found = script["nets"](lag), {}
        for name, (cell, H, start) in nets.items():
            rng = np.random.default_rng(0)
            params = start(script["rt"].Model(cell, D=4, H=H, V=2).init(rng), rng)
            found[name] = params.cell
        return found

    short, long = first(10), first(80)
    told = {
        name for name in short if not all(map(np.array_equal, short[name], long[name]))
    }
    assert told == {"LSTM, bias for lag", "the same, 16 units", "GRU, bias for lag"}


def test_a_fixed_bias_serves_as_well_as_one_for_the_lag():
    learned = solved(content_of(NAME))
    assert learned["LSTM, bias 5"].tolist() == learned["LSTM, bias for lag"].tolist()


@pytest.fixture
def quick(script, tmp_path, monkeypatch):
    """The command in a folder of its own, with a training that is none; the nets and
    lags that it trained.
    """
    trained = []

    def train(cell, H, start, lag, lr, seed):
        trained.append((type(cell).__name__, lag))
        return [1.0] * 9, 0.5

    results = script["Trials"].finish.__globals__["results"]
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setitem(script["main"].__globals__, "train", train)
    monkeypatch.setattr(sys, "argv", ["lstm_ladder.py"])
    return trained


def test_the_command_writes_the_record(script, tmp_path, quick):
    record = content_of(NAME)
    script["main"]()
    content = json.loads((tmp_path / f"{NAME}.json").read_text(encoding="utf-8"))
    assert set(content) == set(record) and content["settings"] == record["settings"]
    assert list(content["right"]) == list(record["right"]) == list(script["nets"](10))
    for name, right in record["right"].items():
        assert np.shape(content["right"][name]) == np.shape(right) == (5, 3, 5)
        assert np.shape(content["first_losses"][name]) == (5, 5)


def test_the_command_goes_on_with_what_is_missing(script, tmp_path, quick):
    trials = script["Trials"](NAME, lambda trial: script["SETTINGS"])
    row = {"right": [[0.9] * 5] * 3, "first_losses": [1.0] * 5, "seconds": 1.0}
    for lag in script["SETTINGS"]["lags"]:
        for name in script["nets"](lag):
            if (name, lag) != ("GRU", 20):
                trials.add({"net": name, "lag": lag}, row)
    script["main"]()
    assert quick == [("GRU", 20)] * 15
    content = json.loads((tmp_path / f"{NAME}.json").read_text(encoding="utf-8"))
    assert np.unique(content["right"]["RNN"]) == 0.9
    assert not list(tmp_path.glob("*.partial"))
