"""Checks of the targets of a loss: labels, or numbers, and which of them count."""

from __future__ import annotations

import numpy as np

from rnntutor import _check


def check_labels(targets, shape, V, counts=None, final=False):
    """Return `targets`, an int array of this shape, (T, B), from 0 to V − 1, with 0
    where a step does not count.

    `final` allows the targets of a readout at the end, T = 1, to lack the axis of time.
    """
    targets = _check.array("targets", targets, None, kind="integer")
    targets = _shaped(targets, shape, final)
    if counts is not None:
        targets = np.where(counts, targets, 0)
    _check.below("targets", targets, V)
    return targets


def check_values(targets, shape, V, counts=None, final=False):
    """The same for real numbers, (T, B, V), which have to be finite."""
    targets = _check.array("targets", targets, None, kind="real", finite=counts is None)
    targets = _shaped(targets, (*shape, V), final)
    if counts is None:
        return targets
    return _check.array("targets", np.where(counts[..., None], targets, 0), None)


def _shaped(targets, shape, final):
    """Raise unless `targets` have this shape, or at the end lack its first axis."""
    if final and targets.shape == shape[1:]:
        return targets[None]
    if targets.shape != shape:
        either = f"{shape[1:]} or {shape}" if final else shape
        raise ValueError(f"targets: expected shape {either}, got {targets.shape}")
    return targets


def counted(mask, scored, shape):
    """The steps (T, B) that count in the loss: scored, and not padding; None if all
    do.
    """
    if scored is None:
        return mask
    counts = _check.array("scored", scored, shape, kind="bool")
    counts = counts if mask is None else counts & mask
    if not counts.any():
        raise ValueError(
            "scored: expected steps to average over, got none that are not padding"
        )
    return counts
