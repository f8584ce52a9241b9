"""Single paths: what a path reads as, the likeliest path of all, and the likeliest of
those that read as given labels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import FORWARD, require_finite
from rnntutor.model.ctc.inputs import (
    check_labels,
    check_outputs,
    check_sequence,
    positions,
)
from rnntutor.model.ctc.lattice import arriving
from rnntutor.model.losses import log_softmax


class Alignment(NamedTuple):
    """The likeliest path of each label sequence."""

    path: np.ndarray  # int (T, B): the class at each step, V − 1 the blank; padding −1
    places: np.ndarray  # int (T, B): its position, 2i + 1 for label i; padding −1
    log_ps: np.ndarray  # (B,): of these paths, in nats


def collapse(path, blank):
    """What a path reads as: each run of one class taken as one, the blanks dropped.

    Parameters
    ----------
    path : int array (T,)
        The class at each step.
    blank : int

    Returns
    -------
    int array (L,)

    Raises
    ------
    TypeError, ValueError
        If an argument is no such thing.
    """
    path = check_sequence("path", path)
    blank = _check.integer("blank", blank, minimum=0)
    first = np.ones(len(path), bool)
    first[1:] = path[1:] != path[:-1]
    return path[first & (path != blank)]


def best_path(ys_raw, mask=None):
    """What the likeliest path reads as: of each step the likeliest class.

    It is found at once, but other labels may be likelier, by many paths together; for
    these there is `prefix_search`.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        The last class is the blank.
    mask : bool array (T, B), optional
        False marks padding.

    Returns
    -------
    list of B int arrays (L_i,)

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, or is not finite where it counts.
    """
    ys_raw, mask = check_outputs(ys_raw, mask, "real")
    path = ys_raw.argmax(axis=2)
    blank = ys_raw.shape[2] - 1
    return [collapse(path[mask[:, b], b], blank) for b in range(path.shape[1])]


def align(ys_raw, labels, mask=None):
    """The likeliest of the paths that read as the labels (Viterbi 1967): which step
    belongs to which label.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        The last class is the blank.
    labels : list of B sequences of integers
    mask : bool array (T, B), optional

    Returns
    -------
    Alignment

    Raises
    ------
    TypeError, ValueError, NonFiniteError
        As for `forward_backward`.
    """
    ys_raw, mask = check_outputs(ys_raw, mask, "real")
    T, B, V = ys_raw.shape
    classes, ends, skips = positions(check_labels(labels, mask, V), V)
    all_of = np.arange(B)
    log_cs = log_softmax(ys_raw)[:, all_of[:, None], classes]  # (T, B, S)
    scores = np.where(np.arange(classes.shape[1]) == 0, 0, -np.inf)
    scores = np.tile(scores, (B, 1))
    back = np.empty((T, *classes.shape), int)  # how many positions the path went ahead
    for t in range(T):
        terms = arriving(scores, skips)
        with np.errstate(over="ignore"):  # as in a lattice
            moved = terms.max(axis=0) + log_cs[t]
        back[t] = np.where(mask[t][:, None], terms.argmax(axis=0), 0)
        scores = np.where(mask[t][:, None], moved, scores)
    scores = np.where(ends, scores, -np.inf)
    place = scores.argmax(axis=1)
    log_ps = scores[all_of, place]
    require_finite("log_ps", log_ps, FORWARD)
    places = np.empty((T, B), int)
    for t in range(T - 1, -1, -1):
        places[t] = place
        place = place - back[t, all_of, place]
    path = np.where(mask, classes[all_of, places], -1)
    return Alignment(path, np.where(mask, places, -1), log_ps)
