"""What a pen wrote: strokes with their direction."""

from __future__ import annotations

import numpy as np
from matplotlib import patheffects
from matplotlib.collections import LineCollection

from .. import _check
from . import _args
from .sheets import sheet
from .style import COLORS, SEQUENTIAL, WIDTH, drawn

SIDE = 0.10  # margins of the sheet in inches


@drawn
def pen_strokes(drawings, titles=None, *, numbers=False, columns=5):
    """Drawings in rows; a line begins at an open circle and turns from light to dark,
    and a dot ends it.

    The way of the lifted pen from one stroke to the next is dotted.

    Parameters
    ----------
    drawings : list
        Of drawings: an array of points (n, 2), x to the right and y upwards, or a list
        of such arrays, a stroke each.
    titles : list of str, optional
        Text above each drawing.
    numbers : bool
        Write 1, 2, 3 … beside the points.
    columns : int
        How many drawings stand in a row.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    drawings = _drawings(drawings)
    titles = (
        [""] * len(drawings)
        if titles is None
        else _args.names("titles", titles, len(drawings))
    )
    columns = _check.integer("columns", columns)
    rows = -(-len(drawings) // columns)
    pitch = (WIDTH - 2 * SIDE) / columns
    side = min(0.72 * pitch, 1.6)
    above = 0.12 + (0.24 if any(titles) else 0) + (0.16 if numbers else 0)
    tall = above + side + (0.3 if numbers else 0.16)
    axes = sheet(rows * tall + 0.06)
    for index, (strokes, title) in enumerate(zip(drawings, titles, strict=True)):
        x = SIDE + pitch * (index % columns) + (pitch - side) / 2
        y = tall * (index // columns)
        axes.text(
            x + side / 2, y + 0.22, title, ha="center", va="baseline", fontsize=10
        )
        at = placed(strokes, strokes, x, y + above, side)
        draw(axes, at)
        if numbers:
            _number(axes, np.concatenate(at))
    return axes.figure


def _drawings(value):
    """A list of lists of strokes."""
    if not isinstance(value, (list, tuple, np.ndarray)) or len(value) == 0:
        raise TypeError(
            f"drawings: expected a list of drawings, got {_check.short(value)}"
        )
    out = []
    for i, one in enumerate(value):
        strokes = [one] if isinstance(one, np.ndarray) else one
        if not isinstance(strokes, (list, tuple)) or not strokes:
            raise TypeError(
                f"drawings[{i}]: expected an array (n, 2) or a list, got"
                f" {_check.short(one)}"
            )
        out.append(
            [
                _check.array(f"drawings[{i}]", stroke, ("n", 2), kind="real")
                for stroke in strokes
            ]
        )
    return out


def placed(strokes, frame, x, y, side):
    """Strokes in the inches of the sheet, so that `frame` just fits into the square at
    (x, y).
    """
    everything = np.concatenate(frame)
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = side / max((high - low).max(), 1e-12)
    middle = (low + high) / 2
    return [
        (stroke - middle) * scale * (1, -1) + (x + side / 2, y + side / 2)
        for stroke in strokes
    ]


def draw(axes, strokes):
    """One drawing: along the way of the pen from light to dark."""
    total = sum(len(stroke) for stroke in strokes)
    colors = SEQUENTIAL(np.linspace(0.35, 1.0, max(total, 2)))
    at = 0
    for stroke, following in zip(strokes, [*strokes[1:], None], strict=True):
        pieces = np.stack([stroke[:-1], stroke[1:]], axis=1)
        lines = LineCollection(
            pieces,
            colors=colors[at : at + len(pieces)],
            linewidths=2.4,
            capstyle="round",
        )
        axes.add_collection(lines)
        at += len(stroke)
        if following is not None:
            gap = np.array([stroke[-1], following[0]])
            axes.plot(
                *gap.T,
                color=COLORS["gray"],
                linewidth=0.9,
                linestyle=(0, (1, 2)),
                zorder=1,
            )
    axes.plot(
        *strokes[0][0],
        "o",
        color="white",
        markeredgecolor=COLORS["blue"],
        markersize=6,
        zorder=4,
    )
    axes.plot(*strokes[-1][-1], "o", color=COLORS["ink"], markersize=4.2, zorder=5)


def _number(axes, points):
    """The number of each point beside it, away from the middle of the way before and
    after it.
    """
    for t, point in enumerate(points):
        around = points[max(t - 1, 0) : t + 2].mean(axis=0)
        away = point - around
        if np.hypot(*away) < 1e-9:
            away = np.array([1.0, 0.0])
        x, y = point + 0.14 * away / np.hypot(*away)
        halo = [patheffects.withStroke(linewidth=2.5, foreground="white")]
        axes.text(
            x,
            y,
            str(t + 1),
            ha="center",
            va="center",
            fontsize=8,
            color=COLORS["gray"],
            path_effects=halo,
        )
