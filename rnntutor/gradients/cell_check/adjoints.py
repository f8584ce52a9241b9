"""The adjoints by name, `StepGrads`, as far as they can be judged.

``dv`` is the derivative by what the line ``v = …`` of the step computes, see `free`.
`dh` is what comes back to h, and `da` the derivative by the pre-activations, for which
each sequence's bias stands where no line computes a.  An adjoint without such a line,
or of a cell without source, has no judge; `unjudged` tells it.
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check import trial as trials
from rnntutor.gradients.cell_check.findings import Finding
from rnntutor.gradients.cell_check.free import Freed
from rnntutor.gradients.cell_check.situations import one_sequence
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map


def adjoints(trial):
    """Findings about the named adjoints of a trial whose gradient is right."""
    grads = _named(trial)
    for name, expected in judged(trial).items():
        mine = getattr(grads, name)
        if np.shape(mine) != expected.shape:
            words = f"expected shape {expected.shape}, got {np.shape(mine)}"
        elif not trials.largest(mine - expected) <= 100 * trial.tol * (
            trials.largest(expected) or 1
        ):
            words = "expected the derivative of the loss by it, got other numbers"
        else:
            continue
        yield Finding("adjoint", f"{name} of {type(grads).__name__}", words)
    plain = trial._replace(params=tree_map(np.zeros_like, trial.params))
    _, back, _, grads = trials.step_backward(plain, trials.step(plain)[1])
    # without weights the path along the state is the whole way back
    for part, through in leaves(back):
        mine = getattr(grads, f"d{part}_prev", through)
        if (
            np.shape(mine) != through.shape
            or trials.largest(mine - through) > trial.tol
        ):
            words = (
                f"expected what goes back to {part} along the state, got other numbers"
            )
            yield Finding("adjoint", f"d{part}_prev of {type(grads).__name__}", words)


def unjudged(trial):
    """Names of the adjoints for which there is no judge."""
    along = {f"d{part}_prev" for part, _ in leaves(trial.state)}
    return tuple(
        name
        for name in getattr(_named(trial), "_fields", ())
        if name not in along | judged(trial).keys()
    )


def judged(trial):
    """{name: true adjoint} of those that can be judged."""
    names = getattr(_named(trial), "_fields", ())
    found = _by_lines(trial, {name[1:] for name in names if name.startswith("d")})
    if "da" in names and "da" not in found:
        found |= _by_bias(trial)
    return {
        name: array
        for name, array in (found | {"dh": trial.dstate.h}).items()
        if name in names
    }


def _named(trial):
    return trials.step_backward(trial, trials.step(trial)[1])[3]


def _by_lines(trial, names):
    """{`dv`: derivative by what the line of v computes}."""
    try:
        freed = Freed(trial.cell, names)
        plain = freed.step(trial.params, trial.x, trial.state)
    except Exception:  # a step that does not run outside its class
        return {}
    values = dict(freed.values)
    for part, new in leaves(plain):  # a line may also be about the state before
        if part in values and not np.array_equal(values[part], new):
            del values[part]

    def moved(by, name):
        new = freed.step(trial.params, trial.x, trial.state, **{name: by})
        return sum((d * s).sum() for d, s in zip(trial.dstate, new, strict=True))

    return {
        f"d{name}": trial.oracle(
            lambda by, name=name: moved(by, name), np.zeros_like(value)
        )
        for name, value in values.items()
    }


def _by_bias(trial):
    """The pre-activations' adjoint: a bias for each sequence is as good."""
    H = trial.sizes[2]
    bias = next(
        (name for name, p in leaves(trial.params) if p.ndim == 1 and p.size % H == 0),
        None,
    )
    if bias is None or trial.oracle is not trials.complex_step:
        return {}
    rows = [
        trials.truth(one_sequence(trial, b))[f"d{bias}"] for b in range(trial.sizes[0])
    ]
    return {"da": np.stack(rows)}
