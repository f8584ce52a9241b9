"""The options of a training, checked; `rnntutor.fit` documents them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from rnntutor import _check
from rnntutor.nets.base import causal
from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.truncated import Truncation


@dataclass(frozen=True)
class Validation:
    """When the validation loss is measured, and when it stops a training early.

    Parameters
    ----------
    evaluate : callable
        From parameters to a validation loss.
    every : int
        Updates between validations; one more is made at the end.
    patience : int, optional
        Stop after this many validations in a row without a new minimum.
    log : callable, optional
        Called after every validation with a line of text, for example ``print``.
    watch : callable, optional
        Called after every validation with the number of updates, the loss and the
        parameters, for example to keep stages of the training.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """

    evaluate: Callable
    _: KW_ONLY
    every: int = 100
    patience: int | None = None
    log: Callable | None = None
    watch: Callable | None = None

    def __post_init__(self):
        _check.function("evaluate", self.evaluate, "from parameters to a loss")
        _check.integer("every", self.every)
        if self.patience is not None:
            _check.integer("patience", self.patience)
        for name in ("log", "watch"):
            if getattr(self, name) is not None:
                _check.function(name, getattr(self, name), "or None")

    def exhausted(self, losses):
        """Whether the last validations brought no new minimum for too long."""
        if self.patience is None or not losses:
            return False
        return len(losses) - 1 - losses.index(min(losses)) >= self.patience


@dataclass(frozen=True, kw_only=True)
class Options:
    """The keyword arguments of `rnntutor.fit`."""

    epochs: int
    updates: int | None
    seconds: float | None
    rng: Any
    carry_state: bool
    renew: int | None
    truncation: Truncation | None
    reduce: str
    validation: Validation | None
    checkpoint: Checkpoint | None
    progress: bool

    def __post_init__(self):
        _check.integer("epochs", self.epochs)
        if self.updates is not None:
            _check.integer("updates", self.updates)
        if self.seconds is not None:
            _check.number("seconds", self.seconds, above=0)
        if self.rng is not None:
            rng = _check.generator("rng", self.rng)
            object.__setattr__(self, "rng", rng)  # the class is frozen
        if self.renew is not None:
            _check.integer("renew", self.renew)
            if not self.carry_state:
                raise ValueError(
                    f"renew: expected None without carry_state, got {self.renew}"
                )
        _check.choice("reduce", self.reduce, ("sequence", "token"))
        for name, kind in (
            ("truncation", Truncation),
            ("validation", Validation),
            ("checkpoint", Checkpoint),
        ):
            if getattr(self, name) is not None:
                _check.instance(name, getattr(self, name), kind)

    def check_model(self, model):
        """Raise unless the model can be trained with these options."""
        if self.rng is None and model.net.dropout:
            # it would silently be trained without dropout
            raise ValueError(
                "rng: expected a numpy.random.Generator for a net with dropout, or a"
                " seed, got None"
            )
        if self.carry_state:
            causal("model", model, "to carry its state")
        if self.truncation is not None:
            causal("model", model, "to be read window by window")
