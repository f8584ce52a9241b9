"""The states of two hidden units, as places in a square."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import _check
from . import _args
from .style import COLORS, LARGE, MONO, drawn, page, visible

_NEAR = 0.08  # equal letters no further apart are written once


@drawn
def state_square(text, panels, *, height=3.6):
    """Where a state of two numbers is after each character that was read.

    A dot for each step, with its character beside it; a thin line leads from step to
    step, bent where another dot is in its way.

    Parameters
    ----------
    text : str, length T <= 80
        The characters that were read; spaces and line ends are shown.
    panels : dict of str -> array, shape (T, 2)
        One to three titles with the states after each character, from 0 to 1.
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
    text = _args.text("text", text, longest=80)
    panels = _args.mapping("panels", panels, "array")
    if len(panels) > 3:
        raise ValueError(f"panels: expected at most 3, got {len(panels)}")
    figure = page(_check.number("height", height, above=0), constrained=True)
    sheets = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, states) in zip(sheets, panels.items(), strict=True):
        name = f"panels[{title!r}]"
        states = _check.array(name, states, (len(text), 2), kind="real")
        _check.within(name, states, 0, 1)
        _draw(axes, visible(text), states)
        axes.set(xlim=(-0.12, 1.12), ylim=(-0.12, 1.12))
        axes.set_aspect("equal")
        axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
        axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
        axes.set_xlabel("first unit", fontsize=LARGE)
        axes.set_title(title, fontsize=LARGE)
        axes.tick_params(labelsize=LARGE)
        axes.grid(False)
    sheets[0].set_ylabel("second unit", fontsize=LARGE)
    return figure


def _way(start, end, states):
    """101 points from start to end: straight, or on the flattest arc that clears the
    other dots; inward, since the letters stand outside.
    """
    t = np.linspace(0, 1, 101)[:, None]
    across = (end - start)[::-1] * (-1, 1)
    nearest = np.minimum(*(np.hypot(*(states - one).T) for one in (start, end)))
    others = states[nearest > _NEAR]
    arcs = []
    for bend in (0, 0.2, -0.2, 0.4, -0.4):
        way = start + t * (end - start) + bend * t * (1 - t) * across
        gaps = [np.hypot(*(way - other).T).min() for other in others]
        inward = -np.hypot(*(way[50] - 0.5))
        arcs.append((min([_NEAR, *gaps]), -abs(bend), inward, way))
    return max(arcs, key=lambda arc: arc[:3])[-1]


def _draw(axes, letters, states):
    for start, end in pairwise(states):
        way = _way(start, end, states)
        axes.plot(*way.T, color=COLORS["gray"], linewidth=0.9, alpha=0.6)
        if np.hypot(*(end - start)) > 0.2:  # room for a head
            arrow = {"arrowstyle": "-|>", "color": COLORS["gray"], "linewidth": 0}
            axes.annotate("", way[55], xytext=way[50], arrowprops=arrow)
    axes.plot(
        *states.T,
        "o",
        color=COLORS["purple"],
        markersize=9,
        markeredgecolor="white",
        markeredgewidth=0.8,
    )
    named = []
    for letter, place in zip(letters, states, strict=True):
        if any(
            letter == other and np.hypot(*(place - there)) < _NEAR
            for other, there in named
        ):
            continue
        named.append((letter, place))
        out = place[0] - 0.5  # beside the square's rim, else above or below the dot
        inward = 14 if place[1] < 0.5 else -14
        aside = (np.sign(out) * 13, 0) if abs(out) > 0.3 else (0, inward)
        axes.annotate(
            letter,
            place,
            xytext=aside,
            textcoords="offset points",
            ha="center",
            va="center",
            family=MONO,
            parse_math=False,
            fontsize=LARGE + 1,
            color=COLORS["ink"],
        )
