"""Hidden states over the text they were computed from."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from .. import _check
from . import _args
from .sheets import sheet
from .style import (
    BEHIND_TEXT,
    BEHIND_TEXT_SEQUENTIAL,
    COLORS,
    MONO,
    WIDTH,
    drawn,
    visible,
    written,
)

_LEFT, _RIGHT = 0.55, 0.12  # margins in inches


def _scale(values, limits):
    """Ends of the color scale, and the map: with a sign unless nothing is below 0."""
    if limits is not None:
        low, high = _args.limits("limits", limits)
    else:
        reach = float(np.abs(values).max())
        # the range of sigmoid and tanh, or that of the data
        reach = 1.0 if reach <= 1.0 else reach
        low, high = (-reach if values.min() < 0 else 0.0), reach
    return low, high, (BEHIND_TEXT if low < 0 else BEHIND_TEXT_SEQUENTIAL)


def _color_bar(axes, x, y, width, low, high, colors, label):
    """A small horizontal color scale with its ends written at its sides."""
    edges = np.linspace(x, x + width, 65)
    axes.pcolormesh(
        edges, [y, y + 0.11], np.linspace(0, 1, 64)[None], cmap=colors, vmin=0, vmax=1
    )
    axes.add_patch(
        Rectangle(
            (x, y), width, 0.11, facecolor="none", edgecolor="#b5bcc7", linewidth=0.6
        )
    )
    style = {"va": "center_baseline", "fontsize": 9, "color": COLORS["gray"]}
    axes.text(x - 0.06, y + 0.055, f"{label}  {written(low)}", ha="right", **style)
    axes.text(x + width + 0.06, y + 0.055, written(high), ha="left", **style)


@drawn
def hidden_states(text, hs, units=None, *, labels=None, limits=None, height=None):
    """Hidden states over a text: a row for each unit or quantity, a column for each
    character.

    The background of a cell shows the activation as a color, the thin line through the
    row shows it as a height (in the middle of the row at the middle of the scale).

    Parameters
    ----------
    text : str, length T <= 80
        The characters that were read; spaces and line ends are shown.
    hs : array, shape (T, H)
        State after each character: of the package's (T+1, B, H) states, ``hs[1:, b]``.
    units : list of int, optional
        Which units to show, from 0 to H − 1; the first eight by default.
    labels : list of str, optional
        What to write beside the rows in place of the units' numbers.
    limits : (low, high), optional
        Ends of the color scale; by default −1 … 1, or 0 … 1 if no activation is
        negative.
    height : float, optional
        Height of a row in inches.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    text = _args.text("text", text, longest=80)
    hs = _check.array("hs", hs, None, kind="real")
    if hs.ndim != 2 or len(hs) != len(text) or not hs.shape[1]:
        raise ValueError(
            f"hs: expected shape ({len(text)}, H), a state for each character, got"
            f" {hs.shape}"
        )
    if units is None:
        units = range(min(8, hs.shape[1]))
    units = _check.array("units", units, ("n",), kind="integer")
    _check.below("units", units, hs.shape[1])
    names = (
        [str(unit) for unit in units]
        if labels is None
        else _args.names("labels", labels, len(units))
    )
    row = 0.30 if height is None else _check.number("height", height, above=0)
    shown = hs[:, units].T
    low, high, colors = _scale(shown, limits)
    cell = min((WIDTH - _LEFT - _RIGHT) / len(text), 0.24)
    top = 0.34
    bottom = top + row * len(units)
    axes = sheet(bottom + 0.32)
    edges = _LEFT + cell * np.arange(len(text) + 1)
    axes.pcolormesh(
        edges,
        top + row * np.arange(len(units) + 1),
        shown,
        cmap=colors,
        vmin=low,
        vmax=high,
    )
    for x, character in zip(edges, visible(text), strict=False):
        faint = character in "␣↵⇥"
        axes.text(
            x + cell / 2,
            top - 0.07,
            character,
            ha="center",
            va="baseline",
            family=MONO,
            parse_math=False,
            fontsize=min(11.0, cell * 72 / 0.61),
            color=COLORS["gray"] if faint else COLORS["ink"],
        )
    for index, (name, values) in enumerate(zip(names, shown, strict=True)):
        middle = top + row * (index + 0.5)
        height_of = (np.clip(values, low, high) - (low + high) / 2) / (high - low)
        line = middle - 0.76 * row * height_of
        axes.stairs(line, edges, baseline=None, color=COLORS["ink"], linewidth=0.9)
        axes.text(
            _LEFT - 0.08,
            middle,
            name,
            ha="right",
            va="center",
            fontsize=9 if labels is None else 12,
            color=COLORS["gray" if labels is None else "ink"],
        )
    axes.hlines(
        top + row * np.arange(len(units) + 1),
        edges[0],
        edges[-1],
        color="white",
        linewidth=2.0,
    )
    if labels is None:
        head = {"ha": "right", "va": "baseline", "fontsize": 9, "color": COLORS["gray"]}
        axes.text(_LEFT - 0.08, top - 0.07, "unit", **head)
    _color_bar(
        axes, WIDTH - _RIGHT - 1.35, bottom + 0.11, 1.1, low, high, colors, "activation"
    )
    return axes.figure


@drawn
def text_activation(text, values, *, width=70, limits=None, label="activation"):
    """The text itself, each character on the color of one unit's activation.

    Set in lines like the text: a line ends at a line end, which is shown, or after
    `width` characters. The thin line under the characters shows the activation as a
    height.

    Parameters
    ----------
    text : str, length T <= 3000
    values : array, shape (T,)
        The unit's activation after each character.
    width : int
        Longest line, in characters, at most 90.
    limits : (low, high), optional
        Ends of the color scale; by default −1 … 1, or 0 … 1 if no activation is
        negative.
    label : str
        Name of the color scale.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.

    Notes
    -----
    The kind of picture is that of Karpathy, Johnson & Fei-Fei (2015), *Visualizing and
    Understanding Recurrent Networks*, arXiv:1506.02078.
    """
    text = _args.text("text", text, longest=3000)
    values = _check.array("values", values, (len(text),), kind="real")
    width = _check.integer("width", width)
    if width > 90:
        raise ValueError(f"width: expected at most 90 characters, got {width}")
    low, high, colors = _scale(values, limits)
    places, row, column = [], 0, 0
    for character in text:
        if column == width:
            row, column = row + 1, 0
        places.append((row, column))
        column += 1
        if character == "\n":
            row, column = row + 1, 0
    places = np.array(places)
    cell = min((WIDTH - 2 * _RIGHT) / max(places[:, 1].max() + 1, 40), 0.115)
    line, box = 0.285, 0.20  # height of a line and of the colored part of it
    bottom = _RIGHT + line * (places[:, 0].max() + 1)
    axes = sheet(bottom + 0.30)
    left, top = _RIGHT + cell * places[:, 1], _RIGHT + line * places[:, 0]
    boxes = [Rectangle((x, y), cell, box) for x, y in zip(left, top, strict=True)]
    patches = PatchCollection(boxes, cmap=colors, linewidth=0, antialiased=False)
    patches.set_array(values)
    patches.set_clim(low, high)
    axes.add_collection(patches)
    for x, y, character, was in zip(left, top, visible(text), text, strict=True):
        if was == " ":
            continue
        axes.text(
            x + cell / 2,
            y + 0.148,
            character,
            ha="center",
            va="baseline",
            family=MONO,
            fontsize=cell * 72 / 0.64,
            color=COLORS["gray"] if was in "\n\t" else COLORS["ink"],
            parse_math=False,
        )
    share = (np.clip(values, low, high) - low) / (high - low)
    for number in range(places[:, 0].max() + 1):
        inside = places[:, 0] == number
        trace = top[inside] + line - 0.015 - 0.06 * share[inside]
        edges = np.append(left[inside], left[inside][-1] + cell)
        axes.stairs(trace, edges, baseline=None, color=COLORS["gray"], linewidth=0.8)
    _color_bar(
        axes, WIDTH - _RIGHT - 1.35, bottom + 0.09, 1.1, low, high, colors, label
    )
    return axes.figure
