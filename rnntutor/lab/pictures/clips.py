"""Clips made to order: a digit goes round a canvas in one of four ways, told apart by
the order of stops.

Every clip shows its digit once at each of the eight stops. What a frame shows, and what
all frames of a clip show together, is therefore the same for all four motions, start
and chance aside, which are drawn alike: an observer who does not know the order can
only guess the motion.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.lab.pictures.images import DigitImages, draw
from rnntutor.text.minibatches import Minibatches

SIZE = 16  # pixels of the canvas, each way
# Corners of the digit's 8 × 8 pixels, row and column, clockwise from the upper left.
STOPS = np.array([(1, 1), (1, 4), (1, 7), (4, 7), (7, 7), (7, 4), (7, 1), (4, 1)])
# By how many stops a motion goes on from frame to frame. No step shares a factor with
# 8, so none is left out.
MOTIONS = {"round right": 1, "round left": -1, "leap right": 3, "leap left": -3}


class Clips(NamedTuple):
    """Short films of one digit each."""

    xs: np.ndarray  # (T, N, D), the frames' pixels row by row
    labels: np.ndarray  # (N,), digit · 4 + motion
    CLASSES = 10 * len(MOTIONS)

    @property
    def targets(self):
        """The label once for each frame, (T, N)."""
        return np.tile(self.labels, (len(self.xs), 1))

    def batches(self, B, rng):
        """Batches (xs, targets) of B clips, in an order drawn anew for each epoch; see
        `Minibatches`.
        """
        return Minibatches.of(self.xs, self.targets, B, rng)

    @property
    def digits(self):
        """Which digit each clip shows."""
        return digit_of(self.labels)

    @property
    def motions(self):
        """Which of `MOTIONS` it makes, 0 … 3."""
        return motion_of(self.labels)


def digit_of(labels):
    """The digit of a class of clips, or of an array of them."""
    return labels // len(MOTIONS)


def motion_of(labels):
    """The motion, 0 … 3, of a class of clips, or of an array of them."""
    return labels % len(MOTIONS)


def moving_digits(digits, n, rng, noise=0.3, jitter=1, dtype=np.float32):
    """Make clips of 8 frames, 16 × 16 pixels.

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
    T = len(STOPS)
    images, labels = draw(digits, n, rng)
    motions = rng.integers(0, len(MOTIONS), n)
    steps = np.array(list(MOTIONS.values()))[motions]
    at = (rng.integers(0, T, n) + np.arange(T)[:, None] * steps) % T
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
    return Clips(
        frames.reshape(T, n, -1).astype(dtype), labels * len(MOTIONS) + motions
    )


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
