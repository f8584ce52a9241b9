"""A net that learns, as one picture: its loss falls, and its guesses come right."""

from __future__ import annotations

import numpy as np

from .. import _check
from . import _args
from .primitives import TINTS, Canvas
from .style import COLORS, LARGE, WIDTH, drawn, visible, written

_TALL = 0.33  # inches, a row of guesses


@drawn
def learning(text, losses, guesses):
    """The loss at every update of a training, and below it what the net guessed after
    some of them; right guesses are filled.

    Parameters
    ----------
    text : str, at most 24 characters
        What should have been guessed.
    losses : array, shape (n,)
        In nats per character, before update 0, 1, …
    guesses : dict of int -> str, at most 6
        By the number of updates made, below n; each as long as `text`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what was expected and what came.
    """
    text = _args.text("text", text, longest=24)
    losses = _check.array("losses", losses, ("n",), kind="real")
    if not 1 <= len(guesses) <= 6:
        raise ValueError(f"guesses: expected 1 to 6 rows, got {len(guesses)}")
    for updates, guess in guesses.items():
        if _check.integer("a key of guesses", updates, minimum=0) >= len(losses):
            raise ValueError(
                f"guesses: expected keys below {len(losses)}, got {updates}"
            )
        _args.names(f"guesses[{updates}]", guess, len(text))
    rows = _TALL * (len(guesses) + 1) + 0.1
    canvas = Canvas(rows + 2.35)
    _curve(canvas, rows + 0.7, losses, list(guesses))
    cell = min(0.32, (WIDTH - 2.2) / len(text))
    left, y = 1.4, rows - _TALL
    _row(canvas, left, y, cell, "the text", text, [False] * len(text), "ink")
    canvas.text(left + cell * len(text) + 0.42, y + 0.14, "loss", "gray", 12)
    for updates, guess in guesses.items():
        y -= _TALL
        right = [one == true for one, true in zip(guess, text, strict=True)]
        _row(canvas, left, y, cell, f"{updates:,} updates", guess, right, "gray")
        loss = written(losses[updates], "{:.2f}")
        canvas.text(left + cell * len(text) + 0.42, y + 0.14, loss, "ink", 12)
    return canvas.figure


def _row(canvas, left, y, cell, name, letters, right, ink):
    """One row of characters with its name; those that are right are filled."""
    canvas.text(left - 0.14, y + 0.14, name, "gray", 12, ha="right")
    for i, (letter, hit) in enumerate(zip(visible(letters), right, strict=True)):
        fill, edge = (TINTS["purple"], "purple") if hit else ("white", "faint")
        canvas.cell(
            left + cell * i, y, cell, 0.28, letter, fill, edge,
            "ink" if hit else ink, 12, mono=True,
        )  # fmt: skip


def _curve(canvas, bottom, losses, marked):
    """The loss over the updates, with a dot wherever a row of guesses stands below."""
    figure = canvas.figure
    tall = figure.get_figheight()
    axes = figure.add_axes((0.7 / WIDTH, bottom / tall, 6.1 / WIDTH, 1.5 / tall))
    axes.plot(losses, color=COLORS["purple"])
    axes.plot(marked, losses[marked], "o", color=COLORS["purple"], markersize=6)
    axes.set_xlabel("updates", fontsize=LARGE)
    axes.set_ylabel("loss", fontsize=LARGE)
    axes.tick_params(labelsize=12)
    axes.set_ylim(0, float(np.max(losses)) * 1.1)
    axes.margins(x=0.02)
