"""The adjoints by name, `StepGrads`, as far as they can be judged without knowing the cell.

`dh` is what comes back to h, and `da` the derivative by the pre-activations, for which each sequence's bias
stands.  ``dv`` for a gate v follows from `da`, where v is what one block of the pre-activations turns into.
"""

from __future__ import annotations

import numpy as np

from rnntutor.conformance import trial as trials
from rnntutor.conformance.elements import arrays
from rnntutor.conformance.findings import Finding
from rnntutor.conformance.situations import one_sequence
from rnntutor.tree import leaves, tree_map

STEP = 1e-30


def adjoints(trial, gradient_is_wrong):
    """Findings about named adjoints, none if the gradient itself is wrong: they would say it twice."""
    tape = trials.step(trial)[1]
    grads = trials.step_backward(trial, tape)[3]
    if gradient_is_wrong or not hasattr(grads, "_fields"):
        return
    for name, expected in judged(trial, tape).items():
        mine = getattr(grads, name, None)
        if mine is None:
            continue
        if np.shape(mine) != expected.shape:
            words = f"expected shape {expected.shape}, got {np.shape(mine)}"
        elif not trials.largest(mine - expected) <= 100 * trial.tol * (trials.largest(expected) or 1):
            words = "expected the derivative of the loss by it, got other numbers"
        else:
            continue
        yield Finding("adjoint", f"{name} of {type(grads).__name__}", words)
    plain = trial._replace(params=tree_map(np.zeros_like, trial.params))
    _, back, _, grads = trials.step_backward(plain, trials.step(plain)[1])
    for part, through in leaves(back):  # without weights the path along the state is the whole way back
        mine = getattr(grads, f"d{part}_prev", through)
        if np.shape(mine) != through.shape or trials.largest(mine - through) > trial.tol:
            words = f"expected what goes back to {part} along the state, got other numbers"
            yield Finding("adjoint", f"d{part}_prev of {type(grads).__name__}", words)


def judged(trial, tape):
    """{name: true adjoint}."""
    known = {"dh": trial.dstate.h}
    H = trial.sizes[2]
    bias = next((name for name, p in leaves(trial.params) if p.ndim == 1 and p.size % H == 0), None)
    if bias is None or trial.oracle is not trials.complex_step:
        return known
    rows = [trials.truth(one_sequence(trial, b))[f"d{bias}"] for b in range(trial.sizes[0])]
    known["da"] = np.stack(rows)
    return known | gates(trial, bias, known["da"], H)


def gates(trial, bias, da, H):
    """{`dv`: true adjoint} of each v in the tape into which a block of pre-activations is turned."""
    found, K = {}, da.shape[1] // H
    slopes = _slopes(trial, bias, K, H)  # {v: (K, B, H)}
    for k in range(K):
        reached = {v: np.count_nonzero(np.abs(s).max(axis=(1, 2))) for v, s in slopes.items() if s[k].any()}
        fewest = min(reached.values(), default=0)
        for v, n in reached.items():
            if n == fewest and f"d{v}" not in found and slopes[v][k].all():
                found[f"d{v}"] = da[:, k * H : (k + 1) * H] / slopes[v][k]
    return found


def _slopes(trial, bias, K, H):
    """{name in the tape: derivative by its own unit's bias, (K, B, H)}, where no other unit counts."""
    B, slopes, spoilt = trial.sizes[0], {}, set()
    for k in range(K):
        for j in range(H):
            moved = tree_map(lambda p: p.astype(complex), trial.params)
            dict(leaves(moved))[bias][k * H + j] += 1j * STEP
            for name, array in arrays(trials.step(trial._replace(params=moved))[1]):
                if array.shape == (B, H):
                    turn = array.imag / STEP
                    slopes.setdefault(name, np.zeros((K, B, H)))[k, :, j] = turn[:, j]
                    if np.delete(turn, j, axis=1).any():
                        spoilt.add(name)
    return {name: s for name, s in slopes.items() if name not in spoilt}
