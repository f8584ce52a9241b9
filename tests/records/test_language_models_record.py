"""The records of the language models of chapter 11 belong to the code as it is."""

import itertools
import json
import sys

import numpy as np
import pytest
from recorded import FIELDS, content_of, names

LANGUAGE, RATES = (
    [name for name in names("language-") if name.endswith("-rates") == is_so]
    for is_so in (False, True)
)


@pytest.mark.parametrize("name", LANGUAGE)
def test_a_language_model_begins_as_its_file_says(name, script):
    code, content = script("language_models"), content_of(name)
    unit, cell, part = (content["settings"][key] for key in ("unit", "cell", "part"))
    assert content["settings"] == code["SETTINGS"][unit] | {
        "unit": unit,
        "cell": cell,
        "part": part,
    }
    losses = code["first_losses"](unit, cell, part)
    np.testing.assert_allclose(losses, content["first_losses"], rtol=1e-4)


@pytest.mark.parametrize("name", LANGUAGE)
def test_the_seeds_of_a_command_are_those_of_its_runs(name):
    content = content_of(name)
    words = iter(content["command"].split())
    asked = [1]
    if "--seeds" in words:  # and all before it has been read
        asked = [int(word) for word in itertools.takewhile(str.isdigit, words)]
    assert [run["seed"] for run in content["runs"]] == asked


@pytest.mark.parametrize("name", RATES)
def test_the_learning_rate_is_one_of_those_tried(name, script):
    code, content = script("language_models"), content_of(name)
    tried = {one["lr"]: one["valid_loss"] for one in content["rates"]}
    assert tuple(tried) == code["RATES"][content["cell"]]
    assert code["SETTINGS"][content["unit"]]["lr"][content["cell"]] in tried


ASKED = {  # the seeds are those of the trainings
    "characters-lstm": ("characters --cell lstm --keep --seeds 1 2", [1, 2]),
    "characters-rnn-16": ("characters --cell rnn --part 16", [1]),
    "words-lstm": ("words --cell lstm", [1]),
    "words-rnn": ("words --cell rnn --seeds 3", [3]),
    "words-rnn-rates": ("words --cell rnn --rates", []),
}


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
    monkeypatch.setitem(
        inner,
        "texts_of",
        lambda part: corpus._replace(train=corpus.train[: 60_000 // part]),
    )
    monkeypatch.setitem(inner, "SHORT", 2)
    for settings in code["SETTINGS"].values():
        settings |= {"B": 2, "T": 4, "H": {"lstm": 5, "rnn": 9}, "order": 3}
        settings |= {"updates": 4, "every": 2}

    def call(command, name):
        argv = ["benchmarks/language_models.py", *command.split()]
        monkeypatch.setattr(sys, "argv", argv)
        code["main"]()
        return json.loads((tmp_path / f"language-{name}.json").read_text("utf-8"))

    return inner, call


@pytest.mark.parametrize("name", ASKED)
def test_each_command_writes_its_result(name, small, tmp_path):
    (command, seeds), (_, call) = ASKED[name], small
    content = call(command, name)
    assert set(content) >= FIELDS
    if name.endswith("rates"):
        assert [one["lr"] for one in content["rates"]] == [1e-3, 2e-3, 4e-3]
        return
    assert [run["seed"] for run in content["runs"]] == seeds
    assert all(
        run["valid_updates"] == [2, 4] and 0 <= run["weight"] <= 1
        for run in content["runs"]
    )
    assert (tmp_path / f"language-{name}.npz").exists() == ("--keep" in command)


def test_a_command_goes_on_with_the_seeds_that_are_missing(small, monkeypatch):
    (code, call), command = small, "words --cell rnn --seeds 1 2 3"
    whole, train, asked = call(command, "words-rnn"), code["train"], []

    def recorded(unit, cell, seed, *rest, **options):
        asked.append(seed)
        if asked == [1, 2]:
            raise KeyboardInterrupt
        return train(unit, cell, seed, *rest, **options)

    monkeypatch.setitem(code, "train", recorded)
    monkeypatch.setitem(code, "first_losses", lambda *_: whole["first_losses"])
    with pytest.raises(KeyboardInterrupt):
        call(command, "words-rnn")
    again = call(command, "words-rnn")
    assert asked == [1, 2, 2, 3] and again["runs"] == whole["runs"]
    assert again["parameters"] == whole["parameters"]
