"""Charts of a few numbers: bars, and distributions over symbols."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .style import COLORS, decades_only, drawn, page, visible, written

_PALE = "#c9dcf5"


@drawn
def bars(
    values,
    *,
    xlabel="",
    log=False,
    reference=None,
    fmt="{:.3g}",
    limits=None,
    height=None,
):
    """Horizontal bars with their values, or the spread over seeds as dots with the
    median as the bar.

    Parameters
    ----------
    values : dict of str -> float or array of shape (n_seeds,)
        From top to bottom.
    xlabel : str
        What the values are, with their unit.
    log : bool
        A logarithmic axis.  It has no zero for a bar to start from: the value is a dot
        on a thin line.
    reference : dict of str -> float, optional
        Vertical lines with their names.
    fmt : str
        Format of the values that are written at the bars.
    limits : (low, high), optional
        Ends of the axis.
    height : float, optional
        Inches.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    values = _args.mapping("values", values, "number or list of numbers")
    reference = (
        {} if reference is None else _args.mapping("reference", reference, "number")
    )
    spreads = []
    for key, one in values.items():
        seeds = np.atleast_1d(_check.array(f"values[{key!r}]", one, None, kind="real"))
        seeds = _check.array(f"values[{key!r}]", seeds, ("n_seeds",), kind="real")
        spreads.append(_args.positive(f"values[{key!r}]", seeds) if log else seeds)
    if height is None:
        height = 0.75 + 0.34 * len(values) + (0.25 if reference else 0)
    axes = page(
        _check.number("height", height, above=0), constrained=True
    ).add_subplot()
    if log:
        axes.set_xscale("log")
    color = COLORS["blue"]
    places = np.arange(len(values))
    medians = np.array([np.median(one) for one in spreads])
    if log:
        axes.plot(medians, places, "o", color=color, markersize=7)
    else:
        axes.barh(places, medians, height=0.56, color=_PALE, edgecolor=color)
        axes.axvline(0, color="#8d96a5", linewidth=0.8)
    for place, seeds, median in zip(places, spreads, medians, strict=True):
        if len(seeds) > 1:
            offsets = np.linspace(-0.16, 0.16, len(seeds))
            axes.plot(
                np.sort(seeds),
                place + offsets,
                "o",
                color=color,
                markersize=3,
                alpha=0.75,
            )
        end = (
            median
            if not log and median < 0 and len(seeds) == 1
            else max(seeds.max(), median)
        )
        left = end < 0
        axes.annotate(
            written(median, fmt),
            (end, place),
            xytext=(-7 if left else 7, 0),
            textcoords="offset points",
            va="center",
            ha="right" if left else "left",
            fontsize=9.5,
        )
    axes.set_yticks(places, list(values), color=COLORS["ink"], fontsize=10)
    axes.set_ylim(len(values) - 0.45, -0.55)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(xlabel)
    for key, value in reference.items():
        value = _check.number(f"reference[{key!r}]", value, above=0 if log else None)
        axes.axvline(
            value, color=COLORS["gray"], linewidth=1.1, linestyle=(0, (4, 2)), zorder=1
        )
        axes.annotate(
            key,
            (value, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
            color=COLORS["gray"],
            annotation_clip=False,
        )
    if limits is not None:
        axes.set_xlim(_args.limits("limits", limits))
    elif log:  # room for the value at the right, and no dot on the frame
        low = min([one.min() for one in spreads] + list(reference.values()))
        high = max([one.max() for one in spreads] + list(reference.values()))
        decades = max(np.log10(high / low), 1.0)
        axes.set_xlim(low / 10 ** (0.08 * decades), high * 10 ** (0.16 * decades))
        left = axes.get_xlim()[0]
        axes.hlines(
            places, left, medians, color=color, linewidth=1.0, alpha=0.45, zorder=1
        )
    else:
        axes.margins(x=0.12)
    decades_only(axes)
    return axes.figure


@drawn
def distribution(
    labels, probabilities, *, titles=None, ylabel="probability", height=2.6
):
    """Softmax distributions as columns, several of them side by side on one scale.

    Parameters
    ----------
    labels : list of str, length V
        One for each column, the same in all panels; spaces and line ends are shown.
    probabilities : array of shape (V,) or (P, V), or dict of str -> array of shape (V,)
        At least 0, each panel with the sum 1 (to 1e-6).
    titles : list of str, length P, optional
        Titles of the panels; the keys if `probabilities` is a dict.
    ylabel : str
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
    if isinstance(probabilities, dict):
        titles = list(_args.mapping("probabilities", probabilities, "array"))
        probabilities = list(probabilities.values())
    panels = np.atleast_2d(
        _check.array("probabilities", probabilities, None, kind="real")
    )
    panels = _check.array("probabilities", panels, ("P", "V"), kind="real")
    labels = [visible(one) for one in _args.names("labels", labels, panels.shape[1])]
    titles = (
        [""] * len(panels)
        if titles is None
        else _args.names("titles", titles, len(panels))
    )
    _args.not_negative("probabilities", panels)
    worst = panels.sum(axis=1)[np.argmax(np.abs(panels.sum(axis=1) - 1))]
    if abs(worst - 1) > 1e-6:
        raise ValueError(
            f"probabilities: expected a sum of 1 in every panel, got {worst:.6g}"
        )
    figure = page(_check.number("height", height, above=0), constrained=True)
    grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, one, title in zip(grid, panels, titles, strict=True):
        axes.bar(
            range(len(labels)), one, width=0.72, color=_PALE, edgecolor=COLORS["blue"]
        )
        axes.set_xticks(
            range(len(labels)), labels, color=COLORS["ink"], parse_math=False
        )
        axes.tick_params(axis="x", length=0)
        axes.set_title(title)
        axes.set_ylim(0, min(1.0, float(panels.max()) * 1.12))
    figure.axes[0].set_ylabel(ylabel)
    return figure
