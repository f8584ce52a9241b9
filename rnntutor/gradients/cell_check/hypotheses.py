"""What would explain a wrong gradient: each hypothesis says which of the wrong pieces
it fits to rounding.

A hypothesis takes the trial, its two gradients and the pieces that differ, and yields
(name of the fault, pieces, words).
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check import situations
from rnntutor.gradients.cell_check.compared import compared, fits, listed
from rnntutor.gradients.cell_check.elements import candidates, forms
from rnntutor.gradients.cell_check.trial import largest


def mean(trial, seen, wrong):
    """The gradient divided by the size of the batch, and right for a batch of one."""
    B = trial.sizes[0]
    low = [p for p in wrong if fits(B * seen.analytic[p], seen.truth[p], trial.tol)]
    one = compared(situations.one_sequence(trial)) if low else None
    low = [p for p in low if one.right(p)]
    if low:
        yield (
            "mean-for-sum",
            low,
            f"expected the sum over the batch, got it divided by B = {B}",
        )


def transposed(trial, seen, wrong):
    """A square block that is the transpose of what it should be; or all is well for
    symmetric matrices.
    """
    turned = [
        p
        for p in wrong
        if seen.truth[p].ndim == 2
        and seen.truth[p].shape[0] == seen.truth[p].shape[1]
        and p.leaf != "dx"
        and not p.leaf.endswith("_prev")
        and fits(seen.analytic[p].T, seen.truth[p], trial.tol)
    ]
    if turned:
        yield "transpose-missing", turned, "expected a gradient, got its transpose"
    words = (
        "expected a product with the transpose of a weight matrix, got a gradient that"
        " is right only "
    )
    yield from _where(
        trial,
        wrong,
        situations.symmetric,
        "transpose-missing",
        f"{words}for symmetric ones",
    )


def late(trial, seen, wrong):
    """Right where the state does not change."""
    words = (
        "expected the state of one step, got that of the step before or after it: "
        "the gradient is right only where the two are equal"
    )
    yield from _where(
        trial, wrong, situations.standing_still, "off-by-one-in-time", words
    )


def swapped(trial, seen, wrong):
    """A block that holds the gradient of another one; or so it is once all gates are
    equal.
    """
    swaps = _exchanged(seen, wrong, trial.tol)
    if swaps:
        yield (
            "swapped-gates",
            list(swaps),
            f"expected each gradient in its own place, got {_pairs(swaps)}",
        )
        return
    alike = situations.equal_gates(trial)
    if alike is None:
        return
    there = compared(alike)
    words = (
        "expected the gate of the equation, got another one: the gradient is right only"
        " if they are equal"
    )
    right = [p for p in wrong if there.right(p)]
    swaps = _exchanged(there, [p for p in wrong if p not in right], trial.tol)
    fitting = [*right, *swaps]
    if any(there.counts(p) for p in fitting):
        yield "swapped-gates", fitting, words


def element(trial, seen, wrong):
    """A factor for each unit that is there and should not be, or the other way round;
    see `elements`.
    """
    H = trial.sizes[2]
    wrong = [p for p in wrong if seen.truth[p].shape[-1] == H]
    if not wrong:
        return
    rows = [situations.one_sequence(trial, b) for b in range(trial.sizes[0])]
    values = [candidates(row) for row in rows]
    pairs = [compared(row) for row in rows]
    for piece in wrong:
        if all(there.right(piece) for there in pairs):
            continue  # such a factor shows in one sequence, too
        for name, words, matches in forms(values):
            if all(
                matches(b, there.analytic[piece], there.truth[piece], trial.tol)
                for b, there in enumerate(pairs)
            ):
                yield name, [piece], words
                break


def _where(trial, wrong, situation, name, words):
    """The pieces that are right in a situation, if they are not all trivially so."""
    changed = situation(trial)
    if changed is None:
        return
    there = compared(changed)
    right = [p for p in wrong if there.right(p)]
    if any(there.counts(p) for p in right):
        yield name, right, words


def _exchanged(seen, wrong, tol):
    """{piece: piece whose true gradient it holds}."""
    swaps = {}
    for p in wrong:
        for q, true in sorted(
            seen.truth.items(), key=lambda pair: pair[0].leaf != p.leaf
        ):
            same_shape = q != p and true.shape == seen.truth[p].shape
            distinct = (
                same_shape and seen.counts(q) and not fits(true, seen.truth[p], tol)
            )
            if distinct and fits(seen.analytic[p], true, tol):
                swaps[p] = q
                break
    return swaps


def _pairs(swaps):
    """What stands in the place of what."""
    within = {(p.block, q.block) for p, q in swaps.items() if p.leaf == q.leaf}
    words = [f"that of block {q} in block {p}" for p, q in sorted(within)]
    words += [
        f"that of {listed([q])} in {listed([p])}"
        for p, q in swaps.items()
        if p.leaf != q.leaf
    ]
    return ", ".join(words)


def carried_nowhere(trial, seen, wrong):
    """What of the way back to h_{t−1} is missing: the path along the state, or those
    through weights.
    """
    for p in (p for p in wrong if p.leaf != "dx"):
        part = p.leaf[1:].removesuffix("_prev")
        name = f"d{part}-not-carried"
        if seen.absent(p):
            yield name, [p], "expected what goes back to the step before, got zero"
            continue
        if part != "h":
            continue
        alone = compared(situations.without_recurrence(trial))
        if alone.absent(p):
            yield (
                name,
                [p],
                (
                    "expected the path along the state itself, got only those through"
                    " the weights"
                ),
            )
            continue
        mine, true = _beside_diagonal(trial, p)
        if largest(mine) == 0 < largest(true):
            yield (
                name,
                [p],
                (
                    "expected the paths through the weights, got only the one along the"
                    " state itself"
                ),
            )


def _beside_diagonal(trial, piece):
    """How one unit's derivative comes back to the others, by the cell and by the
    oracle.
    """
    one, rows = situations.one_sequence(trial), []
    for j in range(trial.sizes[2]):
        unit = np.eye(trial.sizes[2])[j : j + 1]
        dstate = type(one.dstate)(*(unit * (largest(d) > 0) for d in one.dstate))
        there = compared(one._replace(dstate=dstate))
        rows.append(
            (
                np.delete(there.analytic[piece][0], j),
                np.delete(there.truth[piece][0], j),
            )
        )
    return np.array(rows).transpose(1, 0, 2)
