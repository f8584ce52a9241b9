"""The logarithm lies under its tangent."""

from __future__ import annotations

import numpy as np

from .curves import plain_axes
from .style import COLORS, drawn


@drawn
def log_under_tangent(height=2.7):
    """The curve log u and its tangent u − 1, which touches it at u = 1 and nowhere
    else.

    Parameters
    ----------
    height : float
        Inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    axes = plain_axes(height, "$u$", "")
    u = np.linspace(0.12, 3.2, 400)
    axes.fill_between(u, np.log(u), u - 1, color=COLORS["orange"], alpha=0.12, lw=0)
    axes.plot(u, u - 1, color=COLORS["orange"], linestyle=(0, (5, 2)))
    axes.plot(u, np.log(u), color=COLORS["blue"])
    axes.plot([1], [0], "o", color=COLORS["ink"], markersize=6)
    for text, at, color, side in (
        ("$u-1$", (2.3, 1.62), "orange", "right"),
        (r"$\log u$", (2.75, 0.72), "blue", "left"),
        ("they touch\nat $u=1$", (1.12, -0.55), "ink", "left"),
    ):
        axes.text(
            *at, text, color=COLORS[color], ha=side, va="center",
            fontsize=10 if color == "ink" else 14, linespacing=1.4,
        )  # fmt: skip
    axes.set_ylim(-2.2, 2.3)
    axes.set_yticks([-2, -1, 0, 1, 2], ["−2", "−1", "0", "1", "2"])
    axes.set_xticks([0, 1, 2, 3])
    axes.set_xlim(0, 3.25)
    return axes.figure
