"""A cell with all that one step takes, and its gradient twice: as the cell gives it,
and by an oracle.

A cell that changes its inputs is wrapped in `Careful`, so that it spoils nothing but
its own result.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnntutor.gradients.cell_check.findings import Found
from rnntutor.gradients.numeric import complex_step
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

Array = np.ndarray


class Trial(NamedTuple):
    """One step of a cell, the derivative that comes back to it, and the judge."""

    cell: Any
    params: Any
    x: Array  # (B, D)
    state: Any
    dstate: Any
    oracle: Callable = complex_step
    tol: float = 1e-10  # of the largest entry

    @property
    def sizes(self):
        """B, D, H."""
        return (*self.x.shape, self.state.h.shape[-1])


def draw(cell, rng, B, D, H, oracle=complex_step, tol=1e-10):
    """A random trial: nothing in it is zero."""
    params = call("init", cell.init, rng, D, H)
    zero = call("zero_state", cell.zero_state, params, B)
    shapes_of(params, zero, B, H)

    def normal(tree, scale):
        return tree_map(lambda a: scale * rng.standard_normal(a.shape), tree)

    params, state, dstate = normal(params, 0.7), normal(zero, 0.7), normal(zero, 1.0)
    return Trial(cell, params, rng.standard_normal((B, D)), state, dstate, oracle, tol)


def shapes_of(params, zero, B, H):
    """Raise unless there are parameters, and a state of which one part is h."""
    for where, tree in (("init", params), ("zero_state", zero)):
        like(where, tree, tree)
        if not isinstance(tree, tuple):
            raise Found(
                "structure",
                where,
                f"expected a NamedTuple of arrays, got {_kind(tree)}",
            )
    if not hasattr(zero, "h"):
        raise Found(
            "structure",
            "zero_state",
            f"expected a NamedTuple with a field h, got {_kind(zero)}",
        )
    if zero.h.shape != (B, H):
        raise Found(
            "structure",
            "zero_state",
            f"expected h of shape {(B, H)}, got {zero.h.shape}",
        )


def copied(tree):
    """A tree of fresh arrays."""
    return tree_map(np.copy, tree)


def call(where, function, *args):
    """Call a cell's method; whatever it raises is a finding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            return function(*args)
        except Found:
            raise
        except np.exceptions.ComplexWarning as dropped:
            words = (
                "expected complex numbers to pass through, got them cast to real ones"
            )
            raise Found("imaginary-part-dropped", where, words) from dropped
        except Exception as error:
            said = " ".join(str(error).split())[:200]
            words = f"expected a result, got {type(error).__name__}: {said}"
            raise Found("crash", where, words) from error


class Careful:
    """A cell that gets copies of all arrays."""

    def __init__(self, cell):
        self.cell, self.init, self.check_params = cell, cell.init, cell.check_params
        self.zero_state = cell.zero_state

    def step(self, *args):
        """The cell's own step."""
        return self.cell.step(*copied(args))

    def step_backward(self, params, tape, dstate):
        """The cell's own adjoint, from a copy of the tape."""
        return self.cell.step_backward(
            copied(params), copy.deepcopy(tape), copied(dstate)
        )


def step(trial):
    """The new state and the tape of a trial."""
    result = call("step", trial.cell.step, trial.params, trial.x, trial.state)
    if not (isinstance(result, tuple) and len(result) == 2):
        raise Found(
            "structure", "step", f"expected a state and a tape, got {_kind(result)}"
        )
    like("step: the new state", result[0], trial.state)
    return result


def step_backward(trial, tape):
    """All four results of the adjoint, their structure checked."""
    names = "(dx, dstate_prev, dparams, grads)"
    result = call(
        "step_backward", trial.cell.step_backward, trial.params, tape, trial.dstate
    )
    if not (isinstance(result, tuple) and len(result) == 4):
        raise Found(
            "structure", "step_backward", f"expected {names}, got {_kind(result)}"
        )
    dx, dstate_prev, dparams, grads = result
    like("dx", dx, trial.x)
    like("dstate_prev", dstate_prev, trial.state)
    like("dparams", dparams, trial.params)
    return dx, dstate_prev, dparams, grads


def analytic(trial):
    """The cell's gradient: {name: array}, the names being dx, dh_prev, dW_xh, …."""
    dx, dstate_prev, dparams, _ = step_backward(trial, step(trial)[1])
    return named(dparams, dx, dstate_prev)


def truth(trial):
    """The same by the oracle, which knows the way forward alone."""
    at = (trial.params, trial.x, trial.state)

    # a flat tuple: the oracle takes a tree apart for every number of it
    def value(arrays):
        arrays = iter(arrays)
        new, _ = trial.cell.step(*tree_map(lambda _: next(arrays), at))
        return sum((d * s).sum() for d, s in zip(trial.dstate, new, strict=True))

    def judge():
        try:
            return trial.oracle(value, tuple(array for _, array in leaves(at)))
        except TypeError as error:
            if not str(error).startswith("f: expected a complex number"):
                raise
            words = "expected a complex state for complex arguments, got a real one"
            raise Found("imaginary-part-dropped", "step", words) from error

    slopes = iter(call("step", judge))
    params, x, state = tree_map(lambda _: next(slopes), at)
    return named(params, x, state)


def named(dparams, dx, dstate_prev):
    """A gradient as {name: array}."""
    return {
        **{f"d{name}": leaf for name, leaf in leaves(dparams)},
        "dx": dx,
        **{f"d{name}_prev": leaf for name, leaf in leaves(dstate_prev)},
    }


def like(where, tree, want):
    """Raise unless a result has the names and shapes of what it is the derivative
    by.
    """
    try:
        have, need = dict(leaves(tree, where)), dict(leaves(want, where))
    except TypeError as error:
        words = f"expected {type(want).__name__} with arrays in it, got {_kind(tree)}"
        raise Found("structure", where, words) from error
    if list(have) != list(need):
        raise Found(
            "structure", where, f"expected {type(want).__name__}, got {_kind(tree)}"
        )
    for name, array in need.items():
        if have[name].shape != array.shape:
            words = f"expected shape {array.shape}, got {have[name].shape}"
            raise WrongShape(name, words, tree, want)


class WrongShape(Found):
    """A result of another shape; kept, for it may be the transpose of the right one."""

    def __init__(self, where, words, tree, want):
        super().__init__("structure", where, words)
        self.tree, self.want = tree, want


def largest(array):
    """The largest modulus in an array; infinity if something in it is NaN."""
    size = float(np.max(np.abs(array))) if np.size(array) else 0.0
    return np.inf if np.isnan(size) else size


def _kind(value):
    return (
        f"{type(value).__name__} of {len(value)}"
        if isinstance(value, tuple)
        else type(value).__name__
    )
