"""The training loop of `rnntutor.fit`: it can begin at any update and end at any
instant.
"""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass
from typing import Any

from rnntutor import _check
from rnntutor._check import require_finite
from rnntutor.train.checkpoint.shield import shielded
from rnntutor.train.optimizers import Optimizer
from rnntutor.train.options import Options
from rnntutor.train.progress_bar import progress_bar
from rnntutor.train.state import Fitted, History, Position, Progress
from rnntutor.train.truncated import walk

_ATTEMPTS = 5  # at the last writing; then Ctrl-C prevails
_DIVERGED = (
    "The model assigns no probability to the validation data any more: lower the"
    " learning rate."
)


class Stop(Exception):
    """Control flow: raised to leave the training loop."""


@dataclass
class Loop:
    """One training; the arguments are those of `rnntutor.fit`, checked."""

    model: Any
    batches: Any
    optimizer: Any
    options: Options
    now: Progress
    history: History

    def __post_init__(self):
        self.bar = progress_bar(
            self.options.progress,
            total=self.total(),
            initial=self.now.updates,
            unit="update",
        )
        kernels = (
            self.model.net.kernels if isinstance(self.optimizer, Optimizer) else None
        )
        self.step = {} if kernels is None else {"step": kernels.step}
        self.started = self.saved_at = time.monotonic()
        self.saved = self.now.updates, self.now.measured
        self.stopped = "error"

    def fitted(self):
        """The results so far."""
        now = self.now
        best = now.params if now.best is None else now.best
        kept = None if self.options.checkpoint is None else self.saved[0]
        return Fitted(now.params, best, now.cut(self.history), self.stopped, kept)

    @contextlib.contextmanager
    def interrupts(self):
        """Ctrl-C within this block ends the block, and the training."""
        try:
            yield
        except KeyboardInterrupt:
            self.stopped = "interrupted"

    def train(self):
        """Run, write the checkpoint, and validate for the last time.

        Ctrl-C during the writing takes effect after it; if it interrupts the writing
        all the same, the writing is repeated.
        """
        with self.interrupts(), contextlib.closing(self.bar):
            with self.interrupts():
                self.stopped = self.run()
            for _ in range(_ATTEMPTS):
                with self.interrupts():
                    self.save()
                    break
            if self.stopped != "interrupted":
                self.validate_last()

    def run(self):
        """Train until there is a reason to stop; return it."""
        if self.options.rng is not None:
            self.options.rng.bit_generator.state = self.now.rng
        try:
            self.between_updates()  # what was due when a training was interrupted
            while self.now.position.epoch < self.options.epochs:
                self.epoch()
        except Stop as stop:
            return str(stop)
        return "epochs"

    def epoch(self):
        """The updates of an epoch, or those that are left of it."""
        if self.now.position.begins_epoch:
            self.now = self.now._replace(epoch_rng=self.now.rng)
        for batch in self.now.remaining_batches(self.batches, self.options.rng):
            for outcome, position in self.gradients(batch):
                self.update(outcome, position)
                self.between_updates()
        position = self.now.position
        if position.begins_epoch:
            raise ValueError(
                "batches: expected at least one batch in an epoch, got none"
            )
        self.now = self.now._replace(position=Position(position.epoch + 1))

    def gradients(self, batch):
        """Loss and gradient of a batch, whole or window by window, each with the
        position after it.
        """
        if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
            expected = "(xs, targets) or (xs, targets, options)"
            raise TypeError(f"batches: expected {expected}, got {_check.short(batch)}")
        xs, targets, extra = (*batch, {})[:3]
        here, options = self.now.position, self.options
        how = {"reduce": options.reduce, "rng": options.rng}
        if options.truncation is None:
            outcome = self.model.loss_and_grad(
                self.now.params, xs, targets, here.state, **how, **extra
            )
            yield outcome, self.next_batch(outcome)
            return
        if extra:
            raise ValueError(
                f"batches: expected no options with a truncation, got {sorted(extra)}"
            )
        # all of it now, not window by window
        xs, targets = self.model.check_batch(xs, targets)
        windows = options.truncation.windows(len(xs))
        along = walk(
            self.model,
            lambda: self.now.params,
            xs,
            targets,
            windows[here.window :],
            here.state,
            carry=options.truncation.carry,
            **how,
        )
        for window, (_, outcome, state) in enumerate(along, here.window + 1):
            if window < len(windows):
                yield outcome, here._replace(window=window, state=state)
            else:
                yield outcome, self.next_batch(outcome)

    def next_batch(self, outcome):
        """The position at the beginning of the next batch."""
        state = outcome.state_T if self.options.carry_state else None
        return self.now.position.next_batch(state, self.options.renew)

    def update(self, outcome, position):
        """One step of the optimizer."""
        update = self.optimizer.update(
            self.now.params, outcome.grads, self.now.optimizer_state, **self.step
        )
        rng = self.options.rng
        self.history.losses.append(float(outcome.loss))
        self.history.norms.append(update.norm)
        self.history.lrs.append(update.lr)
        # from here on the update is made, its row of the history counts
        self.now = self.now._replace(
            params=update.params,
            optimizer_state=update.state,
            position=position,
            rng=None if rng is None else rng.bit_generator.state,
            updates=self.now.updates + 1,
        )
        self.bar.set_postfix(loss=f"{self.history.losses[-1]:.3f}", refresh=False)
        self.bar.update()

    def between_updates(self):
        """Validate, save and stop, each when it is due."""
        n, options = self.now.updates, self.options
        validation, checkpoint = options.validation, options.checkpoint
        if validation is not None:
            if n and n % validation.every == 0:
                self.validate()
            if validation.exhausted(self.history.valid_losses):
                raise Stop("patience")
        if checkpoint is not None and (
            n % checkpoint.every == 0
            or time.monotonic() - self.saved_at >= (checkpoint.seconds or math.inf)
        ):
            self.save()
        if n >= (options.updates or math.inf):
            raise Stop("updates")
        if time.monotonic() - self.started >= (options.seconds or math.inf):
            raise Stop("time")

    def validate(self):
        """The validation loss, unless it is known for the present parameters."""
        n, params = self.now.updates, self.now.params
        validation = self.options.validation
        if validation is None or self.history.valid_updates[-1:] == [n]:
            return
        loss = validation.evaluate(params)
        loss = float(_check.array("evaluate", loss, (), kind="real", finite=False))
        require_finite("validation loss", loss, _DIVERGED)
        better = loss < min(self.history.valid_losses, default=math.inf)
        self.history.valid_updates.append(n)
        self.history.valid_losses.append(loss)
        self.now = self.now._replace(
            measured=self.now.measured + 1, best=params if better else self.now.best
        )
        if validation.log is not None:
            validation.log(f"update {n:6d}   validation loss {loss:.3f}")
        if validation.watch is not None:
            validation.watch(n, loss, params)

    def validate_last(self):
        """The validation at the end, which a training that goes on from the file has
        not seen.
        """
        before, checkpoint = self.now, self.options.checkpoint
        self.validate()
        if checkpoint is not None and self.now.best is not None:
            with shielded():
                closing = "best" if self.now.best is before.best else "params"
                checkpoint.write(before, self.history, closing)

    def save(self):
        """Write the checkpoint, unless it is of this very moment."""
        reached = self.now.updates, self.now.measured
        if self.options.checkpoint is not None and self.saved != reached:
            with shielded():
                self.options.checkpoint.write(self.now, self.history)
                self.saved, self.saved_at = reached, time.monotonic()

    def total(self):
        """The number of updates, for the progress bar; None if it is not known."""
        options = self.options
        if hasattr(self.batches, "__len__") and options.truncation is None:
            return min(options.epochs * len(self.batches), options.updates or math.inf)
        return options.updates
