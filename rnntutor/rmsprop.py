"""RMSProp: a step length of its own for each parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.optimiser import Optimiser
from rnntutor.tree import tree_map


class RMSPropState(NamedTuple):
    """What RMSProp remembers between updates."""

    square: Any  # running mean of g², of the parameters' type
    updates: int  # how many were made


@dataclass(frozen=True)
class RMSProp(Optimiser):
    r"""Gradient descent in units of the gradient's recent size (Tieleman & Hinton 2012, lecture 6.5).

    .. math::
        s \leftarrow \alpha s + (1 - \alpha) g^2, \qquad
        \theta \leftarrow \theta - \eta \, \frac{g}{\sqrt{s} + \varepsilon}

    Each number is on its own. ε stands outside the root, as in Torch and PyTorch; Keras has it inside.
    s starts from zero and nothing corrects for that: the first step has length η / √(1 − α) whatever
    the gradient.

    Parameters
    ----------
    lr : float or callable
        The learning rate η or a schedule, as for `SGD`.
    alpha : float
        α in [0, 1): how much of the past stays in the mean. 0.99 as in PyTorch; the lecture says 0.9.
    eps : float
        ε above 0.
    clip, clamp : float, optional
        As for `SGD`.

    Raises
    ------
    TypeError, ValueError
        If `lr`, `eps`, `clip` or `clamp` is not above 0, or `alpha` not in [0, 1).
    """

    lr: float | Callable
    alpha: float = 0.99
    eps: float = 1e-8
    clip: float | None = None
    clamp: float | None = None
    State = RMSPropState

    def __post_init__(self):
        super().__post_init__()
        _check.number("alpha", self.alpha, minimum=0, below=1)
        _check.number("eps", self.eps, above=0)

    def direction(self, grads, state):
        """The gradient, each number over the root of its mean square."""
        alpha, eps = self.alpha, self.eps
        square = tree_map(lambda s, g: alpha * s + (1 - alpha) * g * g, state.square, grads)  # eq-rmsprop
        unit = tree_map(lambda g, s: g / (np.sqrt(s) + eps), grads, square)  # eq-rmsprop
        return unit, {"square": square}
