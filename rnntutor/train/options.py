"""The options of a training, checked; `rnntutor.fit` documents them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnntutor import _check
from rnntutor.nets.base import causal
from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.truncated import Truncation
from rnntutor.train.validation import Validation


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
