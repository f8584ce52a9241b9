"""What a net predicts as the pen moves."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .pen import SIDE, draw, placed
from .sheets import sheet
from .style import BEHIND_TEXT_SEQUENTIAL, COLORS, WIDTH, drawn


@drawn
def pen_moves(points, probabilities, labels="0123456789"):
    """What a net predicts after each point: the drawing so far, and under it the
    probability of each label.

    What is still to come of the drawing is shown in gray; the likeliest label is in
    bold.

    Parameters
    ----------
    points : array (T, 2)
        x to the right, y upwards; T at most 12.
    probabilities : array (T, V)
        Row t − 1: the prediction after t points. From 0 to 1.
    labels : list of str, length V

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    points = _check.array("points", points, ("T", 2), kind="real")
    T = len(points)
    if T > 12:
        raise ValueError(
            f"points: expected at most 12, which is what the column holds, got {T}"
        )
    probabilities = _check.array("probabilities", probabilities, (T, "V"), kind="real")
    _check.within("probabilities", probabilities, 0, 1 + 1e-6)  # sums are rounded
    labels = _args.names("labels", labels, probabilities.shape[1])
    left, tall = 0.42, 0.28
    pitch = (WIDTH - left - SIDE) / T
    side = min(0.78 * pitch, 0.9)
    top = 0.16 + side + 0.2
    axes = sheet(top + tall * len(labels) + 0.56)
    edges = left + pitch * np.arange(T + 1)
    axes.pcolormesh(
        edges,
        top + tall * np.arange(len(labels) + 1),
        probabilities.T,
        cmap=BEHIND_TEXT_SEQUENTIAL,
        vmin=0,
        vmax=1,
    )
    axes.hlines(
        top + tall * np.arange(1, len(labels)),
        edges[0],
        edges[-1],
        color="white",
        linewidth=1.2,
    )
    axes.vlines(edges[1:-1], top, top + tall * len(labels), color="white", linewidth=3)
    best = probabilities.argmax(axis=1)
    for v, label in enumerate(labels):
        axes.text(
            left - 0.12,
            top + tall * (v + 0.5),
            label,
            ha="right",
            va="center_baseline",
            fontsize=13,
        )
        for t in range(T):
            if probabilities[t, v] >= 0.01:
                axes.text(
                    edges[t] + pitch / 2,
                    top + tall * (v + 0.5),
                    f"{probabilities[t, v]:.2f}",
                    ha="center",
                    va="center_baseline",
                    fontsize=min(13, 16 * pitch),
                    fontweight="bold" if v == best[t] else "normal",
                )
    for t in range(T):
        x = edges[t] + (pitch - side) / 2
        whole = placed([points], [points], x, 0.14, side)[0]
        axes.plot(*whole[t:].T, color=COLORS["faint"], linewidth=1.6, zorder=1)
        draw(axes, [whole[: t + 1]])
        below = top + tall * len(labels) + 0.16
        axes.text(
            edges[t] + pitch / 2,
            below,
            str(t + 1),
            ha="center",
            va="center_baseline",
            fontsize=13,
        )
    axes.text(
        (edges[0] + edges[-1]) / 2,
        below + 0.24,
        "points read",
        ha="center",
        va="center_baseline",
        color=COLORS["gray"],
        fontsize=13,
    )
    return axes.figure
