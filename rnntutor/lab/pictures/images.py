"""Scanned digits as pictures, in three parts that share no image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor.lab.digits.datasets import scanned_digits

VALID = 823  # images of those to learn from that are set aside to choose settings by


class DigitImages(NamedTuple):
    """Pictures of digits."""

    images: np.ndarray  # (N, 8, 8), from 0, paper, to 1, ink
    labels: np.ndarray  # (N,), 0 … 9


class DigitSplit(NamedTuple):
    """Pictures to learn from, to choose settings by, and to be tested on."""

    train: DigitImages
    valid: DigitImages
    test: DigitImages


def digit_images():
    """The digits of `scanned_digits` in three parts of
    3,000, 823 and 1,797.

    The people who wrote those of the test part wrote none of the others.

    Returns
    -------
    DigitSplit

    Raises
    ------
    FileNotFoundError, ValueError
        As for `scanned_digits`.
    """
    learn, test = (
        DigitImages(digits.rows.reshape(-1, 8, 8) / 16, digits.labels)
        for digits in scanned_digits()
    )
    train, valid = (
        DigitImages(*parts)
        for parts in zip(*(np.split(one, [-VALID]) for one in learn), strict=True)
    )
    return DigitSplit(train, valid, test)


def draw(digits, shape, rng):
    """Draw digits with replacement: their images, `shape` + (8, 8), and labels."""
    chosen = rng.integers(0, len(digits.labels), shape)
    return digits.images[chosen], digits.labels[chosen]
