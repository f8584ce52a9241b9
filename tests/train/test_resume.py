"""A training that was stopped at any update and goes on from its file: to the bit as if
it had not been.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from cases import assert_same
from interrupting import Interrupt, InterruptedModel, InterruptedOptimizer
from loops import MODEL, PARAMS, T, V, batches
from tools_here import tool

from rnntutor import (
    LSTM,
    RNN,
    SGD,
    Adam,
    Bidirectional,
    Checkpoint,
    Embedded,
    LanguageModel,
    Model,
    RMSProp,
    Stacked,
    Truncation,
    Vocabulary,
    fit,
)
from rnntutor.train import Validation, exponential_decay, loop
from rnntutor.train.checkpoint import CheckpointError, container, draft
from rnntutor.tree import leaves

DEEP = Model(Stacked((LSTM(), RNN("tanh")), dropout=0.3), 3, 4, V)
BOTH = Model(Bidirectional(LSTM()), 3, 4, V)
READS = Model(Embedded(LSTM(), 2), V, 4, V)
DATA = batches(3)
IDS = [(np.argmax(xs, axis=-1), targets) for xs, targets in DATA]
STEP = SGD(0.5, momentum=0.9)


class Shuffled:
    """Batches in another order each epoch, drawn by a generator."""

    def __init__(self, rng):
        self.rng = rng

    def __len__(self):
        return len(DATA)

    def __iter__(self):
        return iter([DATA[i] for i in self.rng.permutation(len(DATA))])


def first_weight(params):
    """As a validation loss: it goes up and down."""
    return float(np.sin(50 * params.W_hy[0, 0]))


RUNS = {
    "plain": {},
    "momentum": {"optimizer": STEP},
    "RMSProp": {"optimizer": RMSProp(0.05, clip=1.0)},
    "Adam, carried state": {"optimizer": Adam(0.05), "carry_state": True},
    "schedule, carried state": {
        "optimizer": SGD(exponential_decay(0.5, 0.8), 0.5),
        "carry_state": True,
    },
    "rows renewed in turn": {"optimizer": Adam(0.05), "carry_state": True, "renew": 2},
    "rows renewed, windows": {
        "carry_state": True,
        "renew": 3,
        "truncation": Truncation(2),
    },
    "validation": {"optimizer": STEP, "validation": Validation(first_weight, every=2)},
    "patience": {
        "optimizer": STEP,
        "validation": Validation(first_weight, every=1, patience=3),
    },
    "windows": {"optimizer": STEP, "truncation": Truncation(2)},
    "windows that overlap, carried state": {
        "truncation": Truncation(3, 1),
        "carry_state": True,
    },
    "windows that start from zero": {
        "truncation": Truncation(2, 1, carry=False),
        "carry_state": True,
    },
    "dropout": {"model": DEEP, "rng": 5, "carry_state": True},
    "dropout, windows": {
        "model": DEEP,
        "rng": 5,
        "carry_state": True,
        "truncation": Truncation(3, 2),
    },
    "dropout and order drawn by one generator": {
        "model": DEEP,
        "rng": 5,
        "shuffled": True,
    },
    "order drawn": {"rng": 5, "shuffled": True, "truncation": Truncation(3)},
    "embedding": {
        "model": READS,
        "batches": IDS,
        "carry_state": True,
        "optimizer": Adam(0.1),
    },
    "both ways": {"model": BOTH},
    "float32": {
        "model": DEEP,
        "batches": [(xs.astype(np.float32), targets) for xs, targets in DATA],
        "rng": 5,
        "dtype": np.float32,
        "carry_state": True,
        "optimizer": Adam(0.1),
    },
    "float32, but for the inputs": {"dtype": np.float32, "model": DEEP, "rng": 5},
    "an options' dict": {
        "batches": [(*one, {"mask": np.ones((T, 2), bool)}) for one in DATA]
    },
}


def train(run, **more):
    """`fit` as one of the runs says; everything made anew, as in another process."""
    options = (
        {"model": MODEL, "batches": DATA, "optimizer": SGD(0.5), "epochs": 3}
        | run
        | more
    )
    model, rng, dtype = (
        options.pop("model"),
        options.pop("rng", None),
        options.pop("dtype", float),
    )
    start = PARAMS if model is MODEL else model.init(np.random.default_rng(0), dtype)
    rng = None if rng is None else np.random.default_rng(rng)
    data = options.pop("batches")
    data = Shuffled(rng) if options.pop("shuffled", False) else data
    return fit(
        model, start, data, options.pop("optimizer"), rng=rng, progress=False, **options
    )


def assert_equal(fitted, other):
    """All that a training gives, to the last bit."""
    assert fitted.stopped == other.stopped and fitted.history == other.history
    assert_same(fitted.params, other.params)
    assert_same(fitted.best, other.best)
    assert [leaf.dtype for _, leaf in leaves(fitted.params)] == [
        leaf.dtype for _, leaf in leaves(other.params)
    ]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "training.rnn"


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(draft.os, "fsync", lambda file: None)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_stopped_at_any_update(run, path):
    """Stopped after 1 update, or 2, …, and then twice more on the way."""
    whole = train(run)
    assert whole.history.updates >= 5
    for stop in range(1, whole.history.updates + 1):
        for until in (stop, stop + 2):
            part = train(run, updates=until, checkpoint=Checkpoint(path, resume=True))
            assert part.history.losses == whole.history.losses[:until]
        assert_equal(train(run, checkpoint=Checkpoint(path, resume=True)), whole)
        path.unlink()


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_checkpoint_changes_nothing(run, path):
    assert_equal(train(run, checkpoint=Checkpoint(path, every=1)), train(run))


@pytest.mark.parametrize("every", [1, 2, 5])
def test_from_any_writing(every, path, monkeypatch):
    """Whatever was on the disk when the power failed, the same comes of it."""
    files, run, real = [], RUNS["dropout, windows"], Checkpoint.write
    monkeypatch.setattr(
        Checkpoint,
        "write",
        lambda self, *args: (real(self, *args), files.append(path.read_bytes())),
    )
    whole = train(run, checkpoint=Checkpoint(path, every=every))
    monkeypatch.undo()
    n = whole.history.updates
    assert len(files) == len({0, n, *range(every, n, every)})
    for file in files:
        path.write_bytes(file)
        assert_equal(train(run, checkpoint=Checkpoint(path, resume=True)), whole)


def test_a_writing_when_it_is_time(path, monkeypatch):
    """Updates may take long: what counts is how much work a kill can lose."""
    clock, written, real = [0.0], [], Checkpoint.write
    monkeypatch.setattr(loop.time, "monotonic", lambda: clock[0])

    def write(self, progress, *rest):
        real(self, progress, *rest)
        written.append(progress.updates)

    def validate(params):
        clock[0] += 2.0  # an update takes two seconds
        return 1.0

    monkeypatch.setattr(Checkpoint, "write", write)
    whole = train(
        {"validation": Validation(validate, every=1)},
        checkpoint=Checkpoint(path, every=100, seconds=4.0),
    )
    n = whole.history.updates
    assert sorted(set(written)) == sorted({*range(0, n + 1, 2), n}) and n >= 5


def test_after_the_end_nothing_is_done(path):
    run = RUNS["validation"]
    whole = train(run, checkpoint=Checkpoint(path))
    before = path.read_bytes()
    assert_equal(train(run, checkpoint=Checkpoint(path, resume=True)), whole)
    assert path.read_bytes() == before


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_more_epochs(run, path):
    """Ended where an epoch ends, and then told to go on."""
    for epochs in (1, 2):
        train(run, epochs=epochs, checkpoint=Checkpoint(path, resume=True))
    assert_equal(train(run, checkpoint=Checkpoint(path, resume=True)), train(run))


def test_the_last_validation_is_not_in_the_way_of_going_on(path):
    run = RUNS["validation"]
    part = train(run, updates=3, checkpoint=Checkpoint(path))
    assert part.history.valid_updates == [2, 3]
    assert train(
        run, checkpoint=Checkpoint(path, resume=True)
    ).history.valid_updates == [2, 4, 6, 8, 9]


# Ctrl-C

SITES = {
    "before the update is computed": {"model": InterruptedModel(4)},
    "in the optimizer": {"optimizer": InterruptedOptimizer(4, "after")},
    "while the history is written": {"optimizer": InterruptedOptimizer(4, "lr")},
    "in a validation": {"validation": Validation(Interrupt(2), every=2)},
    "while the first line is logged": {
        "validation": Validation(first_weight, every=2, log=Interrupt(1))
    },
}


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_ctrl_c_leaves_a_file_of_the_last_update(site, path):
    checkpoint = Checkpoint(path, every=100)
    usual = {
        "model": MODEL,
        "optimizer": SGD(0.5),
        "validation": Validation(first_weight, every=2),
    }
    given = usual | site
    first = fit(
        given.pop("model"),
        PARAMS,
        DATA,
        given.pop("optimizer"),
        epochs=3,
        checkpoint=checkpoint,
        **given,
    )
    assert first.stopped == "interrupted" and first.history.updates in (2, 3, 4)
    second = fit(
        MODEL,
        PARAMS,
        DATA,
        SGD(0.5),
        epochs=3,
        checkpoint=replace(checkpoint, resume=True),
        validation=usual["validation"],
    )
    whole = train(RUNS["plain"], validation=usual["validation"])
    assert second.history.losses == whole.history.losses
    assert_same(second.params, whole.params)
    # which gives losses of its own
    if site is not SITES["in a validation"]:
        assert_equal(second, whole)


def test_ctrl_c_when_an_epoch_begins(path):
    """The order of its batches has been drawn, and will be drawn again."""

    class Stopped(Shuffled):
        asked = 0

        def __iter__(self):
            drawn = super().__iter__()
            self.asked += 1
            if self.asked == 2:
                raise KeyboardInterrupt
            return drawn

    run = RUNS["dropout and order drawn by one generator"]
    options = {"epochs": 3, "progress": False}
    start = DEEP.init(np.random.default_rng(0))
    rng = np.random.default_rng(5)
    part = fit(
        DEEP,
        start,
        Stopped(rng),
        SGD(0.5),
        rng=rng,
        checkpoint=Checkpoint(path),
        **options,
    )
    assert part.stopped == "interrupted" and part.history.updates == 3
    assert_equal(train(run, checkpoint=Checkpoint(path, resume=True)), train(run))


def test_ctrl_c_in_the_midst_of_a_writing(path, monkeypatch):
    calls, replace_file = [], os.replace

    def interrupted(*names):
        calls.append(names)
        if len(calls) == 3:
            raise KeyboardInterrupt
        replace_file(*names)

    monkeypatch.setattr(draft.os, "replace", interrupted)
    first = train({}, checkpoint=Checkpoint(path, every=2))
    assert first.stopped == "interrupted" and first.history.updates == 4
    assert_equal(train({}, checkpoint=Checkpoint(path, resume=True)), train({}))


def test_ctrl_c_again_and_again(path, monkeypatch):
    checkpoint = Checkpoint(path, every=3)
    calls, replace_file = [], os.replace

    def interrupted(*names):
        calls.append(names)
        if len(calls) > 2:
            raise KeyboardInterrupt
        replace_file(*names)

    monkeypatch.setattr(draft.os, "replace", interrupted)
    first = train({}, checkpoint=checkpoint)
    # in memory nothing is lost
    assert first.stopped == "interrupted" and first.history.updates == 6
    assert first.kept == container.read(path).entries["updates"] == 3
    monkeypatch.undo()
    assert_equal(train({}, checkpoint=replace(checkpoint, resume=True)), train({}))


def test_an_error_leaves_the_last_file_and_what_was_reached(path):
    def broken(*given):
        raise OSError("disk full")

    watched = {"validation": Validation(first_weight, every=2, watch=broken)}
    with pytest.raises(OSError, match="disk full") as caught:
        train(RUNS["validation"] | watched, checkpoint=Checkpoint(path, every=1))
    assert caught.value.fitted.history.updates == 2 and caught.value.fitted.kept == 1
    (note,) = caught.value.__notes__
    assert (
        note
        == "After 2 updates. The parameters reached by then are in error.fitted.params."
    )
    assert_equal(
        train(RUNS["validation"], checkpoint=Checkpoint(path, resume=True)),
        train(RUNS["validation"]),
    )


# Kills


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="the processes that are killed are forked"
)
def test_killed_at_any_instant(note):
    """The same by hundreds: python tools/crash_loop.py."""
    note(tool("crash_loop.py", "--kills", "20"))


# What does not fit


def test_a_file_that_is_there_is_not_overwritten(path):
    train({}, updates=2, checkpoint=Checkpoint(path))
    before = path.read_bytes()
    with pytest.raises(
        ValueError,
        match=r"^resume: expected True to go on from '.*', or no such file, got Fal",
    ):
        train({}, checkpoint=Checkpoint(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"carry_state": True}, r"about\.fit\.carry_state = True, got False"),
        (
            {"carry_state": True, "renew": 2},
            r"about\.fit\.carry_state = True, got False",
        ),
        ({"reduce": "sequence"}, r"about\.fit\.reduce = 'sequence', got 'token'"),
        (
            {"truncation": Truncation(2)},
            r"about\.fit\.truncation = \{.*'chunk': 2.*, got None",
        ),
        ({"rng": 3}, r"about\.fit\.rng = 'PCG64', got None"),
        (
            {"model": Model(RNN("tanh"), 3, 6, V)},
            r"params\.cell\.W_xh with shape \(3, 6\).*, got shape \(3, 5\)",
        ),
        ({"model": Model(LSTM(), 3, 5, V)}, r"params\.cell\.W_xh with shape \(3, 20\)"),
        (
            {"optimizer": STEP},
            r"an entry optimizer_state\.velocity\.cell\.W_xh, got none",
        ),
        (
            {"optimizer": Adam(0.1)},
            r"optimizer_state to have \['mean', 'square', 'updates'\], got \['velocity",
        ),
    ],
)
def test_a_file_of_another_training(other, said, path):
    train({}, updates=2, checkpoint=Checkpoint(path))
    with pytest.raises(CheckpointError, match=f"^path: expected .*{said}"):
        train(other, checkpoint=Checkpoint(path, resume=True))


def test_other_data_is_told_from_what_is_said_of_it(path):
    train({}, updates=2, checkpoint=Checkpoint(path, about={"text": "one"}))
    with pytest.raises(CheckpointError, match=r"about\.text = 'two', got 'one'"):
        train({}, checkpoint=Checkpoint(path, resume=True, about={"text": "two"}))
    with pytest.raises(CheckpointError, match=r"about\.text = None, got 'one'"):
        train({}, checkpoint=Checkpoint(path, resume=True))


def test_fewer_batches_than_there_were(path):
    train({}, updates=2, checkpoint=Checkpoint(path))
    with pytest.raises(
        ValueError,
        match=r"^batches: expected at least 2 in an epoch, as when .*, got 1",
    ):
        train({"batches": DATA[:1]}, checkpoint=Checkpoint(path, resume=True))


def test_a_folder_that_is_not_there_is_noticed_before_the_training(tmp_path):
    with pytest.raises(
        ValueError, match=r"^path: expected a file in a folder that is there"
    ):
        Checkpoint(tmp_path / "nowhere" / "training.rnn")


def test_so_much_time(path):
    assert train({}, epochs=10**6, seconds=0.05).stopped == "time"
    with pytest.raises(
        ValueError, match=r"^seconds: expected a finite number above 0, got 0"
    ):
        train({}, seconds=0)


# The language model

TEXT = "the cat sat on the mat. " * 20


def language(seed=0):
    net = Embedded(Stacked((LSTM(), RNN("tanh")), dropout=0.2), 3)
    return LanguageModel(
        Vocabulary.from_text(TEXT), np.random.default_rng(seed), H=5, cell=net
    )


def learn(model, text=TEXT, B=3, **options):
    return model.fit(
        text,
        TEXT,
        optimizer=Adam(0.01),
        B=B,
        T=8,
        rng=np.random.default_rng(1),
        every=4,
        epochs=2,
        **options,
    )


def test_a_language_model_goes_on(path):
    whole, parts = language(), language()
    learn(whole)
    for updates in (3, 13, None):
        learn(parts, checkpoint=Checkpoint(path, resume=True), updates=updates)
        parts = language()  # as in another process
    learn(parts, checkpoint=Checkpoint(path, resume=True))
    assert parts.history == whole.history and parts.history.updates > 13
    assert_same(parts.params, whole.params)


def test_the_file_of_a_training_is_a_model_at_any_time(path):
    model, seen = language(), []
    learn(
        model,
        checkpoint=Checkpoint(path, every=1),
        watch=lambda *given: seen.append(LanguageModel.load(path)),
    )
    again = LanguageModel.load(path)
    assert_same(again.params, model.params)
    assert again.history.losses == model.history.losses
    assert [one.history.updates for one in seen] == [
        n - 1 for n in model.history.valid_updates[:-1]
    ] + [model.history.updates]


def test_another_text_or_another_cut(path):
    learn(language(), checkpoint=Checkpoint(path), updates=2)
    with pytest.raises(CheckpointError, match=r"about\.data\.text = "):
        learn(language(), TEXT[:-1], checkpoint=Checkpoint(path, resume=True))
    with pytest.raises(CheckpointError, match=r"about\.data\.B = 2, got 3"):
        learn(language(), B=2, checkpoint=Checkpoint(path, resume=True))
