"""A measured series and forecasts of it, over time."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .curves import plain_axes
from .labels import end_labels
from .style import COLORS, DASHES, LARGE, MODELS, drawn, model_of

_OTHERS = ("rose", "ochre", "purple", "blue")  # for lines that speak of no model


@drawn
def forecasts(
    x, measured, lines=None, band=None, *, xlabel="", ylabel="", ticks=None, height=3.0
):
    """What was measured, in gray, and on it forecasts, each labeled at its end.

    Parameters
    ----------
    x : array, shape (n,)
        In the unit of `xlabel`.
    measured : array, shape (n,)
    lines : dict of str -> array, optional
        At most four, each of shape (n,); NaN where nothing is forecast, not at the end.
    band : (low, high), arrays of shape (n,), optional
        An interval.
    xlabel, ylabel : str
    ticks : dict of str -> float, optional
        Names of places on the x axis, in place of numbers.
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
    measured = _check.array("measured", measured, x.shape, kind="real")
    lines = {} if lines is None else _args.mapping("lines", lines, "array")
    if len(lines) > 4:
        raise ValueError(f"lines: expected at most 4, got {len(lines)}")
    axes = plain_axes(_check.number("height", height, above=0), xlabel, ylabel)
    if band is not None:
        if not isinstance(band, (tuple, list)) or len(band) != 2:
            raise TypeError(
                f"band: expected a pair (low, high), got {_check.short(band)}"
            )
        low, high = (_check.array("band", one, x.shape, kind="real") for one in band)
        axes.fill_between(x, low, high, color=COLORS["orange"], alpha=0.18, linewidth=0)
    gray = {"color": COLORS["gray"], "linewidth": 3.2, "alpha": 0.45}
    axes.plot(x, measured, solid_joinstyle="round", **gray)
    ends = [(measured[-1], "measured", COLORS["gray"])]
    for place, (name, values) in enumerate(lines.items()):
        values = _check.array(
            f"lines[{name!r}]", values, x.shape, kind="real", finite=False
        )
        if not np.isfinite(values[-1]):
            raise ValueError(f"lines[{name!r}]: expected a number at the end, got nan")
        color = COLORS[MODELS.get(model_of(name), _OTHERS[place])]
        axes.plot(x, values, linewidth=1.6, color=color, linestyle=DASHES[place])
        ends.append((values[-1], name, color))
    axes.xaxis.label.set_size(LARGE)
    axes.yaxis.label.set_size(LARGE)
    axes.tick_params(labelsize=12)
    if ticks is not None:
        ticks = _args.mapping("ticks", ticks, "number")
        places = [_check.number(f"ticks[{k!r}]", at) for k, at in ticks.items()]
        axes.set_xticks(places, list(ticks))
    end_labels(axes, ends, size=12)
    return axes.figure
