"""Quotations in War and Peace: is a model surprised where one ends, and does it matter
how long it was?
"""

from __future__ import annotations

import kneser_ney
import numpy as np

CONTEXT = 7  # bytes that the n-gram model looks back at
# from mark to mark
DISTANCES = ((1, CONTEXT), (CONTEXT + 1, 30), (31, 100), (101, 300), (301, 3000))
MARK, PARAGRAPH = ord('"'), b"\r\n\r\n"


def closing(row):
    """Where quotations end in a row of bytes, and how many bytes before it the opening
    mark stands.

    The marks of War and Peace are straight: the first of a paragraph opens, the second
    closes, and so on. An open quotation that goes on in the next paragraph begins anew
    there.
    """
    ends, distances, opened = [], [], None
    gaps = np.array([row[i : i + 4].tobytes() == PARAGRAPH for i in range(len(row))])
    for i in np.flatnonzero((row == MARK) | gaps):
        if row[i] != MARK:
            opened = None
        elif opened is None:
            opened = i
        else:
            ends.append(i)
            distances.append(i - opened)
            opened = None
    return np.array(ends, int), np.array(distances, int)


def by_distance(split, values, net_nats):
    """Mean −ln p of the closing marks of the test part, by their distance from the
    opening ones.

    `values` are the bytes that the ids of `split` stand for, `net_nats` (steps, B) is
    −ln p of each target by the net. Kneser-Ney is asked the same, each row with the
    bytes before it as its context.
    """
    fitted = kneser_ney.model(CONTEXT, split.V, split.train.inputs.T.ravel())
    B = split.test.inputs.shape[1]
    distances, net, counts = [], [], []
    for b in range(B):
        before = split.valid.inputs[:, b]
        ids = np.concatenate(
            [before, split.test.inputs[:, b], split.test.targets[-1:, b]]
        )
        ends, far = closing(values[ids])
        here = ends > len(before)  # the first byte of the test part is only read
        ngram_nats = -fitted.log_prob(ids[len(before) - CONTEXT :])[CONTEXT + 1 :]
        at = ends[here] - len(before) - 1  # the step that predicts it
        distances.append(far[here])
        net.append(net_nats[at, b])
        counts.append(ngram_nats[at])
    distances, net, counts = (np.concatenate(one) for one in (distances, net, counts))
    rows = []
    for low, high in DISTANCES:
        chosen = (distances >= low) & (distances <= high)
        row = {"from": low, "to": high, "quotations": int(chosen.sum())}
        if chosen.any():
            row |= {"net": _mean(net[chosen]), "kneser_ney": _mean(counts[chosen])}
        rows.append(row)
    return rows


def _mean(nats):
    return round(float(np.mean(nats)), 4)
