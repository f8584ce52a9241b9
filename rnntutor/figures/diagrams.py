"""The recurrent net as pictures: with its loop, and inside one unit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from . import _args
from .primitives import TINTS, Canvas
from .style import COLORS, drawn


def _layer(canvas, x, middle, units, color):
    """Draw a layer as a column of units; return their heights and the upper end of the
    column.
    """
    ys = middle + 0.40 * (np.arange(units) - (units - 1) / 2)
    half = (units - 1) * 0.20 + 0.27
    canvas.rect(
        x - 0.24, middle - half, 0.48, 2 * half, TINTS[color], corner=0.24, zorder=1
    )
    for y in ys:
        canvas.disc(x, y, 0.13, "white", COLORS[color])
    return ys, middle + half


def _connect(canvas, x0, ys0, x1, ys1, color):
    for y0 in ys0:
        for y1 in ys1:
            start, end = np.array([x0, y0]), np.array([x1, y1])
            rim = (end - start) / np.hypot(*(end - start)) * 0.13
            xs, ys = np.array([start + rim, end - rim]).T
            canvas.axes.plot(
                xs, ys, color=COLORS[color], linewidth=0.7, alpha=0.5, zorder=2
            )


@drawn
def rnn_loop():
    """The recurrent net as a net: three layers, and the loop through a delay of one
    step.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(3.4)
    middle, above = 1.28, 3.0
    xs = (1.1, 3.5, 5.9)
    colors = ("teal", "blue", "purple")
    columns = [
        _layer(canvas, x, middle, n, color)
        for x, n, color in zip(xs, (3, 4, 3), colors, strict=True)
    ]
    _connect(canvas, xs[0], columns[0][0], xs[1], columns[1][0], "teal")
    _connect(canvas, xs[1], columns[1][0], xs[2], columns[2][0], "purple")
    x, top = xs[1], columns[1][1]
    canvas.box(x, above, "delay of\none step", "gray", w=1.2, h=0.58, size=13)
    for side in (1, -1):
        # seen from x
        ear = [(0.11, top), (1.2, top + 0.33), (1.55, above), (0.6, above)]
        ear = [(x + side * out, y) for out, y in ear]
        canvas.arrow(*ear[::side], color="blue", width=1.9, smooth=True)
    canvas.text(x + 1.26, above - 0.3, "$h_t$", "blue", 18, ha="left")
    canvas.text(x - 1.26, above - 0.3, "$h_{t-1}$", "blue", 18, ha="right")
    canvas.text(x - 0.66, top + 0.03, "$W_{hh}$", "blue", 16, ha="right")
    canvas.text((xs[0] + xs[1]) / 2 - 0.2, middle + 0.72, "$W_{xh}$", "teal", 16)
    canvas.text((xs[1] + xs[2]) / 2 + 0.2, middle + 0.72, "$W_{hy}$", "purple", 16)
    for x, name in zip(xs, ("input", "hidden state", "output"), strict=True):
        canvas.text(x, 0.22, name, "gray", 13)
    canvas.text(xs[0] - 0.5, middle, "$x_t$", "teal", 18)
    canvas.text(xs[2] + 0.5, middle, "$y_t$", "purple", 18)
    return canvas.figure


@drawn
def rnn_unit(activation="$f$"):
    r"""What happens inside one unit at step t, each value with its symbol.

    Parameters
    ----------
    activation : str
        What stands in the node of the activation function, as short as ``"$f$"`` or
        ``r"$\sigma$"``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `activation` is not a string, or an empty one.
    """
    activation = _args.text("activation", activation, longest=12)
    canvas = Canvas(4.0)
    low, high = 1.84, 3.24  # two levels: the recurrence below, the readout above
    canvas.frame(0.88, 0.84, 6.16, 3.78, "step $t$", size=12)
    h_prev = canvas.value(0.42, low, "$h_{t-1}$", "blue", r=0.3)
    x = canvas.value(2.18, 0.38, "$x_t$", "teal", r=0.3)
    w_hh = canvas.box(1.36, low, "$W_{hh}$")
    w_xh = canvas.box(2.18, 1.18, "$W_{xh}$")
    b_h = canvas.box(2.18, 2.48, "$b_h$", w=0.44)
    plus = canvas.op(2.18, low, "$+$")
    a = canvas.value(2.84, low, "$a_t$", "blue", r=0.27)
    f = canvas.op(3.5, low, activation)
    h = canvas.value(4.16, low, "$h_t$", "blue", r=0.27)
    w_hy = canvas.box(4.16, 2.56, "$W_{hy}$")
    plus_y = canvas.op(4.16, high, "$+$")
    b_y = canvas.box(3.42, high, "$b_y$", w=0.44)
    y_raw = canvas.value(4.79, high, r"$y_t^{\mathrm{raw}}$", "purple", r=0.29, size=13)
    softmax = canvas.box(5.66, high, "softmax", "ink", w=0.82, size=12, corner=0.19)
    y = canvas.value(6.6, high, "$y_t$", "purple", r=0.3)
    recurrence = (h_prev, w_hh, plus, a, f, h)
    readout = (h, w_hy, plus_y, y_raw, softmax, y)
    for chain in (recurrence, readout, (x, w_xh, plus), (b_h, plus), (b_y, plus_y)):
        for start, end in pairwise(chain):
            canvas.arrow(start, end)
    canvas.arrow(h, (6.8, low), color="blue", width=1.8)
    canvas.text(6.58, low - 0.52, "to\n$t+1$", "gray", 12, linespacing=1.3)
    canvas.text(0.42, low - 0.56, "from\n$t-1$", "gray", 12, linespacing=1.3)
    canvas.text(4.55, 1.2, "$a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h$", "gray", 12.5)
    canvas.text(5.2, 2.56, r"$y_t^{\mathrm{raw}} = h_t W_{hy} + b_y$", "gray", 12.5)
    _key(canvas, 3.2, 0.38)
    return canvas.figure


def _key(canvas, x, y):
    """What the three kinds of shapes mean, in one line."""
    canvas.value(x, y, "", "gray", r=0.12)
    canvas.text(x + 0.2, y, "value", "gray", 12, ha="left")
    canvas.box(x + 1.0, y, "", w=0.32, h=0.2, corner=0.05)
    canvas.text(x + 1.25, y, "parameters", "gray", 12, ha="left")
    canvas.op(x + 2.52, y, "", r=0.1)
    canvas.text(x + 2.7, y, "operation", "gray", 12, ha="left")
