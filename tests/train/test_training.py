"""The training loop: what it does at each update, and when it stops."""

import io
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cases import assert_same, each_cell
from loops import MODEL, PARAMS, B, Spy, T, batches, by_hand, losses_of

from rnntutor import SGD, Model, Truncation, fit, one_hot
from rnntutor.model import ModelParams
from rnntutor.text import contiguous_batches
from rnntutor.train import Validation, exponential_decay
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

# What an update is


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize(
    "optimizer", [SGD(0.5), SGD(0.5, 0.9, 0.1), SGD(exponential_decay(0.5, 0.9))]
)
def test_fit_is_the_loop_one_would_write(optimizer, carry):
    data = batches(3)
    fitted = fit(MODEL, PARAMS, data, optimizer, epochs=2, carry_state=carry)
    assert_same(fitted.params, by_hand(6, data, optimizer, carry)[-1])
    assert fitted.stopped == "epochs" and fitted.history.updates == 6
    assert fitted.best is fitted.params


def test_the_history_of_each_update():
    data, spy = batches(3), Spy()
    fitted = fit(
        spy, PARAMS, data, SGD(exponential_decay(0.5, 0.9), clip=0.01), epochs=2
    )
    history = fitted.history
    assert history.losses == [float(result.loss) for result in spy.results]
    norms = [
        math.sqrt(sum((leaf**2).sum() for _, leaf in leaves(result.grads)))
        for result in spy.results
    ]
    assert history.norms == pytest.approx(norms, rel=1e-12)  # before clipping
    assert history.lrs == pytest.approx([0.5 * 0.9**n for n in range(6)])
    assert history.valid_updates == history.valid_losses == []
    assert all(type(number) is float for column in history[:3] for number in column)


@pytest.mark.parametrize("carry", [False, True])
def test_the_state_goes_from_batch_to_batch_and_not_across_epochs(carry):
    spy = Spy()
    fit(spy, PARAMS, batches(3), SGD(0.5), epochs=2, carry_state=carry)
    given = [args[3] for args, _ in spy.asked]
    expected = (
        [None, spy.results[0].state_T, spy.results[1].state_T] if carry else [None] * 3
    )
    assert all(have is want for have, want in zip(given[:3], expected, strict=True))
    expected = (
        [None, spy.results[3].state_T, spy.results[4].state_T] if carry else [None] * 3
    )
    assert all(have is want for have, want in zip(given[3:], expected, strict=True))


def test_rows_begin_anew_one_after_the_other():
    """After each batch one of every `renew` rows is set to zero, the others are carried
    on.
    """
    spy, data = Spy(), batches(4)
    fit(spy, PARAMS, data, SGD(0.5), epochs=2, carry_state=True, renew=3)
    for epoch in (0, 4):
        assert spy.asked[epoch][0][3] is None
        for done in (1, 2, 3):
            given, left = (
                spy.asked[epoch + done][0][3],
                spy.results[epoch + done - 1].state_T,
            )
            for (_, have), (_, had) in zip(leaves(given), leaves(left), strict=True):
                for b in range(B):
                    np.testing.assert_array_equal(
                        have[b], 0 * had[b] if (b + done) % 3 == 0 else had[b]
                    )
                    assert had[b].any()


@pytest.mark.parametrize("reduce", ["token", "sequence"])
def test_options_of_a_batch_reach_the_model(reduce):
    spy, mask = Spy(), np.ones((T, B), bool)
    mask[2:, 1] = False
    xs, targets = batches(1)[0]
    fit(spy, PARAMS, [(xs, targets, {"mask": mask})], SGD(0.5), reduce=reduce)
    ((args, options),) = spy.asked
    assert options["mask"] is mask and options["reduce"] == reduce
    assert args[1] is xs and args[2] is targets


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize(
    "truncation",
    [Truncation(3), Truncation(4, 2), Truncation(3, 2, carry=False)],
    ids=str,
)
def test_truncation_updates_after_every_window(truncation, carry):
    data, optimizer = batches(2, T=7), SGD(0.5, momentum=0.5)
    params, optimizer_state, losses = PARAMS, optimizer.init(PARAMS), []
    for _ in range(2):
        state = None
        for xs, targets in data:
            starts = {0: state}
            for window in truncation.windows(7):
                part = slice(window.start, window.stop)
                scored = np.zeros((window.stop - window.start, B), bool)
                scored[window.fresh - window.start :] = True
                found = MODEL.loss_and_grad(
                    params,
                    xs[part],
                    targets[part],
                    starts[window.start] if truncation.carry else None,
                    scored=scored,
                )
                losses.append(float(found.loss))
                starts |= enumerate(found.unrolled.states, window.start)
                params, optimizer_state, _, _ = optimizer.update(
                    params, found.grads, optimizer_state
                )
            state = found.state_T if carry else None
    fitted = fit(
        MODEL,
        PARAMS,
        data,
        optimizer,
        epochs=2,
        truncation=truncation,
        carry_state=carry,
    )
    assert fitted.history.losses == losses
    assert_same(fitted.params, params)


def test_parameters_given_are_not_changed():
    before = tree_map(np.copy, PARAMS)
    fit(MODEL, PARAMS, batches(2), SGD(0.5, 0.9, 1.0), epochs=3)
    assert_same(PARAMS, before)


@each_cell
def test_a_pattern_is_learned(cell):
    """The same sequence of symbols over and over: the loss falls from ln V to nearly
    nothing.
    """
    V = 4
    model = Model(cell, V, 16, V)
    data = [
        (one_hot(i, V), t)
        for i, t in contiguous_batches(np.tile([0, 1, 2, 1, 3], 60), 2, 10)
    ]
    params = model.init(np.random.default_rng(0))
    fitted = fit(model, params, data, SGD(0.5, 0.9, 1.0), epochs=60, carry_state=True)
    assert abs(fitted.history.losses[0] - math.log(V)) < 0.5
    assert fitted.history.losses[-1] < 0.05


def test_an_iterator_lasts_for_one_epoch():
    data = batches(3)
    fitted = fit(MODEL, PARAMS, iter(data), SGD(0.5))
    assert_same(fitted.params, by_hand(3, data, SGD(0.5))[-1])


# When it stops


@pytest.mark.parametrize("updates", [1, 4, 6])
def test_so_many_updates(updates):
    data = batches(3)
    fitted = fit(MODEL, PARAMS, data, SGD(0.5), epochs=2, updates=updates)
    assert fitted.history.updates == updates and fitted.stopped == "updates"
    assert_same(fitted.params, by_hand(6, data, SGD(0.5))[updates])


def test_fewer_updates_than_asked_for():
    assert fit(MODEL, PARAMS, batches(3), SGD(0.5), updates=100).stopped == "epochs"


def test_updates_are_counted_by_windows():
    fitted = fit(
        MODEL, PARAMS, batches(3), SGD(0.5), updates=3, truncation=Truncation(2)
    )
    assert fitted.history.updates == 3


def validated(n, losses, every=100, updates=None, **options):
    """`fit` on n batches with these validation losses."""
    validation = Validation(losses_of(*losses), every=every, **options)
    return fit(
        MODEL, PARAMS, batches(n), SGD(0.5), updates=updates, validation=validation
    )


def test_validation_every_so_often_and_at_the_end():
    evaluate, lines, watched = losses_of(3.0, 1.0, 2.0, 2.5), [], []
    validation = Validation(
        evaluate, every=2, log=lines.append, watch=lambda *given: watched.append(given)
    )
    fitted = fit(MODEL, PARAMS, batches(7), SGD(0.5), validation=validation)
    steps = by_hand(7, batches(7), SGD(0.5))
    assert fitted.history.valid_updates == [2, 4, 6, 7]
    assert fitted.history.valid_losses == [3.0, 1.0, 2.0, 2.5]
    for params, n in zip(evaluate.seen, [2, 4, 6, 7], strict=True):
        assert_same(params, steps[n])
    assert_same(fitted.best, steps[4])
    assert_same(fitted.params, steps[7])
    assert [given[:2] for given in watched] == [(2, 3.0), (4, 1.0), (6, 2.0), (7, 2.5)]
    assert watched[1][2] is fitted.best
    assert len(lines) == 4 and "4" in lines[1] and lines[1].endswith(" 1.000")


def test_the_last_validation_is_not_repeated():
    fitted = validated(4, [3.0, 1.0], every=2)
    assert fitted.history.valid_updates == [2, 4] and fitted.stopped == "epochs"


def test_validation_when_updates_run_out():
    fitted = validated(9, [3.0, 1.0], every=4, updates=5)
    assert fitted.history.valid_updates == [4, 5] and fitted.stopped == "updates"


def test_patience():
    fitted = validated(9, [3.0, 2.0, 2.0, 2.5, 1.0], every=1, patience=2)
    # the same again is no improvement
    assert fitted.history.valid_losses == [3.0, 2.0, 2.0, 2.5]
    assert fitted.stopped == "patience" and fitted.history.updates == 4
    assert_same(fitted.best, by_hand(2, batches(9), SGD(0.5))[-1])
    assert_same(fitted.params, by_hand(4, batches(9), SGD(0.5))[-1])


def test_patience_starts_anew_with_each_improvement():
    fitted = validated(9, [3.0, 4.0, 2.0, 4.0, 1.0, 4.0, 4.0], every=1, patience=2)
    assert fitted.history.updates == 7 and fitted.stopped == "patience"


def test_patience_running_out_at_the_last_measurement_does_not_matter():
    fitted = validated(3, [1.0, 2.0], every=2, patience=1)
    assert fitted.stopped == "epochs" and fitted.history.valid_updates == [2, 3]


# What comes out, in print


def test_a_training_in_print_is_a_line():
    history = fit(MODEL, PARAMS, batches(4), SGD(0.5)).history
    last = ", ".join(f"{loss:.4g}" for loss in history.losses[1:])
    assert repr(history) == f"History(4 updates; last losses {last})"
    fitted = validated(7, [3.0, 1.0, 2.0, 2.5], every=2)
    assert repr(fitted).startswith(
        "Fitted(stopped='epochs', history=History(7 updates;"
    )
    assert repr(fitted).endswith("validation loss 2.5 (lowest 1 after update 4)))")


# The progress bar


def test_no_bar_where_the_output_is_no_terminal(capfd):
    fit(MODEL, PARAMS, batches(3), SGD(0.5))
    assert capfd.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def on_a_terminal(monkeypatch, **options):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", Terminal())
        fit(MODEL, PARAMS, batches(3), SGD(0.5), epochs=2, **options)
        return sys.stderr.getvalue()


def test_a_bar_on_a_terminal(monkeypatch):
    assert "6/6" in on_a_terminal(monkeypatch)
    assert "4/4" in on_a_terminal(monkeypatch, updates=4)
    # how many, it cannot know
    assert "12update" in on_a_terminal(monkeypatch, truncation=Truncation(2))
    assert "5/5" in on_a_terminal(monkeypatch, truncation=Truncation(2), updates=5)
    assert on_a_terminal(monkeypatch, progress=False) == ""


@pytest.mark.parametrize("progress", [True, False])
def test_no_thread_where_there_is_no_bar(progress):
    """So that a process that trains may fork, and be killed, whatever the others are
    doing.
    """
    code = (
        "import threading, loops, rnntutor\nrnntutor.fit(loops.MODEL, loops.PARAMS,"
        " loops.batches(2), rnntutor.SGD(0.5),"
        f" progress={progress})\nprint(threading.active_count())"
    )
    command, folder = [sys.executable, "-c", code], Path(__file__).parents[1]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=folder
    )
    assert done.stdout == "1\n"


def test_fitted_holds_model_params():
    fitted = fit(MODEL, PARAMS, batches(1), SGD(0.5))
    assert type(fitted.params) is ModelParams
