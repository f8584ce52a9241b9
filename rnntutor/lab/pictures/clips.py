"""Clips made to order: a digit goes from stop to stop of a ring, in one of several ways
that are told apart by their order alone.

Of `MOTIONS` each shows the digit once at each of the eight stops. What a frame shows,
and what all frames of a clip show together, is therefore the same for all four, start
and chance aside, which are drawn alike: an observer who does not know the order can
only guess the motion. The two of `RETURNS` also share every pair of neighboring frames.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.lab.pictures.images import DigitImages, draw
from rnntutor.lab.pictures.looks import one_by_one
from rnntutor.text.minibatches import Minibatches

SIZE = 16  # pixels of the canvas, each way
# Corners of the digit's 8 × 8 pixels, row and column, clockwise from the upper left.
STOPS = np.array([(1, 1), (1, 4), (1, 7), (4, 7), (7, 7), (7, 4), (7, 1), (4, 1)])
# By how many stops a motion goes on from frame to frame. No step shares a factor with
# 8, so no stop is left out.
MOTIONS = {
    "round right": (1,) * 7,
    "round left": (-1,) * 7,
    "leap right": (3,) * 7,
    "leap left": (-3,) * 7,
}
# There and back on both sides, and to which side first: the same frames as often, and
# the same steps between the same stops.
RETURNS = {
    "right first": (1, 1, -1, -1, -1, -1, 1, 1),
    "left first": (-1, -1, 1, 1, 1, 1, -1, -1),
}


class Clips(NamedTuple):
    """Short films of one digit each."""

    xs: np.ndarray  # (T, N, D), the frames' pixels row by row
    labels: np.ndarray  # (N,), digit · 4 + motion
    CLASSES = 10 * len(MOTIONS)

    @property
    def targets(self):
        """The label once for each frame, (T, N)."""
        return np.tile(self.labels, (len(self.xs), 1))

    def batches(self, B, rng, alone=False):
        """Batches (xs, targets) of B clips, in an order drawn anew for each epoch; see
        `Minibatches`. With `alone`, each frame is a sequence of one step: nothing is
        carried from one to the next.
        """
        if not alone:
            return Minibatches.of(self.xs, self.targets, B, rng)

        def take(i):
            return one_by_one(self.xs[:, i]), self.targets[:, i].reshape(1, -1)

        return Minibatches(len(self.labels), B, rng, take)

    @property
    def digits(self):
        """Which digit each clip shows."""
        return digit_of(self.labels)

    @property
    def motions(self):
        """Which of the motions it makes, 0 … 3."""
        return motion_of(self.labels)


def digit_of(labels):
    """The digit of a class of clips, or of an array of them."""
    return labels // len(MOTIONS)


def motion_of(labels):
    """The motion, 0 … 3, of a class of clips, or of an array of them."""
    return labels % len(MOTIONS)


def moving_digits(
    digits, n, rng, noise=0.3, jitter=1, dtype=np.float32, motions=MOTIONS
):
    """Make clips of 16 × 16 pixels, with a frame more than a motion has steps.

    Parameters
    ----------
    digits : DigitImages
        To draw from, with replacement.
    n : int
        How many clips.
    rng : numpy.random.Generator or seed
        The digit, the motion, the stop to start from, the jitter and the noise are
        drawn, independently.
    noise : float
        Standard deviation of what is added to every pixel of every frame; ink is 1.
    jitter : int
        How far the digit may be off its stop, in pixels each way, 0 or 1.
    dtype : dtype
    motions : dict of str -> tuple of int
        `MOTIONS`, `RETURNS` or others, at most four, all with as many steps: by how
        many stops the digit goes on, clockwise, from frame to frame.

    Returns
    -------
    Clips

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """
    _check.instance("digits", digits, DigitImages)
    n = _check.integer("n", n)
    rng = _check.generator("rng", rng)
    noise = _check.number("noise", noise, minimum=0)
    jitter = _check.integer("jitter", jitter, minimum=0)
    if jitter > 1:
        raise ValueError(f"jitter: expected 0 or 1, got {jitter}")
    dtype = _check.dtype("dtype", dtype)
    ways = _ways(motions)
    T = 1 + ways.shape[1]
    images, labels = draw(digits, n, rng)
    chosen = rng.integers(0, len(ways), n)
    starts = rng.integers(0, len(STOPS), (1, n))
    at = np.vstack([starts, ways[chosen].T]).cumsum(axis=0) % len(STOPS)
    corners = STOPS[at] + rng.integers(-jitter, jitter + 1, (T, n, 2))
    frames = rng.normal(0, noise, (T, n, SIZE, SIZE))
    rows, columns = (corners[..., axis, None] + np.arange(8) for axis in (0, 1))
    time, clip = np.ogrid[:T, :n]
    frames[
        time[..., None, None],
        clip[..., None, None],
        rows[..., :, None],
        columns[..., None, :],
    ] += images
    return Clips(frames.reshape(T, n, -1).astype(dtype), labels * len(MOTIONS) + chosen)


def _ways(motions):
    """The steps of each motion, int (motions, T − 1)."""
    if not isinstance(motions, dict) or not 1 <= len(motions) <= len(MOTIONS):
        raise TypeError(
            f"motions: expected a dict of one to four motions, got"
            f" {_check.short(motions)}"
        )
    steps = "T - 1"
    for name, way in motions.items():
        way = _check.array(f"motions[{name!r}]", way, (steps,), kind="integer")
        steps = len(way)
    return np.array(list(motions.values()))


def shuffled(clips, rng):
    """The same clips, the frames of each in an order of its own, drawn anew.

    Parameters
    ----------
    clips : Clips
    rng : numpy.random.Generator or seed

    Returns
    -------
    Clips

    Raises
    ------
    TypeError
        If an argument is none of these.
    """
    _check.instance("clips", clips, Clips)
    rng = _check.generator("rng", rng)
    order = rng.random(clips.xs.shape[:2]).argsort(axis=0)
    return clips._replace(xs=np.take_along_axis(clips.xs, order[..., None], axis=0))
