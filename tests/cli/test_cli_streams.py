"""What the command prints, wherever it goes: at once, in order, and with an end if
nobody listens.
"""

import io
import os
import subprocess
import sys

import commands
import numpy as np
import pytest
from commands import SMALL, TEXT, run, trained

from rnntutor import Adam, LanguageModel, NonFiniteError, Vocabulary
from rnntutor.cli import main
from rnntutor.text import defaults
from rnntutor.train.checkpoint import container


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return commands.folder(tmp_path, monkeypatch)


class Arrived(io.RawIOBase):
    """The other end of a pipe."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def into(arrived, encoding="utf-8", **options):
    return io.TextIOWrapper(io.BufferedWriter(arrived), encoding, **options)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_what_is_said_can_be_said_on_any_console(encoding, monkeypatch):
    said = b""
    for command in (["--help"], ["train", "--help"], ["train", "cats.txt", *SMALL]):
        arrived = Arrived()
        monkeypatch.setattr(sys, "stdout", into(arrived, encoding))
        try:
            assert main(command) == 0
        except SystemExit as end:
            assert end.code == 0
        said += arrived.data
    assert b"mean of -ln p" in said and b"2 x 20 = 40 updates" in said
    # how well does it guess another text?
    assert said.isascii() and said.count(b"?") == 2


def test_a_letter_that_the_console_does_not_know(monkeypatch):
    LanguageModel(Vocabulary.from_text("\u03b1"), np.random.default_rng(0), H=2).save(
        "m.rnn"
    )
    arrived = Arrived()
    monkeypatch.setattr(sys, "stdout", into(arrived, "cp1252"))
    assert main(["sample", "m.rnn", "-n", "3"]) == 0 and arrived.data.split() == [
        b"????"
    ]


def test_each_line_arrives_when_it_is_said(monkeypatch):
    class Listening(Adam):
        def update(self, *args, **options):
            heard.append(arrived.data.decode())
            return super().update(*args, **options)

    arrived, heard = Arrived(), []
    monkeypatch.setattr(defaults, "Adam", Listening)
    monkeypatch.setattr(sys, "stdout", into(arrived))
    assert main(["train", "cats.txt", *SMALL]) == 0
    assert heard[0].endswith(
        "The model goes to cats.rnn. Ctrl-C stops; the same command goes on.\n"
    )
    assert (
        "update     10   validation loss" not in heard[9]
        and "validation loss" in heard[10]
    )


def test_an_error_comes_last(capsys, monkeypatch):
    trained(capsys)
    arrived = Arrived()
    monkeypatch.setattr(sys, "stdout", into(arrived))
    monkeypatch.setattr(sys, "stderr", into(arrived, line_buffering=True))
    assert main(["train", "cats.txt", *SMALL, "--hidden", "7"]) == 1
    *_, going_on, error, note = arrived.data.decode().splitlines()
    assert going_on == "Going on after update 40." and error.startswith(
        "rnntutor: expected the file of a "
    )
    assert note.startswith("cats.rnn is of another training.")


# Ctrl-C in a sample


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (NonFiniteError("hs", "nan", ""), 1)],
)
def test_what_was_written_stays(error, code, capsys, monkeypatch):
    def pieces(self, *args):
        yield from ("at", " sat")
        raise error

    trained(capsys)
    monkeypatch.setattr(LanguageModel, "pieces", pieces)
    assert run(capsys, "sample", "cats.rnn", "--prompt", "the c")[:2] == (
        code,
        "the cat sat\n",
    )


def test_what_is_written_is_shown_piece_by_piece(monkeypatch):
    def pieces(self, *args):
        yield "at"
        seen.append(arrived.data)
        yield " sat"

    LanguageModel(Vocabulary.from_text(TEXT), np.random.default_rng(0), H=4).save(
        "good.rnn"
    )
    arrived, seen = Arrived(), []
    monkeypatch.setattr(LanguageModel, "pieces", pieces)
    monkeypatch.setattr(sys, "stdout", into(arrived))
    assert main(["sample", "good.rnn", "--prompt", "the c"]) == 0
    assert seen == [b"the cat"] and arrived.data == b"the cat sat" + os.linesep.encode()


# Nobody listens


def test_a_reader_that_has_had_enough():
    """`rnntutor sample … | head -1`: no traceback."""
    LanguageModel(Vocabulary.from_text(TEXT), np.random.default_rng(0), H=4).save(
        "good.rnn"
    )
    command = [sys.executable, "-m", "rnntutor", "sample", "good.rnn", "-n", "3000"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def broken():
    """A pipe whose other end is closed."""
    read, write = os.pipe()
    os.close(read)
    return open(write, "w")


def full():
    return open("/dev/full", "w")


needs_full = pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="the system has no such device"
)


@pytest.mark.parametrize("stream", [broken, pytest.param(full, marks=needs_full)])
def test_a_training_goes_on_though_nobody_listens(stream, monkeypatch):
    """The model is what is wanted; what is said beside it is not."""
    with stream() as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["train", "cats.txt", *SMALL]) == 0
    assert container.read("cats.rnn").entries["updates"] == 40


@needs_full
def test_a_sample_that_finds_no_place_is_an_error(capsys, monkeypatch):
    trained(capsys)
    with full() as out, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        assert main(["sample", "cats.rnn"]) == 1
    assert capsys.readouterr().err == "rnntutor: No space left on device\n"


def test_an_error_that_nobody_hears(monkeypatch):
    with broken() as err:
        monkeypatch.setattr(sys, "stderr", err)
        assert main(["sample", "nowhere.rnn"]) == 1


def test_no_streams_at_all(capsys, monkeypatch):
    """As after `>&- 2>&-`, or where a program has no console."""
    trained(capsys)
    for command, code in [
        (["train", "cats.txt", *SMALL, "-o", "other.rnn"], 0),
        (["sample", "other.rnn"], 0),
        (["sample", "nowhere.rnn"], 1),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", None)
            patch.setattr(sys, "stderr", None)
            assert main(command) == code
            sys.stdout.close()
            sys.stderr.close()
    assert container.read("other.rnn").entries["updates"] == 40
