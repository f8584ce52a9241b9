"""Curves on plain axes: the loss, and how well one gradient points along another."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import NullLocator

from .. import _check
from . import _args
from .labels import end_labels
from .style import COLORS, drawn, looks, page

_FEW = 26  # up to so many points a curve shows a marker at each, beyond only at its end


def draw(axes, x, values, style, smooth=1):
    """Draw one curve, over seeds its median on a 10–90 % band; return its last value
    and its color.
    """
    middle = np.median(values, axis=0)
    if len(values) > 1:
        low, high = np.quantile(values, [0.1, 0.9], axis=0)
        axes.fill_between(x, low, high, color=style["color"], alpha=0.14, linewidth=0)
    if smooth > 1:
        axes.plot(x, middle, color=style["color"], alpha=0.22, linewidth=0.8)
        middle = running_mean(middle, smooth)
    every = None if len(x) <= _FEW else [len(x) - 1]
    axes.plot(x, middle, markevery=every, **style)
    return middle[-1], style["color"]


def running_mean(values, window):
    """Mean over the last `window` values, over as many as there are at the beginning;
    shape (n,) to (n,).
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def plain_axes(height, xlabel, ylabel, xlog=False, ylog=False):
    axes = page(height, constrained=True).add_subplot()
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if xlog:
        axes.set_xscale("log")
    if ylog:
        axes.set_yscale("log")
    axes.margins(x=0.015)
    return axes


def tick_at(axes, places):
    """Label the places where values were taken, if they are few: 2, 8, 32 say more than
    powers of ten.
    """
    places = np.unique(places)
    along = np.log(places) if axes.get_xscale() == "log" else places
    if len(places) <= 10 and np.diff(along).min(initial=np.inf) >= np.ptp(along) / 20:
        axes.set_xticks(places, [f"{one:g}" for one in places])
        axes.xaxis.set_minor_locator(NullLocator())


def _reference(axes, value):
    axes.axhline(
        value, color=COLORS["gray"], linewidth=1.1, linestyle=(0, (1, 2)), zorder=1
    )


def _mark(axes, name, place):
    axes.axvline(place, color=COLORS["faint"], linewidth=1.1, zorder=0)
    axes.annotate(
        name,
        (place, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=9.5,
        color=COLORS["gray"],
    )


@drawn
def loss_curve(
    series,
    baselines=None,
    *,
    xlabel="updates",
    ylabel="nats per character",
    smooth=1,
    xlog=False,
    ylog=False,
    ylim=None,
    marks=None,
    height=3.2,
):
    """Loss against updates, each line labeled at its end, beside baselines that do not
    learn.

    Parameters
    ----------
    series : dict of str -> (steps, values)
        `steps` has shape (n,), in updates; `values` has shape (n,) or, over seeds,
        (n_seeds, n), in the unit of `ylabel`.  Over seeds the median is drawn on a band
        from the 10 % to the 90 % quantile.
    baselines : dict of str -> float, optional
        Horizontal lines, labeled with name and value.
    xlabel, ylabel : str
    smooth : int or dict of str -> int
        Window of a running mean, in points; the raw curve stays visible, faintly.
    xlog, ylog : bool
        Logarithmic axes; the values must then be above 0.
    ylim : (low, high), optional
    marks : dict of str -> float, optional
        Places on the x axis where something happens: vertical lines, named on top.
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
    series = _args.mapping("series", series, "(steps, values)")
    baselines = (
        {} if baselines is None else _args.mapping("baselines", baselines, "number")
    )
    height = _check.number("height", height, above=0)
    axes = plain_axes(height, xlabel, ylabel, xlog, ylog)
    ends = []
    for style, (name, pair) in zip(looks(series), series.items(), strict=True):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(
                f"series[{name!r}]: expected a pair (steps, values), got"
                f" {_check.short(pair)}"
            )
        steps = _check.array(f"steps of series[{name!r}]", pair[0], ("n",), kind="real")
        values = _args.curve(f"values of series[{name!r}]", pair[1], len(steps))
        if xlog:
            _args.positive(f"steps of series[{name!r}]", steps)
        if ylog:
            _args.positive(f"values of series[{name!r}]", values)
        window = smooth.get(name, 1) if isinstance(smooth, dict) else smooth
        window = _check.integer("smooth", window)
        end, color = draw(axes, steps, values, style, window)
        ends.append((end, name, color))
    for name, value in baselines.items():
        value = _check.number(f"baselines[{name!r}]", value, above=0 if ylog else None)
        _reference(axes, value)
        ends.append((value, f"{name}  {value:.2f}", COLORS["gray"]))
    if xlog:
        tick_at(axes, np.concatenate([pair[0] for pair in series.values()]))
    if ylim is not None:
        axes.set_ylim(_args.limits("ylim", ylim))
    marks = {} if marks is None else _args.mapping("marks", marks, "number")
    for name, place in marks.items():
        _mark(axes, name, _check.number(f"marks[{name!r}]", place))
    low, high = axes.get_ylim()
    end_labels(axes, [(min(max(y, low), high), text, color) for y, text, color in ends])
    return axes.figure


@drawn
def cosine_curve(
    x,
    cosines,
    *,
    xlabel="chunk length",
    ylabel="cosine to the full gradient",
    xlog=False,
    height=3.0,
):
    """Cosine between an approximate and the full gradient, with 1 (the same direction)
    marked.

    Parameters
    ----------
    x : array, shape (n,)
        In the unit of `xlabel`.
    cosines : dict of str -> array
        Shape (n,) or, over seeds, (n_seeds, n); between -1 and 1.
    xlabel, ylabel : str
    xlog : bool
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
    if xlog:
        _args.positive("x", x)
    axes = plain_axes(height, xlabel, ylabel, xlog)
    _reference(axes, 1.0)
    ends = []
    cosines = _args.mapping("cosines", cosines, "array")
    for style, (name, values) in zip(looks(cosines), cosines.items(), strict=True):
        values = _args.curve(f"cosines[{name!r}]", values, len(x))
        if np.max(np.abs(values)) > 1 + 1e-9:
            worst = values.flat[np.argmax(np.abs(values))]
            raise ValueError(
                f"cosines[{name!r}]: expected numbers from -1 to 1, got {worst:g}"
            )
        end, color = draw(axes, x, values, style)
        ends.append((end, name, color))
    tick_at(axes, x)
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), 1.04)
    end_labels(axes, ends)
    return axes.figure
