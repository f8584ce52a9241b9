"""The results of `benchmarks/lrcn_clips.py` and `benchmarks/lrcn.py` are those of the
present code, and say what chapter 13 says.
"""

import json
import sys

import numpy as np
import pytest
from recorded import content_of

import rnntutor as rt

MARGIN = 4 / np.sqrt(4 * 1000)  # of a share, four standard deviations of 1,000 clips
ORDERED = ("changes", "side by side", "RNN", "GRU", "LSTM")


@pytest.fixture
def captions(script):
    """What the script of the captions defines."""
    return script("lrcn")


@pytest.fixture
def clips(script):
    """What the script of the clips defines."""
    return script("lrcn_clips")


def test_the_captions_begin_as_their_file_says(captions):
    content = content_of("lrcn-captions")
    assert content["settings"] == captions["SETTINGS"]
    assert [run["seed"] for run in content["runs"]] == list(captions["SEEDS"])
    first = captions["train_captioner"](1, content["settings"], captions["FIRST"])[1]
    np.testing.assert_allclose(first, content["first_losses"], rtol=1e-4)  # float32


def test_the_cnn_begins_as_its_file_says(clips):
    content = content_of("lrcn-clips")
    assert content["settings"] == clips["SETTINGS"]
    losses = clips["train_cnn"](content["settings"], clips["FIRST"])[1]
    np.testing.assert_allclose(losses, content["first_losses"], rtol=1e-4)  # float32


def test_a_reader_gives_its_row(clips):
    """The quickest of them, trained again from the stored CNN."""
    asked = {"family": "round", "reader": "mean", "seed": 1, "shuffled": False}
    (row,) = [
        run
        for run in content_of("lrcn-clips")["runs"]
        if all(run[key] == value for key, value in asked.items())
    ]
    again = clips["one"](**asked, H=row["H"], lr=row["lr"])
    assert again["parameters"] == row["parameters"]
    np.testing.assert_allclose(again["loss"], row["loss"], atol=0.02)
    np.testing.assert_allclose(again["average"], row["average"], atol=0.02)


def test_the_command_writes_what_the_captions_record_holds(
    captions, tmp_path, monkeypatch
):
    """With a training that is none."""
    record = content_of("lrcn-captions")
    rows = {run["seed"]: run for run in record["runs"]}

    def run(seed, settings, part, log):
        return {key: value for key, value in rows[seed].items() if key != "seed"}

    def first(seed, settings, stop):
        return None, record["first_losses"][:stop]

    monkeypatch.setattr(sys.modules["_lib.results"], "RESULTS", tmp_path)
    # its functions see each other through these names
    monkeypatch.setitem(captions["main"].__globals__, "run_captions", run)
    monkeypatch.setitem(captions["main"].__globals__, "train_captioner", first)
    monkeypatch.setattr(sys, "argv", ["lrcn.py", "captions"])
    captions["main"]()
    text = (tmp_path / "lrcn-captions.json").read_text(encoding="utf-8")
    content = json.loads(text)
    for key in ("settings", "runs", "first_losses"):
        assert content[key] == record[key]


def test_the_command_writes_what_the_clips_record_holds(clips, tmp_path, monkeypatch):
    """With trainings that are looked up: the same are asked for, and those that were
    chosen are the ones with the lowest loss.
    """
    record = content_of("lrcn-clips")
    names = ("family", "reader", "seed", "H", "lr", "shuffled", "times")
    rows = {
        tuple(run.get(name) for name in names): {
            key: value for key, value in run.items() if key not in names
        }
        for run in record["tried"] + record["runs"]
    }

    def one(**trial):
        return rows[tuple(trial.get(name) for name in names)]

    monkeypatch.setattr(sys.modules["_lib.results"], "RESULTS", tmp_path)
    space = clips["main"].__globals__
    monkeypatch.setitem(space, "one", one)
    monkeypatch.setitem(
        space, "train_cnn", lambda settings, stop: (None, record["first_losses"])
    )
    monkeypatch.setattr(sys, "argv", ["lrcn_clips.py"])
    clips["main"]()
    text = (tmp_path / "lrcn-clips.json").read_text(encoding="utf-8")
    content = json.loads(text)
    for key in ("settings", "runs", "tried", "first_losses", "seconds"):
        assert content[key] == record[key]


def shares(family, reader, shuffled=False, times=None):
    """Rows class, digit, motion of the averaged answer, a column for each seed."""
    asked = {"family": family, "reader": reader, "shuffled": shuffled, "times": times}
    rows = [
        run["average"]
        for run in content_of("lrcn-clips")["runs"]
        if all(run.get(key) == value for key, value in asked.items())
    ]
    assert len(rows) >= 3
    return np.array(rows).T


def test_without_the_order_the_motion_is_guessed(note):
    """The bounds of the chapter, for everyone whom they bind."""
    for reader in ("frames", "mean"):
        assert np.abs(shares("round", reader)[2] - 1 / 4).max() < MARGIN
    assert np.abs(shares("round", "LSTM", shuffled=True)[2] - 1 / 4).max() < MARGIN
    assert np.abs(shares("there and back", "changes")[2] - 1 / 2).max() < MARGIN
    for family in ("round", "there and back"):
        for reader in ORDERED:
            _, digit, motion = shares(family, reader).mean(axis=1)
            note(f"{family}, {reader}: digit {digit:.3f}, motion {motion:.3f}")


def test_order_of_neighbors_takes_no_memory():
    """Where a step repeats itself, the reader of changes knows the motion, too."""
    for reader in ("changes", "side by side", "GRU", "LSTM"):
        assert shares("round", reader)[2].min() > 0.95


def test_a_memory_or_all_frames_know_which_came_first():
    assert shares("there and back", "side by side")[2].min() > 0.95
    assert shares("there and back", "LSTM")[2].min() > 0.5 + MARGIN


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


def test_the_stored_cnn_names_digits(clips):
    """It came from the file in half precision, and sees what chapter 13 says."""
    vision, settings = clips["vision"], clips["SETTINGS"]
    digits = vision.digit_images().test
    test = vision.moving_digits(
        digits, 500, np.random.default_rng(0), settings["noise"]
    )
    cnn = clips["stored_cnn"]()
    ys_raw = clips["seen"](cnn, test, settings).xs @ cnn.W_hy + cnn.b_y
    right = vision.average_softmax(ys_raw).argmax(axis=-1) == test.digits
    alone = ys_raw.argmax(axis=-1) == test.digits
    assert right.mean() > 0.8 and 0.6 < alone.mean() < right.mean()
    assert isinstance(cnn, rt.Model.Params)
