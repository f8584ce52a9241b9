"""Pictures of matrices: their entries, their eigenvalues."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from .. import _check
from . import _args
from .style import (
    BEHIND_TEXT,
    BEHIND_TEXT_SEQUENTIAL,
    COLORS,
    DIVERGING,
    SEQUENTIAL,
    drawn,
    look,
    page,
    written,
)


@drawn
def heatmap(
    values,
    xlabels=None,
    ylabels=None,
    diverging=False,
    *,
    xlabel="",
    ylabel="",
    annotate=None,
    fmt="{:.2f}",
    limits=None,
    height=None,
):
    """A matrix as a picture, or several side by side on one color scale.

    Parameters
    ----------
    values : array of shape (R, C), or dict of str -> array
        Row 0 is at the top, as the matrix is written.  A dict makes panels with its
        keys as titles.
    xlabels, ylabels : list of str, optional
        A label for each column and each row.
    diverging : bool
        Colors for numbers with a sign, white at 0; otherwise white is the lowest.
    xlabel, ylabel : str
        What the columns and the rows are.
    annotate : bool, optional
        Write the numbers into the cells.  By default where no matrix is larger than 8 ×
        12.
    fmt : str
        Format of these numbers.
    limits : (low, high), optional
        Ends of the color scale; by default those of the data, and symmetric about 0 if
        `diverging`.
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
    panels = (
        _args.mapping("values", values, "matrix")
        if isinstance(values, dict)
        else {"": values}
    )
    name = "values[{!r}]" if isinstance(values, dict) else "values"
    panels = {
        k: _check.array(name.format(k), v, ("R", "C"), kind="real")
        for k, v in panels.items()
    }
    rows, columns = (
        max(v.shape[0] for v in panels.values()),
        sum(v.shape[1] for v in panels.values()),
    )
    low = min(v.min() for v in panels.values())
    high = max(v.max() for v in panels.values())
    if limits is not None:
        low, high = _args.limits("limits", limits)
    elif diverging:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    if low == high:
        low, high = (-1.0, 1.0) if diverging else (low - 1.0, high)
    if annotate is None:
        annotate = rows <= 8 and columns <= 12
    for matrix in panels.values():
        if xlabels is not None:
            xlabels = _args.names("xlabels", xlabels, matrix.shape[1])
        if ylabels is not None:
            ylabels = _args.names("ylabels", ylabels, matrix.shape[0])
    if height is None:
        height = float(np.clip(0.9 + 5.6 * rows / max(columns, 8), 1.6, 5.0))
    figure = page(_check.number("height", height, above=0), constrained=True)
    grid = figure.subplots(
        1,
        len(panels),
        squeeze=False,
        gridspec_kw={"width_ratios": [v.shape[1] for v in panels.values()]},
    )[0]
    if annotate:
        colors = BEHIND_TEXT if diverging else BEHIND_TEXT_SEQUENTIAL
    else:
        colors = DIVERGING if diverging else SEQUENTIAL
    for axes, (key, matrix) in zip(grid, panels.items(), strict=True):
        image = axes.imshow(
            matrix,
            cmap=colors,
            vmin=low,
            vmax=high,
            interpolation="nearest",
            aspect="equal",
        )
        axes.set_title(key)
        axes.set_xlabel(xlabel)
        axes.grid(False)
        axes.tick_params(length=0)
        _ticks(axes.xaxis, xlabels)
        _ticks(axes.yaxis, ylabels)
        if annotate:
            axes.hlines(
                np.arange(1, len(matrix)) - 0.5,
                -0.5,
                matrix.shape[1] - 0.5,
                color="white",
                linewidth=2,
            )
            axes.vlines(
                np.arange(1, matrix.shape[1]) - 0.5,
                -0.5,
                len(matrix) - 0.5,
                color="white",
                linewidth=2,
            )
            for (r, c), number in np.ndenumerate(matrix):
                axes.text(
                    c, r, written(number, fmt), ha="center", va="center", fontsize=9
                )
    grid[0].set_ylabel(ylabel)
    bar = figure.colorbar(image, ax=list(grid), fraction=0.03, pad=0.02, aspect=18)
    for axes in grid:
        axes.set_anchor("NE")  # the top edges in line, beside the color bar
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    return figure


def _ticks(axis, labels):
    if labels is None:
        axis.set_major_locator(MaxNLocator(integer=True, nbins=8, steps=[1, 2, 5, 10]))
    else:
        axis.set_ticks(range(len(labels)), labels)


@drawn
def spectrum(eigenvalues, *, height=None):
    """Eigenvalues in the complex plane, with the unit circle and the spectral radius.

    Parameters
    ----------
    eigenvalues : array of complex, shape (n,), or dict of str -> array
        A dict makes up to three panels on one scale.
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
    panels = (
        _args.mapping("eigenvalues", eigenvalues, "array")
        if isinstance(eigenvalues, dict)
        else {"": eigenvalues}
    )
    if len(panels) > 3:
        raise ValueError(f"eigenvalues: expected at most 3 panels, got {len(panels)}")
    panels = {
        k: _check.array(f"eigenvalues {k!r}" if k else "eigenvalues", v, ("n",))
        for k, v in panels.items()
    }
    height = {1: 3.6, 2: 3.4, 3: 2.8}[len(panels)] if height is None else height
    reach = 1.15 * max(1.0, *(np.abs(v).max() for v in panels.values()))
    figure = page(_check.number("height", height, above=0), constrained=True)
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 241))
    for index, (key, values) in enumerate(panels.items()):
        axes = figure.add_subplot(1, len(panels), index + 1)
        axes.axhline(0, color=COLORS["faint"], linewidth=0.8)
        axes.axvline(0, color=COLORS["faint"], linewidth=0.8)
        axes.plot(
            circle.real,
            circle.imag,
            color=COLORS["gray"],
            linewidth=1.0,
            linestyle=(0, (4, 2)),
        )
        radius = np.abs(values).max()
        style = look(index)
        axes.plot(
            values.real,
            values.imag,
            style["marker"],
            color=style["color"],
            markersize=4.5,
            alpha=0.8,
        )
        rho = f"ρ = {radius:.2f}"
        axes.set_title(f"{key}   {rho}" if key else rho)
        axes.set(
            xlim=(-reach, reach),
            ylim=(-reach, reach),
            aspect="equal",
            xlabel="real part",
        )
        axes.grid(False)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, symmetric=True))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, symmetric=True))
        axes.tick_params(labelleft=index == 0)
    figure.axes[0].set_ylabel("imaginary part")
    return figure
