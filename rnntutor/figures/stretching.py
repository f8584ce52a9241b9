"""What a matrix makes of all directions: the unit circle pushed through its powers."""

from __future__ import annotations

import numpy as np

from .. import _check
from .style import COLORS, drawn, page, written


@drawn
def pushed_circle(W, powers, *, height=2.8):
    """The unit circle after so many steps of h ← h W, one panel for each number.

    Gray is the circle as it was. A stroke leads to the point that is farthest out; its
    length, the norm of the power, stands above.

    Parameters
    ----------
    W : array, shape (2, 2)
    powers : list of int
        One to four numbers of steps, at least 1.
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
    W = _check.array("W", W, (2, 2), kind="real")
    if not isinstance(powers, (list, tuple)) or not 1 <= len(powers) <= 4:
        raise ValueError(
            f"powers: expected one to four numbers, got {_check.short(powers)}"
        )
    powers = [_check.integer("powers", one) for one in powers]
    angles = np.linspace(0, 2 * np.pi, 361)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    figure = page(_check.number("height", height, above=0), constrained=True)
    shape = (2, 2) if len(powers) > 2 else (1, len(powers))
    grid = figure.subplots(*shape, sharex=True, sharey=True, squeeze=False).flat
    for axes in grid[len(powers) :]:
        axes.set_visible(False)
    for axes, power in zip(grid, powers, strict=False):
        pushed = circle @ np.linalg.matrix_power(W, power)
        lengths = np.linalg.norm(pushed, axis=1)
        far = pushed[np.argmax(lengths)]
        far = far if far[0] > 0 else -far  # of the two, the one to the right
        axes.plot(*circle.T, color=COLORS["gray"], linewidth=1.0)
        axes.fill(*pushed.T, color=COLORS["blue"], alpha=0.16, linewidth=0)
        axes.plot(*pushed.T, color=COLORS["blue"])
        axes.plot([0, far[0]], [0, far[1]], color=COLORS["orange"])
        times = written(lengths.max(), "{:.2f}")
        axes.set_title(f"k = {power}: × {times}", loc="center")
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.grid(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure
