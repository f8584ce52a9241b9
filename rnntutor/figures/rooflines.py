"""How fast a computation can be at most: by what it computes and by what it moves."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .curves import plain_axes
from .style import COLORS, drawn, looks


@drawn
def roofline(
    peak,
    bandwidth,
    points,
    *,
    unit="GFLOP/s",
    xlabel="operations for each byte moved",
    height=3.6,
):
    """The roof: min(peak, bandwidth × intensity), and computations under it; both axes
    logarithmic.

    Parameters
    ----------
    peak : float
        Most operations in a second, in units of 10⁹.
    bandwidth : float
        Bytes to and from memory in a second, in units of 10⁹.
    points : dict of str -> (float, float)
        Operations for each byte, and 10⁹ operations in a second as measured.
    unit, xlabel : str
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
    peak = _check.number("peak", peak, above=0)
    bandwidth = _check.number("bandwidth", bandwidth, above=0)
    places = {}
    for name, point in _args.mapping("points", points, "(intensity, speed)").items():
        pair = _check.array(f"points[{name!r}]", point, (2,), kind="real")
        places[name] = _args.positive(f"points[{name!r}]", pair)
    ridge = peak / bandwidth
    xs = [place[0] for place in places.values()]
    low, high = (
        min([ridge / 8, *(0.4 * x for x in xs)]),
        max([8 * ridge, *(4 * x for x in xs)]),
    )
    axes = plain_axes(
        _check.number("height", height, above=0), xlabel, unit, xlog=True, ylog=True
    )
    axes.plot(
        [low, ridge, high],
        [bandwidth * low, peak, peak],
        color=COLORS["ink"],
        linewidth=1.6,
    )
    axes.fill_between(
        [low, ridge, high],
        [bandwidth * low, peak, peak],
        1e-9,
        color="#eef3fb",
        linewidth=0,
    )
    bottom = min([bandwidth * low, *(place[1] for place in places.values())]) / 2
    axes.set(xlim=(low, high), ylim=(bottom, 3 * peak))
    axes.annotate(
        f"products of matrices: {peak:.0f}",
        (high, peak),
        xytext=(-2, 4),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=9,
        color=COLORS["gray"],
    )
    axes.annotate(
        f"memory: {bandwidth:.0f} GB/s",
        (low, bandwidth * low),
        xytext=(8, 0),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=9,
        color=COLORS["gray"],
    )
    for style, (name, (x, y)) in zip(looks(places), places.items(), strict=True):
        axes.plot(
            [x], [y], label=name, **style | {"linestyle": "none", "markersize": 7}
        )
    axes.legend(loc="lower right", fontsize=9.5)
    axes.set_xticks(_ticks(low, high), [f"{tick:g}" for tick in _ticks(low, high)])
    return axes.figure


def _ticks(low, high):
    """Powers of ten within the axis."""
    return 10.0 ** np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
