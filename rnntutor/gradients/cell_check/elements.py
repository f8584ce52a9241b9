"""Faults that multiply each unit by a number: a slope left out, a factor left out, z
for 1 − z.

For one sequence such a fault is a factor for each column of a block.  Which factor, is
looked for among the numbers that the cell left behind for its way back, and its states.
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check.compared import fits
from rnntutor.gradients.cell_check.trial import step

SLOPES = (
    (
        "missing-sigmoid-slope",
        lambda v: v * (1 - v),
        "the slope v (1 − v) of the sigmoid, v = {}",
    ),
    ("missing-tanh-slope", lambda v: 1 - v * v, "the slope 1 − v² of tanh, v = {}"),
    (
        "missing-relu-slope",
        lambda v: (v > 0) * 1.0,
        "the slope of the ReLU, 0 where v = {} is 0",
    ),
    ("missing-factor", lambda v: v, "the factor {}"),
    ("missing-factor", lambda v: 1 - v, "the factor 1 − {}"),
)


def candidates(trial):
    """{name: array (H,)} of a trial with one sequence: what the tape holds, the new
    state, tanh of it.
    """
    H = trial.sizes[2]
    new, tape = step(trial)
    values = {}
    for name, array in arrays(tape):
        flat = np.ravel(array)
        if (
            array.dtype.kind == "f"
            and flat.size
            and flat.size % H == 0
            and array.shape[-1] == flat.size
        ):
            K = flat.size // H
            for k, block in enumerate(np.split(flat, K), start=1):
                values[name if K == 1 else f"{name}, block {k}"] = block
    for name, part in zip(new._fields, new, strict=True):
        values.setdefault(f"the new {name}", part[0])
        values.setdefault(f"tanh of the new {name}", np.tanh(part[0]))
    return values


def arrays(thing, name="the tape"):
    """(name, array) for everything in a tape, whatever it is made of."""
    if isinstance(thing, np.ndarray):
        return [(name, thing)] if thing.ndim else []
    if isinstance(thing, tuple | list):
        names = getattr(
            thing, "_fields", [f"entry {i} of {name}" for i in range(1, len(thing) + 1)]
        )
        return [
            pair
            for key, part in zip(names, thing, strict=True)
            for pair in arrays(part, key)
        ]
    members = thing if isinstance(thing, dict) else getattr(thing, "__dict__", {})
    return [pair for key, part in members.items() for pair in arrays(part, str(key))]


def forms(values):
    """(name, words, test) for every candidate; `values` are the candidates of each
    sequence of the batch.

    The test takes the number of the sequence, the cell's block and the true one, and
    the tolerance.
    """
    shared = [name for name in values[0] if all(name in row for row in values)]
    for fault, factor, words in SLOPES:
        for name in shared:
            s = [factor(row[name]) for row in values]
            if not all(fits(one, np.ones_like(one), 1e-12) for one in s):
                text = f"expected {words.format(name)}, got the gradient without it"
                yield (
                    fault,
                    text,
                    lambda b, mine, true, tol, s=s: _equal(mine * s[b], true, tol),
                )
    for name in shared:
        v = [row[name] for row in values]
        for one, other, text in (
            (0, 1, f"1 − {name} for {name}"),
            (1, 0, f"{name} for 1 − {name}"),
        ):
            s = [(row, 1 - row) for row in v]
            yield (
                "swapped-gates",
                f"expected the gate of the equation, got {text}",
                lambda b, mine, true, tol, s=s, i=one, j=other: _equal(
                    mine * s[b][i], true * s[b][j], tol
                ),
            )


def _equal(a, b, tol):
    """To rounding; two zeros are equal."""
    return fits(a, b, tol) or not (np.any(a) or np.any(b))
