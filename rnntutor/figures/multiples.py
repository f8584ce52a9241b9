"""Small multiples: each curve in a panel of its own, with the same one behind all."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .style import COLORS, LARGE, decades_only, drawn, page

_SERIES = ("blue", "orange", "teal", "purple")


@drawn
def against(
    x,
    curves,
    reference,
    *,
    xlabel="updates",
    ylabel="nats per character",
    ylog=False,
    height=3.9,
):
    """Each curve in its own panel, and one reference in gray in all of them.

    Parameters
    ----------
    x : array, shape (n,)
        In the unit of `xlabel`.
    curves : dict of str -> array
        One to four, each of shape (n,) or, over seeds, (n_seeds, n): then the median is
        drawn on a band from the 10 % to the 90 % quantile.
    reference : (str, array)
        Its name, which the first panel shows, and its values, of the same shapes.
    xlabel, ylabel : str
    ylog : bool
        Logarithmic; the values must then be above 0.
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
    x = _check.array("x", x, ("n",), kind="real")
    curves = _args.mapping("curves", curves, "array")
    if len(curves) > len(_SERIES):
        raise ValueError(
            f"curves: expected at most {len(_SERIES)} curves, got {len(curves)}"
        )
    if not isinstance(reference, (tuple, list)) or len(reference) != 2:
        raise TypeError(
            f"reference: expected a pair (name, values), got {_check.short(reference)}"
        )
    name = _args.text("name of the reference", reference[0])
    behind = _values("values of the reference", reference[1], x, ylog)
    figure = page(_check.number("height", height, above=0), constrained=True)
    rows = (len(curves) + 1) // 2
    grid = figure.subplots(
        rows, min(2, len(curves)), sharex=True, sharey=True, squeeze=False
    )
    for axes in grid.flat[len(curves) :]:
        axes.set_visible(False)
    for axes, color, (label, values) in zip(
        grid.flat, _SERIES, curves.items(), strict=False
    ):
        if ylog:
            axes.set_yscale("log")
        _draw(axes, x, behind, COLORS["gray"], linewidth=3.2, alpha=0.45)
        values = _values(f"curves[{label!r}]", values, x, ylog)
        _draw(axes, x, values, COLORS[color])
        axes.set_title(label, color=COLORS[color], fontsize=LARGE)
        axes.tick_params(labelsize=12)
        axes.margins(x=0.015)
        decades_only(axes)
    first, at = grid[0, 0], len(x) // 3
    middle = np.median(behind, axis=0)
    first.annotate(
        name,
        (x[at], middle[at]),
        xytext=(-44, -22),
        textcoords="offset points",
        color=COLORS["gray"],
        fontsize=12,
        arrowprops={"arrowstyle": "-", "color": COLORS["gray"], "linewidth": 0.7},
    )
    figure.supxlabel(xlabel, fontsize=LARGE)
    figure.supylabel(ylabel, fontsize=LARGE)
    return figure


def _values(name, values, x, ylog):
    values = _args.curve(name, values, len(x))
    return _args.positive(name, values) if ylog else values


def _draw(axes, x, values, color, **style):
    if len(values) > 1 and not style:
        low, high = np.quantile(values, [0.1, 0.9], axis=0)
        axes.fill_between(x, low, high, color=color, alpha=0.16, linewidth=0)
    axes.plot(x, np.median(values, axis=0), color=color, **style)
