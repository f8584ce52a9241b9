"""How weights are packed into panels, and the tile of a product that stays in
registers.
"""

from __future__ import annotations

from .primitives import PALE, TINTS, Canvas
from .style import COLORS, drawn

GATES = {"i": "orange", "f": "purple", "g": "blue", "o": "teal"}
# rows of weights that are drawn, panels, inches of a row
ROWS, PANELS, HIGH = 6, 2, 0.19
STEP = 2  # the row of the panel whose turn it is


@drawn
def packed_weights():
    """The weights of the LSTM as they lie and as panels, and below the product of one
    tile.

    Returns
    -------
    matplotlib.figure.Figure
    """
    canvas = Canvas(4.35)
    _matrix(canvas, 0.62, 2.62)
    for p in range(PANELS):
        _panel(canvas, 3.98 + 1.5 * p, 2.62, p, 0.31)
    canvas.arrow((3.28, 3.19), (3.8, 3.19), width=1.6)
    canvas.text(3.54, 3.42, "once", "gray", 9.5)
    _product(canvas, 0.62, 0.42)
    return canvas.figure


def _matrix(canvas, x, y):
    """W_hh, row after row: a block of columns for each gate, two vectors wide."""
    wide = 0.31
    canvas.text(x + 4 * wide, y + ROWS * HIGH + 0.42, r"$W_{hh}$ as it lies", size=11)
    for k, (gate, color) in enumerate(GATES.items()):
        canvas.text(
            x + (2 * k + 1) * wide, y + ROWS * HIGH + 0.15, f"${gate}$", size=10.5
        )
        for p in range(PANELS):
            for row in range(ROWS):
                _vector(canvas, x + (2 * k + p) * wide, y + row * HIGH, wide, color, p)
    canvas.text(x - 0.2, y + ROWS * HIGH / 2, "$H$", "gray", 10.5)
    canvas.text(x + 4 * wide, y - 0.19, "one cell: a vector of columns", "gray", 9.5)


def _panel(canvas, x, y, p, wide):
    """The same units' columns of all four gates, side by side."""
    canvas.text(x + 2 * wide, y + ROWS * HIGH + 0.42, f"panel {p + 1}", size=11)
    for k, (gate, color) in enumerate(GATES.items()):
        canvas.text(
            x + (k + 0.5) * wide, y + ROWS * HIGH + 0.15, f"${gate}$", size=10.5
        )
        for row in range(ROWS):
            _vector(canvas, x + k * wide, y + row * HIGH, wide, color, p)
    if p == 0:  # the row that the product below takes
        canvas.rect(
            x, y + (ROWS - 1 - STEP) * HIGH, 4 * wide, HIGH, "none", COLORS["ink"], 1.4
        )


def _product(canvas, x, y):
    """Four rows of h, a row of the panel, the tile."""
    wide, high = 0.26, 0.3
    canvas.text(
        x + ROWS * wide / 2, y + 4 * high + 0.22, r"$h_{t-1}$, four sequences", size=11
    )
    for row in range(4):
        for k in range(ROWS):
            fill = TINTS["ochre"] if k == STEP else PALE
            canvas.cell(
                x + k * wide, y + row * high, wide, high, fill=fill, edge="gray"
            )
    at, middle = x + ROWS * wide + 0.62, y + 2 * high
    canvas.text((x + ROWS * wide + at) / 2, middle, "×", size=14)
    canvas.text(at + 0.62, y + 4 * high + 0.22, "one row of a panel", size=11)
    for k, color in enumerate(GATES.values()):
        _vector(canvas, at + k * 0.31, middle - high / 2, 0.31, color, 0, high)
    canvas.rect(at, middle - high / 2, 4 * 0.31, high, "none", COLORS["ink"], 1.4)
    canvas.arrow((at + 1.44, middle), (at + 2.0, middle), width=1.6)
    canvas.text(at + 1.72, middle + 0.2, "add to", "gray", 9.5)
    x = at + 2.2
    canvas.text(x + 2 * 0.36, y + 4 * high + 0.22, r"a tile of $a_t$", size=11)
    for row in range(4):
        for k, color in enumerate(GATES.values()):
            _vector(canvas, x + k * 0.36, y + row * high, 0.36, color, 0, high)
    canvas.text(x + 2 * 0.36, y - 0.2, "16 vectors, in registers", "gray", 9.5)


def _vector(canvas, x, y, w, color, p, h=HIGH):
    """A cell for a vector of numbers; those of the first panel are filled."""
    canvas.rect(
        x, y, w, h, TINTS[color] if p == 0 else "white", COLORS[color], 0.8, zorder=1
    )
