"""The command `rnntutor`: a reader's own text, from the file to a page that the net has written."""

import os
import signal
import subprocess
import sys
import time
import tomllib

import numpy as np
import pytest
from cases import assert_same
from reading import ROOT

import rnntutor
from rnntutor import Adam, LanguageModel, NonFiniteError, Vocabulary, shakespeare
from rnntutor.checkpoint import container, draft, save
from rnntutor.command import main, train

TEXT = "the cat sat on the mat. a dog sat on the log.\n" * 60
SMALL = ["--hidden", "6", "--steps", "8", "--epochs", "2"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder to work in, with a text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(draft.os, "fsync", lambda file: None)
    (tmp_path / "cats.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(capsys, *arguments):
    """Exit code, what was printed, and what was complained of."""
    code = main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def trained(capsys, *more):
    code, out, err = run(capsys, "train", "cats.txt", *SMALL, *more)
    assert code == 0 and err == "", err
    return out


# From a text to a model


def test_train_sample_evaluate(capsys, folder):
    out = trained(capsys)
    assert "cats.txt: 2,760 characters, a vocabulary of 15 characters" in out
    assert "LSTM, 6 units" in out and "2 x 20 = 40 updates" in out and "validation loss" in out
    assert "Done after 40 updates, and in cats.rnn." in out and out.count(" nats = ") == 1
    model = LanguageModel.load(folder / "cats.rnn")
    assert model.history.updates == 40 and model.params.W_hy.dtype == np.float32
    loss = model.evaluate(TEXT[-276:])
    assert f"{loss:.3f} nats" in out

    code, out, err = run(capsys, "sample", "cats.rnn", "--prompt", "the c", "-n", "30", "--seed", "3")
    assert (code, err) == (0, "")
    assert out == "the c" + model.sample("the c", 30, np.random.default_rng(3), 0.8) + "\n"
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


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        (["--cell", "rnn", "--threads", "1"], "Fast(cell=RNN(activation='tanh'), compiled=None)"),
        (["--cell", "gru", "--layers", "2"], "Stacked(layers=(GRU(reset='after'), GRU("),
        (["--layers", "2", "--dropout", "0.3"], "LSTM(forget_bias=1.0), compiled=None)), dropout=0.3)"),
    ],
)
def test_nets(more, cell, capsys):
    trained(capsys, *more)
    assert cell in repr(LanguageModel.load("cats.rnn"))


def test_words(capsys, folder):
    (folder / "long.txt").write_text(TEXT * 3, encoding="utf-8")
    code, _, err = run(capsys, "train", "long.txt", *SMALL, "--level", "word", "--words", "9", "-o", "m.rnn")
    assert (code, err) == (0, "")
    model = LanguageModel.load("m.rnn")
    assert len(model.vocabulary) == 9 and model.vocabulary.level == "word"
    code, out, _ = run(capsys, "sample", "m.rnn", "--prompt", "the unicorn", "-n", "5", "--seed", "1")
    written = model.sample("the unicorn", 5, np.random.default_rng(1), 0.8)
    assert code == 0 and out == f"{model.vocabulary.join('the unicorn', written)}\n"
    code, _, err = run(capsys, "sample", "m.rnn", "--prompt", " ")
    assert (code, err) == (1, "rnntutor: prompt: expected at least one word or mark, got ' '\n")


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
    code, out, _ = run(capsys, "train", "cats.txt", "dogs.txt", *SMALL, "-o", "both.rnn")
    assert code == 0 and "cats.txt, dogs.txt: 3,061 characters" in out and (folder / "both.rnn").exists()


def test_the_same_seed_gives_the_same_model(capsys):
    for name in ("a.rnn", "b.rnn"):
        trained(capsys, "-o", name)
    trained(capsys, "-o", "c.rnn", "--seed", "2")
    one, two, other = (LanguageModel.load(name) for name in ("a.rnn", "b.rnn", "c.rnn"))
    assert one.history == two.history != other.history
    assert_same(one.params, two.params)


# Stopping and going on


class Stopping(Adam):
    """Ctrl-C in the nth update of this process."""

    left = 0

    def update(self, *args):
        Stopping.left -= 1
        if Stopping.left == 0:
            raise KeyboardInterrupt
        return super().update(*args)


def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(capsys, monkeypatch):
    monkeypatch.setattr(train, "Adam", Stopping)
    trained(capsys, "-o", "whole.rnn", "--layers", "2", "--dropout", "0.2")
    command = ["train", "cats.txt", *SMALL, "--layers", "2", "--dropout", "0.2"]
    for nth, done in [(6, 5), (1, 5), (17, 21)]:
        Stopping.left = nth
        code, out, err = run(capsys, *command)
        assert (code, err) == (130, "")
        assert f"Stopped after update {done}. All of it is in cats.rnn; the same command goes on." in out
        assert run(capsys, "sample", "cats.rnn", "-n", "5")[0] == 0  # a model at any time
    Stopping.left = 0
    code, out, _ = run(capsys, *command)
    assert code == 0 and "Going on after update 21." in out
    whole, parts = LanguageModel.load("whole.rnn"), LanguageModel.load("cats.rnn")
    assert parts.history == whole.history
    assert_same(parts.params, whole.params)


def test_the_defaults_learn_steadily(capsys, monkeypatch, folder, note):
    """On a megabyte of plays: what is learned along the rows also serves a text read from its start."""
    (folder / "plays.txt").write_text(shakespeare().train[:1_100_000], encoding="utf-8")
    monkeypatch.setattr(train, "Adam", Stopping)
    Stopping.left = 242  # just after the first validation
    code, _, err = run(capsys, "train", "plays.txt")
    Stopping.left = 0
    assert (code, err) == (130, "")
    history = LanguageModel.load("plays.rnn").history
    (valid,), lately = history.valid_losses, np.mean(history.losses[-50:])
    note(f"rnntutor train, {history.updates} updates: validation {valid:.3f}, training {lately:.3f} nats")
    assert valid < 2.25 and valid < lately + 0.2


def test_ctrl_c_before_anything_was_learned(capsys, monkeypatch):
    monkeypatch.setattr(train, "read_text", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert run(capsys, "train", "cats.txt")[0] == 130


def test_after_the_end_the_same_command_does_nothing(capsys, folder):
    first = trained(capsys)
    before = container.read("cats.rnn").entries
    again = trained(capsys)
    assert "Going on after update 40." in again and "Done after 40 updates" in again
    assert first.split("It writes:")[1] == again.split("It writes:")[1]
    assert container.read("cats.rnn").entries.keys() == before.keys()


def test_more_epochs_go_on(capsys):
    trained(capsys)
    assert "Done after 60 updates" in trained(capsys, "--epochs", "3")


def test_another_rate_goes_on(capsys):
    trained(capsys)
    trained(capsys, "--epochs", "3", "--rate", "0.001")
    lrs = LanguageModel.load("cats.rnn").history.lrs
    assert lrs[0] == 0.01 and 0 < lrs[40] < 0.001


def test_minutes(capsys):
    out = trained(capsys, "--epochs", "1000000", "--minutes", "0.003")
    assert "Stopped after update" in out and "the same command goes on" in out and "It writes:" in out


def test_restart(capsys):
    trained(capsys)
    out = trained(capsys, "--restart", "--hidden", "7")
    assert "Going on" not in out and LanguageModel.load("cats.rnn").model.H == 7


@pytest.mark.parametrize("sign", ["SIGINT", "SIGKILL"])
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_process_that_is_stopped(sign, capsys, folder):
    """By Ctrl-C or by pulling the plug: another process goes on, and gives what one alone gives."""
    arguments = ["train", "cats.txt", *SMALL, "--epochs", "30"]
    # where the tests run in the background of a shell, Ctrl-C is switched off for all that they start
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from rnntutor.command import main; sys.exit(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    path, patience = folder / "cats.rnn", time.monotonic() + 60
    while not (path.exists() and container.read(path).entries["updates"] >= 50):
        assert process.poll() is None and time.monotonic() < patience
        time.sleep(0.01)
    if sign == "SIGINT":
        process.send_signal(signal.SIGINT)
    else:
        process.kill()
    out = process.communicate()[0].decode()
    assert process.returncode == (130 if sign == "SIGINT" else -9), out
    assert ("Stopped after update" in out) == (sign == "SIGINT")
    assert container.read(path).entries["updates"] < 600
    trained(capsys, "--epochs", "30")
    trained(capsys, "--epochs", "30", "-o", "whole.rnn")
    assert_same(LanguageModel.load(path).params, LanguageModel.load("whole.rnn").params)


# What goes wrong


@pytest.fixture
def spoilt(folder):
    """Files that are no texts, and no models."""
    (folder / "latin.txt").write_bytes(TEXT.replace("cat", "café").encode("latin-1"))
    (folder / "short.txt").write_text("too short", encoding="utf-8")
    (folder / "empty.txt").write_text("", encoding="utf-8")
    (folder / "greek.txt").write_text("the κατ. " * 9, encoding="utf-8")
    model = LanguageModel(Vocabulary.from_text(TEXT), np.random.default_rng(0), H=4)
    model.save("good.rnn")
    data = (folder / "good.rnn").read_bytes()
    (folder / "cut.rnn").write_bytes(data[: len(data) // 2])
    (folder / "bit.rnn").write_bytes(data[:500] + bytes([data[500] ^ 4]) + data[501:])
    save("other.rnn", model.params)
    return folder


WRONG = [
    ("train nowhere.txt", "expected a text file, but there is none at 'nowhere.txt'"),
    ("train .", "got a folder"),
    ("train latin.txt", "expected text in utf-8, but byte 7 of 'latin.txt'"),
    ("train cats.txt --encoding klingon", "expected a name such as 'utf-8', got 'klingon'"),
    ("train short.txt", "the text is too short: 8 characters to learn from, expected at least 1,000"),
    ("train cats.txt --level word", "the text is too short: 810 words to learn from"),
    ("train cats.txt --steps 2000", "expected at least 4,001"),
    ("train empty.txt", "is empty"),
    ("train cats.txt --dropout 0.2", "--dropout: there is nothing to drop between layers"),
    ("train cats.txt -o cats.txt", "cats.txt is the text itself; name another file"),
    ("train cats.txt -o no/where.rnn", "expected a file in a folder that is there, got 'no/where.rnn'"),
    ("train cats.txt -o cut.rnn", "'cut.rnn' cannot be used: it is damaged"),
    ("train cats.txt -o latin.txt", "'latin.txt' cannot be used: it is damaged, or no file of rnntutor's"),
    ("train cats.txt -o latin.txt --restart", "latin.txt is no model of rnntutor's, and is left alone"),
    (
        "train cats.txt -o good.rnn",
        "good.rnn is of another training. The same options on the same text go on",
    ),
    ("sample nowhere.rnn", "expected a checkpoint, but there is none at 'nowhere.rnn'"),
    ("sample bit.rnn", "'bit.rnn' cannot be used: it is damaged: its"),
    ("sample cut.rnn", "it is damaged"),
    ("sample cats.txt", "it is damaged, or no file of rnntutor's"),
    ("sample other.rnn", "expected the file of a language model"),
    ("sample good.rnn --prompt élan", "--prompt: 'é': not in the text that the model learned from"),
    ("evaluate good.rnn nowhere.txt", "there is none at 'nowhere.txt'"),
    (
        "evaluate good.rnn greek.txt",
        "greek.txt: 'α' 'κ' 'τ': not in the text that the model",
    ),
]


@pytest.mark.parametrize(("command", "said"), WRONG, ids=[command for command, _ in WRONG])
def test_what_went_wrong_is_said(command, said, capsys, spoilt):
    before = {path: path.read_bytes() for path in spoilt.iterdir()}
    code, _, err = run(capsys, *command.split())
    assert code == 1 and err.startswith("rnntutor: ") and said in err, err
    assert "Traceback" not in err and len(err.splitlines()) <= 2
    assert {path: path.read_bytes() for path in spoilt.iterdir()} == before


def test_options_that_changed(capsys):
    trained(capsys)
    for more, said in [
        (["--hidden", "7"], "H = 7, got 6"),
        (["--cell", "gru"], "cell.class = 'GRU', got 'Fast'"),
        (["--seed", "2"], "command.seed = 2, got 1"),
        (["--batch", "3"], "data.B = 3, got 15"),
    ]:
        code, _, err = run(capsys, "train", "cats.txt", *SMALL, *more)
        assert code == 1 and said in err and "--restart begins anew, -o names another file" in err


def test_a_text_that_changed(capsys, folder):
    trained(capsys)
    (folder / "cats.txt").write_text(TEXT[:-46], encoding="utf-8")
    code, _, err = run(capsys, "train", "cats.txt", *SMALL)
    assert code == 1 and "cats.rnn is of another training" in err


def test_a_rate_that_is_too_large(capsys, monkeypatch):
    def explode(*_, **__):
        raise NonFiniteError("hs", "1 non-finite", "Lower it.")

    monkeypatch.setattr(rnntutor.Model, "loss_and_grad", explode)
    code, _, err = run(capsys, "train", "cats.txt", *SMALL)
    assert code == 1 and err.startswith("rnntutor: hs: 1 non-finite. Lower it.")


@pytest.mark.parametrize(
    "command",
    [
        "",
        "paint",
        "train",
        "train cats.txt --hidden 0",
        "train cats.txt --hidden many",
        "train cats.txt --valid 0.5",
        "train cats.txt --rate 0",
        "train cats.txt --rate nan",
        "train cats.txt --dropout 1 --layers 2",
        "train cats.txt --minutes -1",
        "train cats.txt --cell lstn",
        "sample",
        "sample m.rnn --temperature -1",
        "sample m.rnn -n 0",
        "evaluate m.rnn",
    ],
)
def test_what_cannot_be_typed(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main(command.split())
    assert caught.value.code == 2 and "error: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "train", "sample", "evaluate"])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*command.split(), "--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0 and "rnntutor" in out and max(map(len, out.splitlines())) <= 100


def test_a_reader_that_has_had_enough(folder):
    """`rnntutor sample … | head -1`: no traceback."""
    LanguageModel(Vocabulary.from_text(TEXT), np.random.default_rng(0), H=4).save("good.rnn")
    command = [sys.executable, "-m", "rnntutor", "sample", "good.rnn", "-n", "3000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_it_is_installed_under_its_name():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"rnntutor": f"{main.__module__}:{main.__name__}"}
