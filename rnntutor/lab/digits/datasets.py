"""Handwritten digits as sequences: from a pen, point by point, and from a scanner, row
by row.

The files lie in ``rnntutor/data``, with their authors and license (CC BY 4.0). In both
sets the people who wrote the test digits wrote none of the others.
"""

from __future__ import annotations

import functools
import io
from typing import NamedTuple

import numpy as np

from rnntutor import _check, _data

SHA256 = {
    "pen_digits": "0284a30884352396fce0198bc65b75a7251c3e837eec7239f2157f8bfbe11fd7",
    "scanned_digits": (
        "d0e0a5635463c1c75b0165695b0e280b0859fb1bb1d50bbd9355837ab180b751"
    ),
}


class Digits(NamedTuple):
    """Digits and what they are."""

    xs: np.ndarray  # (T, N, D), time first as a net reads it; float64
    labels: np.ndarray  # (N,), int64, 0 … 9

    @property
    def rows(self):
        """A row of T·D numbers for each digit, for models that know no time."""
        return self.xs.swapaxes(0, 1).reshape(len(self.labels), -1)


class DigitSet(NamedTuple):
    """Digits to learn from, and digits by other people to be tested on."""

    train: Digits
    test: Digits


def pen_digits():
    """Digits written with a pen on a tablet (Alpaydin & Alimoglu 1998, UCI data set
    81).

    The way of the pen was resampled to T = 8 points, evenly along its length, and
    scaled so that it fills 0 … 100 in both directions. That the pen left the tablet in
    between is not recorded.

    Returns
    -------
    DigitSet
        7,494 digits by 30 people and 3,498 by 14 others; D = 2: x to the right, y
        upwards.

    Raises
    ------
    FileNotFoundError, ValueError
        If the package's data file is missing or changed. The message gives the command
        that helps.
    """
    return _load("pen_digits")


def as_points(strokes, n=8):
    """A digit as it was written, as the points that `pen_digits` would have of it: at
    equal distances along the way of the pen, lifted or not, then scaled so that they
    fill 0 … 100 in both directions.

    Parameters
    ----------
    strokes : sequence of array (N, 2)
        Where the pen was: x to the right, y upwards, in any unit.
    n : int
        How many points.

    Returns
    -------
    array (n, 2)
        In a direction in which the pen did not move, all are 0.

    Raises
    ------
    TypeError, ValueError
        If a stroke has the wrong kind or shape, or there is none.
    """
    n = _check.integer("n", n)
    strokes = [
        _check.array(f"strokes[{i}]", stroke, ("N", 2), kind="real")
        for i, stroke in enumerate(strokes)
    ]
    if not strokes:
        raise ValueError("strokes: expected at least one, got none")
    places = np.concatenate(strokes).astype(float)
    way = np.append(0, np.cumsum(np.hypot(*np.diff(places, axis=0).T)))
    at = np.linspace(0, way[-1], n)
    points = np.column_stack([np.interp(at, way, axis) for axis in places.T])
    points -= points.min(axis=0)
    wide = points.max(axis=0)
    return 100 * points / np.where(wide > 0, wide, 1)


def scanned_digits():
    """Digits written on a form and scanned (Alpaydin & Kaynak 1998, UCI data set 80).

    Each was a bitmap of 32 × 32; a number here counts the black dots in a square of 4 ×
    4.

    Returns
    -------
    DigitSet
        3,823 digits by 30 people and 1,797 by 13 others; T = 8 rows from the top, D = 8
        numbers 0 … 16.

    Raises
    ------
    FileNotFoundError, ValueError
        As for `pen_digits`.
    """
    return _load("scanned_digits")


def _load(name):
    """Both parts, in arrays that are the caller's own."""
    return DigitSet(
        *(
            Digits(xs.swapaxes(0, 1).astype(float), labels.astype(np.int64))
            for xs, labels in _read(name)
        )
    )


@functools.cache
def _read(name):
    content = _data.read(f"{name}.npz", SHA256[name])
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return [
            (arrays[f"{part}_xs"], arrays[f"{part}_labels"])
            for part in DigitSet._fields
        ]
