"""The Reber grammar as an automaton, and its embedding."""

from __future__ import annotations

from .primitives import Canvas
from .style import drawn

_R = 0.2
_NODES = {  # the inner automaton; x in inches from its left, y from its middle
    0: (0.0, 0.0),
    1: (0.95, 0.0),
    2: (2.0, 0.75),
    3: (2.0, -0.75),
    4: (3.35, 0.75),
    5: (3.35, -0.75),
    6: (4.4, 0.0),
    7: (5.35, 0.0),
}


@drawn
def reber_automaton():
    """The embedded Reber grammar: above the embedding, below the automaton that stands
    in its boxes.

    A string is a walk along the arrows; its letters are those that the arrows bear.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(5.05)
    _embedding(canvas, 3.95)
    canvas.frame(0.3, 0.12, 6.7, 2.92, "Reber grammar")
    _inner(canvas, 0.82, 1.47)
    return canvas.figure


def _letter(canvas, x, y, letter, color="blue"):
    """A letter beside an arrow."""
    canvas.text(x, y, letter, color, 12.5, va="center", weight="bold")


def _inner(canvas, left, middle):
    nodes = {
        name: canvas.value(
            left + x,
            middle + y,
            str(name),
            "gray" if name in (0, 7) else "teal",
            _R,
            10,
        )
        for name, (x, y) in _NODES.items()
    }
    # from, to, letter, where it stands beside the middle of the arrow
    straight = (
        (0, 1, "B", 0.0, 0.16),
        (1, 2, "T", -0.12, 0.12),
        (1, 3, "P", -0.12, -0.12),
        (2, 4, "X", 0.0, 0.16),
        (3, 5, "V", 0.0, -0.17),
        (4, 6, "S", 0.13, 0.12),
        (5, 6, "V", 0.13, -0.12),
        (6, 7, "E", 0.0, 0.16),
        (5, 4, "P", 0.16, 0.0),
        (4, 3, "X", -0.12, 0.12),
    )
    for start, end, letter, dx, dy in straight:
        a, b = nodes[start], nodes[end]
        canvas.arrow(a, b, width=1.3)
        _letter(canvas, (a.x + b.x) / 2 + dx, (a.y + b.y) / 2 + dy, letter)
    for name, letter, up in ((2, "S", 1), (3, "T", -1)):
        node = nodes[name]
        loop = [(node.x - 0.1, node.y + up * 0.17), (node.x - 0.42, node.y + up * 0.62)]
        loop += [
            (node.x + 0.42, node.y + up * 0.62),
            (node.x + 0.1, node.y + up * 0.19),
        ]
        canvas.arrow(*loop, smooth=True)
        _letter(canvas, node.x - 0.36, node.y + up * 0.42, letter)


def _embedding(canvas, middle):
    half = 0.42
    start = canvas.value(0.6, middle, "", "gray", 0.15)
    fork = canvas.value(1.5, middle, "", "teal", 0.15)
    join = canvas.value(5.5, middle, "", "teal", 0.15)
    end = canvas.value(6.4, middle, "", "gray", 0.15)
    canvas.arrow(start, fork)
    _letter(canvas, 1.05, middle + 0.17, "B")
    for up, letter in ((1, "T"), (-1, "P")):
        box = canvas.box(
            3.5, middle + up * half, "Reber grammar", "teal", w=1.7, h=0.46, size=10
        )
        canvas.arrow(fork, (2.0, middle + up * half), box, color="orange", width=1.8)
        canvas.arrow(box, (5.0, middle + up * half), join, color="orange", width=1.8)
        for x in (2.32, 4.68):
            _letter(canvas, x, middle + up * (half + 0.18), letter, "orange")
    canvas.arrow(join, end)
    _letter(canvas, 5.95, middle + 0.17, "E")
    canvas.text(
        3.5,
        middle + 0.9,
        "embedded: the letter before the last is the second one",
        "gray",
        9.5,
    )
