"""Ctrl-C at a chosen moment of a training: in a model, an optimizer, a validation."""

from loops import Spy

from rnntutor import SGD


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


class InterruptedOptimizer:
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
