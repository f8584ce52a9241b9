"""A training by the command that is stopped, and goes on: nothing is lost, and what is
said is so.
"""

import os
import signal
import subprocess
import sys
import time

import commands
import pytest
from cases import assert_same
from commands import SMALL, Stopping, run, trained

import rnntutor
from rnntutor import LanguageModel, NonFiniteError
from rnntutor.cli import train
from rnntutor.text import defaults
from rnntutor.train.checkpoint import container, draft


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return commands.folder(tmp_path, monkeypatch)


def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(capsys, monkeypatch):
    monkeypatch.setattr(defaults, "Adam", Stopping)
    trained(capsys, "-o", "whole.rnn", "--layers", "2", "--dropout", "0.2")
    command = ["train", "cats.txt", *SMALL, "--layers", "2", "--dropout", "0.2"]
    for nth, done in [(6, 5), (1, 5), (17, 21)]:
        Stopping.left = nth
        code, out, err = run(capsys, *command)
        assert (code, err) == (130, "")
        assert (
            f"Stopped after update {done}. All of it is in cats.rnn; the same command"
            " goes on." in out
        )
        # a model at any time
        assert run(capsys, "sample", "cats.rnn", "-n", "5")[0] == 0
    Stopping.left = 0
    code, out, _ = run(capsys, *command)
    assert code == 0 and "Going on after update 21." in out
    whole, parts = LanguageModel.load("whole.rnn"), LanguageModel.load("cats.rnn")
    assert parts.history == whole.history
    assert_same(parts.params, whole.params)


def test_ctrl_c_before_anything_was_learned(capsys, monkeypatch):
    monkeypatch.setattr(
        train, "read_text", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
    )
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
    assert (
        "Stopped after update" in out
        and "the same command goes on" in out
        and "It writes:" in out
    )


def test_ctrl_c_that_cuts_the_writing_off(capsys, monkeypatch):
    """What is said of the file is what it holds."""
    monkeypatch.setattr(defaults, "Adam", Stopping)
    monkeypatch.setattr(train, "SAVE", {"every": 10})
    monkeypatch.setattr(Stopping, "left", 27)
    calls, replace = [], os.replace

    def interrupted(*names):
        calls.append(names)
        if len(calls) > 3:
            raise KeyboardInterrupt
        replace(*names)

    monkeypatch.setattr(draft.os, "replace", interrupted)
    code, out, err = run(capsys, "train", "cats.txt", *SMALL)
    assert (code, err) == (130, "") and container.read("cats.rnn").entries[
        "updates"
    ] == 20
    assert out.endswith(
        "Stopped after update 26. The first 20 of these are in cats.rnn; the same"
        " command goes on.\n"
    )


# Beginning anew


def test_restart(capsys):
    trained(capsys)
    out = trained(capsys, "--restart", "--hidden", "7")
    assert "Going on" not in out and LanguageModel.load("cats.rnn").model.H == 7
    assert "Ctrl-C stops; the same command without --restart goes on." in out


def explode(*_, **__):
    raise NonFiniteError("hs", "1 non-finite", "Lower it.")


@pytest.mark.parametrize("reason", ["error", "Ctrl-C", "options"])
def test_an_old_model_is_replaced_when_there_is_a_new_one(
    reason, capsys, monkeypatch, folder
):
    trained(capsys)
    before, more = (folder / "cats.rnn").read_bytes(), []
    with monkeypatch.context() as patch:
        if reason == "error":
            patch.setattr(rnntutor.Model, "loss_and_grad", explode)
        elif reason == "Ctrl-C":
            patch.setattr(defaults, "Adam", Stopping)
            patch.setattr(Stopping, "left", 1)
        else:
            more = ["--dropout", "0.5"]
        code, out, err = run(
            capsys, "train", "cats.txt", *SMALL, "--restart", "--hidden", "7", *more
        )
    assert code == (130 if reason == "Ctrl-C" else 1)
    assert (
        reason == "options"
        or "after update 0. Nothing of it is in cats.rnn" in out + err
    )
    assert (folder / "cats.rnn").read_bytes() == before
    trained(capsys, "--restart", "--hidden", "7")


def test_a_training_that_learned_nothing_is_not_in_the_way(capsys, monkeypatch):
    """Its first update did not fit into memory, say; other options need no --restart."""
    with monkeypatch.context() as patch:
        patch.setattr(
            rnntutor.Model,
            "loss_and_grad",
            lambda *_, **__: (_ for _ in ()).throw(MemoryError),
        )
        code, _, err = run(capsys, "train", "cats.txt", *SMALL)
    assert code == 1 and err.startswith(
        "rnntutor: MemoryError\nThat was after update 0."
    )
    assert err.endswith("A smaller --batch, --steps or --hidden takes less memory.\n")
    assert "Going on" not in trained(capsys, "--batch", "3")


@pytest.mark.parametrize("sign", ["SIGINT", "SIGKILL"])
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_process_that_is_stopped(sign, capsys, folder):
    """By Ctrl-C or by pulling the plug: another process goes on, and gives what one
    alone gives.
    """
    arguments = ["train", "cats.txt", *SMALL, "--epochs", "30"]
    # where the tests run in the background of a shell, Ctrl-C is switched off for all
    # that they start
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from rnntutor.cli import main; sys.exit(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
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
