"""Strips of handwritten digits, each with its caption: the digits' names."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.lab.pictures.images import DigitImages, draw
from rnntutor.text.minibatches import Minibatches

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
END = 0  # begins a caption and ends it
ALPHABET = (".", " ", *sorted(set("".join(NAMES))))
# pixels; a digit has a slot of 10 columns, and stands 0 to 2 to its right
ROWS, COLUMNS, SLOT = 8, 32, 10


class Strips(NamedTuple):
    """Pictures and what is written about each."""

    images: np.ndarray  # (N, D), pixels row by row
    inputs: np.ndarray  # (T, N), ids of `ALPHABET`: the end symbol, then the caption
    targets: np.ndarray  # (T, N), the caption, then the end symbol
    mask: np.ndarray  # (T, N), False behind the end symbol

    @property
    def captions(self):
        """The captions as text."""
        return [read_caption(one) for one in self.targets.T]

    def batches(self, B, rng):
        """Batches for a `Captioner`, in an order drawn anew for each epoch; see
        `Minibatches`.
        """

        def take(i):
            T = int(self.mask[:, i].sum(axis=0).max())  # as long as the longest of them
            inputs, targets, mask = (part[:T, i] for part in self[1:])
            return (self.images[i], inputs), targets, {"mask": mask}

        return Minibatches(len(self.images), B, rng, take)


def digit_strips(digits, n, rng, noise=0.1, most=3, dtype=np.float32):
    """Make strips of 2 to `most` digits, 8 × 32 pixels, and caption them.

    Parameters
    ----------
    digits : DigitImages
        To draw from, with replacement.
    n : int
        How many strips.
    rng : numpy.random.Generator or seed
        How many digits, which, where in its slot each stands, and the noise are drawn.
    noise : float
        Standard deviation of what is added to every pixel; ink is 1.
    most : int
        Digits on a strip, 2 or 3.
    dtype : dtype
        Of the pixels.

    Returns
    -------
    Strips

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """
    _check.instance("digits", digits, DigitImages)
    n, most = _check.integer("n", n), _check.integer("most", most, minimum=2)
    if most > COLUMNS // SLOT:
        raise ValueError(f"most: expected at most {COLUMNS // SLOT}, got {most}")
    rng = _check.generator("rng", rng)
    noise = _check.number("noise", noise, minimum=0)
    dtype = _check.dtype("dtype", dtype)
    images, labels = draw(digits, (n, most), rng)
    counts = rng.integers(2, most + 1, n)
    images = images * (np.arange(most) < counts[:, None])[..., None, None]
    pixels = rng.normal(0, noise, (n, ROWS, COLUMNS))
    left = SLOT * np.arange(most) + rng.integers(0, SLOT - 8 + 1, (n, most))
    strip, row = np.ogrid[:n, :ROWS]
    for slot in range(most):
        columns = left[:, slot, None, None] + np.arange(8)
        pixels[strip[..., None], row[..., None], columns] += images[:, slot]
    captions = [
        " ".join(NAMES[d] for d in row[:k])
        for row, k in zip(labels, counts, strict=True)
    ]
    inputs, targets, mask = _padded(
        [[ALPHABET.index(c) for c in caption] for caption in captions]
    )
    return Strips(pixels.reshape(n, -1).astype(dtype), inputs, targets, mask)


def read_caption(symbols):
    """The text of a caption's ids, up to the end symbol.

    Parameters
    ----------
    symbols : int array (N,)

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If they are no ids of `ALPHABET`.
    """
    symbols = _check.array("symbols", symbols, ("N",), kind="integer")
    _check.below("symbols", symbols, len(ALPHABET))
    ends = np.flatnonzero(symbols == END)
    return "".join(ALPHABET[s] for s in symbols[: ends[0] if len(ends) else None])


def _padded(captions):
    """Ids of different lengths as inputs, targets and mask, time first."""
    T = max(map(len, captions)) + 1
    targets = np.full((T, len(captions)), END)
    for i, caption in enumerate(captions):
        targets[: len(caption), i] = caption
    inputs = np.vstack([np.full(len(captions), END), targets[:-1]])
    return inputs, targets, np.arange(T)[:, None] <= np.array(list(map(len, captions)))
