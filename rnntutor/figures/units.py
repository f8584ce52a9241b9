"""What a net is made of: one unit with its numbers, and a layer as a matrix product."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import _check
from ..cells.activations import sigmoid
from . import _args
from .diagrams import _layer
from .primitives import PALE, TINTS, Canvas
from .style import COLORS, drawn


@drawn
def unit(inputs, weights, bias, names, answer):
    """One sigmoid unit at work, each number in its place.

    Parameters
    ----------
    inputs, weights : array, shape (2,)
        What comes in, and what each is multiplied by.
    bias : float
        What is added to the weighted sum.
    names : list of str, length 2
        What the inputs are.
    answer : str
        What the output says.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    inputs = _check.array("inputs", inputs, (2,), kind="real")
    weights = _check.array("weights", weights, (2,), kind="real")
    bias = _check.number("bias", bias)
    names = _args.names("names", names, 2)
    answer = _args.text("answer", answer, longest=12)
    a = float(inputs @ weights + bias)
    canvas = Canvas(3.15)
    high, middle, low, foot = 2.5, 1.75, 1.0, 0.22
    plus = canvas.op(3.15, middle, "$+$", r=0.2, size=17)
    for y, x, w, name in zip((high, low), inputs, weights, names, strict=True):
        value = canvas.value(1.25, y, f"{x:g}", "teal", r=0.33, size=15)
        weight = canvas.box(
            2.15, y, f"× {w:g}".replace("-", "−"), w=0.76, h=0.46, size=15
        )
        canvas.arrow(value, weight, color="teal", width=1.6)
        canvas.arrow(weight, plus, color="teal", width=1.6)
        canvas.text(1.25, y + 0.46, name, "teal", 13)
    shift = canvas.box(
        3.15, low - 0.05, f"{bias:+g}".replace("-", "−"), w=0.62, h=0.46, size=15
    )
    total = canvas.value(4.1, middle, f"{a:.1f}", "blue", r=0.33, size=15)
    squash = canvas.box(5.15, middle, "", "ink", w=0.84, h=0.6, corner=0.1)
    result = canvas.value(6.3, middle, f"{sigmoid(a):.2f}", "blue", r=0.4, size=15)
    canvas.arrow(shift, plus)
    for start, end in pairwise((plus, total, squash, result)):
        canvas.arrow(start, end, width=1.6)
    along = np.linspace(-1, 1, 41)
    canvas.axes.plot(
        squash.x + 0.33 * along,
        squash.y + 0.42 * (sigmoid(5 * along) - 0.5),
        color=COLORS["blue"],
        zorder=5,
    )
    canvas.text(6.3, middle + 0.6, answer, "blue", 13)
    for x, word in (
        (1.25, "inputs"),
        (2.15, "weights"),
        (3.15, "bias"),
        (4.1, "sum"),
        (5.15, "squashed"),
        (6.3, "output"),
    ):
        canvas.text(x, foot, word, "gray", 13)
    return canvas.figure


@drawn
def layer():
    """A layer of four units over three inputs, and the same as a matrix product: the
    lines into one unit are one column.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(3.0)
    middle, lit = 1.62, 1
    left, _ = _layer(canvas, 0.75, middle, 3, "teal")
    right, _ = _layer(canvas, 2.3, middle, 4, "blue")
    right = right[::-1]  # unit 0 at the top, as column 0 is at the left
    for y0 in left:
        for unit_, y1 in enumerate(right):
            _line(canvas, (0.75, y0), (2.3, y1), unit_ == lit)
    side, x0, W0 = 0.36, 3.3, 5.0
    rows = {"W": 1.4, "b": 0.86, "a": 0.3}
    for k in range(3):
        canvas.cell(x0 + side * k, rows["W"] + side, side, side, fill=TINTS["teal"])
        for j in range(4):
            y = rows["W"] + side * k
            _cell(canvas, W0 + side * j, y, side, j == lit, "ochre")
    for j in range(4):
        _cell(canvas, W0 + side * j, rows["b"], side, j == lit, "ochre")
        _cell(canvas, W0 + side * j, rows["a"], side, j == lit, "blue")
    canvas.text(x0 + 1.5 * side, rows["W"] + 2 * side + 0.2, "$x$", "teal", 17)
    canvas.text(W0 - 0.33, rows["W"] + 1.5 * side, "×", size=16)
    canvas.text(W0 - 0.33, rows["b"] + side / 2, "$+$", size=17)
    canvas.text(W0 - 0.33, rows["a"] + side / 2, "$=$", size=17)
    for name, color in (("W", "ochre"), ("b", "ochre"), ("a", "blue")):
        y = rows[name] + side * (1.5 if name == "W" else 0.5)
        canvas.text(W0 + 4 * side + 0.24, y, f"${name}$", color, 17)
    canvas.text(0.75, 0.42, "inputs", "gray", 13)
    canvas.text(2.3, 0.42, "units", "gray", 13)
    canvas.text(W0 + 2 * side, 2.78, "one unit, one column", "ochre", 13)
    return canvas.figure


def _line(canvas, start, end, lit):
    """A weight: a thin line from rim to rim, heavy where it is meant."""
    start, end = np.array(start), np.array(end)
    rim = (end - start) / np.hypot(*(end - start)) * 0.13
    canvas.axes.plot(
        *np.array([start + rim, end - rim]).T,
        color=COLORS["ochre" if lit else "teal"],
        linewidth=2.0 if lit else 0.7,
        alpha=1.0 if lit else 0.5,
        zorder=2.5 if lit else 2,
    )


def _cell(canvas, x, y, side, lit, color):
    """A number of a matrix, heavy where it is meant."""
    canvas.cell(x, y, side, side, fill=TINTS[color] if lit else PALE)
    if lit:
        canvas.rect(x, y, side, side, "none", COLORS[color], width=1.8)
