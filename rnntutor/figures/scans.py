"""The tree by which the states of a linear recurrence are found together."""

from __future__ import annotations

from .primitives import Canvas
from .style import drawn

LEFT, PITCH, ROW, R = 1.3, 0.69, 0.66, 0.235  # inches
NAMES = ("steps", "pairs", "fours", "eight", "between", "between")
# row and column of each node, the first step that it covers, and where it comes from:
# the earlier part, then the later one
NODES = {
    (1, 2): (1, (0, 1), (0, 2)),
    (1, 4): (3, (0, 3), (0, 4)),
    (1, 6): (5, (0, 5), (0, 6)),
    (1, 8): (7, (0, 7), (0, 8)),
    (2, 4): (1, (1, 2), (1, 4)),
    (2, 8): (5, (1, 6), (1, 8)),
    (3, 8): (1, (2, 4), (2, 8)),
    (4, 6): (1, (2, 4), (1, 6)),
    (5, 3): (1, (1, 2), (0, 3)),
    (5, 5): (1, (2, 4), (0, 5)),
    (5, 7): (1, (4, 6), (0, 7)),
}


@drawn
def scan_tree():
    """Eight steps, joined two by two; what reaches back to step 1 is a state.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(ROW * 5 + 2 * R + 0.3)
    shapes = {}
    for row, name in enumerate(NAMES):
        canvas.text(0.08, _place(row, 0)[1], name, "gray", 10, ha="left")
    for t in range(1, 9):
        shapes[0, t] = _node(canvas, 0, t, t)
    for (row, t), (first, earlier, later) in NODES.items():
        shapes[row, t] = _node(canvas, row, t, first)
        for part in (earlier, later):
            color = "blue" if part == earlier and first == 1 else "gray"
            canvas.arrow(shapes[part], shapes[row, t], color=color)
    return canvas.figure


def _place(row, t):
    return LEFT + PITCH * (t - 1), ROW * (5 - row) + R + 0.12


def _node(canvas, row, t, first):
    label = str(t) if first == t else f"{first}–{t}"
    color = "blue" if first == 1 else "gray"
    return canvas.value(*_place(row, t), label, color, r=R, size=9.5)
