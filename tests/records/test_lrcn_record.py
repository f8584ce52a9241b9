"""The results of `benchmarks/lrcn.py` are those of the present code, and say what
chapter 13 says.
"""

import json
import sys

import numpy as np
import pytest
from recorded import content_of

import rnntutor as rt
from rnntutor.lab.records import arrays

BOUND = 0.25  # of the films, without their order


@pytest.fixture
def script(script):
    """What the script defines."""
    return script("lrcn")


@pytest.mark.parametrize("name", ["clips", "captions"])
def test_a_run_begins_as_its_file_says(name, script):
    content = content_of(f"lrcn-{name}")
    assert content["settings"] == script["SETTINGS"][name]
    assert [run["seed"] for run in content["runs"]] == list(script["SEEDS"])
    _, train = script["RUNS"][name]
    _, losses = train(script["SEEDS"][0], content["settings"], script["FIRST"])
    np.testing.assert_allclose(losses, content["first_losses"], rtol=1e-4)  # float32


@pytest.mark.parametrize("name", ["clips", "captions"])
def test_the_command_writes_what_its_record_holds(name, script, tmp_path, monkeypatch):
    """With a training that is none."""
    record = content_of(f"lrcn-{name}")
    rows = {run["seed"]: run for run in record["runs"]}

    def run(seed, settings, part, log):
        row = {key: value for key, value in rows[seed].items() if key != "seed"}
        return row, rt.Model(rt.RNN("sigmoid"), 2, 3, 4).init(np.random.default_rng(0))

    def first(seed, settings, stop):
        return None, record["first_losses"][:stop]

    monkeypatch.setattr(script["results"], "RESULTS", tmp_path)
    monkeypatch.setitem(script["RUNS"], name, (run, first))
    monkeypatch.setattr(sys, "argv", ["lrcn.py", name])
    script["main"]()
    text = (tmp_path / f"lrcn-{name}.json").read_text(encoding="utf-8")
    content = json.loads(text)
    for key in ("settings", "runs", "first_losses"):
        assert content[key] == record[key]
    assert set(content) >= set(record) and content["seconds"] == 0
    assert (tmp_path / "lrcn-clips.npz").exists() == (name == "clips")


def stored(like):
    """The CNN's parameters from the file of half-precision numbers."""
    kept = arrays("lrcn-clips")
    assert [leaf for leaf, _ in rt.tree.leaves(like)] == list(kept)
    values = iter(kept.values())
    return rt.tree.map(lambda _: next(values).astype(np.float32), like)


def test_the_stored_cnn_is_that_of_the_first_seed(script):
    """It does on its test films what the file says of the one that was not rounded."""
    content, vision = content_of("lrcn-clips"), script["vision"]
    settings, digits = content["settings"], vision.digit_images()
    cnn = stored(script["framewise"](settings).init(np.random.default_rng(0)))
    rng = np.random.default_rng([1, 1])
    for part, n in (
        (digits.train, settings["lstm"]["clips"]),
        (digits.test, settings["test_clips"]),
    ):
        clips = vision.moving_digits(part, n, rng, settings["noise"])
    said = vision.average_softmax(
        script["seen"](cnn, clips, settings).xs @ cnn.W_hy + cnn.b_y
    )
    found = script["shares"](said.argmax(axis=-1), clips)
    np.testing.assert_allclose(
        found, content["runs"][0]["right"]["averaged"], atol=0.005
    )


def shares(name, what=0):
    return np.array(
        [run["right"][name][what] for run in content_of("lrcn-clips")["runs"]]
    )


def test_the_lstm_is_above_averaging_and_the_order_is_why(note):
    lstm, averaged, mixed = (
        shares(name) for name in ("LSTM", "averaged", "LSTM, shuffled")
    )
    note(
        f"films: averaged {averaged.mean():.3f}, LSTM {lstm.mean():.3f} (from"
        f" {lstm.min():.3f} to {lstm.max():.3f}), shuffled {mixed.mean():.3f}, over"
        f" {len(lstm)} seeds"
    )
    assert len(lstm) >= 5
    assert lstm.min() - averaged.max() > 5 * (np.ptp(lstm) + np.ptp(averaged))
    margin = 4 * np.sqrt(BOUND * (1 - BOUND) / 2000)  # of a test with 2,000 films
    for name in (
        "one frame",
        "averaged",
        "LSTM, shuffled",
        "LSTM, shuffled for the test alone",
    ):
        assert shares(name).max() < BOUND + margin
        assert np.abs(shares(name, 2) - BOUND).max() < margin
    assert (np.abs(mixed - averaged) < 0.06 * (lstm - averaged)).all()


def test_captions_are_right_and_a_beam_finds_likelier_ones(note):
    runs = content_of("lrcn-captions")["runs"]
    greedy, wide = (
        np.array([run["right"][width] for run in runs]) for width in ("1", "4")
    )
    note(
        f"strips: greedy {greedy.mean():.3f}, beam of 4 {wide.mean():.3f} right, over"
        f" {len(runs)} seeds"
    )
    assert len(runs) >= 5 and greedy.min() > 0.5
    for run in runs:
        assert run["mean_scores"]["4"] > run["mean_scores"]["1"]
        assert run["likelier_than_greedy"]["4"] > 0 == run["likelier_than_greedy"]["1"]
