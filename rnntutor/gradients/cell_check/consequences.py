"""What is wrong only because something before it is: x and h_{t−1} get what the
pre-activations got.

Shown with the cell's own adjoints in place of the true ones: what comes out is then
what the cell gave.
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check.compared import compared, fits
from rnntutor.gradients.cell_check.elements import candidates
from rnntutor.gradients.cell_check.situations import one_sequence
from rnntutor.gradients.cell_check.trial import largest
from rnntutor.tree import leaves


def following(trial, seen, wrong):
    """Those of the wrong pieces that follow from wrong adjoints of the
    pre-activations.
    """
    B, _, H = trial.sizes
    rows = [one_sequence(trial, b) for b in range(B)]
    pairs = [compared(row) for row in rows]
    values = [candidates(row) for row in rows]
    factors = [np.ones((B, H))] + [
        np.stack([row[v] for row in values]) for v in values[0]
    ]
    found = set()
    for bias, W in _layers(trial.params):
        mine, true = (_adjoints(pairs, bias, which) for which in ("analytic", "truth"))
        blocks = np.split(W, W.shape[1] // H, axis=1)
        back = [(a @ w.T, t @ w.T) for a, t, w in zip(mine, true, blocks, strict=True)]
        for piece in wrong:
            if piece.leaf == f"d{bias}":
                k = piece.block - 1
                others = [pair for j, pair in enumerate(back) if j != k and len(W) == H]
                if any(
                    _in_proportion(mine[k], true[k], a, t, trial.tol) for a, t in others
                ):
                    found |= {
                        p for p in wrong if (p.of, p.block) == (piece.of, piece.block)
                    }
            elif seen.truth[piece].shape == (B, len(W)):
                gap = seen.analytic[piece] - seen.truth[piece]
                if _sums_up(
                    gap, [a - t for a, t in back], factors, trial.tol * seen.scale
                ):
                    found.add(piece)
            if seen.truth[piece].shape == (B, H) and any(
                _in_proportion(seen.analytic[piece], seen.truth[piece], a, t, trial.tol)
                for a, t in zip(mine, true, strict=True)
            ):
                found.add(piece)
    return found


def _layers(params):
    """(name of a bias, weights of as many columns)."""
    named = leaves(params)
    for bias, b in named:
        for _, W in named:
            if b.ndim == 1 and W.ndim == 2 and W.shape[1] == b.size:
                yield bias, W


def _adjoints(pairs, bias, which):
    """For each block of a bias its gradient sequence by sequence, (B, H): the
    pre-activations' adjoint.
    """
    rows = [
        {p.block: a for p, a in getattr(pair, which).items() if p.leaf == f"d{bias}"}
        for pair in pairs
    ]
    return [np.stack([row[k] for row in rows]) for k in sorted(rows[0])]


def _in_proportion(mine, true, a, t, tol):
    """Whether the one is wrong by the factor by which the other is, unit by unit."""
    return fits(mine * t, true * a, tol) and not fits(a, t, tol)


def _sums_up(gap, terms, factors, bound):
    """Whether a gap is the sum of the terms, one of which may carry a factor for each
    unit.
    """
    total = sum(terms)
    if largest(gap - total) <= bound * 100:
        return True
    return any(
        largest(gap - total + term - factor * term) <= bound * 100
        for term in terms
        for factor in factors
        if factor.shape == term.shape
    )
