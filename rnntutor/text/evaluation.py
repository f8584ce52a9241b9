"""The loss of a model on the ids of a text, read as rows side by side."""

from __future__ import annotations

import numpy as np

from rnntutor.text.scoring import row_log_probs


def mean_loss(model, params, ids, B=32, T=64):
    """Mean cross-entropy of ids (N,) in B rows of equal length, or fewer rows; the rest
    is not counted.
    """
    B = min(B, len(ids) - 1)
    used = (len(ids) - 1) // B * B
    inputs, targets = ids[:used].reshape(B, -1).T, ids[1 : used + 1].reshape(B, -1).T
    pieces = row_log_probs(model, params, inputs, targets, T)
    return -float(sum(piece.sum(dtype=float) for piece in pieces)) / used


def log_probs(model, params, ids, B, T):
    """The ln p of each of the ids (N,) but the first, in B rows, of which some may be
    one symbol longer.
    """
    lengths = [len(row) for row in np.array_split(ids[1:], min(B, len(ids) - 1))]
    starts = np.cumsum([0, *lengths[:-1]])
    there = np.arange(lengths[0])[:, None] < lengths
    # positions in the text
    at = np.where(there, starts + np.arange(lengths[0])[:, None], 0)
    log_ps = np.concatenate(list(row_log_probs(model, params, ids[at], ids[at + 1], T)))
    return log_ps.T[there.T]
