"""Ctrl-C at any moment: whole updates are kept, half ones are not there, and nothing is
lost.
"""

import pytest
from cases import assert_same
from loops import MODEL, PARAMS, Spy, batches, by_hand, losses_of

from rnntutor import SGD, fit


class Interrupt:
    """Raises KeyboardInterrupt at the nth call of whatever it is wrapped around."""

    def __init__(self, nth):
        self.left = nth

    def __call__(self, *args):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return 1.0 / (1 + self.left)  # as a validation loss: not falling


class InterruptedModel(Spy):
    def __init__(self, nth):
        super().__init__()
        self.interrupt = Interrupt(nth)

    def loss_and_grad(self, *args, **options):
        result = super().loss_and_grad(*args, **options)
        self.interrupt()
        return result


class InterruptedOptimiser:
    """Interrupted before, or after, the nth update was computed, or while its outcome
    is written down.
    """

    def __init__(self, nth, where):
        self.sgd, self.interrupt, self.where = SGD(0.5), Interrupt(nth), where
        self.init = self.sgd.init

    def update(self, *args):
        if self.where == "before":
            self.interrupt()
        update = self.sgd.update(*args)
        if self.where == "after":
            self.interrupt()
        return (
            update
            if self.where in ("before", "after")
            else Recorded(update, self.interrupt, self.where)
        )


class Recorded:
    """An update that is interrupted when one of its fields is read."""

    def __init__(self, update, interrupt, field):
        self._update, self._interrupt, self._field = update, interrupt, field

    def __getattr__(self, name):
        if name == self._field:
            self._interrupt()
        return getattr(self._update, name)


def interrupted_batches(nth):
    for i, one in enumerate(batches(9), 1):
        if i == nth:
            raise KeyboardInterrupt
        yield one


@pytest.mark.parametrize(
    ("options", "done"),
    [
        ({"model": InterruptedModel(4)}, 3),
        ({"optimiser": InterruptedOptimiser(4, "before")}, 3),
        ({"optimiser": InterruptedOptimiser(4, "after")}, 3),
        ({"optimiser": InterruptedOptimiser(4, "params")}, 3),
        ({"optimiser": InterruptedOptimiser(4, "state")}, 3),
        # an update counts once its history is written
        ({"optimiser": InterruptedOptimiser(4, "norm")}, 3),
        ({"optimiser": InterruptedOptimiser(4, "lr")}, 3),
        ({"batches": interrupted_batches(4)}, 3),
        ({"batches": interrupted_batches(1)}, 0),
        ({"validate": Interrupt(2), "every": 3}, 6),
        ({"validate": Interrupt(1), "every": 3}, 3),
        ({"validate": Interrupt(1), "every": 100}, 9),  # the last one
        ({"validate": Interrupt(99), "log": Interrupt(2), "every": 2}, 4),
        ({"validate": Interrupt(99), "watch": Interrupt(1), "every": 2}, 2),
    ],
)
def test_ctrl_c_keeps_what_was_learned(options, done):
    given = {"model": MODEL, "batches": batches(9), "optimiser": SGD(0.5)} | options
    fitted = fit(
        given.pop("model"),
        PARAMS,
        given.pop("batches"),
        given.pop("optimiser"),
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
    validate = losses_of(3.0, 1.0)
    fitted = fit(
        MODEL,
        PARAMS,
        batches(9),
        SGD(0.5),
        validate=validate,
        every=2,
        log=Interrupt(2),
    )
    assert fitted.history.valid_losses == [3.0, 1.0]
    assert_same(fitted.best, by_hand(4, batches(9), SGD(0.5))[-1])


def test_training_can_go_on_after_ctrl_c():
    data = batches(9)
    first = fit(MODEL, PARAMS, interrupted_batches(4), SGD(0.5))
    second = fit(MODEL, first.params, data[3:], SGD(0.5))
    assert_same(second.params, by_hand(9, data, SGD(0.5))[-1])
