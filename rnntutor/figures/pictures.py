"""Small pictures of what a net looks at: films frame by frame, and pictures with what
is said about them.
"""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .primitives import Canvas
from .sheets import sheet
from .style import COLORS, MONO, SEQUENTIAL, WIDTH, drawn

_SIDE = 0.10  # margins of the sheet in inches


@drawn
def films(clips, *, limits=None):
    """Films under each other, a row of frames each, with the number of the frame above.

    Parameters
    ----------
    clips : dict of str -> array (T, R, S)
        Frames of R rows and S columns of pixels, dark where the number is large.  The
        name stands at the left; all have the same T, at most 12.
    limits : (low, high), optional
        The numbers that are white and darkest; by default the smallest and the largest
        of all.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    clips = _args.mapping("clips", clips, "array (T, R, S)")
    T = "T"
    for name, frames in clips.items():
        clips[name] = _check.array(
            f"clips[{name!r}]", frames, (T, "R", "S"), kind="real"
        )
        T = len(clips[name])
        if T > 12:
            raise ValueError(f"clips[{name!r}]: expected at most 12 frames, got {T}")
    low, high = _limits(clips.values(), limits)
    left = 0.18 + 0.078 * max(map(len, clips))
    pitch = (WIDTH - left - _SIDE) / T
    top, y = 0.34, 0.34
    tall = [
        0.9 * pitch * frames.shape[1] / frames.shape[2] for frames in clips.values()
    ]
    axes = sheet(top + sum(tall) + 0.1 * len(clips) + 0.02)
    for t in range(T):
        style = {
            "ha": "center",
            "va": "baseline",
            "fontsize": 9.5,
            "color": COLORS["gray"],
        }
        axes.text(left + pitch * (t + 0.45), top - 0.1, str(t + 1), **style)
    for (name, frames), height in zip(clips.items(), tall, strict=True):
        axes.text(
            left - 0.1,
            y + height / 2,
            name,
            ha="right",
            va="center_baseline",
            fontsize=9.5,
        )
        for t, frame in enumerate(frames):
            _picture(axes, frame, left + pitch * t, y, 0.9 * pitch, height, low, high)
        y += height + 0.1
    return axes.figure


@drawn
def captioned(images, lines, *, limits=None):
    """Pictures under each other, and beside each what is said about it, set letter by
    letter.

    Parameters
    ----------
    images : array (N, R, S)
        At most 12 pictures, dark where the number is large.
    lines : list of list of str
        For each picture one to three lines.
    limits : (low, high), optional
        As for `films`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    images = _check.array("images", images, ("N", "R", "S"), kind="real")
    if len(images) > 12:
        raise ValueError(f"images: expected at most 12 pictures, got {len(images)}")
    if not isinstance(lines, (list, tuple)) or len(lines) != len(images):
        raise ValueError(
            f"lines: expected {len(images)} lists of strings, got {_check.short(lines)}"
        )
    lines = [_args.names(f"lines[{i}]", one, most=3) for i, one in enumerate(lines)]
    low, high = _limits([images], limits)
    wide = 0.36 * WIDTH
    height = wide * images.shape[1] / images.shape[2]
    pitch = max(height, 0.22 * max(map(len, lines))) + 0.14
    axes = sheet(pitch * len(images) + 0.06)
    for i, (image, said) in enumerate(zip(images, lines, strict=True)):
        middle = 0.03 + pitch * (i + 0.5)
        _picture(axes, image, _SIDE, middle - height / 2, wide, height, low, high)
        for k, text in enumerate(said):
            y = middle + 0.22 * (k - (len(said) - 1) / 2)
            style = {
                "family": MONO,
                "parse_math": False,
                "fontsize": 9.5,
                "va": "center_baseline",
            }
            axes.text(_SIDE + wide + 0.2, y, text, ha="left", **style)
    return axes.figure


@drawn
def lrcn(T=3):
    """The net over T frames: the same CNN for each, an LSTM through time, a softmax at
    each step, their mean.

    Parameters
    ----------
    T : int
        At most 4.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    if _check.integer("T", T) > 4:
        raise ValueError(f"T: expected at most 4, got {T}")
    canvas = Canvas(2.95 + 0.75)
    pitch = 1.3
    columns = [2.2 + pitch * t for t in range(T)]
    for y, name in ((0.4, "frames"), (1.1, "CNN"), (1.9, "LSTM"), (2.7, "softmax")):
        canvas.text(0.2, y, name, "gray", 9.5, ha="left")
    before = None
    ys = []
    for t, x in enumerate(columns, start=1):
        frame = canvas.value(x, 0.4, f"$x_{t}$", "teal")
        cnn = canvas.box(x, 1.1, "CNN", w=0.7, size=10.5)
        state = canvas.value(x, 1.9, f"$h_{t}$", "blue")
        y = canvas.value(x, 2.7, f"$y_{t}$", "purple")
        canvas.arrow(frame, cnn, color="teal", width=1.4)
        canvas.arrow(cnn, state, color="teal", width=1.4)
        canvas.arrow(state, y, color="purple", width=1.4)
        if before is not None:
            canvas.arrow(before, state, color="blue", width=1.6)
        before = state
        ys.append(y)
    mean = canvas.box(
        (columns[0] + columns[-1]) / 2, 3.4, "mean", "purple", w=0.8, size=10.5
    )
    for y in ys:
        canvas.arrow(y, mean, color="purple", width=1.4)
    canvas.arrow(mean, (mean.x + 1.1, mean.y), color="purple", width=1.4)
    canvas.text(mean.x + 1.2, mean.y, r"$\hat y$", size=14, ha="left", va="center")
    return canvas.figure


def _limits(arrays, limits):
    if limits is not None:
        return _args.limits("limits", limits)
    arrays = list(arrays)
    return min(float(a.min()) for a in arrays), max(float(a.max()) for a in arrays)


def _picture(axes, image, x, y, wide, height, low, high):
    """One picture with its upper left corner at (x, y), and a thin frame around it."""
    columns = np.linspace(x, x + wide, image.shape[1] + 1)
    rows = np.linspace(y, y + height, image.shape[0] + 1)
    axes.pcolormesh(columns, rows, image, cmap=SEQUENTIAL, vmin=low, vmax=high)
    edge = {"color": COLORS["gray"], "linewidth": 0.6}
    axes.plot([x, x + wide, x + wide, x, x], [y, y, y + height, y + height, y], **edge)
