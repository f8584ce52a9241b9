"""Validation during a training, and early stopping by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from rnntutor import _check


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
