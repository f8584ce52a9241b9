"""Stochastic gradient descent: momentum, clipping by the global norm, learning-rate schedules.

Parameters go in, new parameters come out; nothing is changed in place.  A step that failed
has therefore harmed nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.errors import NonFiniteError, require_finite
from rnntutor.tree import global_norm, leaves, tree_map

_UPDATE = "The update overflowed and was not taken: the learning rate is too large, or a parameter is."
_NORM = "The gradient is not finite, so no step was taken: lower the learning rate, or clip."


class SGDState(NamedTuple):
    """What SGD remembers between updates."""

    velocity: Any  # of the parameters' type; None without momentum
    updates: int  # how many were made


class Update(NamedTuple):
    """One update."""

    params: Any
    state: SGDState
    norm: float  # of the gradient, before clipping
    lr: float


@dataclass(frozen=True)
class SGD:
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

    Raises
    ------
    TypeError, ValueError
        If `lr` or `clip` is not above 0, or `momentum` not in [0, 1).
    """

    lr: float | Callable
    momentum: float = 0.0
    clip: float | None = None

    def __post_init__(self):
        if not callable(self.lr):
            _check.number("lr", self.lr, above=0)
        _check.number("momentum", self.momentum, minimum=0, below=1)
        if self.clip is not None:
            _check.number("clip", self.clip, above=0)

    def init(self, params):
        """The state before the first update: velocity zero."""
        leaves(params, "params")  # raises unless all are arrays
        return SGDState(tree_map(np.zeros_like, params) if self.momentum else None, 0)

    def update(self, params, grads, state):
        """One step downhill.

        Parameters
        ----------
        params, grads : trees of the same structure
        state : SGDState

        Returns
        -------
        Update

        Raises
        ------
        TypeError, ValueError
            If the structures or shapes differ, `state` is not that of this SGD, or the schedule
            gives no rate above 0.
        NonFiniteError
            If a gradient or an updated parameter is not finite; it names the tensor, and the
            parameters passed in are still good.
        """
        _same_shapes(params, "grads", grads)
        _check.instance("state", state, SGDState)
        if self.momentum:
            _same_shapes(params, "state.velocity", state.velocity)
        for name, grad in leaves(grads, "grads"):
            require_finite(name, grad, _NORM)
        lr = self.lr(state.updates) if callable(self.lr) else self.lr
        lr = _check.number("lr", lr, above=0)
        norm = _norm(grads)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.clip is not None:
                grads = _shorten(grads, norm, self.clip)
            velocity = grads  # eq-sgd
            if self.momentum:
                velocity = tree_map(lambda v, g: self.momentum * v + g, state.velocity, grads)  # eq-momentum
            new = tree_map(lambda p, v: p - _like(p, lr) * v, params, velocity)  # eq-sgd
        for name, value in leaves(new, "params"):
            require_finite(name, value, _UPDATE)
        return Update(new, SGDState(velocity if self.momentum else None, state.updates + 1), norm, lr)


def clip_by_global_norm(grads, max_norm):
    """Shorten the gradient to `max_norm`, keeping its direction; a shorter one stays as it is.

    Parameters
    ----------
    grads : tree
    max_norm : float
        Above 0.

    Returns
    -------
    grads : tree
    norm : float
        The norm before clipping.

    Raises
    ------
    TypeError, ValueError
        If `max_norm` is not above 0.
    NonFiniteError
        If the gradient is not finite: no factor would mend its direction.
    """
    max_norm = _check.number("max_norm", max_norm, above=0)
    norm = _norm(grads)
    return _shorten(grads, norm, max_norm), norm


def _norm(grads):
    norm = global_norm(grads)
    if not math.isfinite(norm):
        raise NonFiniteError("grads", f"global norm is {norm}", _NORM)
    return norm


def _shorten(grads, norm, max_norm):
    if norm <= max_norm:
        return grads
    return tree_map(lambda g: g * _like(g, max_norm / norm), grads)  # eq-clip


def _like(array, number):
    """`number` in the array's own precision, so that float32 stays float32."""
    return array.dtype.type(number)


def _same_shapes(params, name, tree):
    """Raise unless `tree` has the arrays that `params` has, under the same names and of the same shapes."""
    want = {key: array.shape for key, array in leaves(params, "params")}
    have = {key: array.shape for key, array in leaves(tree, name)}
    if [key.removeprefix("params") for key in want] != [key.removeprefix(name) for key in have]:
        raise ValueError(f"{name}: expected the arrays of params, {list(want)}, got {list(have)}")
    for key, p, g in zip(have, want.values(), have.values(), strict=True):
        if p != g:
            raise ValueError(f"{key}: expected shape {p}, got {g}")
