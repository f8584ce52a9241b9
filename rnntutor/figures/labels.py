"""Labels at the ends of lines, kept apart from each other: a legend that needs no
looking up.
"""

from __future__ import annotations

import numpy as np

from .style import COLORS, decades_only

_GAP = 12.5 / 9.5  # between the middles of two labels, in sizes of their letters


def spread(wanted, gap, low, high):
    """Positions as near to `wanted` as can be, at least `gap` apart and, if they fit,
    in [`low`, `high`].

    Labels that would touch form a block, which is centered on the mean of what its
    members want.

    Parameters
    ----------
    wanted : array of float, shape (n,)
        Where the labels would stand if there were no other, in any order and any unit.
    gap, low, high : float
        In the same unit.

    Returns
    -------
    array of float, shape (n,), in the order of `wanted`.
    """
    wanted = np.asarray(wanted, dtype=float)
    order = np.argsort(wanted, kind="stable")
    blocks = []  # each: [mean of the starts its members ask for, number of members]
    for rank in order:
        blocks.append([wanted[rank], 1])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] * gap > blocks[-1][0]:
            start, n = blocks.pop()
            start_before, n_before = blocks[-1]
            both = n_before + n
            blocks[-1] = [
                (start_before * n_before + (start - n_before * gap) * n) / both,
                both,
            ]
    placed = (
        np.concatenate([start + gap * np.arange(n) for start, n in blocks])
        if blocks
        else np.empty(0)
    )
    ranks = np.arange(len(placed))
    placed = np.minimum(placed, high - gap * ranks[::-1])
    placed = np.maximum(placed, low + gap * ranks)
    out = np.empty_like(placed)
    out[order] = placed
    return out


def end_labels(axes, labels, size=9.5):
    """Write each label to the right of the axes, at the height where its line ends.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its limits must be final.
    labels : list of (y, text, color)
        `y` in the units of the axis.
    size : float
        Of the letters, in points.
    """
    decades_only(axes)
    if not labels:
        return
    figure = axes.figure
    points = 72.0 / figure.dpi
    edge = axes.get_xlim()[1]
    texts = [
        axes.annotate(
            text,
            (edge, y),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            ha="left",
            color=color,
            fontsize=size,
            annotation_clip=False,
        )
        for y, text, color in labels
    ]
    # the layout makes room for the labels, and fixes the heights in points
    figure.draw_without_rendering()
    at = [axes.transData.transform((edge, y))[1] * points for y, _, _ in labels]
    box = axes.get_window_extent()
    placed = spread(at, _GAP * size, box.y0 * points + 4, box.y1 * points - 2)
    for text, (y, _, _), here, there in zip(texts, labels, at, placed, strict=True):
        text.xyann = (11 if abs(there - here) > 2 else 7, there - here)
        if abs(there - here) > 2:  # a hair line leads to a label that had to move
            axes.annotate(
                "",
                (edge, y),
                xytext=(10, there - here),
                textcoords="offset points",
                annotation_clip=False,
                arrowprops={
                    "arrowstyle": "-",
                    "color": COLORS["gray"],
                    "linewidth": 0.6,
                    "shrinkA": 0,
                    "shrinkB": 1,
                },
            )
