"""The record of chapter 11's character model belongs to the code as it is."""

import itertools
import json
import sys

import numpy as np
import pytest
from recorded import FIELDS, content_of

NAME = "language-characters-lstm"


def test_the_language_model_begins_as_its_file_says(script):
    code, content = script("language_models"), content_of(NAME)
    assert content["settings"] == code["SETTINGS"]
    losses = code["first_losses"]()
    np.testing.assert_allclose(losses, content["first_losses"], rtol=1e-4)


def test_the_seeds_of_the_command_are_those_of_its_runs():
    content = content_of(NAME)
    words = iter(content["command"].split())
    assert "--seeds" in words  # and all before it has been read
    asked = [int(word) for word in itertools.takewhile(str.isdigit, words)]
    assert [run["seed"] for run in content["runs"]] == asked


def test_the_learning_rate_is_one_of_those_tried_and_not_the_best(script):
    """As the page says."""
    code, content = script("language_models"), content_of(f"{NAME}-rates")
    tried = {one["lr"]: one["valid_loss"] for one in content["rates"]}
    assert tuple(tried) == code["RATES"]
    assert min(tried, key=tried.get) == 2 * code["SETTINGS"]["lr"]


@pytest.fixture
def small(script, tmp_path, monkeypatch):
    """The script in small: few updates, little text. What it defines, and a function
    that calls it and reads a result.
    """
    code = script("language_models")
    inner, corpus = code["main"].__globals__, code["rt"].shakespeare()
    corpus = corpus._replace(
        train=corpus.train[:60_000], valid=corpus.valid[:4000], test=corpus.test[:4000]
    )
    monkeypatch.setattr(code["results"], "RESULTS", tmp_path)
    monkeypatch.setattr(code["rt"], "shakespeare", lambda: corpus)
    monkeypatch.setitem(inner, "SHORT", 2)
    for key, value in {"B": 2, "T": 4, "H": 5, "order": 3}.items():
        monkeypatch.setitem(code["SETTINGS"], key, value)
    for key, value in {"updates": 4, "every": 2}.items():
        monkeypatch.setitem(code["SETTINGS"], key, value)

    def call(options, name=NAME):
        argv = ["benchmarks/language_models.py", *options.split()]
        monkeypatch.setattr(sys, "argv", argv)
        code["main"]()
        return json.loads((tmp_path / f"{name}.json").read_text("utf-8"))

    return inner, call


@pytest.mark.parametrize(
    ("options", "seeds"),
    [("", [1]), ("--keep --seeds 1 2", [1, 2]), ("--seeds 3", [3])],
)
def test_each_command_writes_its_result(options, seeds, small, tmp_path):
    _, call = small
    content = call(options)
    assert set(content) >= FIELDS
    assert [run["seed"] for run in content["runs"]] == seeds
    assert all(
        run["valid_updates"] == [2, 4] and 0 <= run["weight"] <= 1
        for run in content["runs"]
    )
    assert (tmp_path / f"{NAME}.npz").exists() == ("--keep" in options)


def test_rates_are_compared(small):
    code, call = small
    content = call("--rates", f"{NAME}-rates")
    assert set(content) >= FIELDS
    assert tuple(one["lr"] for one in content["rates"]) == code["RATES"]


def test_a_command_goes_on_with_the_seeds_that_are_missing(small, monkeypatch):
    (code, call), options = small, "--seeds 1 2 3"
    whole, train, asked = call(options), code["train"], []

    def recorded(seed, *rest, **more):
        asked.append(seed)
        if asked == [1, 2]:
            raise KeyboardInterrupt
        return train(seed, *rest, **more)

    monkeypatch.setitem(code, "train", recorded)
    monkeypatch.setitem(code, "first_losses", lambda: whole["first_losses"])
    with pytest.raises(KeyboardInterrupt):
        call(options)
    again = call(options)
    assert asked == [1, 2, 2, 3] and again["runs"] == whole["runs"]
    assert again["parameters"] == whole["parameters"]
