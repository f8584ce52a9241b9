"""The setting with the lowest loss, looked for upwards and downwards."""

from __future__ import annotations

import math


def lowest(loss_at, first, low=-math.inf, high=math.inf):
    """The place of a grid with the lowest loss of those tried: from the first ones on,
    their neighbors, until the best has been tried on both sides or is at an end.

    Parameters
    ----------
    loss_at : callable
        From a whole number to the loss there.
    first : sequence of int
    low, high : int, optional
        The ends of the grid.
    """
    losses = {at: loss_at(at) for at in first}
    while True:
        best = min(losses, key=losses.get)
        around = [at for at in (best - 1, best + 1) if low <= at <= high]
        missing = [at for at in around if at not in losses]
        if not missing:
            return best
        losses |= {at: loss_at(at) for at in missing}


def climb(loss_at, start, factor=2):
    """The rate with the lowest loss, from `start` on by a factor up and down."""
    return start * factor ** lowest(lambda k: loss_at(start * factor**k), [0])
