"""Handwritten digits as sequences: the three sets that `pen_digits.py` learns from, and
their batches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor.lab.digits.datasets import as_points, pen_digits, scanned_digits
from rnntutor.lab.digits.unipen import features, read_unipen
from rnntutor.text.batches import pad

SHA256 = {
    "train": "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
    "test": "ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
}


class Sequences(NamedTuple):
    """Digits of any length."""

    xs: list  # of arrays (T_i, D)
    labels: np.ndarray  # (N,)
    writers: np.ndarray  # (N,)

    def take(self, chosen):
        """Those of them."""
        return Sequences(
            [self.xs[i] for i in chosen], self.labels[chosen], self.writers[chosen]
        )


def points(written=None):
    """The digits of 8 points as two `Sequences`, from −1 to 1; as if each had a writer
    of its own.

    If the full strokes of the training digits are given, those have their writers.
    """
    train, test = (_shipped(part, part.xs / 50 - 1) for part in pen_digits())
    return (train if written is None else attributed(train, written)), test


def attributed(digits, written):
    """Digits of 8 points with their writers, whom only the full strokes name: each is
    the one to whose points, taken along its strokes, it is nearest.
    """
    rows = np.array([one.ravel() for one in digits.xs])
    of_strokes = np.array([as_points(one.strokes).ravel() for one in written]) / 50 - 1
    squares = (of_strokes**2).sum(axis=1)
    found = np.array([(squares - 2 * of_strokes @ row).argmin() for row in rows])
    labels = np.array([int(one.label) for one in written])[found]
    if len(set(found)) < len(found) or (labels != digits.labels).any():
        raise ValueError("written: expected the strokes of the same digits, got others")
    return digits._replace(writers=np.array([written[i].writer for i in found]))


def rows():
    """The scanned digits as two `Sequences` of 8 rows, from 0 to 1; as if each had a
    writer of its own.
    """
    return [_shipped(part, part.xs / 16) for part in scanned_digits()]


def _shipped(part, xs):
    return Sequences(list(xs.swapaxes(0, 1)), part.labels, np.arange(len(part.labels)))


def segments(paths):
    """The full strokes of the training digits, and of the test digits if asked for, as
    they were written.
    """
    return [
        read_unipen(path, sha256)
        for path, sha256 in zip(paths, SHA256.values(), strict=False)
    ]


def strokes(digits, moves):
    """Full strokes as `Sequences`; the moves from point to point, which are short, made
    longer.
    """
    return Sequences(
        [features(one) * (1, 1, moves, moves, 1) for one in digits],
        np.array([int(one.label) for one in digits]),
        np.array([one.writer for one in digits]),
    )


def resampled(ways, n):
    """Ways of the pen, arrays (T, 2), as rows (N, 2n): n points at equal distances
    along each, where the pen was lifted or not.
    """
    out = np.empty((len(ways), n, 2))
    for i, places in enumerate(ways):
        way = np.cumsum(np.hypot(*np.diff(places, axis=0, prepend=places[:1]).T))
        for k in range(2):
            out[i, :, k] = np.interp(np.linspace(0, way[-1], n), way, places[:, k])
    return out.reshape(len(ways), -1)


class Batches:
    """Shuffled batches of digits of similar length, anew in each epoch, each digit a
    little out of shape.
    """

    def __init__(self, digits, rng, settings, readout):
        self.digits, self.rng, self.settings, self.readout = (
            digits,
            rng,
            settings,
            readout,
        )

    def __len__(self):
        return -(-len(self.digits.labels) // self.settings["B"])

    def __iter__(self):
        lengths = np.array([len(one) for one in self.digits.xs])
        order = self.rng.permutation(len(lengths))
        # those of one length stay shuffled
        order = order[np.argsort(lengths[order] // 10, kind="stable")]
        batches = np.array_split(order, len(self))
        for b in self.rng.permutation(len(batches)):
            xs, mask = pad([self.thinned(self.digits.xs[i]) for i in batches[b]])
            targets = np.tile(self.digits.labels[batches[b]], (len(xs), 1))
            xs = self.bent(xs).astype(self.settings["dtype"])
            if self.readout == "final":
                targets = targets[:1]
            yield (xs, targets) if mask.all() else (xs, targets, {"mask": mask})

    def thinned(self, one):
        """A digit with some points left out, as if it had been written faster; lifts of
        the pen stay.
        """
        most = self.settings.get("thin", 0)
        if not most:
            return one
        kept = (self.rng.random(len(one)) >= self.rng.uniform(0, most)) | (
            one[:, 4] == 1
        )
        kept[0] = True
        way = np.cumsum(one[:, 2:4], axis=0)[kept]
        return np.hstack(
            [one[kept, :2], np.diff(way, axis=0, prepend=way[:1]), one[kept, 4:]]
        )

    def bent(self, xs):
        """Each digit through a linear map of its own, near the identity: turned,
        slanted, stretched.
        """
        if not self.settings["jitter"]:
            return xs
        B = xs.shape[1]
        maps = np.eye(2) + self.settings["jitter"] * self.rng.standard_normal((B, 2, 2))
        # places, and moves if there are any; not whether the pen is lifted
        planar = xs.shape[2] // 2 * 2
        pairs = xs[..., :planar].reshape(len(xs), B, -1, 2) @ maps
        return np.concatenate(
            [pairs.reshape(len(xs), B, planar), xs[..., planar:]], axis=2
        )
