"""Steps that are drawn on a curve: down the curve of an error, and along a map from one
state to the next.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import _check
from . import _args
from .style import COLORS, CYCLE, DASHES, LARGE, drawn, page


@drawn
def downhill(error, path, span, *, xlabel="weight", ylabel="error", height=3.0):
    """An error as a curve over one weight, and the steps that lead down it.

    The slope where the path begins is drawn as a tangent.

    Parameters
    ----------
    error : callable
        From an array of weights to their errors.
    path : array, shape (n,), n >= 2
        The weight before the first step and after each.
    span : (low, high)
        The weights to draw.
    xlabel, ylabel : str
    height : float
        Inches.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    path = _check.array("path", path, ("n",), kind="real")
    if len(path) < 2:
        raise ValueError(f"path: expected at least 2 weights, got {len(path)}")
    low, high = _args.limits("span", span)
    if not callable(error):
        raise TypeError(f"error: expected a function, got {_check.short(error)}")
    grid = np.linspace(low, high, 300)
    curve, heights = error(grid), error(path)
    axes = page(
        _check.number("height", height, above=0), constrained=True
    ).add_subplot()
    _label(axes, xlabel, ylabel)
    axes.plot(grid, curve, color=COLORS["blue"])
    nudge = (high - low) * 1e-5
    slope = (error(path[0] + nudge) - error(path[0] - nudge)) / (2 * nudge)
    reach = 0.13 * (high - low)
    ends = path[0] + np.array([-reach, reach])
    axes.plot(
        ends,
        heights[0] + slope * (ends - path[0]),
        color=COLORS["orange"],
        linestyle=DASHES[1],
        linewidth=1.6,
    )
    axes.plot(path, heights, "o", color=COLORS["orange"], markersize=6, zorder=4)
    places = list(zip(path, heights, strict=True))
    for start, end in pairwise(places):
        axes.annotate(
            "",
            end,
            xytext=start,
            arrowprops={
                "arrowstyle": "-|>",
                "color": COLORS["orange"],
                "connectionstyle": f"arc3,rad={0.3 if end[0] > start[0] else -0.3}",
                "shrinkA": 4,
                "shrinkB": 4,
            },
        )
    foot = 0 if slope > 0 else 1  # the lower end of the tangent
    axes.annotate(
        "slope",
        (ends[foot], heights[0] - abs(slope) * reach),
        xytext=(-7 if slope > 0 else 7, 0),
        textcoords="offset points",
        ha="right" if slope > 0 else "left",
        va="center",
        color=COLORS["orange"],
        fontsize=LARGE,
    )
    axes.set_ylim(0, max(curve.max(), heights[0] + abs(slope) * reach) * 1.08)
    axes.margins(x=0.015)
    return axes.figure


@drawn
def staircases(maps, starts, *, steps=12, height=3.5):
    """Maps of the interval from 0 to 1 into itself, each with the diagonal and the
    staircases that repeating it climbs, an arrow on the first step of each.

    Parameters
    ----------
    maps : dict of str -> callable
        Two or three; from an array of states to the states one step later.
    starts : array, shape (n,)
        Where a staircase begins, from 0 to 1.
    steps : int
    height : float
        Inches.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    maps = _args.mapping("maps", maps, "function")
    starts = _check.array("starts", starts, ("n",), kind="real")
    steps = _check.integer("steps", steps)
    figure = page(_check.number("height", height, above=0), constrained=True)
    grid = np.linspace(0, 1, 201)
    panels = figure.subplots(1, len(maps), sharey=True, squeeze=False)[0]
    for axes, (title, step) in zip(panels, maps.items(), strict=True):
        axes.plot([0, 1], [0, 1], color=COLORS["gray"], linewidth=1.0)
        axes.plot(grid, step(grid), color=COLORS["blue"], linewidth=2.2)
        for index, start in enumerate(starts):
            color = COLORS[CYCLE[1 + index % (len(CYCLE) - 1)]]
            xs, ys = [start], [start]
            for _ in range(steps):
                later = float(step(np.array(xs[-1])))
                xs += [xs[-1], later]
                ys += [later, later]
            axes.plot(xs, ys, color=color, linewidth=1.6)
            axes.plot(start, start, "o", color=color, markersize=7)
            if abs(ys[1] - start) > 0.1:  # room for a head
                axes.annotate(
                    "",
                    (start, ys[1]),
                    xytext=(start, start),
                    arrowprops={
                        "arrowstyle": "-|>",
                        "color": color,
                        "shrinkA": 0,
                        "shrinkB": 0,
                    },
                )
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        _label(axes, "state")
        axes.set_title(title, fontsize=LARGE)
        axes.set_aspect("equal")
        axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
        axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
        axes.grid(False)
    panels[0].set_ylabel("state one step later", fontsize=LARGE)
    return figure


def _label(axes, xlabel, ylabel=""):
    axes.set_xlabel(xlabel, fontsize=LARGE)
    axes.set_ylabel(ylabel, fontsize=LARGE)
    axes.tick_params(labelsize=LARGE)
