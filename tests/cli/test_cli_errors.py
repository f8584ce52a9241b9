"""What goes wrong with the command is said in a line or two, and harms no file."""

import errno
import os

import commands
import numpy as np
import pytest
from commands import SMALL, TEXT, run, trained

import rnntutor
from rnntutor import LanguageModel, NonFiniteError, Vocabulary
from rnntutor.cli import main, train, use
from rnntutor.train.checkpoint import draft, save


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return commands.folder(tmp_path, monkeypatch)


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
    (
        "train cats.txt --encoding klingon",
        "expected a name such as 'utf-8', got 'klingon'",
    ),
    (
        "train short.txt",
        "the text is too short: 8 characters to learn from, expected at least 1,000",
    ),
    ("train cats.txt --level word", "the text is too short: 810 words to learn from"),
    ("train cats.txt --steps 2000", "expected at least 4,001"),
    ("train empty.txt", "is empty"),
    (
        "train cats.txt --valid 0.0001",
        "--valid 0.0001: too little is kept back to validate on: 0 characters",
    ),
    (
        "train cats.txt --valid 0.0005",
        "too little is kept back to validate on: 1 character, expected at least 2",
    ),
    (
        "train cats.txt --dropout 0.2",
        "--dropout: there is nothing to drop between layers",
    ),
    ("train cats.txt -o cats.txt", "cats.txt is the text itself; name another file"),
    (
        "train cats.txt -o no/where.rnn",
        "expected a file in a folder that is there, got 'no/where.rnn'",
    ),
    ("train cats.txt -o cut.rnn", "'cut.rnn' cannot be used: it is damaged"),
    (
        "train cats.txt -o latin.txt",
        "'latin.txt' cannot be used: it is damaged, or not a file of rnntutor",
    ),
    (
        "train cats.txt -o latin.txt --restart",
        "latin.txt is not a model of rnntutor, and is left alone",
    ),
    (
        "train cats.txt -o good.rnn",
        "good.rnn is of another training. The same options on the same text go on",
    ),
    ("sample nowhere.rnn", "expected a checkpoint, but there is none at 'nowhere.rnn'"),
    ("sample bit.rnn", "'bit.rnn' cannot be used: it is damaged: its"),
    ("sample cut.rnn", "it is damaged"),
    ("sample cats.txt", "it is damaged, or not a file of rnntutor"),
    ("sample other.rnn", "expected the file of a language model"),
    (
        "sample good.rnn --prompt élan",
        "--prompt: 'é': not in the text that the model learned from",
    ),
    ("evaluate good.rnn nowhere.txt", "there is none at 'nowhere.txt'"),
    (
        "evaluate good.rnn greek.txt",
        "greek.txt: 'α' 'κ' 'τ': not in the text that the model",
    ),
]


@pytest.mark.parametrize(
    ("command", "said"), WRONG, ids=[command for command, _ in WRONG]
)
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
        assert (
            code == 1
            and said in err
            and "--restart begins anew, -o names another file" in err
        )


def test_a_text_that_changed(capsys, folder):
    trained(capsys)
    (folder / "cats.txt").write_text(TEXT[:-46], encoding="utf-8")
    code, _, err = run(capsys, "train", "cats.txt", *SMALL)
    assert code == 1 and "cats.rnn is of another training" in err


# A training that fails


def test_numbers_that_are_not_finite(capsys, monkeypatch):
    def explode(*_, **__):
        raise NonFiniteError("hs", "1 non-finite", "Lower it.")

    monkeypatch.setattr(rnntutor.Model, "loss_and_grad", explode)
    code, _, err = run(capsys, "train", "cats.txt", *SMALL)
    assert (
        code == 1
        and err
        == "rnntutor: hs: 1 non-finite. Lower it.\nThat was after update 0. Nothing of"
        " it is in cats.rnn. Try a smaller --rate, such as 0.001, with --restart.\n"
    )


def test_a_rate_that_is_too_large(capsys):
    out = trained(capsys, "--rate", "1000")
    nats = LanguageModel.load("cats.rnn").evaluate(TEXT[-276:])
    assert (
        nats > 709
        and f"kept back: {nats:.3f} nats = {nats / np.log(2):.3f} bits per character"
        in out
    )
    assert (
        "perplexity beyond 10^308.\nThat is worse than to guess by chance. Try a"
        " smaller --rate, " in out
    )
    assert "such as 100, with --restart." in out


@pytest.mark.parametrize(
    ("nats", "words"),
    [
        (0.0, "0.000 nats = 0.000 bits per character, perplexity 1.00"),
        (13.0, "13.000 nats = 18.755 bits per character, perplexity 442413.39"),
        (709.0, "709.000 nats = 1022.871 bits per character, perplexity 8.22e+307"),
        (709.5, "709.500 nats = 1023.592 bits per character, perplexity beyond 10^308"),
        (1e30, "1e+30 nats = 1.44e+30 bits per character, perplexity beyond 10^308"),
    ],
)
def test_any_loss_can_be_said(nats, words):
    assert use.in_words(nats, Vocabulary.from_text("ab")) == words


def test_a_disk_that_is_full(capsys, monkeypatch):
    """Said are the file, what it still holds, and how to go on."""
    monkeypatch.setattr(train, "SAVE", {"every": 10})
    calls, replace = [], os.replace

    def full(*names):
        calls.append(names)
        if len(calls) > 3:
            raise OSError(errno.ENOSPC, "No space left on device", *names)
        replace(*names)

    with monkeypatch.context() as patch:
        patch.setattr(draft.os, "replace", full)
        code, _, err = run(capsys, "train", "cats.txt", *SMALL)
    assert (
        code == 1
        and err
        == "rnntutor: cats.rnn: No space left on device\nThat was after update 30. The"
        " first 20 of these are in cats.rnn; once this is mended, the same command"
        " goes on.\n"
    )
    assert os.listdir() == ["cats.txt", "cats.rnn"] or set(os.listdir()) == {
        "cats.txt",
        "cats.rnn",
    }
    assert "Going on after update 20." in trained(capsys)


def test_a_package_that_cannot_be_loaded(capsys, monkeypatch):
    monkeypatch.setattr(
        train,
        "threads",
        lambda n: (_ for _ in ()).throw(ImportError("it needs another one")),
    )
    assert run(capsys, "train", "cats.txt", *SMALL)[::2] == (
        1,
        "rnntutor: it needs another one\n",
    )


# What cannot be typed


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
    assert (
        caught.value.code == 0
        and "rnntutor" in out
        and max(map(len, out.splitlines())) <= 100
    )
