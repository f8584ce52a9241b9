"""All paths that read as a label sequence, summed: forward and backward variables, the
loss and its gradient.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor._check import FORWARD, require_finite
from rnntutor.model.ctc.inputs import check_labels, check_outputs, positions
from rnntutor.model.losses import REDUCE, log_softmax


class Lattice(NamedTuple):
    """What the paths of label sequences have in common, step by step; logarithms, in
    nats.
    """

    classes: np.ndarray  # int (B, S): the labels with blanks between them, V − 1
    alphas: np.ndarray  # (T + 1, B, S): of all beginnings that are at s after t steps
    betas: np.ndarray  # (T + 1, B, S): of all that may follow; so α + β is of both
    log_ps: np.ndarray  # (B,): of all paths together

    @property
    def occupancy(self):
        """How likely each position is at each step, given the labels; an array (T, B,
        S) that sums to 1 over s.
        """
        both = self.alphas[1:] + self.betas[1:]
        return np.exp(both - self.log_ps[:, None])


def forward_backward(ys_raw, labels, mask=None):
    r"""Forward and backward variables of connectionist temporal classification (Graves
    et al. 2006).

    .. math:: \alpha_t(s) = y_t(c_s) \sum_{s' \to s} \alpha_{t-1}(s')

    .. math:: \beta_{t-1}(s) = \sum_{s \to s'} y_t(c_{s'})\, \beta_t(s')

    A path names one class at each step. It reads as the labels that are left when each
    run of one class is taken as one and the blanks are dropped. So it moves along the
    positions s: the labels with a blank before, between and after them. From a position
    it stays or goes to the next; from a label it may go to the next label at once, if
    that is another one.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        Output pre-activations; the last class, V − 1, is the blank, so that labels are
        numbered from 0 as anywhere else.
    labels : list of B sequences of integers
        Each of any length, 0 … V − 2.
    mask : bool array (T, B), optional
        False marks padding: no path moves there, and ys_raw may hold anything.

    Returns
    -------
    Lattice
        In double precision, complex if `ys_raw` is. ``alphas[0]`` is the start, as if
        a blank had been named before the first step. Unlike in the paper β_t does not
        contain the output at t.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong kind or shape, a label is out of range, a number
        that counts is not finite, or a sequence has too few steps for its labels.
    NonFiniteError
        If labels have no probability at all, because outputs are too far apart.
    """
    ys_raw, mask = check_outputs(ys_raw, mask)
    labels = check_labels(labels, mask, ys_raw.shape[2])
    return _lattice(log_softmax(ys_raw), labels, mask)


def ctc_loss(ys_raw, labels, mask=None, reduce="sequence"):
    """The loss −ln p(labels | ys_raw), over all paths that read as the labels, and its
    gradient: softmax minus occupancy.

    Parameters
    ----------
    ys_raw, labels, mask
        As for `forward_backward`.
    reduce : {"sequence", "token", "sum"}
        "sequence": mean over the sequences.
        "token": the sum over all sequences, divided by the number of labels.
        "sum": the plain sum.

    Returns
    -------
    loss : float
        In nats. (Complex if `ys_raw` is.)
    dys_raw : array (T, B, V)
        Derivative of the loss with respect to `ys_raw`, 0 in padding.

    Raises
    ------
    TypeError, ValueError
        As for `forward_backward`; or if there is no label to average over.
    NonFiniteError
        As for `forward_backward`.
    """
    ys_raw = _check.array("ys_raw", ys_raw, None, finite=False)
    checked, mask = check_outputs(ys_raw, mask)
    V = checked.shape[2]
    labels = check_labels(labels, mask, V)
    weight = 1 / _among(reduce, labels)
    log_ys = log_softmax(checked)
    lattice = _lattice(log_ys, labels, mask)
    loss = -weight * lattice.log_ps.sum()
    # a class may have several positions
    of_class = lattice.classes[..., None] == np.arange(V)  # (B, S, V)
    occupancy = (lattice.occupancy.swapaxes(0, 1) @ of_class).swapaxes(0, 1)
    dys_raw = weight * (np.exp(log_ys) - occupancy)  # eq-ctc-gradient
    dys_raw = np.where(mask[..., None], dys_raw, 0)
    return ys_raw.dtype.type(loss), dys_raw.astype(ys_raw.dtype)


def _among(reduce, labels):
    """How many sequences or labels share the loss."""
    _check.choice("reduce", reduce, REDUCE)
    count = sum(len(one) for one in labels)
    if reduce == "token" and not count:
        raise ValueError(
            "labels: expected at least one label to average over, got none in"
            f" {len(labels)} sequences"
        )
    return {"sequence": len(labels), "token": count, "sum": 1}[reduce]


def _lattice(log_ys, labels, mask):
    """`forward_backward` of log-probabilities, for arguments that were checked."""
    T, B, V = log_ys.shape
    classes, ends, skips = positions(labels, V)
    log_cs = log_ys[:, np.arange(B)[:, None], classes]  # (T, B, S)
    moves = mask[..., None]
    alphas = np.empty((T + 1, *classes.shape), log_cs.dtype)
    betas = np.empty_like(alphas)
    alphas[0] = np.where(np.arange(classes.shape[1]) == 0, 0, -np.inf)
    betas[T] = np.where(ends, 0, -np.inf)
    # what lies too far below becomes −inf, and its exp 0, as it should
    with np.errstate(over="ignore"):
        for t in range(1, T + 1):
            came = log_sum(arriving(alphas[t - 1], skips))
            moved = log_cs[t - 1] + came  # eq-ctc-forward
            alphas[t] = np.where(moves[t - 1], moved, alphas[t - 1])
        for t in range(T, 0, -1):
            ahead = log_cs[t - 1] + betas[t]
            moved = log_sum(leaving(ahead, skips))  # eq-ctc-backward
            betas[t - 1] = np.where(moves[t - 1], moved, betas[t])
    log_ps = log_sum((alphas[T] + betas[T]).T)  # eq-ctc-sum
    require_finite("log_ps", log_ps, FORWARD)
    return Lattice(classes, alphas, betas, log_ps)


def arriving(before, skips):
    """What comes to each position by staying, from the one before, and from the one
    before that: (3, B, S), −inf where nothing can.
    """
    terms = np.full((3, *before.shape), -np.inf, before.dtype)
    terms[0] = before
    terms[1, :, 1:] = before[:, :-1]
    terms[2, :, 2:] = np.where(skips, before[:, :-2], -np.inf)
    return terms


def leaving(after, skips):
    """The same for the ways that lead away from each position."""
    terms = np.full((3, *after.shape), -np.inf, after.dtype)
    terms[0] = after
    terms[1, :, :-1] = after[:, 1:]
    terms[2, :, :-2] = np.where(skips, after[:, 2:], -np.inf)
    return terms


def log_sum(terms):
    """The logarithm of a sum of exponentials, over the first axis; a term may be −inf,
    and the sum is if all are.
    """
    # .real: a complex maximum is not what is meant
    largest = terms.real.max(axis=0)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):
        return largest + np.log(np.exp(terms - largest).sum(axis=0))
