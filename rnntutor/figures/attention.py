"""Attention as a picture: two nets and what passes between them, and where each letter
of a caption looked.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import _check
from . import _args
from .pictures import _limits, _picture
from .primitives import Canvas
from .sheets import sheet
from .style import MONO, WIDTH, drawn

_READ, _WRITTEN = "abc", ".cba"
_ENCODER, _DECODER = (0.7, 1.5, 2.3), (3.55, 4.5, 5.45, 6.4)
_BOTTOM, _STATES, _LOOKS = 0.35, 1.2, 2.45


@drawn
def encoder_decoder(attention=False):
    """A net that reads three letters and one that writes them backwards.

    Parameters
    ----------
    attention : bool
        Whether the first step of the decoder is shown looking up the encoder's states;
        without it, one arrow is all that leads from the one to the other.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If `attention` is no bool.
    """
    _check.instance("attention", attention, bool)
    top = 3.3 if attention else 2.05
    canvas = Canvas(top + 0.45)
    canvas.frame(0.08, 0.08, 2.9, top + 0.37, "encoder")
    canvas.frame(3.02, 0.08, 6.92, top + 0.37, "decoder")
    states = _row(canvas, _ENCODER, "v", _READ, "teal")
    asking = _row(canvas, _DECODER, "h", _WRITTEN, "blue")
    canvas.arrow(states[-1], asking[0], color="orange", width=2.2)
    if attention:
        outputs = _look(canvas, states, asking)
    else:
        outputs = asking
    for below, letter in zip(outputs, _WRITTEN[1:] + _WRITTEN[0], strict=True):
        canvas.arrow(below, (below.x, top - 0.14), color="purple", width=1.4)
        canvas.text(below.x, top, letter, "purple", 12, mono=True)
    return canvas.figure


def _row(canvas, columns, name, letters, color):
    """States over what they read, and the way from each to the next."""
    row = []
    for i, (x, letter) in enumerate(zip(columns, letters, strict=True), start=1):
        canvas.text(x, _BOTTOM, letter, color, 12, mono=True)
        state = canvas.value(x, _STATES, f"${name}_{i}$", color, size=13)
        canvas.arrow((x, _BOTTOM + 0.15), state, color=color, width=1.4)
        row.append(state)
    for one, other in pairwise(row):
        canvas.arrow(one, other, color=color, width=1.6)
    return row


def _look(canvas, states, asking):
    """The first step looks, mostly at the last letter; all have an output."""
    mean = canvas.op(states[1].x, _LOOKS, r"$\Sigma$", r=0.2)
    for state, width in zip(states, (0.6, 0.9, 3.2), strict=True):
        canvas.arrow(state, mean, color="teal", width=width)
    outputs = []
    for t, state in enumerate(asking, start=1):
        u = canvas.value(state.x, _LOOKS, f"$u_{t}$", "purple", size=13)
        canvas.arrow(state, u, color="blue", width=1.4)
        outputs.append(u)
    start, end = asking[0], outputs[0]
    way = (start.x - 0.42, _STATES + 0.6), (2.25, _STATES + 0.75)
    canvas.arrow(start, *way, mean, color="blue", dashed=True, width=1.3)
    canvas.text(2.62, _STATES + 0.45, "$q_1$", "blue", 12)
    canvas.arrow(mean, end, color="teal", width=1.8)
    canvas.text(2.5, _LOOKS + 0.2, r"$\bar v_1$", "teal", 12)
    return outputs


@drawn
def glances(image, rows, weights, *, limits=None):
    """A picture, and under it in each row how much every column of it was looked at.

    Parameters
    ----------
    image : array (R, S)
        Dark where the number is large.
    rows : list of str
        What stands beside each row, such as a letter that was written; at most 24.
    weights : array (N, S)
    limits : (low, high), optional
        As for `films`, of the picture.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    image = _check.array("image", image, ("R", "S"), kind="real")
    rows = _args.names("rows", rows, most=24)
    weights = _check.array("weights", weights, (len(rows), image.shape[1]), kind="real")
    low, high = _limits([image], limits)
    left = 0.3 + 0.095 * max(map(len, rows))
    wide, pitch = WIDTH - left - 0.15, 0.2
    height = wide * image.shape[0] / image.shape[1]
    axes = sheet(0.1 + height + 0.12 + pitch * len(rows) + 0.08)
    _picture(axes, image, left, 0.1, wide, height, low, high)
    y = 0.1 + height + 0.12
    style = {"family": MONO, "parse_math": False, "fontsize": 10}
    style |= {"ha": "right", "va": "center_baseline"}
    most = max(float(np.max(weights)), 1e-9)
    for name, row in zip(rows, weights, strict=True):
        _picture(axes, row[None], left, y, wide, pitch * 0.85, 0.0, most)
        axes.text(left - 0.12, y + 0.425 * pitch, name, **style)
        y += pitch
    return axes.figure
