"""Situations in which a certain fault cannot show.

If a gradient is wrong in general, and right there, that fault is what it has.  No
knowledge of the cell's equations is needed for it, only the names of its parameters'
blocks: (…, H) columns each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor.gradients.cell_check import trial as trials
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map


class Piece(NamedTuple):
    """One block of H columns of a parameter's gradient, or a whole array that has no
    blocks.
    """

    leaf: str
    block: int  # from 1
    of: int


def pieces(gradient, H):
    """A gradient cut into {Piece: array}."""
    out = {}
    for leaf, array in gradient.items():
        state_or_input = leaf == "dx" or leaf.endswith("_prev")
        K = (
            1
            if state_or_input or array.ndim == 0 or array.shape[-1] % H
            else array.shape[-1] // H
        )
        for k, block in enumerate(
            np.split(array, K, axis=-1) if K > 1 else [array], start=1
        ):
            out[Piece(leaf, k, K)] = block
    return out


def map_blocks(function, params, H):
    """Parameters with every block of H columns replaced by ``function(block)``."""

    def whole(array):
        if array.ndim == 0 or array.shape[-1] % H:
            return array
        return np.concatenate(
            [function(b) for b in np.split(array, array.shape[-1] // H, axis=-1)],
            axis=-1,
        )

    return tree_map(whole, params)


def symmetric(trial):
    """Square weight matrices are symmetric: a missing transpose changes nothing."""
    params = tree_map(_symmetric, trial.params)
    return trial._replace(params=map_blocks(_symmetric, params, trial.sizes[2]))


def _symmetric(W):
    return (W + W.T) / 2 if W.ndim == 2 and W.shape[0] == W.shape[1] else W


def standing_still(trial):
    """The state before the step and the one after it are the same: to mistake them
    changes nothing.
    """
    # weights so small that repeating the step leads to a state that stays, and not too
    # slowly
    trial = trial._replace(params=tree_map(lambda W: W / 3, trial.params))
    for _ in range(1000):
        new, _ = trials.step(trial)
        moved = max(
            trials.largest(a - b) for a, b in zip(new, trial.state, strict=True)
        )
        trial = trial._replace(state=new)
        if moved < 1e-15:
            return trial
    return None


def one_sequence(trial, b=0):
    """A batch of one: a mean over the batch is the sum."""
    x, state, dstate = tree_map(
        lambda a: a[b : b + 1], (trial.x, trial.state, trial.dstate)
    )
    return trial._replace(x=x, state=state, dstate=dstate)


def equal_gates(trial):
    """All blocks of a shape hold the same numbers, so gates are equal: to swap them
    changes nothing.
    """
    first, blocks = {}, 0

    def same(block):
        nonlocal blocks
        blocks += 1
        return first.setdefault(block.shape, block)

    params = map_blocks(same, trial.params, trial.sizes[2])
    return trial._replace(params=params) if len(first) < blocks else None


def without_recurrence(trial):
    """No matrix leads from h to h: what is left of the way back is the path along the
    state itself.
    """
    H = trial.sizes[2]
    params = map_blocks(lambda W: 0 * W if W.shape == (H, H) else W, trial.params, H)
    return trial._replace(params=params)


def each_part(trial):
    """The trial once for each part of the state, the derivative coming back to that
    part alone.
    """
    for name, _ in leaves(trial.dstate):
        parts = [d if other == name else 0 * d for other, d in leaves(trial.dstate)]
        yield name, trial._replace(dstate=type(trial.dstate)(*parts))
