"""Nets of several cells as a picture: layers on top of each other, and a sequence read
from both ends.
"""

from __future__ import annotations

from itertools import pairwise

from .primitives import Canvas
from .style import drawn

_R = 0.25
_TOP, _MIDDLE, _LOW, _BOTTOM = 3.1, 2.25, 1.35, 0.5


@drawn
def stacked_and_bidirectional():
    """Two layers on top of each other, and beside them one layer that reads both ways,
    over three steps each.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(3.75)
    canvas.frame(0.08, 0.1, 3.42, 3.65, "two layers")
    canvas.frame(3.58, 0.1, 6.92, 3.65, "both ways")
    _stack(canvas, [0.83, 1.73, 2.63])
    _both_ways(canvas, [4.3, 5.25, 6.2])
    return canvas.figure


def _row(canvas, columns, y, label, color):
    return [
        canvas.value(x, y, label.format(t), color, _R, size=12)
        for t, x in enumerate(columns, start=1)
    ]


def _chain(canvas, row, ends, backwards=False):
    """The state's way along a row, from outside to outside."""
    stops = [(ends[0], row[0].y), *row, (ends[1], row[0].y)]
    for start, end in pairwise(stops):
        start, end = (end, start) if backwards else (start, end)
        canvas.arrow(start, end, color="orange" if backwards else "blue", width=1.6)


def _stack(canvas, columns):
    xs = _row(canvas, columns, _BOTTOM, "$x_{}$", "teal")
    lower = _row(canvas, columns, _LOW, "$h_{}^{{(1)}}$", "blue")
    upper = _row(canvas, columns, _MIDDLE, "$h_{}^{{(2)}}$", "blue")
    for row in (lower, upper):
        _chain(canvas, row, (columns[0] - 0.6, columns[-1] + 0.6))
    for x, below, above in zip(xs, lower, upper, strict=True):
        canvas.arrow(x, below, color="teal", width=1.4)
        canvas.arrow(below, above, color="purple", width=1.4)
        canvas.arrow(above, (above.x, _TOP), color="purple", width=1.4)
    canvas.text(columns[1], _TOP + 0.16, "to the readout", "gray", 9)
    canvas.text(columns[0] - 0.12, 1.8, "dropout", "gray", 9, ha="right")


def _both_ways(canvas, columns):
    xs = _row(canvas, columns, _BOTTOM, "$x_{}$", "teal")
    ahead = _row(
        canvas, [x - 0.22 for x in columns], _LOW, r"$\overrightarrow{{h}}_{}$", "blue"
    )
    back = _row(
        canvas,
        [x + 0.22 for x in columns],
        _MIDDLE,
        r"$\overleftarrow{{h}}_{}$",
        "orange",
    )
    ends = (columns[0] - 0.66, columns[-1] + 0.66)
    _chain(canvas, ahead, (ends[0] + 0.02, ends[1]))
    _chain(canvas, back, (ends[0], ends[1] - 0.02), backwards=True)
    for x, one, other in zip(xs, ahead, back, strict=True):
        for to in (one, other):
            canvas.arrow(x, to, color="teal", width=1.4)
            canvas.arrow(to, (to.x, _TOP), color="purple", width=1.4)
    canvas.text(columns[1], _TOP + 0.16, "to the readout", "gray", 9)
