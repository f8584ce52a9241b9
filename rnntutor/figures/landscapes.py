"""A loss over two parameters, seen from above, and the paths that steps take on it."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .style import COLORS, CYCLE, DASHES, LARGE, MARKERS, SEQUENTIAL, drawn, page

_GRID = 241  # points along each side
_FEW = 40  # up to so many steps each is marked, beyond only the ends


@drawn
def landscape(
    loss, paths, xspan, yspan, *, xlabel, ylabel, levels=None, apart=False, height=3.0
):
    """A loss over two parameters, the darker the higher, and paths on it.

    A path's name stands where it ends. A path that leaves the picture is drawn to the
    edge, with an arrow, and no further.

    Parameters
    ----------
    loss : callable
        From two arrays of one shape to the losses there.
    paths : dict of str -> array, shape (n, 2)
        One to four: the places before the first step and after each.
    xspan, yspan : (low, high)
        What is seen of the two parameters; the paths begin there.
    xlabel, ylabel : str
    levels : array, optional
        The losses at which lines are drawn, rising.
    apart : bool
        Each path in a panel of its own, below its name.
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
    _check.function("loss", loss, "of two arrays")
    paths = _args.mapping("paths", paths, "array")
    if len(paths) > 4:
        raise ValueError(f"paths: expected at most 4, got {len(paths)}")
    spans = np.array([_args.limits("xspan", xspan), _args.limits("yspan", yspan)])
    height = _check.number("height", height, above=0)
    figure = page(height, constrained=True)
    panels = figure.subplots(
        1, len(paths) if apart else 1, sharex=True, sharey=True, squeeze=False
    )[0]
    x, y = np.meshgrid(*(np.linspace(*span, _GRID) for span in spans))
    values, lines = loss(x, y), 10 if levels is None else levels
    for axes in panels:
        axes.contourf(x, y, values, lines, cmap=SEQUENTIAL, alpha=0.5, extend="both")
        axes.contour(x, y, values, lines, colors="white", linewidths=0.7)
        axes.set(xlim=spans[0], ylim=spans[1], xlabel=xlabel)
        axes.grid(False)
    panels[0].set_ylabel(ylabel)
    for index, (name, places) in enumerate(paths.items()):
        places = _check.array(f"paths[{name!r}]", places, ("n", 2), kind="real")
        if not _seen(places[:1], spans).all():
            raise ValueError(
                f"paths[{name!r}]: expected a path that begins within the spans, got"
                f" {_check.short(places[0].tolist())}"
            )
        axes = panels[index if apart else 0]
        _draw(axes, places, None if apart else name, spans, index)
        if apart:
            axes.set_title(name, color=COLORS[CYCLE[index + 1]], fontsize=LARGE)
            axes.xaxis.label.set_fontsize(LARGE)
            axes.yaxis.label.set_fontsize(LARGE)
            axes.tick_params(labelsize=LARGE)
    return figure


def _seen(places, spans):
    """Which places lie within the spans."""
    return np.all((places >= spans[:, 0]) & (places <= spans[:, 1]), axis=1)


def _draw(axes, places, name, spans, index):
    """Draw a path as far as it stays in sight, and its name, if any, at the end."""
    color = COLORS[CYCLE[index + 1]]  # the landscape has the first
    seen = _seen(places, spans)
    last = len(places) if seen.all() else np.argmin(seen)
    axes.plot(
        *places[:last].T,
        color=color,
        linewidth=1.6,
        linestyle=DASHES[index],
        marker=MARKERS[index],
        markersize=4,
        markevery=None if last <= _FEW else [0, last - 1],
    )
    end = places[last - 1]
    if last < len(places):
        start, end = end, _edge(end, places[last], spans)
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 2, "shrinkA": 0}
        axes.annotate("", end, xytext=start, arrowprops=arrow)
    if name is None:
        return
    # away from the path, and from that of its neighbor
    onward = end[0] > places[:last, 0].mean()
    above = index % 2 == 0 and end[1] < spans[1] @ [0.2, 0.8]
    axes.annotate(
        name,
        end,
        xytext=(9 if onward else -9, 9 if above else -9),
        textcoords="offset points",
        ha="left" if onward else "right",
        va="bottom" if above else "top",
        color=color,
        fontsize=11,
        fontweight="bold",
    )


def _edge(inside, outside, spans):
    """Where the line from a place in sight to one that is not meets the edge."""
    along = outside - inside
    ends = np.where(along > 0, spans[:, 1], spans[:, 0])
    moves = along != 0
    return inside + np.min((ends - inside)[moves] / along[moves]) * along
