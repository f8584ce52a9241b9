"""The state of a training: its history, and everything that the next update depends
on.
"""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any, NamedTuple

import numpy as np

from rnntutor.tree import map as tree_map


class History(NamedTuple):
    """The numbers of a training, update by update."""

    losses: list  # nats, of each update's own batch, before the update
    norms: list  # global norm of each gradient, before clipping
    lrs: list
    valid_updates: list  # after how many updates the validation loss was measured
    valid_losses: list

    @property
    def updates(self):
        """The number of updates."""
        return len(self.losses)

    def __repr__(self):
        """The last losses, not all of them."""
        last = ", ".join(f"{loss:.4g}" for loss in self.losses[-3:])
        parts = [f"{self.updates} updates", f"last losses {last}"][: 1 + bool(last)]
        if self.valid_losses:
            lowest = min(self.valid_losses)
            update = self.valid_updates[self.valid_losses.index(lowest)]
            parts.append(
                f"validation loss {self.valid_losses[-1]:.4g}"
                f" (lowest {lowest:.4g} after update {update})"
            )
        return f"History({'; '.join(parts)})"


class Fitted(NamedTuple):
    """What `fit` returns."""

    params: Any  # after the last update
    # at the lowest validation loss; the last ones without a validation
    best: Any
    history: History
    # why: "epochs", "updates", "time", "patience" or "interrupted"; "error" in
    # error.fitted
    stopped: str
    # how many updates the checkpoint's file holds; None without a checkpoint
    kept: int | None = None

    def __repr__(self):
        """How the training went, without the parameters."""
        kept = "" if self.kept is None else f", kept={self.kept}"
        return f"Fitted(stopped={self.stopped!r}{kept}, history={self.history!r})"


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

    def next_batch(self, state, renew):
        """The beginning of the next batch, of which one row in `renew` starts from
        zero.
        """
        done = self.batch + 1

        def renewed(rows):
            turn = (np.arange(len(rows)) + done) % renew == 0
            return np.where(turn[:, None], rows.dtype.type(0), rows)

        if state is not None and renew is not None:
            state = tree_map(renewed, state)
        return Position(self.epoch, done, state=state)


class Progress(NamedTuple):
    """A training between two updates.

    It is replaced as a whole, so that an interrupt finds either the old one or the new
    one.
    """

    params: Any
    optimizer_state: Any
    position: Position
    rng: dict | None  # the generator's state
    epoch_rng: dict | None  # the same when the epoch began
    best: Any  # parameters at the lowest validation loss; None before the first
    updates: int  # how many rows of the history count
    measured: int  # how many of its validations count

    @classmethod
    def start(cls, params, optimizer_state, rng):
        """A training before its first update."""
        drawn = None if rng is None else rng.bit_generator.state
        return cls(params, optimizer_state, Position(), drawn, drawn, None, 0, 0)

    def cut(self, history):
        """The rows of a history that count: an interrupt may have left part of one
        more.
        """
        rows = (*(self.updates,) * 3, *(self.measured,) * 2)
        return History(*(column[:n] for column, n in zip(history, rows, strict=True)))

    def remaining_batches(self, batches, rng):
        """The batches of the epoch from the present position on.

        A training that goes on within an epoch walks through the batches before again,
        with the generator as it was when the epoch began: a shuffled order is the same
        again.
        """
        position = self.position
        if position.begins_epoch:
            return iter(batches)
        if rng is not None:
            rng.bit_generator.state = self.epoch_rng
        iterator, wanted = iter(batches), position.batch + (position.window > 0)
        used = deque(enumerate(itertools.islice(iterator, wanted), 1), maxlen=1)
        count, batch = used.pop() if used else (0, None)
        if count < wanted:
            raise ValueError(
                f"batches: expected at least {wanted} in an epoch, as when the"
                f" checkpoint was written, got {count}"
            )
        if rng is not None:
            rng.bit_generator.state = self.rng
        return itertools.chain([batch] if position.window else [], iterator)
