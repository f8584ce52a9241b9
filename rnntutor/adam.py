"""Adam: momentum and a step length of its own for each parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.optimiser import Optimiser
from rnntutor.tree import tree_map


class AdamState(NamedTuple):
    """What Adam remembers between updates."""

    mean: Any  # running mean of g, of the parameters' type
    square: Any  # running mean of g²
    updates: int  # how many were made


@dataclass(frozen=True)
class Adam(Optimiser):
    r"""Adaptive moment estimation (Kingma & Ba 2015, algorithm 1).

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2 \\
        \theta &\leftarrow \theta - \eta \,
        \frac{m / (1 - \beta_1^n)}{\sqrt{s / (1 - \beta_2^n)} + \varepsilon}

    Each number is on its own; n counts the updates from 1. The means start from zero; dividing by
    1 − βⁿ makes them means of the n gradients seen.  ε stands outside the root.

    Parameters
    ----------
    lr : float or callable
        The learning rate η or a schedule, as for `SGD`; the paper suggests 0.001.
    beta1, beta2 : float
        In [0, 1): how much of the past stays in the two means.
    eps : float
        ε above 0.
    clip, clamp : float, optional
        As for `SGD`.

    Raises
    ------
    TypeError, ValueError
        If `lr`, `eps`, `clip` or `clamp` is not above 0, or `beta1` or `beta2` not in [0, 1).
    """

    lr: float | Callable
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    clip: float | None = None
    clamp: float | None = None
    State = AdamState

    def __post_init__(self):
        super().__post_init__()
        _check.number("beta1", self.beta1, minimum=0, below=1)
        _check.number("beta2", self.beta2, minimum=0, below=1)
        _check.number("eps", self.eps, above=0)

    def direction(self, grads, state):
        """The mean of the gradient, each number over the root of its mean square."""
        n, beta1, beta2 = state.updates + 1, self.beta1, self.beta2
        mean = tree_map(lambda m, g: beta1 * m + (1 - beta1) * g, state.mean, grads)  # eq-adam
        square = tree_map(lambda s, g: beta2 * s + (1 - beta2) * g * g, state.square, grads)  # eq-adam
        m_scale, s_scale = 1 / (1 - beta1**n), 1 / (1 - beta2**n)
        unit = tree_map(lambda m, s: m * m_scale / (np.sqrt(s * s_scale) + self.eps), mean, square)  # eq-adam
        return unit, {"mean": mean, "square": square}
