"""The loop within `rnntutor.fit`: it can begin at any update and end at any instant."""

from __future__ import annotations

import collections
import itertools
import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnntutor import _check
from rnntutor._check import require_finite
from rnntutor.train.bar import progress_bar
from rnntutor.train.checkpoint.shield import shielded
from rnntutor.train.optimizers import Optimizer
from rnntutor.train.state import History, Position, Progress
from rnntutor.train.truncated import state_at, window_gradient
from rnntutor.tree import map as tree_map

_WRITINGS = 5  # so many attempts, then whoever presses Ctrl-C gets his way
_VALIDATION = (
    "The model does not say anything about the validation data any more: lower the"
    " learning rate."
)


def _renewed(rows, done, every):
    """The rows (B, H) of a state, at zero where it is their turn after so many
    batches.
    """
    turn = (np.arange(len(rows)) + done) % every == 0
    return np.where(turn[:, None], rows.dtype.type(0), rows)


class Stop(Exception):
    """No error: it ends the loop from within."""


@dataclass
class Loop:
    """One training; the arguments are those of `rnntutor.fit`, checked."""

    model: Any
    batches: Any
    optimizer: Any
    now: Progress
    history: History
    epochs: int
    updates: float
    seconds: float
    carry_state: bool
    renew: int | None
    truncation: Any
    reduce: str
    validate: Any
    every: int
    patience: float
    log: Any
    digits: int
    watch: Any
    rng: Any
    checkpoint: Any
    progress: bool

    def __post_init__(self):
        self.bar = progress_bar(
            self.progress, total=self.total(), initial=self.now.updates, unit="update"
        )
        kernels = (
            self.model.net.kernels if isinstance(self.optimizer, Optimizer) else None
        )
        self.step = {} if kernels is None else {"step": kernels.step}
        self.begun = self.saved_at = time.monotonic()
        self.saved = self.now.updates, self.now.measured

    def train(self):
        """`run`, and write what was reached; return why it ended.

        Ctrl-C during the writing is heard afterwards. Where it cuts it off all the
        same, it is begun again.
        """
        stopped = None
        for _ in range(_WRITINGS):
            try:
                stopped = stopped or self.run()
                self.save()
                break
            except KeyboardInterrupt:
                stopped = "interrupted"
        return stopped

    def run(self):
        """Train until something says stop, and return what it was."""
        if self.rng is not None:
            self.rng.bit_generator.state = self.now.rng
        try:
            self.pause()  # what was due when a training was interrupted
            while self.now.position.epoch < self.epochs:
                self.epoch()
        except Stop as stop:
            return str(stop)
        return "epochs"

    def epoch(self):
        """All updates of an epoch, or those that are left of it."""
        if self.now.position.begins_epoch:
            self.now = self.now._replace(epoch_rng=self.now.rng)
        for batch in self.rest():
            for outcome, position in self.steps(batch):
                self.update(outcome, position)
                self.pause()
        position = self.now.position
        if position.begins_epoch:
            raise ValueError(
                "batches: expected at least one batch in an epoch, got none"
            )
        self.now = self.now._replace(position=Position(position.epoch + 1))

    def rest(self):
        """The batches from the present position on.

        A training that goes on within an epoch walks through the batches before again,
        with the generator as it was when the epoch began: a shuffled order is the same
        again.
        """
        position = self.now.position
        if position.begins_epoch:
            return iter(self.batches)
        if self.rng is not None:
            self.rng.bit_generator.state = self.now.epoch_rng
        iterator, wanted = iter(self.batches), position.batch + (position.window > 0)
        passed = collections.deque(
            enumerate(itertools.islice(iterator, wanted), 1), maxlen=1
        )
        count, batch = passed.pop() if passed else (0, None)
        if count < wanted:
            raise ValueError(
                f"batches: expected at least {wanted} in an epoch, as when the"
                f" checkpoint was written, got {count}"
            )
        if self.rng is not None:
            self.rng.bit_generator.state = self.now.rng
        return itertools.chain([batch] if position.window else [], iterator)

    def steps(self, batch):
        """Loss and gradient of a batch, whole or window by window, each with the
        position after it.
        """
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
            expected = "(xs, targets) or (xs, targets, options)"
            raise TypeError(f"batches: expected {expected}, got {_check.short(batch)}")
        xs, targets, options = (*batch, {})[:3]
        here = self.now.position
        if self.truncation is None:
            outcome = self.model.loss_and_grad(
                self.now.params,
                xs,
                targets,
                here.state,
                reduce=self.reduce,
                rng=self.rng,
                **options,
            )
            yield outcome, self.after(here, outcome)
            return
        if options:
            raise ValueError(
                f"batches: expected no options with a truncation, got {sorted(options)}"
            )
        # all of it now, not window by window
        xs, targets = self.model.check_batch(xs, targets)
        windows = self.truncation.windows(len(xs))
        for i in range(here.window, len(windows)):
            state = self.now.position.state if self.truncation.carry else None
            outcome = window_gradient(
                self.model,
                self.now.params,
                xs,
                targets,
                windows[i],
                state,
                self.reduce,
                self.rng,
            )
            if i + 1 < len(windows):
                state = state_at(windows[i], outcome, windows[i + 1].start)
                yield outcome, Position(here.epoch, here.batch, i + 1, state)
            else:
                yield outcome, self.after(here, outcome)

    def after(self, position, outcome):
        """Where the next batch begins."""
        done = position.batch + 1
        state = outcome.state_T if self.carry_state else None
        if state is not None and self.renew is not None:
            state = tree_map(lambda rows: _renewed(rows, done, self.renew), state)
        return Position(position.epoch, done, state=state)

    def update(self, outcome, position):
        """One step of the optimizer."""
        update = self.optimizer.update(
            self.now.params, outcome.grads, self.now.memory, **self.step
        )
        self.history.losses.append(float(outcome.loss))
        self.history.norms.append(update.norm)
        self.history.lrs.append(update.lr)
        # from here on the update is made, its row of the history counts
        self.now = self.now._replace(
            params=update.params,
            memory=update.state,
            position=position,
            rng=None if self.rng is None else self.rng.bit_generator.state,
            updates=self.now.updates + 1,
        )
        self.bar.set_postfix(loss=f"{self.history.losses[-1]:.3f}", refresh=False)
        self.bar.update()

    def pause(self):
        """What is to be done between two updates: measure, save, stop."""
        n = self.now.updates
        if n and n % self.every == 0:
            self.measure()
        losses = self.history.valid_losses
        if losses and len(losses) - 1 - losses.index(min(losses)) >= self.patience:
            raise Stop("patience")
        if self.checkpoint is not None and (
            n % self.checkpoint.every == 0 or self.overdue()
        ):
            self.save()
        if n >= self.updates:
            raise Stop("updates")
        if time.monotonic() - self.begun >= self.seconds:
            raise Stop("time")

    def overdue(self):
        """Whether the last writing is as long ago as the checkpoint allows."""
        limit = self.checkpoint.seconds
        return limit is not None and time.monotonic() - self.saved_at >= limit

    def measure(self):
        """The validation loss, unless it is known for the present parameters."""
        n, params = self.now.updates, self.now.params
        if self.validate is None or self.history.valid_updates[-1:] == [n]:
            return
        loss = float(
            _check.array(
                "validate", self.validate(params), (), kind="real", finite=False
            )
        )
        require_finite("validation loss", loss, _VALIDATION)
        better = loss < min(self.history.valid_losses, default=math.inf)
        self.history.valid_updates.append(n)
        self.history.valid_losses.append(loss)
        self.now = self.now._replace(
            measured=self.now.measured + 1, best=params if better else self.now.best
        )
        if self.log is not None:
            self.log(f"update {n:6d}   validation loss {loss:.{self.digits}f}")
        if self.watch is not None:
            self.watch(n, params)

    def close(self):
        """The closing validation. To a training that goes on longer it has not
        happened.
        """
        before = self.now
        self.measure()
        if self.checkpoint is not None and self.now.best is not None:
            with shielded():
                closing = "best" if self.now.best is before.best else "params"
                self.checkpoint.write(before, self.history, closing)

    def save(self):
        """Write the checkpoint, unless it is of this very moment."""
        reached = self.now.updates, self.now.measured
        if self.checkpoint is not None and self.saved != reached:
            with shielded():
                self.checkpoint.write(self.now, self.history)
                self.saved, self.saved_at = reached, time.monotonic()

    def total(self):
        """How many updates there will be, for the progress bar; None if that is not
        known.
        """
        if hasattr(self.batches, "__len__") and self.truncation is None:
            return min(self.epochs * len(self.batches), self.updates)
        return None if self.updates == math.inf else self.updates
