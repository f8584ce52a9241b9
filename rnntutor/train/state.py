"""How far a training is: what happened so far, and all that the next update depends
on.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class History(NamedTuple):
    """What happened, update by update."""

    losses: list  # nats, of each update's own batch, before the update
    norms: list  # global norm of each gradient, before clipping
    lrs: list
    valid_updates: list  # after how many updates the validation loss was measured
    valid_losses: list

    @property
    def updates(self):
        """How many updates were made."""
        return len(self.losses)


class Position(NamedTuple):
    """Where in the data the next update is made."""

    epoch: int = 0
    batch: int = 0  # of the epoch
    window: int = 0  # of the batch, where it is truncated
    state: Any = None  # carried there; None for zero

    @property
    def begins_epoch(self):
        """Whether nothing of the epoch has been read."""
        return self.batch == self.window == 0


class Progress(NamedTuple):
    """A training between two updates.

    It is replaced as a whole, so that whatever interrupts a training finds the old or
    the new one.
    """

    params: Any
    memory: Any  # the optimizer's state
    position: Position
    rng: dict | None  # the generator's state
    epoch_rng: dict | None  # the same when the epoch began
    best: Any  # parameters at the lowest validation loss; None before the first
    updates: int  # how many rows of the history count
    measured: int  # how many of its rows of validation count

    def cut(self, history):
        """The rows of a history that count: an interrupt may have left a part of one
        more.
        """
        rows = (*(self.updates,) * 3, *(self.measured,) * 2)
        return History(*(column[:n] for column, n in zip(history, rows, strict=True)))
