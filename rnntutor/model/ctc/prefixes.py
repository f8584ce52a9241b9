"""Prefix search: the likeliest labels, each summed over all of its paths that a beam
holds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.model.ctc.inputs import check_outputs
from rnntutor.model.losses import log_softmax

NEVER = -math.inf


class Reading(NamedTuple):
    """Labels that a sequence of outputs may stand for."""

    labels: np.ndarray  # int (L,)
    log_p: float  # in nats, of the paths that the beam held


def prefix_search(ys_raw, width, mask=None):
    """Beam search over labels: at each step the `width` likeliest beginnings stay
    (Graves 2012, Hannun et al. 2014).

    For each beginning the paths that end in a blank are summed apart from those that
    end in its last label: only after a blank does the same label count once more. A
    beam that holds all beginnings finds the likeliest labels, with their probability; a
    narrower one may lose paths, and its probabilities are lower bounds.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        The last class is the blank.
    width : int
    mask : bool array (T, B), optional
        False marks padding.

    Returns
    -------
    list of B lists of Reading
        The beam of each sequence, best first.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, or is not finite where it counts.
    """
    ys_raw, mask = check_outputs(ys_raw, mask, "real")
    width = _check.integer("width", width)
    log_ys = log_softmax(ys_raw)
    return [
        _search(log_ys[mask[:, b], b].tolist(), width) for b in range(mask.shape[1])
    ]


def _search(rows, width):
    """The readings of one sequence: `rows` has the log-probabilities of each step."""
    beam = {(): (0.0, NEVER)}  # its paths that end in a blank, and in its last label
    for *of_label, of_blank in rows:
        grown = {}
        for labels, (blank, label) in beam.items():
            both = log_add(blank, label)
            _add(grown, labels, both + of_blank, NEVER)
            if labels:
                _add(grown, labels, NEVER, label + of_label[labels[-1]])
            for v, log_y in enumerate(of_label):
                before = blank if labels[-1:] == (v,) else both
                _add(grown, (*labels, v), NEVER, before + log_y)
        ranked = sorted(grown, key=lambda labels: -log_add(*grown[labels]))
        beam = {labels: grown[labels] for labels in ranked[:width]}
    return [
        Reading(np.array(labels, np.int64), log_add(*ways))
        for labels, ways in beam.items()
    ]


def _add(grown, labels, blank, label):
    """Add paths to those of these labels."""
    blank_before, label_before = grown.get(labels, (NEVER, NEVER))
    grown[labels] = log_add(blank_before, blank), log_add(label_before, label)


def log_add(*terms):
    """The logarithm of a sum of exponentials; a term may be −inf, and the sum is if all
    are.
    """
    largest = max(terms)
    if largest == NEVER:
        return NEVER
    return largest + math.log(sum(math.exp(one - largest) for one in terms))
