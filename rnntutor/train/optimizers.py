"""The optimizers, in the order of the state that they keep: SGD with momentum, RMSProp,
Adam.

Parameters go in, new parameters come out; nothing is changed in place, so that a step
that fails does no harm.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import require_finite
from rnntutor.train.clipping import NOT_FINITE, clip_by_value, finite_norm, shortened
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm

_UPDATE = (
    "The update overflowed and was not taken: the learning rate is too large, or a"
    " parameter is."
)


def step(params, direction, lr):
    """The new parameters, and whether all of them are finite."""
    new = tree_map(lambda p, d: p - p.dtype.type(lr) * d, params, direction)  # eq-sgd
    return new, all(_check.all_finite(array) for _, array in leaves(new))


class Update(NamedTuple):
    """One update."""

    params: Any
    state: Any  # the optimizer's
    norm: float  # of the gradient, before clipping
    lr: float


class Optimizer(ABC):
    r"""Base of the optimizers: :math:`\theta \leftarrow \theta - \eta d`; each has its
    own direction d. With `decay`, :math:`\lambda \theta` is added to it.

    A subclass is a frozen dataclass with the fields `lr`, `clip`, `clamp` and `decay`.
    It names the type of its `State`, whose fields are trees like the parameters and
    last the number of updates, and gives `direction`.
    """

    State: type

    def __post_init__(self):
        if not callable(self.lr):
            _check.number("lr", self.lr, above=0)
        for name in ("clip", "clamp"):
            if getattr(self, name) is not None:
                _check.number(name, getattr(self, name), above=0)
        _check.number("decay", self.decay, minimum=0)

    @property
    def slots(self):
        """The names of the trees of the state that are in use."""
        return self.State._fields[:-1]

    @abstractmethod
    def direction(self, grads, state):
        """The direction d, and a dict of the new state: a tree for each name in
        `slots`.
        """

    def init(self, params):
        """The state before the first update: all zero."""
        leaves(params, "params")  # raises unless all are arrays
        empty = dict.fromkeys(self.State._fields, None)
        return self.State(
            **empty
            | {name: tree_map(np.zeros_like, params) for name in self.slots}
            | {"updates": 0}
        )

    def update(self, params, grads, state, step=step):
        """One step of gradient descent.

        Parameters
        ----------
        params, grads : trees of the same structure
        state : the optimizer's State
        step : callable, optional
            (params, direction, lr) -> new parameters, whether all are finite; `fit`
            gives the net's own, where it has one.

        Returns
        -------
        Update

        Raises
        ------
        TypeError, ValueError
            If the structures or shapes differ, `state` is of another optimizer, or the
            schedule gives a learning rate that is not above 0.
        NonFiniteError
            If a gradient, the state or an updated parameter is not finite; it names the
            tensor, and the parameters passed in are still good.
        """
        _same_shapes(params, "grads", grads)
        _check.instance("state", state, self.State)
        _check.function("step", step, "of parameters, direction and rate")
        for name in self.slots:
            _same_shapes(params, f"state.{name}", getattr(state, name))
        norm = global_norm(grads)
        if not math.isfinite(norm):  # find the tensor that is not finite
            for name, grad in leaves(grads, "grads"):
                require_finite(name, grad, NOT_FINITE)
        lr = self.lr(state.updates) if callable(self.lr) else self.lr
        lr = _check.number("lr", lr, above=0)
        norm = finite_norm(grads, norm)
        with np.errstate(over="ignore", invalid="ignore"):  # looked for below, by name
            direction, slots = self.direction(self._limited(grads, norm), state)
            if self.decay:
                direction = tree_map(
                    lambda d, p: d + self.decay * p, direction, params
                )  # eq-weight-decay
            new, finite = step(params, direction, lr)
        if not finite:
            for name, value in leaves(new, "params"):
                require_finite(name, value, _UPDATE)
        for name, tree in slots.items():
            for part, value in leaves(tree, f"state.{name}"):
                require_finite(part, value, _UPDATE)
        return Update(new, state._replace(**slots, updates=state.updates + 1), norm, lr)

    def _limited(self, grads, norm):
        """The gradient, whose norm is known, with its numbers clamped and then its norm
        clipped.
        """
        if self.clamp is not None:
            grads = clip_by_value(grads, self.clamp)
            norm = global_norm(grads)
        return grads if self.clip is None else shortened(grads, self.clip, norm)


def _same_shapes(params, name, tree):
    """Raise unless `tree` has arrays of the same names and shapes as `params`."""
    want = {key: array.shape for key, array in leaves(params, "params")}
    have = {key: array.shape for key, array in leaves(tree, name)}
    if [key.removeprefix("params") for key in want] != [
        key.removeprefix(name) for key in have
    ]:
        raise ValueError(
            f"{name}: expected the arrays of params, {list(want)}, got {list(have)}"
        )
    for key, p, g in zip(have, want.values(), have.values(), strict=True):
        if p != g:
            raise ValueError(f"{key}: expected shape {p}, got {g}")


class SGDState(NamedTuple):
    """The state of SGD between updates."""

    velocity: Any  # of the parameters' type; None without momentum
    updates: int  # how many were made


@dataclass(frozen=True)
class SGD(Optimizer):
    r"""Gradient descent on the gradient of a batch.

    .. math:: v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - \eta v

    Parameters
    ----------
    lr : float or callable
        The learning rate η, or a schedule: a function from the number of updates made
        so far to the rate of the next one.
    momentum : float
        μ in [0, 1); 0 is plain SGD.
    clip : float, optional
        Largest global norm of the gradient; a longer one is shortened to it.
    clamp : float, optional
        Largest modulus of a single number of the gradient; applied before `clip`.
    decay : float
        λ of the weight decay (Loshchilov & Hutter 2019): each update also takes away
        the share ηλ of every parameter. Neither `clip` nor the means see it.

    Raises
    ------
    TypeError, ValueError
        If `lr`, `clip` or `clamp` is not above 0, `decay` is below 0, or `momentum` not
        in [0, 1).
    """

    lr: float | Callable
    momentum: float = 0.0
    clip: float | None = None
    clamp: float | None = None
    decay: float = 0.0
    State = SGDState

    def __post_init__(self):
        super().__post_init__()
        _check.number("momentum", self.momentum, minimum=0, below=1)

    @property
    def slots(self):
        """The velocity, where there is momentum."""
        return super().slots if self.momentum else ()

    def direction(self, grads, state):
        """The velocity; without momentum the gradient itself."""
        if not self.momentum:
            return grads, {}
        velocity = tree_map(
            lambda v, g: self.momentum * v + g, state.velocity, grads
        )  # eq-momentum
        return velocity, {"velocity": velocity}


class RMSPropState(NamedTuple):
    """The state of RMSProp between updates."""

    square: Any  # running mean of g², of the parameters' type
    updates: int  # how many were made


@dataclass(frozen=True)
class RMSProp(Optimizer):
    r"""Gradient descent in units of the gradient's recent size (Tieleman & Hinton 2012,
    lecture 6.5).

    .. math::
        s \leftarrow \alpha s + (1 - \alpha) g^2, \qquad
        \theta \leftarrow \theta - \eta \, \frac{g}{\sqrt{s} + \varepsilon}

    All operations are elementwise. ε stands outside the root, as in Torch and PyTorch;
    Keras has it inside. s starts from zero without a correction: the first step has
    length η / √(1 − α) whatever the gradient.

    Parameters
    ----------
    lr : float or callable
        The learning rate η or a schedule, as for `SGD`.
    alpha : float
        α in [0, 1), the decay of the mean. 0.99 as in PyTorch; 0.9 in the lecture.
    eps : float
        ε above 0.
    clip, clamp, decay : float, optional
        As for `SGD`.

    Raises
    ------
    TypeError, ValueError
        If `lr`, `eps`, `clip` or `clamp` is not above 0, `decay` is below 0, or `alpha`
        not in [0, 1).
    """

    lr: float | Callable
    alpha: float = 0.99
    eps: float = 1e-8
    clip: float | None = None
    clamp: float | None = None
    decay: float = 0.0
    State = RMSPropState

    def __post_init__(self):
        super().__post_init__()
        _check.number("alpha", self.alpha, minimum=0, below=1)
        _check.number("eps", self.eps, above=0)

    def direction(self, grads, state):
        """The gradient, each number over the root of its mean square."""
        alpha, eps = self.alpha, self.eps
        square = tree_map(
            lambda s, g: alpha * s + (1 - alpha) * g * g, state.square, grads
        )  # eq-rmsprop
        unit = tree_map(
            lambda g, s: g / (np.sqrt(s) + eps), grads, square
        )  # eq-rmsprop
        return unit, {"square": square}


class AdamState(NamedTuple):
    """The state of Adam between updates."""

    mean: Any  # running mean of g, of the parameters' type
    square: Any  # running mean of g²
    updates: int  # how many were made


@dataclass(frozen=True)
class Adam(Optimizer):
    r"""Adaptive moment estimation (Kingma & Ba 2015, algorithm 1).

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
            s \leftarrow \beta_2 s + (1 - \beta_2) g^2 \\
        \theta &\leftarrow \theta - \eta \,
        \frac{m / (1 - \beta_1^n)}{\sqrt{s / (1 - \beta_2^n)} + \varepsilon}

    All operations are elementwise; n counts the updates from 1. The means start from
    zero; dividing by 1 − βⁿ makes them means of the n gradients seen.  ε stands outside
    the root.

    Parameters
    ----------
    lr : float or callable
        The learning rate η or a schedule, as for `SGD`; the paper suggests 0.001.
    beta1, beta2 : float
        In [0, 1), the decay of the two means.
    eps : float
        ε above 0.
    clip, clamp, decay : float, optional
        As for `SGD`.

    Raises
    ------
    TypeError, ValueError
        If `lr`, `eps`, `clip` or `clamp` is not above 0, `decay` is below 0, or `beta1`
        or `beta2` not in [0, 1).
    """

    lr: float | Callable
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    clip: float | None = None
    clamp: float | None = None
    decay: float = 0.0
    State = AdamState

    def __post_init__(self):
        super().__post_init__()
        _check.number("beta1", self.beta1, minimum=0, below=1)
        _check.number("beta2", self.beta2, minimum=0, below=1)
        _check.number("eps", self.eps, above=0)

    def direction(self, grads, state):
        """The mean of the gradient, each number over the root of its mean square."""
        n, beta1, beta2 = state.updates + 1, self.beta1, self.beta2
        mean = tree_map(
            lambda m, g: beta1 * m + (1 - beta1) * g, state.mean, grads
        )  # eq-adam
        square = tree_map(
            lambda s, g: beta2 * s + (1 - beta2) * g * g, state.square, grads
        )  # eq-adam
        m_scale, s_scale = 1 / (1 - beta1**n), 1 / (1 - beta2**n)
        unit = tree_map(
            lambda m, s: m * m_scale / (np.sqrt(s * s_scale) + self.eps), mean, square
        )  # eq-adam
        return unit, {"mean": mean, "square": square}
