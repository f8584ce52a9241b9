"""What goes into a lattice: outputs, label sequences, and the positions between which a
path moves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check


class Positions(NamedTuple):
    """The places of a path in its label sequence: each label, and a blank before it and
    after it.

    Sequences of fewer labels than the longest have positions that no path reaches.
    """

    classes: np.ndarray  # int (B, S), S = 2L + 1; V − 1 is the blank
    ends: np.ndarray  # bool (B, S), where a path may end
    skips: np.ndarray  # bool (B, S − 2), where it may go on to the next but one


def check_outputs(ys_raw, mask, kind="float"):
    """Output pre-activations (T, B, V) in double precision, 0 in padding, and the mask
    (T, B).
    """
    ys_raw = _check.array("ys_raw", ys_raw, ("T", "B", "V"), kind, finite=False)
    T, B, V = ys_raw.shape
    if V < 2:
        raise ValueError(
            f"ys_raw: expected V of at least 2, a label and the blank, got {V}"
        )
    if mask is None:
        mask = np.ones((T, B), bool)
    else:
        mask = _check.array("mask", mask, (T, B), kind="bool")
        ys_raw = np.where(mask[..., None], ys_raw, 0)
    ys_raw = _check.array("ys_raw", ys_raw, (T, B, V), kind)
    return ys_raw.astype(np.result_type(ys_raw, np.float64)), mask


def check_labels(labels, mask, V):
    """The label sequences as a list of int arrays, each of them short enough for its
    steps.
    """
    B, steps = mask.shape[1], mask.sum(axis=0)
    labels = check_sequences("labels", labels, V - 1)
    if len(labels) != B:
        raise ValueError(
            f"labels: expected {B} sequences, one for each of the batch, got"
            f" {len(labels)}"
        )
    for b, one in enumerate(labels):
        repeats = int((one[1:] == one[:-1]).sum())  # a blank has to stand between them
        if len(one) + repeats > steps[b]:
            raise ValueError(
                f"labels[{b}]: expected a sequence that fits into its {steps[b]} steps,"
                f" got {len(one)} labels with {repeats} repeated, which take"
                f" {len(one) + repeats}"
            )
    return labels


def check_sequences(name, sequences, bound=None):
    """A list of int arrays (L_i,), empty ones among them, with labels below `bound`."""
    listed = isinstance(sequences, np.ndarray) and sequences.ndim
    if not isinstance(sequences, (list, tuple)) and not listed:
        raise TypeError(
            f"{name}: expected a list of sequences of integers, got"
            f" {_check.short(sequences)}"
        )
    out = []
    for i, one in enumerate(sequences):
        out.append(check_sequence(f"{name}[{i}]", one))
        if bound is not None:
            _check.below(f"{name}[{i}]", out[-1], bound)
    return out


def check_sequence(name, one):
    """An int array (L,); L may be 0."""
    if isinstance(one, (list, tuple)) and not one:
        return np.empty(0, np.int64)
    one = _check.array(name, one, None, kind="integer")
    if one.ndim != 1:
        raise ValueError(f"{name}: expected shape (L,), got {one.shape}")
    return one.astype(np.int64)


def positions(labels, V):
    """The `Positions` of label sequences that were checked."""
    lengths = np.array([len(one) for one in labels])
    S = 2 * lengths.max() + 1
    classes = np.full((len(labels), S), V - 1)
    for b, one in enumerate(labels):
        classes[b, 1 : 2 * len(one) : 2] = one
    last = 2 * lengths[:, None]  # the blank at the end
    s = np.arange(S)
    # a blank may be left out, unless the labels at both sides are one and the same
    skips = classes[:, 2:] != classes[:, :-2]
    return Positions(classes, (s == last) | (s == last - 1), skips)
