"""Strings of handwritten digits: how `pen_strings.py` puts them together, what a net
reads of them, and the two ways to cut them up.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from pen_digits_sequences import strokes as digit_sequences

from rnntutor.lab.digits.unipen import Segment
from rnntutor.text.batches import pad

HELD_OUT = 5  # every fifth writer is for validation


class String(NamedTuple):
    """Digits of one writer, side by side."""

    strokes: tuple  # of arrays (n, 2): x and y while the pen was down
    labels: np.ndarray  # (L,)


class Setup(NamedTuple):
    """The digits of three groups of writers, none in two of them; and the strings on
    which nets are measured.
    """

    train: list  # of Segment
    valid: list
    test: list
    valid_strings: list  # of String; each digit is in one
    test_strings: list


def setup(train, test, settings):
    """A `Setup` from the segments of the two files."""
    groups = [
        [one for one in train if (one.writer % HELD_OUT == 0) == held_out]
        for held_out in (False, True)
    ]
    measured = [
        strings(group, np.random.default_rng(seed), settings)
        for seed, group in enumerate((groups[1], test))
    ]
    return Setup(*groups, test, *measured)


def strings(digits, rng, settings, changed=False):
    """Strings of two to six digits in which each digit is used once, in random order,
    those of each writer by themselves.

    `changed` leaves out points and bends each digit, as `Batches` of single digits do.
    """
    out = []
    for writer in sorted({one.writer for one in digits}):
        own = [one for one in digits if one.writer == writer]
        order = rng.permutation(len(own)).tolist()
        while order:
            n = min(int(rng.integers(2, 7)), len(order))
            if len(order) - n == 1:  # one digit is no string
                n += 1 if n < 6 else -1
            chosen, order = order[:n], order[n:]
            out.append(_side_by_side([own[i] for i in chosen], rng, settings, changed))
    return out


def _side_by_side(digits, rng, settings, changed):
    """One string: digits of random sizes and heights, with random gaps; a negative one
    lets them overlap.
    """
    strokes, right = [], 0.0
    for one in digits:
        parts = [np.asarray(part) for part in one.strokes]
        if changed:
            leave_out = rng.uniform(0, settings["thin"])
            parts = [_thinned(part, leave_out, rng) for part in parts]
            map_ = np.eye(2) + settings["jitter"] * rng.standard_normal((2, 2))
            parts = [part @ map_ for part in parts]
        points = np.concatenate(parts)
        low, high = points.min(axis=0), points.max(axis=0)
        size = rng.uniform(*settings["sizes"]) / max((high - low).max(), 1)
        height = rng.uniform(-1, 1) * settings["heights"]
        origin = np.array([low[0], (low[1] + high[1]) / 2])
        strokes += [(part - origin) * size + (right, height) for part in parts]
        right += (high[0] - low[0]) * size + rng.uniform(*settings["gaps"])
    return String(tuple(strokes), np.array([int(one.label) for one in digits]))


def _thinned(stroke, share, rng):
    """A stroke with about this share of its points left out, but for both ends."""
    kept = rng.random(len(stroke)) >= share
    kept[[0, -1]] = True
    return stroke[kept]


def features(string, moves):
    """What a net reads: (T, 4), for each point its height in the string from −1 to 1,
    the way from the point before, made `moves` times as long, and 1 where the pen is
    lifted after it.
    """
    points = np.concatenate(string.strokes)
    low, high = points[:, 1].min(), points[:, 1].max()
    half = max((high - low) / 2, np.finfo(float).tiny)
    out = np.zeros((len(points), 4))
    out[:, 0] = (points[:, 1] - (low + high) / 2) / half
    out[1:, 1:3] = moves * np.diff(points, axis=0) / half
    out[np.cumsum([len(stroke) for stroke in string.strokes]) - 1, 3] = 1
    return out


def batches_of(some, settings, rng=None):
    """Batches (xs, labels, {"mask": mask}) of strings of similar length, and which
    strings they are; shuffled if there is a generator.
    """
    xs = [features(one, settings["moves"]) for one in some]
    lengths = np.array([len(one) for one in xs])
    order = np.arange(len(xs)) if rng is None else rng.permutation(len(xs))
    order = order[np.argsort(lengths[order] // 10, kind="stable")]
    parts = np.array_split(order, -(-len(order) // settings["B"]))
    for b in range(len(parts)) if rng is None else rng.permutation(len(parts)):
        padded, mask = pad([xs[i] for i in parts[b]])
        labels = [some[i].labels for i in parts[b]]
        yield (padded.astype(settings["dtype"]), labels, {"mask": mask}), parts[b]


class StringBatches:
    """New strings of the same digits in each epoch."""

    def __init__(self, digits, rng, settings):
        self.digits, self.rng, self.settings = digits, rng, settings

    def __iter__(self):
        new = strings(self.digits, self.rng, self.settings, changed=True)
        for batch, _ in batches_of(new, self.settings, self.rng):
            yield batch


def at_every_lift(string):
    """Each stroke as a piece of its own."""
    return [(stroke,) for stroke in string.strokes]


def at_widest_gaps(string):
    """As many pieces as there are digits, a number that is given away: cut where,
    between one stroke and the next, the widest gap is between all that was written
    before and all that comes.
    """
    lefts = np.array([stroke[:, 0].min() for stroke in string.strokes])
    rights = np.array([stroke[:, 0].max() for stroke in string.strokes])
    begins = np.minimum.accumulate(lefts[::-1])[::-1][1:]
    gaps = begins - np.maximum.accumulate(rights)[:-1]
    cuts = np.sort(np.argsort(-gaps, kind="stable")[: len(string.labels) - 1]) + 1
    edges = [0, *cuts.tolist(), len(string.strokes)]
    return [string.strokes[a:b] for a, b in pairwise(edges)]


CUTS = {"every lift": at_every_lift, "widest gaps": at_widest_gaps}


def pieces(some, cut, moves):
    """All pieces of some strings as single digits to be read, and how many each string
    has.
    """
    cut_up = [cut(string) for string in some]
    segments = [Segment("0", 0, piece) for one in cut_up for piece in one]
    return digit_sequences(segments, moves), [len(one) for one in cut_up]
