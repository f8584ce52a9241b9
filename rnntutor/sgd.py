"""Stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from rnntutor import _check
from rnntutor.optimiser import Optimiser
from rnntutor.tree import tree_map


class SGDState(NamedTuple):
    """What SGD remembers between updates."""

    velocity: Any  # of the parameters' type; None without momentum
    updates: int  # how many were made


@dataclass(frozen=True)
class SGD(Optimiser):
    r"""Gradient descent on the gradient of a batch.

    .. math:: v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - \eta v

    Parameters
    ----------
    lr : float or callable
        The learning rate η, or a schedule: a function from the number of updates made so far
        to the rate of the next one.
    momentum : float
        μ in [0, 1); 0 is plain SGD.
    clip : float, optional
        Largest global norm of the gradient; a longer one is shortened to it.
    clamp : float, optional
        Largest modulus of a single number of the gradient; applied before `clip`.

    Raises
    ------
    TypeError, ValueError
        If `lr`, `clip` or `clamp` is not above 0, or `momentum` not in [0, 1).
    """

    lr: float | Callable
    momentum: float = 0.0
    clip: float | None = None
    clamp: float | None = None
    State = SGDState

    def __post_init__(self):
        super().__post_init__()
        _check.number("momentum", self.momentum, minimum=0, below=1)

    @property
    def memory(self):
        """The velocity, where there is momentum."""
        return super().memory if self.momentum else ()

    def direction(self, grads, state):
        """The velocity; without momentum the gradient itself."""
        if not self.momentum:
            return grads, {}
        velocity = tree_map(lambda v, g: self.momentum * v + g, state.velocity, grads)  # eq-momentum
        return velocity, {"velocity": velocity}
