"""What the optimisers share: the rate, limits on the gradient, a step that is taken whole or not at all.

Parameters go in, new parameters come out; nothing is changed in place.  A step that failed
has therefore harmed nothing.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.clipping import NOT_FINITE, clip_by_global_norm, clip_by_value, finite_norm
from rnntutor.errors import require_finite
from rnntutor.memory import empty
from rnntutor.threads import MOVES, WORTHWHILE, blocks, parts, share
from rnntutor.tree import global_norm, leaves, tree_map

_UPDATE = "The update overflowed and was not taken: the learning rate is too large, or a parameter is."


class Update(NamedTuple):
    """One update."""

    params: Any
    state: Any  # the optimiser's
    norm: float  # of the gradient, before clipping
    lr: float


class Optimiser(ABC):
    r"""Base of the optimisers: :math:`\theta \leftarrow \theta - \eta d`; each has its own direction d.

    A subclass is a frozen dataclass with the fields `lr`, `clip` and `clamp`. It names the type of
    its `State`, whose fields are trees like the parameters and last the number of updates, and gives
    `direction`.
    """

    State: type

    def __post_init__(self):
        if not callable(self.lr):
            _check.number("lr", self.lr, above=0)
        for name in ("clip", "clamp"):
            if getattr(self, name) is not None:
                _check.number(name, getattr(self, name), above=0)

    @property
    def memory(self):
        """The names of the state's trees that are in use."""
        return self.State._fields[:-1]

    @abstractmethod
    def direction(self, grads, state):
        """The direction d, and a dict of what to remember: a tree for each name of `memory`."""

    def init(self, params):
        """The state before the first update: all zero."""
        leaves(params, "params")  # raises unless all are arrays
        empty = dict.fromkeys(self.State._fields, None)
        return self.State(
            **empty | {name: tree_map(np.zeros_like, params) for name in self.memory} | {"updates": 0}
        )

    def update(self, params, grads, state):
        """One step downhill.

        Parameters
        ----------
        params, grads : trees of the same structure
        state : the optimiser's State

        Returns
        -------
        Update

        Raises
        ------
        TypeError, ValueError
            If the structures or shapes differ, `state` is not that of this optimiser, or the
            schedule gives no rate above 0.
        NonFiniteError
            If a gradient, what is remembered of it, or an updated parameter is not finite; it names
            the tensor, and the parameters passed in are still good.
        """
        _same_shapes(params, "grads", grads)
        _check.instance("state", state, self.State)
        for name in self.memory:
            _same_shapes(params, f"state.{name}", getattr(state, name))
        norm = global_norm(grads)
        if not math.isfinite(norm):  # whose fault is it?
            for name, grad in leaves(grads, "grads"):
                require_finite(name, grad, NOT_FINITE)
        lr = self.lr(state.updates) if callable(self.lr) else self.lr
        lr = _check.number("lr", lr, above=0)
        norm = finite_norm(grads, norm)
        with np.errstate(over="ignore", invalid="ignore"):  # looked for below, by name
            direction, memory = self.direction(self._limited(grads), state)
            new, finite = _moved(params, direction, lr)
        if not finite:
            for name, value in leaves(new, "params"):
                require_finite(name, value, _UPDATE)
        for name, tree in memory.items():
            for part, value in leaves(tree, f"state.{name}"):
                require_finite(part, value, _UPDATE)
        return Update(new, state._replace(**memory, updates=state.updates + 1), norm, lr)

    def _limited(self, grads):
        """The gradient with its numbers clamped, then with its length clipped, as far as is asked for."""
        if self.clamp is not None:
            grads = clip_by_value(grads, self.clamp)
        return grads if self.clip is None else clip_by_global_norm(grads, self.clip)[0]


def _moved(params, direction, lr):
    """The parameters after the step, and whether all of them are finite."""
    finite = []

    def moved(p, d):
        rate = p.dtype.type(lr)
        if p.size < WORTHWHILE:
            new = p - rate * d  # eq-sgd
            finite.append(_check.all_finite(new))
            return new
        new = empty(p.shape, np.result_type(p, d))

        def work(part):
            for some in blocks(part, p[0].size):
                step = np.multiply(rate, d[some], out=new[some])
                np.subtract(p[some], step, out=step)  # eq-sgd
                finite.append(_check.all_finite(step))  # while it is in the cache

        share(work, parts(len(p), p.size / MOVES))
        return new

    return tree_map(moved, params, direction), all(finite)


def _same_shapes(params, name, tree):
    """Raise unless `tree` has the arrays that `params` has, under the same names and of the same shapes."""
    want = {key: array.shape for key, array in leaves(params, "params")}
    have = {key: array.shape for key, array in leaves(tree, name)}
    if [key.removeprefix("params") for key in want] != [key.removeprefix(name) for key in have]:
        raise ValueError(f"{name}: expected the arrays of params, {list(want)}, got {list(have)}")
    for key, p, g in zip(have, want.values(), have.values(), strict=True):
        if p != g:
            raise ValueError(f"{key}: expected shape {p}, got {g}")
