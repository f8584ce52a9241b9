"""A sequence of the adding problem: numbers, and which of them are marked."""

from __future__ import annotations

import numpy as np

from .. import _check
from .curves import plain_axes
from .style import COLORS, drawn


@drawn
def marked_numbers(x, answer, *, height=2.9):
    """The numbers of an adding sequence over time, the marked ones set apart, and the
    answer.

    Parameters
    ----------
    x : array, shape (T, 2)
        Each row a number and its mark: 1 for those to be added, −1 at the ends, 0
        elsewhere.
    answer : float
        What is to be said at the end.
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
    x = _check.array("x", x, ("T", 2), kind="real")
    answer = _check.number("answer", answer)
    axes = plain_axes(_check.number("height", height, above=0), "step t", "number")
    numbers, marks = x.T
    steps = np.arange(1, len(x) + 1)
    axes.plot([1, len(x)], [0, 0], color=COLORS["gray"], linewidth=0.8, zorder=1)
    plain = marks == 0
    axes.vlines(
        steps[plain], 0, numbers[plain], color=COLORS["gray"], linewidth=1.0, alpha=0.55
    )
    axes.plot(
        steps[plain],
        numbers[plain],
        "o",
        color=COLORS["gray"],
        markersize=2.4,
        alpha=0.75,
    )
    ends = marks == -1
    axes.plot(
        steps[ends],
        numbers[ends],
        "D",
        color=COLORS["teal"],
        markersize=6,
        fillstyle="none",
    )
    for k, t in enumerate(np.flatnonzero(marks == 1)):
        axes.vlines(t + 1, 0, numbers[t], color=COLORS["orange"], linewidth=2.2)
        axes.plot(t + 1, numbers[t], "s", color=COLORS["orange"], markersize=7)
        axes.annotate(
            f"$X_{k + 1}$ = {numbers[t]:.2f}".replace("-", "−"),
            (t + 1, numbers[t]),
            xytext=(max(t + 1, 0.09 * len(x)), 1.3),
            arrowprops={
                "arrowstyle": "-",
                "color": COLORS["orange"],
                "linewidth": 0.8,
                "shrinkB": 4,
            },
            color=COLORS["orange"],
            ha="center",
            va="center",
            fontsize=10,
        )
    axes.set_ylim(-1.15, 1.5)
    axes.set_yticks([-1, 0, 1], ["−1", "0", "1"])
    axes.set_xlim(-1, len(x) * 1.33)
    axes.set_xticks([t for t in axes.get_xticks() if 0 <= t <= len(x)])
    axes.set_xlim(-1, len(x) * 1.33)
    axes.annotate(
        f"answer at the end:\n{answer:.3f}".replace("-", "−"),
        (len(x) * 1.025, 0),
        color=COLORS["ink"],
        va="center",
        fontsize=10,
        linespacing=1.5,
    )
    return axes.figure
