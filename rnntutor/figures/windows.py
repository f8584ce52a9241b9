"""The three knobs of truncated backpropagation through time, as a picture."""

from __future__ import annotations

from rnntutor.train.truncated import Truncation

from .. import _check
from .primitives import PALE, TINTS, Canvas
from .style import COLORS, WIDTH, drawn


@drawn
def truncated_windows(T=12, chunk=4, stride=None, carry=True):
    """The three knobs of truncated backpropagation through time, over T steps.

    Each row is one update: the cells are the steps that are run, those with a loss in
    them are the ones whose loss counts, the dashed arrow is the way of the gradient and
    the bar where it stops, the circle at the left is the state that the window starts
    from.

    Parameters
    ----------
    T : int
        Steps, at most 16.
    chunk, stride, carry
        As for `rnntutor.Truncation`; at most 6 updates.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    T = _check.integer("T", T)
    if T > 16:
        raise ValueError(
            f"T: expected at most 16 steps, which is what the column holds, got {T}"
        )
    windows = Truncation(chunk, stride, carry).windows(T)
    if len(windows) > 6:
        raise ValueError(
            f"stride: expected at most 6 updates over the T = {T} steps, got"
            f" {len(windows)}"
        )
    left, pitch, tall = 1.5, 0.78, 0.34
    wide = (WIDTH - left - 0.15) / T
    top = 0.62 + pitch * len(windows)
    canvas = Canvas(top + 0.34)
    canvas.text(0.95, top + 0.1, "step", "gray", 9.5, ha="right")
    for t in range(1, T + 1):
        canvas.text(left + wide * (t - 0.5), top + 0.1, str(t), "gray", 9.5)
    for row, (start, fresh, stop) in enumerate(windows):
        y = top - pitch * (row + 1) + 0.12
        canvas.text(0.95, y + tall / 2, f"update {row + 1}", "ink", 10, ha="right")
        for t in range(start + 1, stop + 1):
            counted = t > fresh
            label = rf"$\mathcal{{L}}_{{{t}}}$" if counted else ""
            fill = TINTS["blue"] if counted else PALE
            canvas.cell(left + wide * (t - 1), y, wide, tall, label, fill, size=11)
        x0, x1, above = left + wide * start, left + wide * stop, y + tall + 0.13
        canvas.arrow(
            (x1 - 0.04, above),
            (x0 + 0.04, above),
            color="orange",
            width=1.6,
            dashed=True,
        )
        canvas.rect(x0 + 0.015, above - 0.08, 0.03, 0.16, COLORS["orange"], zorder=4)
        known = carry or start == 0
        color, symbol = ("blue", f"$h_{{{start}}}$") if known else ("gray", "$0$")
        state = canvas.value(
            x0 - wide / 2, y + tall / 2, symbol, color, r=0.155, size=10.5
        )
        canvas.arrow(state, (x0, state.y), color=color, head=False)
        # from the cell that computed it, or from the very first state
        if carry and row:
            again = start == windows[row - 1].start
            source = y + pitch + (tall / 2 - state.h / 2 if again else 0)
            canvas.arrow((state.x, source), state, color="blue", width=1.6)
    _window_key(canvas, 1.0, windows, carry)
    return canvas.figure


def _window_key(canvas, x, windows, carry):
    y = 0.28
    canvas.cell(x, y - 0.09, 0.26, 0.18, fill=TINTS["blue"])
    canvas.text(x + 0.34, y, "loss counts", "gray", 9.5, ha="left")
    x += 1.35
    if any(w.fresh > w.start for w in windows):
        canvas.cell(x, y - 0.09, 0.26, 0.18, fill=PALE)
        canvas.text(x + 0.34, y, "run again", "gray", 9.5, ha="left")
        x += 1.25
    canvas.arrow((x + 0.4, y), (x, y), color="orange", width=1.6, dashed=True)
    canvas.text(x + 0.48, y, "gradient", "gray", 9.5, ha="left")
    x += 1.3
    if carry:
        canvas.arrow((x, y), (x + 0.32, y), color="blue", width=1.5)
    else:
        canvas.value(x + 0.16, y, "", "gray", r=0.1)
    canvas.text(
        x + 0.4,
        y,
        "state carried" if carry else "state starts from 0",
        "gray",
        9.5,
        ha="left",
    )
