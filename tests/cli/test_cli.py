"""The command `rnntutor`: a reader's own text, from the file to a page that the net has
written.
"""

import os
import threading
import tomllib

import commands
import numpy as np
import pytest
from cases import assert_same
from commands import SMALL, TEXT, Stopping, run, trained
from reading import ROOT

from rnntutor import LanguageModel, shakespeare
from rnntutor.cli import main
from rnntutor.text import defaults


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return commands.folder(tmp_path, monkeypatch)


# From a text to a model


def test_train_sample_evaluate(capsys, folder):
    out = trained(capsys)
    assert "cats.txt: 2,760 characters, a vocabulary of 15 characters" in out
    assert (
        "LSTM, 6 units" in out
        and "2 x 20 = 40 updates" in out
        and "validation loss" in out
    )
    assert (
        "Done after 40 updates, and in cats.rnn." in out and out.count(" nats = ") == 1
    )
    model = LanguageModel.load(folder / "cats.rnn")
    assert model.history.updates == 40 and model.params.W_hy.dtype == np.float32
    loss = model.evaluate(TEXT[-276:])
    assert f"{loss:.3f} nats" in out

    code, out, err = run(
        capsys, "sample", "cats.rnn", "--prompt", "the c", "-n", "30", "--seed", "3"
    )
    assert (code, err) == (0, "")
    assert (
        out == "the c" + model.sample("the c", 30, np.random.default_rng(3), 0.8) + "\n"
    )
    code, out, err = run(capsys, "sample", "cats.rnn", "--temperature", "0")
    assert code == 0 and len(out) == 1 + 500 + 1 and out[0] == "\n"

    code, out, err = run(capsys, "evaluate", "cats.rnn", "cats.txt")
    nats = model.evaluate(TEXT)
    assert (code, err) == (0, "") and out.startswith(
        f"{nats:.3f} nats = {nats / np.log(2):.3f} bits per char"
    )
    assert f"perplexity {np.exp(nats):.2f} (2,760 in all)" in out


def test_it_learns(capsys, folder):
    trained(capsys, "--hidden", "16", "--epochs", "20", "--rate", "0.02")
    model = LanguageModel.load("cats.rnn")
    assert model.history.losses[-1] < 0.5 < 2 < model.history.losses[0]
    assert model.history.lrs[0] == 0.02 and model.history.lrs[-1] < 0.001


def test_the_defaults_learn_steadily(capsys, monkeypatch, folder, note):
    """On a megabyte of plays: what is learned along the rows also serves a text read
    from its start.
    """
    (folder / "plays.txt").write_text(shakespeare().train[:1_100_000], encoding="utf-8")
    monkeypatch.setattr(defaults, "Adam", Stopping)
    Stopping.left = 242  # just after the first validation
    code, _, err = run(capsys, "train", "plays.txt")
    Stopping.left = 0
    assert (code, err) == (130, "")
    history = LanguageModel.load("plays.rnn").history
    (valid,), lately = history.valid_losses, np.mean(history.losses[-50:])
    note(
        f"rnntutor train, {history.updates} updates: validation {valid:.3f}, training"
        f" {lately:.3f} nats"
    )
    assert valid < 2.25 and valid < lately + 0.2


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        (
            ["--cell", "rnn", "--threads", "1"],
            "Fast(cell=RNN(activation='tanh'), compiled=None)",
        ),
        (["--cell", "gru", "--layers", "2"], "Stacked(layers=(GRU(), GRU("),
        (
            ["--layers", "2", "--dropout", "0.3"],
            "LSTM(forget_bias=1.0), compiled=None)), dropout=0.3)",
        ),
    ],
)
def test_nets(more, cell, capsys):
    trained(capsys, *more)
    assert cell in repr(LanguageModel.load("cats.rnn"))


def test_words(capsys, folder):
    (folder / "long.txt").write_text(TEXT * 3, encoding="utf-8")
    code, _, err = run(
        capsys,
        "train",
        "long.txt",
        *SMALL,
        "--level",
        "word",
        "--words",
        "9",
        "-o",
        "m.rnn",
    )
    assert (code, err) == (0, "")
    model = LanguageModel.load("m.rnn")
    assert len(model.vocabulary) == 9 and model.vocabulary.level == "word"
    code, out, _ = run(
        capsys, "sample", "m.rnn", "--prompt", "the unicorn", "-n", "5", "--seed", "1"
    )
    written = model.sample("the unicorn", 5, np.random.default_rng(1), 0.8)
    assert code == 0 and out == f"{model.vocabulary.join('the unicorn', written)}\n"
    code, _, err = run(capsys, "sample", "m.rnn", "--prompt", " ")
    assert (code, err) == (
        1,
        "rnntutor: prompt: expected at least one word or mark, got ' '\n",
    )


def test_many_symbols_are_looked_up(capsys, folder):
    letters = "".join(chr(0x4E00 + i) for i in range(300))
    (folder / "many.txt").write_text(letters * 8, encoding="utf-16")
    code, out, err = run(capsys, "train", "many.txt", *SMALL, "--encoding", "utf-16")
    assert (code, err) == (0, "") and "300 characters" in out
    model = LanguageModel.load("many.rnn")
    assert model.model.net.reads_symbols and model.params.cell.E_x.shape == (300, 6)
    assert run(capsys, "sample", "many.rnn", "-n", "3")[0] == 0


def test_several_files_are_one_text(capsys, folder):
    (folder / "dogs.txt").write_text("dogs dig. " * 30, encoding="utf-8")
    code, out, _ = run(
        capsys, "train", "cats.txt", "dogs.txt", *SMALL, "-o", "both.rnn"
    )
    assert (
        code == 0
        and "cats.txt, dogs.txt: 3,061 characters" in out
        and (folder / "both.rnn").exists()
    )


def test_the_same_seed_gives_the_same_model(capsys):
    for name in ("a.rnn", "b.rnn"):
        trained(capsys, "-o", name)
    trained(capsys, "-o", "c.rnn", "--seed", "2")
    one, two, other = (LanguageModel.load(name) for name in ("a.rnn", "b.rnn", "c.rnn"))
    assert one.history == two.history != other.history
    assert_same(one.params, two.params)


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="the system has no pipes with names"
)
def test_texts_may_come_through_a_pipe(capsys, folder):
    """As from `<(zcat book.txt.gz)`."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    for command, code in [
        (["train", "pipe", *SMALL, "-o", "m.rnn"], 0),
        (["evaluate", "m.rnn", "pipe"], 0),
        (["train", "pipe", *SMALL], 1),
    ]:
        writer = threading.Thread(target=pipe.write_text, args=(TEXT,))
        writer.start()
        assert run(capsys, *command)[0] == code
        writer.join()
    assert LanguageModel.load("m.rnn").history.updates == 40


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="the system has no pipes with names"
)
def test_a_model_may_come_through_a_pipe(capsys, folder):
    trained(capsys)
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(
        target=(folder / "pipe").write_bytes, args=((folder / "cats.rnn").read_bytes(),)
    )
    writer.start()
    sample = ["-n", "20", "--seed", "1"]
    through = run(capsys, "sample", "pipe", *sample)
    writer.join()
    assert through == run(capsys, "sample", "cats.rnn", *sample) and through[0] == 0


def test_it_is_installed_under_its_name():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]["scripts"]
    assert scripts == {"rnntutor": f"{main.__module__}:{main.__name__}"}
