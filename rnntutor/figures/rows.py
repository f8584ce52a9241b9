"""What a net reads in a row of characters, and where the pen is when it says so."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .sheets import sheet
from .style import BEHIND_TEXT_SEQUENTIAL, COLORS, LARGE, SEQUENTIAL, WIDTH, drawn

_LEFT, _RIGHT = 0.62, 0.12  # margins in inches
_TALL = 0.23  # of a row of probabilities


@drawn
def pen_row(points, probabilities, path, labels="0123456789"):
    """A row of characters as the pen wrote it, and under it what a net says at each
    point: a label, or the blank.

    A line leads from each point at which the path names a label to its step.

    Parameters
    ----------
    points : array (T, 2)
        x to the right, y upwards.
    probabilities : array (T, V)
        The last class is the blank. From 0 to 1.
    path : int array (T,)
        The class at each step; V − 1 is the blank.
    labels : list of str, length V − 1

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
    probabilities = _check.array("probabilities", probabilities, (T, "V"), kind="real")
    _check.within("probabilities", probabilities, 0, 1 + 1e-6)  # sums are rounded
    V = probabilities.shape[1]
    path = _check.array("path", path, (T,), kind="integer")
    _check.below("path", path, V)
    labels = _args.names("labels", labels, V - 1)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    wide = WIDTH - _LEFT - _RIGHT
    scale = min(wide / max(size[0], 1e-12), 1.3 / max(size[1], 1e-12))
    high = size[1] * scale
    placed = (points - low) * scale * (1, -1)
    placed += (_LEFT + (wide - size[0] * scale) / 2, 0.42 + high)
    top = high + 0.95
    axes = sheet(top + _TALL * V + 0.48)
    edges = _LEFT + wide / T * np.arange(T + 1)
    rows = top + _TALL * np.arange(V + 1)
    axes.pcolormesh(
        edges, rows, probabilities.T, cmap=BEHIND_TEXT_SEQUENTIAL, vmin=0, vmax=1
    )
    axes.hlines(rows, edges[0], edges[-1], color=COLORS["faint"], linewidth=0.8)
    for v, label in enumerate([*labels, "blank"]):
        axes.text(
            _LEFT - 0.08,
            rows[v] + _TALL / 2,
            label,
            ha="right",
            va="center_baseline",
            fontsize=LARGE - 1,
        )
    shades = SEQUENTIAL(np.linspace(0.35, 1, T))
    for t in range(T - 1):
        axes.plot(*placed[t : t + 2].T, color=shades[t], linewidth=2.2, zorder=2)
    begins = (path != V - 1) & (np.diff(path, prepend=-1) != 0)
    for t in np.flatnonzero(begins):
        step = (edges[t] + edges[t + 1]) / 2
        axes.plot(
            [placed[t, 0], step], [placed[t, 1], top], color=COLORS["rose"], zorder=3,
            linewidth=0.9,
        )  # fmt: skip
        axes.plot(*placed[t], "o", color=COLORS["rose"], markersize=6, zorder=4)
        axes.text(
            placed[t, 0],
            0.2,
            labels[path[t]],
            ha="center",
            va="center_baseline",
            fontsize=LARGE,
            fontweight="bold",
            color=COLORS["rose"],
        )
    axes.text(
        (edges[0] + edges[-1]) / 2,
        rows[-1] + 0.24,
        f"step, from 1 to {T}",
        ha="center",
        va="center_baseline",
        color=COLORS["gray"],
        fontsize=LARGE,
    )
    return axes.figure
