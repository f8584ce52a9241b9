"""One number that is fed back: where its curve meets the diagonal."""

from __future__ import annotations

import math
from itertools import pairwise

from rnntutor import _check
from rnntutor.cells.activations import sigmoid
from rnntutor.lab.instruments.shown import Instrument, table, written


def fixed_points(w=10, b=None, h_0=0.45, steps=14):
    """The curve of h_t = σ(w h_{t-1} + b), the diagonal, and the staircase between
    them; weight, bias and start are for the reader to move.

    Parameters
    ----------
    w : float
        From 0 to 12.
    b : float, optional
        From −12 to 4; −w/2 if left out, and it moves with w then.
    h_0 : float
        From 0 to 1.
    steps : int
        Of the staircase.

    Returns
    -------
    Instrument

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    """
    tied = b is None
    w = _within("w", w, 0, 12)
    b = -w / 2 if tied else _within("b", b, -12, 4)
    given = {
        "w": w,
        "b": b,
        "h_0": _within("h_0", h_0, 0, 1),
        "steps": _check.integer("steps", steps),
        "tied": tied,
    }
    still = table(
        f"Fixed points of <i>σ</i>(<i>w h</i> + <i>b</i>) for <i>w</i> = {w:g},"
        f" <i>b</i> = {written(b)}",
        ["state", "slope", "what it does"],
        [
            (k, [written(h, 3), slope, "holds" if slope < 1 else "pushes away"])
            for k, (h, slope) in enumerate(crossings(w, b), start=1)
        ],
    )
    label = "Fixed points of a number that is fed back"
    return Instrument("fixed-points", label, given, still, "fixed.js")


def crossings(w, b):
    """Where σ(w h + b) = h, in order, each with the slope of the curve there.

    Between the two places where the curve runs along the diagonal, and on either side
    of them, it crosses at most once.
    """

    def above(h):
        return float(sigmoid(w * h + b)) - h

    ends = [0.0, 1.0]
    if w > 4:
        for sign in (-1, 1):
            s = 0.5 + sign * math.sqrt(0.25 - 1 / w)
            ends.append((math.log(s / (1 - s)) - b) / w)
    ends = sorted(h for h in ends if 0 <= h <= 1)
    found = []
    for low, high in pairwise(ends):
        sign = math.copysign(1, above(low))
        if sign * above(high) > 0:
            continue
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if sign * above(middle) > 0 else (low, middle)
        found.append((high, w * high * (1 - high)))
    return found


def _within(name, value, low, high):
    value = _check.number(name, value)
    if not low <= value <= high:
        raise ValueError(f"{name}: expected a number from {low} to {high}, got {value}")
    return value
