"""Connectionist temporal classification by its definition: every path of a short
sequence, one after the other, in plain Python.
"""

import itertools
import math


def softmax_of(row):
    """Probabilities of one step, from a list of pre-activations."""
    e = [math.exp(y - max(row)) for y in row]
    return [one / sum(e) for one in e]


def reads_as(path, blank):
    """The labels of a path."""
    return tuple(v for v, _ in itertools.groupby(path) if v != blank)


def every_path(ys_raw):
    """Each path of one sequence, a list (T) of lists (V), with its probability."""
    ys = [softmax_of(row) for row in ys_raw]
    for path in itertools.product(range(len(ys_raw[0])), repeat=len(ys_raw)):
        yield path, math.prod(ys[t][v] for t, v in enumerate(path))


def every_reading(ys_raw):
    """{labels: probability} of one sequence, over all its paths."""
    found = {}
    for path, p in every_path(ys_raw):
        labels = reads_as(path, len(ys_raw[0]) - 1)
        found[labels] = found.get(labels, 0.0) + p
    return found


def loss_and_gradient(ys_raw, labels):
    """−ln p(labels) of one sequence, and its gradient as lists (T, V)."""
    T, V, labels = len(ys_raw), len(ys_raw[0]), tuple(labels)
    total, through = 0.0, [[0.0] * V for _ in range(T)]
    for path, p in every_path(ys_raw):
        if reads_as(path, V - 1) == labels:
            total += p
            for t, v in enumerate(path):
                through[t][v] += p
    gradient = [
        [y - p / total for y, p in zip(softmax_of(row), ps, strict=True)]
        for row, ps in zip(ys_raw, through, strict=True)
    ]
    return -math.log(total), gradient
