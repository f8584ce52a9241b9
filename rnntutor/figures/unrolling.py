"""The net unrolled over time, forward and with the flow of its gradients."""

from __future__ import annotations

from itertools import pairwise

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


def _nodes(canvas, T, right, lift=0.0):
    """Place all values; return them by name and step, and the distance of two steps in
    inches.
    """
    first = 0.5
    step = (WIDTH - first - right) / T
    rows = {name: y + lift for name, y in _ROWS.items()}
    nodes = {("h", 0): canvas.value(first, rows["h"], "$h_0$", "blue", _R)}
    for t in range(1, T + 1):
        x = first + step * t
        for name in "xhy":
            nodes[name, t] = canvas.value(
                x, rows[name], f"${name}_{t}$", _COLORS[name], _R
            )
        loss = rf"$\mathcal{{L}}_{t}$"
        nodes["loss", t] = canvas.box(
            x, rows["loss"], loss, "gray", w=0.46, h=0.36, size=13
        )
    return nodes, step


@drawn
def unrolled(T=4):
    """The net unrolled over T steps: every copy of a weight has the same symbol and
    color.

    Parameters
    ----------
    T : int
        Steps, at most 5.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `T` is not an integer from 1 to 5.
    """
    T = _steps(T)
    canvas = Canvas(4.1)
    nodes, step = _nodes(canvas, T, 0.75)
    for t in range(1, T + 1):
        x, h, y, loss = (nodes[name, t] for name in ("x", "h", "y", "loss"))
        canvas.arrow(x, h, color="teal", width=1.6)
        canvas.arrow(nodes["h", t - 1], h, color="blue", width=1.6)
        canvas.arrow(h, y, color="purple", width=1.6)
        canvas.arrow(y, loss, color="gray", width=1.1)
        canvas.text(h.x + 0.08, (x.y + h.y) / 2, "$W_{xh}$", "teal", 12, ha="left")
        canvas.text(h.x - step / 2 - 0.03, h.y + 0.17, "$W_{hh}$", "blue", 12)
        canvas.text(h.x + 0.08, (h.y + y.y) / 2, "$W_{hy}$", "purple", 12, ha="left")
        canvas.text(loss.x + 0.58, loss.y, rf"$\bar{{y}}_{t}$", "gray", 12.5)
        canvas.arrow((loss.x + 0.47, loss.y), loss, color="gray", width=1.1)
    left, right, y = nodes["x", 1].x, nodes["x", T].x, 0.33
    canvas.arrow((left - 0.26, y), (right + 0.26, y), color="gray", width=0.9)
    canvas.text(left - 0.36, y, "time", "gray", 9.5, ha="right")
    canvas.text(
        0.54,
        3.32,
        "the same three\nmatrices at\nevery step",
        "gray",
        9.5,
        linespacing=1.4,
    )
    return canvas.figure


@drawn
def unrolled_gradients(T=4):
    """The unrolled net with the way the gradient takes back through it.

    Forward arrows are thin and solid, backward arrows are dashed.  At each h_t two of
    them meet: one from the loss of the same step, one from the step after; past the
    last step there is none.

    Parameters
    ----------
    T : int
        Steps, at most 5.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If `T` is not an integer from 1 to 5.
    """
    T = _steps(T)
    canvas = Canvas(4.75)
    nodes, _ = _nodes(canvas, T, 1.3, lift=0.62)
    back = {"color": "orange", "width": 1.7, "dashed": True, "shift": 0.075}
    forth = {"color": "gray", "width": 0.8, "shift": 0.075}
    for t in range(1, T + 1):
        chain = [nodes[name, t] for name in ("x", "h", "y", "loss")]
        for start, end in [*pairwise(chain), (nodes["h", t - 1], nodes["h", t])]:
            canvas.arrow(start, end, **forth)
            canvas.arrow(end, start, **back)
        h = nodes["h", t]
        canvas.text(h.x - 0.36, h.y + 0.33, rf"$\delta_{t}$", "orange", 15)
    last = nodes["h", T]
    canvas.arrow((last.x + 0.85, last.y), last, **(back | {"shift": 0.0}))
    canvas.text(last.x + 0.8, last.y + 0.25, r"$\delta_{T+1} = 0$", "orange", 13)
    after = f"nothing comes\nafter $T = {T}$"
    canvas.text(
        last.x + 0.8, last.y - 0.26, after, "gray", 9, va="top", linespacing=1.3
    )
    for y, label, style in ((4.0, "values", forth), (3.7, "gradients", back)):
        ends = ((0.12, y), (0.5, y)) if style is forth else ((0.5, y), (0.12, y))
        canvas.arrow(*ends, **(style | {"shift": 0.0}))
        canvas.text(0.58, y, label, "gray", 9.5, ha="left")
    _recurrence(canvas, 0.66)
    return canvas.figure


def _recurrence(canvas, y):
    """The recurrence of delta: what the two arrows that meet at h_t bring."""
    canvas.text(1.95, y, r"$\delta_t\;=$", "orange", 15)
    canvas.text(
        2.93,
        y,
        r"$\dfrac{d\mathcal{L}}{dy_t^{\mathrm{raw}}}\,W_{hy}^{\top}$",
        "ink",
        14,
    )
    canvas.text(3.86, y, "$+$", "ink", 15)
    canvas.text(4.77, y, r"$\dfrac{d\mathcal{L}}{da_{t+1}}\,W_{hh}^{\top}$", "ink", 14)
    canvas.text(2.93, y - 0.47, "from the loss of step $t$", "gray", 9.5)
    canvas.text(4.77, y - 0.47, "from step $t+1$", "gray", 9.5)
