"""Ctrl-C at any moment: whole updates are kept, half ones are not there, and nothing is
lost.
"""

import pytest
from cases import assert_same
from interrupting import Interrupt, InterruptedModel, InterruptedOptimizer
from loops import MODEL, PARAMS, batches, by_hand, losses_of

from rnntutor import SGD, fit
from rnntutor.train import Validation


def interrupted_batches(nth):
    for i, one in enumerate(batches(9), 1):
        if i == nth:
            raise KeyboardInterrupt
        yield one


@pytest.mark.parametrize(
    ("options", "done"),
    [
        ({"model": InterruptedModel(4)}, 3),
        ({"optimizer": InterruptedOptimizer(4, "before")}, 3),
        ({"optimizer": InterruptedOptimizer(4, "after")}, 3),
        ({"optimizer": InterruptedOptimizer(4, "params")}, 3),
        ({"optimizer": InterruptedOptimizer(4, "state")}, 3),
        # an update counts once its history is written
        ({"optimizer": InterruptedOptimizer(4, "norm")}, 3),
        ({"optimizer": InterruptedOptimizer(4, "lr")}, 3),
        ({"batches": interrupted_batches(4)}, 3),
        ({"batches": interrupted_batches(1)}, 0),
        ({"validation": Validation(Interrupt(2), every=3)}, 6),
        ({"validation": Validation(Interrupt(1), every=3)}, 3),
        ({"validation": Validation(Interrupt(1))}, 9),  # the last one
        ({"validation": Validation(Interrupt(99), every=2, log=Interrupt(2))}, 4),
        ({"validation": Validation(Interrupt(99), every=2, watch=Interrupt(1))}, 2),
    ],
)
def test_ctrl_c_keeps_what_was_learned(options, done):
    given = {"model": MODEL, "batches": batches(9), "optimizer": SGD(0.5)} | options
    fitted = fit(
        given.pop("model"),
        PARAMS,
        given.pop("batches"),
        given.pop("optimizer"),
        **given,
    )
    assert fitted.stopped == "interrupted"
    assert_same(fitted.params, by_hand(done, batches(9), SGD(0.5))[-1])
    history = fitted.history
    assert len(history.losses) == len(history.norms) == len(history.lrs) == done
    assert len(history.valid_losses) == len(history.valid_updates)
    if not history.valid_losses:
        assert fitted.best is fitted.params


def test_ctrl_c_while_a_line_is_logged_does_not_lose_the_best():
    validation = Validation(losses_of(3.0, 1.0), every=2, log=Interrupt(2))
    fitted = fit(MODEL, PARAMS, batches(9), SGD(0.5), validation=validation)
    assert fitted.history.valid_losses == [3.0, 1.0]
    assert_same(fitted.best, by_hand(4, batches(9), SGD(0.5))[-1])


def test_training_can_go_on_after_ctrl_c():
    data = batches(9)
    first = fit(MODEL, PARAMS, interrupted_batches(4), SGD(0.5))
    second = fit(MODEL, first.params, data[3:], SGD(0.5))
    assert_same(second.params, by_hand(9, data, SGD(0.5))[-1])
