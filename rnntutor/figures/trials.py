"""How long trials took until they succeeded, seed by seed, and how many did."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from .. import _check
from . import _args
from .style import COLORS, drawn, looks, page


@drawn
def solved_after(
    panels, published=None, *, xlabel="sequences read until solved", height=None
):
    """One panel for each task: a dot for each trial that solved it, and how many did.

    Parameters
    ----------
    panels : dict of str -> dict of str -> array of shape (n_seeds,)
        For each task and each net what the trials took; NaN for a trial that did not
        succeed.
    published : dict of str -> float, optional
        A number from elsewhere for a task, drawn as a dashed line.
    xlabel : str
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
    panels = _args.mapping("panels", panels, "dict of name -> array")
    published = (
        {} if published is None else _args.mapping("published", published, "number")
    )
    rows = {}
    for task, nets in panels.items():
        name = f"panels[{task!r}]"
        rows[task] = {
            net: _check.array(
                f"{name}[{net!r}]", took, ("n_seeds",), kind="real", finite=False
            )
            for net, took in _args.mapping(name, nets, "array").items()
        }
    taken = np.concatenate([took for nets in rows.values() for took in nets.values()])
    taken = (
        _args.positive("panels", taken[np.isfinite(taken)])
        if np.isfinite(taken).any()
        else np.ones(1)
    )
    marks = [
        _check.number(f"published[{task!r}]", value, above=0)
        for task, value in published.items()
    ]
    low, high = min([taken.min(), *marks]) / 1.6, max([taken.max(), *marks]) * 1.6

    counts = [len(nets) for nets in rows.values()]
    if height is None:
        height = 0.75 + sum(0.24 * n + 0.6 for n in counts)
    figure = page(_check.number("height", height, above=0), constrained=True)
    all_axes = figure.subplots(
        len(rows), 1, sharex=True, squeeze=False, height_ratios=counts
    )[:, 0]
    for axes, (task, nets) in zip(all_axes, rows.items(), strict=True):
        axes.set_title(task, fontsize=10, color=COLORS["ink"])
        for place, (took, style) in enumerate(
            zip(nets.values(), looks(nets), strict=True)
        ):
            done = np.sort(took[np.isfinite(took)])
            offsets = (
                np.linspace(-0.2, 0.2, len(done))
                if len(done) > 1
                else np.zeros(len(done))
            )
            axes.plot(
                done,
                place + offsets,
                **style
                | {"linestyle": "none", "marker": "o", "markersize": 4, "alpha": 0.8},
            )
            label = f"{len(done)} of {len(took)}"
            axes.annotate(
                label,
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
                color=COLORS["ink"] if len(done) else COLORS["gray"],
                annotation_clip=False,
            )
        axes.set_yticks(range(len(nets)), list(nets), color=COLORS["ink"], fontsize=9.5)
        axes.set_ylim(len(nets) - 0.5, -0.5)
        axes.grid(False)
        axes.grid(True, axis="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelbottom=True)
        if task in published:
            axes.axvline(
                published[task],
                color=COLORS["gray"],
                linewidth=1.3,
                linestyle=(0, (4, 2)),
                zorder=1,
            )
    last = all_axes[-1]
    last.set_xscale("log")
    last.set_xlim(low, high)
    places = [
        m * 10**e
        for e in range(-3, 12)
        for m in (1, 2, 5)
        if low <= m * 10.0**e <= high
    ]
    if len(places) > 8:
        places = [place for place in places if np.isclose(np.log10(place) % 1, 0)]
    last.xaxis.set_major_locator(FixedLocator(places))
    last.xaxis.set_minor_locator(NullLocator())
    last.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    last.set_xlabel(xlabel + ("; dashed: published" if published else ""))
    return figure
