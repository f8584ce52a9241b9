"""Curves that span many orders of magnitude: gradient norms, errors of numerical
derivatives.
"""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from .. import _check
from . import _args
from .curves import draw, plain_axes
from .labels import end_labels
from .style import COLORS, LARGE, drawn, looks


@drawn
def gradient_norms(
    lags,
    norms,
    labels,
    bound=None,
    *,
    xlabel="lag (steps back in time)",
    ylabel="gradient norm",
    height=3.4,
):
    """Norms of gradients against the lag they have traveled, on a logarithmic axis.

    Parameters
    ----------
    lags : array, shape (n,)
        In time steps.
    norms : list of array
        One curve for each label, of shape (n,) or, over seeds, (n_seeds, n): median and
        10–90 % band. A norm of exactly 0 has no place on the axis and is left out of
        the line.
    labels : list of str
    bound : array of shape (n,), or dict of str -> array, optional
        Drawn as dashed gray lines.
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
    lags = _check.array("lags", lags, ("n",), kind="real")
    if not isinstance(norms, (list, tuple, np.ndarray)):
        raise TypeError(f"norms: expected a list of arrays, got {_check.short(norms)}")
    labels = _args.names("labels", labels, len(norms))
    curves = [_args.curve(f"norms[{i}]", one, len(lags)) for i, one in enumerate(norms)]
    if bound is None:
        bound = {}
    elif not isinstance(bound, dict):
        bound = {"bound": bound}
    axes = plain_axes(height, xlabel, ylabel, ylog=True)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ends = []
    lines = zip(labels, curves, looks(labels), strict=True)
    for index, (label, values, style) in enumerate(lines):
        _args.not_negative(f"norms[{index}]", values)
        end, color = draw(axes, lags, np.where(values > 0, values, np.nan), style)
        ends.append((end, label, color))
    for name, values in bound.items():
        values = _args.positive(
            f"bound {name!r}",
            _check.array(f"bound {name!r}", values, (len(lags),), kind="real"),
        )
        axes.plot(
            lags,
            values,
            color=COLORS["gray"],
            linestyle=(0, (2, 2)),
            linewidth=1.2,
            zorder=1,
        )
        ends.append((values[-1], name, COLORS["gray"]))
    end_labels(axes, [end for end in ends if np.isfinite(end[0])])
    return axes.figure


@drawn
def error_curve(
    steps,
    errors,
    *,
    guides=None,
    floor=1e-17,
    xlabel="step size",
    ylabel="relative error",
    height=3.6,
):
    """Error of numerical derivatives against their step, both axes logarithmic.

    Parameters
    ----------
    steps : array, shape (n,)
        Step sizes, above 0.
    errors : dict of str -> array, shape (n,)
        At least 0; an error below `floor` (exactly 0, often) is drawn at `floor`.
    guides : dict of str -> array, shape (n,), optional
        Thin dotted lines, for slopes that theory predicts; above 0.
    floor : float
        The lowest error that is drawn.
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
    steps = _args.positive("steps", _check.array("steps", steps, ("n",), kind="real"))
    order = np.argsort(steps)
    floor = _check.number("floor", floor, above=0)
    axes = plain_axes(height, xlabel, ylabel, xlog=True, ylog=True)
    axes.tick_params(labelsize=12)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_fontsize(LARGE)
    ends = []
    errors = _args.mapping("errors", errors, "array")
    for style, (name, values) in zip(looks(errors), errors.items(), strict=True):
        values = _check.array(f"errors[{name!r}]", values, (len(steps),), kind="real")
        _args.not_negative(f"errors[{name!r}]", values)
        seen = np.maximum(values, floor)[order][None]
        end, color = draw(axes, steps[order], seen, style)
        ends.append((end, name, color))
    limits = axes.get_ylim()
    for name, values in (
        {} if guides is None else _args.mapping("guides", guides, "array")
    ).items():
        values = _check.array(f"guides[{name!r}]", values, (len(steps),), kind="real")
        _args.positive(f"guides[{name!r}]", values)
        axes.plot(
            steps[order],
            values[order],
            color=COLORS["gray"],
            linestyle=":",
            linewidth=1.1,
            zorder=1,
        )
        ends.append((float(np.clip(values[order][-1], *limits)), name, COLORS["gray"]))
    axes.set_ylim(limits)
    end_labels(axes, ends, size=12)
    return axes.figure
