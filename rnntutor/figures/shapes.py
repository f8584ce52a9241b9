"""The shapes of a step: every array of its products as a grid of cells."""

from __future__ import annotations

from .. import _check
from .primitives import TINTS, Canvas
from .style import WIDTH, drawn

_ROOM = 0.30  # inches between two arrays


@drawn
def step_shapes(D=4, H=3):
    """The products of one step, each array as a grid: a row times a matrix is a row.

    Edges that must be equally long for a product to exist carry the same letter.

    Parameters
    ----------
    D, H : int
        Input size and hidden size, at most 6.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        If a size is not an integer from 1 to 6.
    """
    for name, size in (("D", D), ("H", H)):
        if _check.integer(name, size) > 6:
            raise ValueError(f"{name}: expected at most 6, got {size}")
    terms = [
        ("$x_t$", 1, D, "teal", ""),
        ("$W_{xh}$", D, H, "ochre", "$+$"),
        ("$h_{t-1}$", 1, H, "blue", ""),
        ("$W_{hh}$", H, H, "ochre", "$+$"),
        ("$b_h$", 1, H, "ochre", "$=$"),
        ("$a_t$", 1, H, "blue", ""),
    ]
    signs = sum(bool(sign) for *_, sign in terms)
    room = 0.3 + _ROOM * (len(terms) - 1 + signs / 2)
    cell = min(0.26, (WIDTH - room) / (D + 5 * H))
    tall = cell * max(D, H)
    canvas = Canvas(tall + 1.05)
    middle = 0.5 + tall / 2
    x = (WIDTH - (room - 0.3) - cell * (D + 5 * H)) / 2
    letters = {D: "$D$", H: "$H$"}
    for name, rows, columns, color, sign in terms:
        top, wide = middle + cell * rows / 2, cell * columns
        for i in range(rows):
            for j in range(columns):
                canvas.cell(
                    x + cell * j, top - cell * (i + 1), cell, cell, "",
                    TINTS[color], color,
                )  # fmt: skip
        canvas.text(x + wide / 2, top + 0.15, letters[columns], "gray", 12)
        if rows > 1:
            canvas.text(x - 0.12, middle, letters[rows], "gray", 12)
        canvas.text(x + wide / 2, 0.24, name, color, 15)
        x += wide + _ROOM
        if sign:
            canvas.text(x - _ROOM / 4, middle, sign, "ink", 15)
            x += _ROOM / 2
    return canvas.figure
