"""Random problems for a cell, and its methods called with care: whatever they raise, or
return in another structure, is a finding.
"""

from __future__ import annotations

import copy
import warnings
from collections import namedtuple
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from rnntutor.gradients.cell_check.report import CheckFailed
from rnntutor.gradients.numeric import NotComplex, complex_step
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

Array = np.ndarray


class Problem(NamedTuple):
    """One step of a cell: its arguments, the derivative that comes back, the oracle."""

    cell: Any
    params: Any
    x: Array  # (B, D)
    state: Any
    dstate: Any  # derivative of the loss with respect to the new state
    oracle: Callable = complex_step

    @property
    def sizes(self):
        """B, D, H."""
        return (*self.x.shape, self.state.h.shape[-1])

    @property
    def tol(self):
        """The largest error allowed, relative to the largest entry."""
        return 1e-10 if self.oracle is complex_step else 1e-6

    def map(self, function):
        """The problem with a function applied to each of its arrays."""
        params, x, state, dstate = tree_map(function, self[1:5])
        return self._replace(params=params, x=x, state=state, dstate=dstate)

    def step(self):
        """The new state and the tape."""
        result = call("step", self.cell.step, self.params, self.x, self.state)
        _check_length("step", result, 2, "a state and a tape")
        _check_structure("step: the new state", result[0], self.state)
        return result

    def step_backward(self, tape):
        """All four results of the backward pass."""
        result = call(
            "step_backward", self.cell.step_backward, self.params, tape, self.dstate
        )
        _check_length("step_backward", result, 4, "(dx, dstate_prev, dparams, grads)")
        _check_structure("dx", result[0], self.x)
        _check_structure("dstate_prev", result[1], self.state)
        _check_structure("dparams", result[2], self.params)
        return result

    def gradient(self):
        """The cell's gradient: {name: array} with names dW_xh, …, dx, dh_prev, …."""
        dx, dstate_prev, dparams, _ = self.step_backward(self.step()[1])
        return by_name(dparams, dx, dstate_prev)

    def expected(self):
        """The same gradient by the oracle, which uses the forward pass alone."""
        at = (self.params, self.x, self.state)

        # a flat tuple: the oracle takes a tree apart for every number of it
        def loss(arrays):
            arrays = iter(arrays)
            new, _ = self.cell.step(*tree_map(lambda _: next(arrays), at))
            return sum((d * s).sum() for d, s in zip(self.dstate, new, strict=True))

        arrays = tuple(array for _, array in leaves(at))
        slopes = iter(call("step", self.oracle, loss, arrays))
        params, x, state = tree_map(lambda _: next(slopes), at)
        return by_name(params, x, state)


class Problems(NamedTuple):
    """Random problems for one cell, one after another; no entry of them is zero."""

    cell: Any
    rng: np.random.Generator
    D: int = 3
    H: int = 4
    oracle: Callable = complex_step

    def draw(self, B=2, D=None, H=None):
        """The next problem."""
        D, H = D or self.D, H or self.H
        params = call("init", self.cell.init, self.rng, D, H)
        zero = call("zero_state", self.cell.zero_state, params, B)
        for where, tree in (("init", params), ("zero_state", zero)):
            _check_structure(where, tree, tree)
            if not isinstance(tree, tuple):
                _wrong(where, "a NamedTuple of arrays", tree)
        if not hasattr(zero, "h"):
            _wrong("zero_state", "a NamedTuple with a field h", zero)
        if zero.h.shape != (B, H):
            words = f"expected h of shape {(B, H)}, got {zero.h.shape}"
            raise CheckFailed("structure", "zero_state", words)

        def normal(tree, scale):
            return tree_map(lambda a: scale * self.rng.standard_normal(a.shape), tree)

        params, state, dstate = normal(params, 0.7), normal(zero, 0.7), normal(zero, 1)
        x = self.rng.standard_normal((B, D))
        return Problem(self.cell, params, x, state, dstate, self.oracle)


def by_name(dparams, dx, dstate_prev):
    """A gradient as {name: array}."""
    return {
        **{f"d{name}": leaf for name, leaf in leaves(dparams)},
        "dx": dx,
        **{f"d{name}_prev": leaf for name, leaf in leaves(dstate_prev)},
    }


def copied(tree):
    """A tree of fresh arrays."""
    return tree_map(np.copy, tree)


def largest(array):
    """The largest modulus in an array; infinity if something in it is NaN."""
    size = float(np.max(np.abs(array))) if np.size(array) else 0.0
    return np.inf if np.isnan(size) else size


def call(where, function, *args):
    """Call a cell's method; whatever it raises is a finding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            return function(*args)
        except CheckFailed:
            raise
        except (np.exceptions.ComplexWarning, NotComplex) as error:
            words = (
                "expected complex numbers to pass through, got them cast to real ones"
            )
            raise CheckFailed("imaginary-part-dropped", where, words) from error
        except Exception as error:
            message = " ".join(str(error).split())[:200]
            words = f"expected a result, got {type(error).__name__}: {message}"
            raise CheckFailed("crash", where, words) from error


class WrongShape(CheckFailed):
    """A result of another shape: it may be the transpose of the right one."""

    def __init__(self, where, words, tree, like):
        super().__init__("structure", where, words)
        self.tree, self.like = tree, like


def _check_structure(where, tree, like):
    """Raise unless a tree has the names and shapes of another one."""
    try:
        have, want = dict(leaves(tree, where)), dict(leaves(like, where))
    except TypeError:
        _wrong(where, f"{type(like).__name__} with arrays in it", tree)
    if list(have) != list(want):
        _wrong(where, type(like).__name__, tree)
    for name, array in want.items():
        if have[name].shape != array.shape:
            words = f"expected shape {array.shape}, got {have[name].shape}"
            raise WrongShape(name, words, tree, like)


def _check_length(where, result, length, expected):
    """Raise unless a result is a tuple of this length."""
    if not (isinstance(result, tuple) and len(result) == length):
        _wrong(where, expected, result)


def _wrong(where, expected, got):
    kind = type(got).__name__
    kind = f"{kind} of {len(got)}" if isinstance(got, tuple) else kind
    raise CheckFailed("structure", where, f"expected {expected}, got {kind}")


class Copying:
    """A cell that gets copies of all arrays, so that it changes no others."""

    def __init__(self, cell):
        self.cell, self.init, self.zero_state = cell, cell.init, cell.zero_state
        self.check_params = getattr(cell, "check_params", None)

    def step(self, *args):
        return self.cell.step(*copied(args))

    def step_backward(self, params, tape, dstate):
        return self.cell.step_backward(
            copied(params), copy.deepcopy(tape), copied(dstate)
        )


class Renamed:
    """A cell whose state is one array, or a tuple with no field h, in the form of the
    package's cells: its first part is called h, the next one c.
    """

    def __init__(self, cell):
        self.cell, self.init = cell, cell.init

    def zero_state(self, params, B):
        zero = self.cell.zero_state(params, B)
        kind = type(zero)
        if not isinstance(zero, tuple):
            self._own = lambda state: state.h
        elif hasattr(zero, "h"):
            self._own = lambda state: state
        else:
            self._own = getattr(kind, "_make", kind)
        return _with_names(zero)

    def step(self, params, x, state):
        new, tape = self.cell.step(params, x, self._own(state))
        return _with_names(new), tape

    def step_backward(self, params, tape, dstate):
        """The cell's own backward pass; named adjoints may be left out."""
        result = self.cell.step_backward(params, tape, self._own(dstate))
        dx, dstate_prev, dparams, *grads = result
        return dx, _with_names(dstate_prev), dparams, grads[0] if grads else None


def _with_names(state):
    if hasattr(state, "h"):
        return state
    parts = state if isinstance(state, tuple) else (state,)
    return _state_of(len(parts))(*parts)


@cache
def _state_of(n):
    """A class for states of n parts, the same one each time."""
    return namedtuple("State", ["h", "c", *(f"s{k}" for k in range(3, n + 1))][:n])
