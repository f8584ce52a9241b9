"""The learning rate with the lowest loss, looked for upwards and downwards."""

from __future__ import annotations


def climb(loss_at, start, factor=2):
    """The rate with the lowest loss of those tried: from the first on, larger and
    smaller ones by a factor, until the best has a neighbor on both sides.
    """
    losses = {start: loss_at(start)}
    while True:
        best = min(losses, key=losses.get)
        around = (best / factor, best * factor)
        missing = [rate for rate in around if rate not in losses]
        if not missing:
            return best
        for rate in missing:
            losses[rate] = loss_at(rate)
