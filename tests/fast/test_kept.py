"""The file of a training at its end, at Ctrl-C and before: what it holds, and which
model it is.
"""

import os
import signal
import threading

import numpy as np
import pytest
from cases import assert_same
from interrupting import Interrupt, InterruptedOptimizer
from loops import MODEL, PARAMS, batches

from rnntutor import RNN, SGD, Checkpoint, LanguageModel, fit
from rnntutor.train import Validation
from rnntutor.train.checkpoint import container, draft
from rnntutor.train.checkpoint.shield import shielded

TEXT = "the cat sat on the mat. " * 20


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(draft.os, "fsync", lambda file: None)
    return tmp_path / "training.rnn"


@pytest.fixture
def ctrl_c():
    """Press it; where the tests run in the background of a shell, nobody would hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def train(path, optimizer=None, **options):
    checkpoint = Checkpoint(path, every=2)
    return fit(
        MODEL,
        PARAMS,
        batches(9),
        optimizer or SGD(0.5),
        checkpoint=checkpoint,
        **options,
    )


def at_replace(monkeypatch, number, do):
    """Do something when the nth writing is about to take its place; return the list of
    all writings.
    """
    writings, replace = [], os.replace

    def replacing(*names):
        writings.append(names)
        if len(writings) in number:
            do()
        replace(*names)

    monkeypatch.setattr(draft.os, "replace", replacing)
    return writings


# Ctrl-C during a writing


def test_it_is_heard_when_the_writing_is_done(path, ctrl_c, monkeypatch):
    """However often, as when the key is held down."""
    writings = at_replace(monkeypatch, [3], lambda: [ctrl_c() for _ in range(9)])
    fitted = train(path)
    assert (
        fitted.stopped == "interrupted" and fitted.history.updates == fitted.kept == 4
    )
    assert container.read(path).entries["updates"] == 4 and len(writings) == 3


def test_a_second_one_does_not_cut_the_last_writing_off(path, ctrl_c, monkeypatch):
    writings = at_replace(monkeypatch, [3], ctrl_c)
    fitted = train(path, InterruptedOptimizer(4, "after"))
    assert (
        fitted.stopped == "interrupted" and fitted.history.updates == fitted.kept == 3
    )
    assert container.read(path).entries["updates"] == 3 and len(writings) == 3


def test_a_writing_that_was_cut_off_is_begun_again(path, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    writings = at_replace(monkeypatch, [3, 4], interrupt)
    fitted = train(path, InterruptedOptimizer(4, "after"))
    assert (
        fitted.history.updates
        == fitted.kept
        == container.read(path).entries["updates"]
        == 3
    )
    assert len(writings) == 5


def test_without_a_checkpoint_nothing_is_kept():
    assert fit(MODEL, PARAMS, batches(2), SGD(0.5)).kept is None


def test_the_shield(ctrl_c):
    done = []
    with pytest.raises(KeyboardInterrupt):
        with shielded():
            ctrl_c()
            done.append(1)
        done.append(2)
    assert done == [1] and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt), shielded():
        ctrl_c()
        raise OSError
    with pytest.raises(OSError), shielded():
        raise OSError


def test_a_handler_of_one_s_own_hears_it_once(ctrl_c):
    heard = []
    signal.signal(signal.SIGINT, lambda *given: heard.append(given[0]))
    with shielded():
        ctrl_c(), ctrl_c()
        assert not heard
    assert heard == [signal.SIGINT]


@pytest.mark.parametrize("handler", [signal.SIG_IGN, None])
def test_what_ignores_it_ignores_it(handler, ctrl_c, monkeypatch):
    """None: what hears it was not made in Python, and stays in place."""
    if handler is None:
        monkeypatch.setattr(signal, "getsignal", lambda number: None)
        with pytest.raises(KeyboardInterrupt), shielded():
            ctrl_c()
            raise AssertionError("it was not heard at once")
    else:
        signal.signal(signal.SIGINT, handler)
        with shielded():
            ctrl_c()


def test_another_thread_trains_as_well(path):
    """Signals can be caught in the main one alone."""
    results = []
    thread = threading.Thread(target=lambda: results.append(train(path)))
    thread.start()
    thread.join()
    assert results[0].kept == 9


# Which model a file is


def language(path, **options):
    model = LanguageModel(TEXT, 0, H=8, cell=RNN("tanh"), dtype=float)
    # the first four updates are better than all others
    optimizer = SGD(lambda n: 0.5 if n < 4 else 50.0)
    options = {
        "checkpoint": Checkpoint(path, every=3),
        "every": 4,
        "epochs": 2,
    } | options
    model.fit(TEXT, TEXT, optimizer=optimizer, B=3, T=8, progress=False, **options)
    return model, container.read(path).entries


@pytest.mark.parametrize("patience", [None, 2])
def test_of_a_training_that_has_ended_it_is_the_best(patience, path):
    model, entries = language(path, patience=patience)
    assert (
        model.history.valid_updates[np.argmin(model.history.valid_losses)]
        == 4
        < entries["updates"]
    )
    again = LanguageModel.load(path)
    assert_same(again.params, model.params)
    np.testing.assert_array_equal(again.params.W_hy, entries["best.W_hy"])


def test_the_closing_validation_may_be_the_best(path):
    model, entries = language(path, updates=3)
    assert model.history.valid_updates == [3]
    assert_same(LanguageModel.load(path).params, model.params)
    np.testing.assert_array_equal(model.params.W_hy, entries["params.W_hy"])


@pytest.mark.parametrize("nth", [1, 3])
def test_after_ctrl_c_it_is_the_newest(nth, path):
    """As `fit` keeps it; and if it was pressed during the closing validation, too."""
    model, entries = language(path, watch=Interrupt(nth), updates=10)
    assert (
        model.stopped == "interrupted"
        and model.kept == entries["updates"] == (4, 8, 10)[nth - 1]
    )
    assert_same(LanguageModel.load(path).params, model.params)
    np.testing.assert_array_equal(model.params.W_hy, entries["params.W_hy"])


def test_of_a_training_that_goes_on_it_is_the_newest(path):
    """So it is, too, if it was killed."""
    seen = []
    language(path, updates=4)
    language(
        path,
        checkpoint=Checkpoint(path, every=3, resume=True),
        watch=lambda *given: seen.append(
            (LanguageModel.load(path), container.read(path).entries)
        ),
    )
    for model, entries in seen:
        np.testing.assert_array_equal(model.params.W_hy, entries["params.W_hy"])
    assert (
        seen[-1][1]["updates"] > 6
        and (seen[-1][1]["best.W_hy"] != seen[-1][0].params.W_hy).any()
    )


# Beginning anew


def test_the_first_writing_replaces_what_was_there(path):
    train(path)
    before, seen = path.read_bytes(), []

    def look(*given):
        seen.append(path.read_bytes() == before)

    anew = Checkpoint(path, every=3, restart=True)
    options = {
        "checkpoint": anew,
        "validation": Validation(lambda params: 1.0, every=1, watch=look),
    }
    fitted = fit(MODEL, PARAMS, batches(7, seed=1), SGD(0.5), **options)
    assert seen == [True] * 3 + [False] * 4 and fitted.kept == 7


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_before_that_it_stays(error, path):
    train(path)
    before = path.read_bytes()

    def broken():
        raise error
        yield

    given = MODEL, PARAMS, broken(), SGD(0.5)
    if error is KeyboardInterrupt:
        assert fit(*given, checkpoint=Checkpoint(path, restart=True)).kept == 0
    else:
        with pytest.raises(error) as caught:
            fit(*given, checkpoint=Checkpoint(path, restart=True))
        assert caught.value.fitted.kept == 0
    assert path.read_bytes() == before


def test_to_begin_anew_nothing_need_be_there(path):
    fit(MODEL, PARAMS, batches(3), SGD(0.5), checkpoint=Checkpoint(path, restart=True))
    assert container.read(path).entries["updates"] == 3


def test_either_anew_or_on(path):
    with pytest.raises(
        ValueError,
        match=r"^restart: expected False to go on from the file .*, got True",
    ):
        Checkpoint(path, resume=True, restart=True)
