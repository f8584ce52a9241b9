"""The net unrolled over time."""

from __future__ import annotations

from .. import _check
from .primitives import Canvas
from .style import WIDTH, drawn

_R = 0.26
_ROWS = {"x": 0.86, "h": 1.86, "y": 2.92, "loss": 3.72}
_COLORS = {"x": "teal", "h": "blue", "y": "purple"}


def _steps(T):
    T = _check.integer("T", T)
    if T > 5:
        raise ValueError(
            f"T: expected at most 5 steps, which is what the column holds, got {T}"
        )
    return T


def _nodes(canvas, T, right, losses):
    """Place all values, and the losses if asked to; return them by name and step, and
    the distance of two steps in inches.
    """
    first = 0.5
    step = (WIDTH - first - right) / T
    nodes = {("h", 0): canvas.value(first, _ROWS["h"], "$h_0$", "blue", _R)}
    for t in range(1, T + 1):
        x = first + step * t
        for name in "xhy":
            nodes[name, t] = canvas.value(
                x, _ROWS[name], f"${name}_{t}$", _COLORS[name], _R
            )
        if losses:
            loss = rf"$\mathcal{{L}}_{t}$"
            nodes["loss", t] = canvas.box(
                x, _ROWS["loss"], loss, "gray", w=0.46, h=0.36, size=13
            )
    return nodes, step


@drawn
def unrolled(T=4, *, losses=True):
    """The net unrolled over T steps: every copy of a weight has the same symbol and
    color.

    Parameters
    ----------
    T : int
        Steps, at most 5.
    losses : bool
        Draw the loss of each step, which compares its output with the true label.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `T` is not an integer from 1 to 5.
    """
    T = _steps(T)
    canvas = Canvas(4.1 if losses else 3.35)
    nodes, step = _nodes(canvas, T, 0.75, losses)
    for t in range(1, T + 1):
        x, h, y = (nodes[name, t] for name in "xhy")
        canvas.arrow(x, h, color="teal", width=1.6)
        canvas.arrow(nodes["h", t - 1], h, color="blue", width=1.6)
        canvas.arrow(h, y, color="purple", width=1.6)
        canvas.text(h.x + 0.08, (x.y + h.y) / 2, "$W_{xh}$", "teal", 15, ha="left")
        canvas.text(h.x - step / 2 - 0.03, h.y + 0.17, "$W_{hh}$", "blue", 15)
        canvas.text(h.x + 0.08, (h.y + y.y) / 2, "$W_{hy}$", "purple", 15, ha="left")
        if losses:
            loss = nodes["loss", t]
            canvas.arrow(y, loss, color="gray", width=1.1)
            canvas.text(loss.x + 0.58, loss.y, rf"$\bar{{y}}_{t}$", "gray", 14)
            canvas.arrow((loss.x + 0.47, loss.y), loss, color="gray", width=1.1)
    left, right, y = nodes["x", 1].x, nodes["x", T].x, 0.33
    canvas.arrow((left - 0.26, y), (right + 0.26, y), color="gray", width=0.9)
    canvas.text(left - 0.36, y, "time", "gray", 13, ha="right")
    canvas.text(
        0.06,
        2.85,
        "the same\nmatrices at\nevery step",
        "gray",
        12.5,
        ha="left",
        linespacing=1.4,
    )
    return canvas.figure
